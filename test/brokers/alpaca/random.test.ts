import { it } from "vitest";
import { tradeAtRandom } from "../contract/random.ts";
import { alpacaRig, QUICK } from "./rig.ts";

const SEEDS = Number(process.env["VOLDESK_SEEDS"] ?? 2);
const FIRST = Number(process.env["VOLDESK_SEED"] ?? 1);

it.concurrent.each(Array.from({ length: SEEDS }, (_, i) => FIRST + i))(
  "trading at random, seed %i",
  async (seed) => {
    const rig = await alpacaRig({ ...QUICK, settleMs: 100 });
    await tradeAtRandom(rig, seed, 40).finally(() => rig.close());
  },
);
