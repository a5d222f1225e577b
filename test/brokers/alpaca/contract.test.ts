import { brokerContract } from "../contract/contract.ts";
import { alpacaRig } from "./rig.ts";

brokerContract("Alpaca", alpacaRig);
