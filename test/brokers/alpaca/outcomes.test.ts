import { ambiguousOutcomes } from "../contract/outcomes.ts";
import { alpacaRig } from "./rig.ts";

ambiguousOutcomes("Alpaca", alpacaRig);
