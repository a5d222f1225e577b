import { SIZE } from "../../harness/sizes.ts";
import { ambiguousOutcomes, turnAbout } from "../contract/outcomes.ts";
import { ibkrRig } from "./rig.ts";

ambiguousOutcomes("Interactive Brokers", ibkrRig, SIZE === "test" ? turnAbout : undefined);
