import { brokerContract } from "../contract/contract.ts";
import { deribitRig } from "./rig.ts";

brokerContract("Deribit", deribitRig);
