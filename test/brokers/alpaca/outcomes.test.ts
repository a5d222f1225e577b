import { SIZE } from "../../harness/sizes.ts";
import { ambiguousOutcomes, turnAbout } from "../contract/outcomes.ts";
import { alpacaRig } from "./rig.ts";

ambiguousOutcomes("Alpaca", alpacaRig, SIZE === "test" ? turnAbout : undefined);
