import { brokerContract } from "../contract/contract.ts";
import { ibkrRig } from "./rig.ts";

brokerContract("Interactive Brokers", ibkrRig);
