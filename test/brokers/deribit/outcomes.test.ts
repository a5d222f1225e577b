import { SIZE } from "../../harness/sizes.ts";
import { ambiguousOutcomes, turnAbout } from "../contract/outcomes.ts";
import { deribitRig } from "./rig.ts";

ambiguousOutcomes("Deribit", deribitRig, SIZE === "test" ? turnAbout : undefined);
