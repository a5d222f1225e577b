import type { IsoDay } from "../../engines/market/index.ts";
import { exposureOf } from "../../src/study/exposure.ts";
import { optionLevels } from "../../src/study/levels.ts";
import { surfaceOf } from "../../src/study/surface.ts";
import type { StoredCandle } from "../../store/warehouse/stored.ts";
import { type Delivery, factsOf } from "./deliver.ts";
import type { StudyInput } from "./inputs.ts";
import { levelsDelivery } from "./levels.ts";

/** Levels of a chain's walls and moves, and of the daily candles that the warehouse has. */
export function chainLevels(input: StudyInput, daily: readonly StoredCandle[]): Delivery {
  const { market } = input;
  return levelsDelivery(
    factsOf(input),
    {
      symbol: market.symbol,
      asOf: market.asOf,
      spot: market.spot,
      bars: [],
      daily: daily.map((c) => ({ ...c, day: c.day as IsoDay, startUs: null })),
      benchmark: null,
      options: optionLevels(exposureOf(market, "callsPlusPutsMinus"), surfaceOf(market, []).result()),
      anchors: [],
      calendar: "NYSE",
    },
    "desk",
  );
}
