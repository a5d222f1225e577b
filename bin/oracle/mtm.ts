import {
  type Action,
  compatDailyVol,
  compatMarkOption,
  compatMarkSpot,
  compatModel,
  compatSynthetic,
  type MarkPolicy,
  tradePnl,
} from "../../engines/portfolio/index.ts";
import { seedAdapter } from "./seeds.ts";

type Input = Readonly<Record<string, unknown>>;
const num = (i: Input, key: string): number => i[key] as number;

interface SeedLeg {
  readonly leg_type: string;
  readonly ticker: string;
  readonly underlying_ticker: string | null;
  readonly direction: number;
  readonly quantity: number;
  readonly strike: number;
  readonly multiplier: number;
}

export const mtmSeeds = seedAdapter("mtm", {
  mark_spot: (i) => {
    const action = i["action"] as Action;
    const entry = num(i, "entry");
    const mtm = compatMarkSpot({
      action,
      entry,
      spot: num(i, "spot"),
      assetClass: i["asset_class"] as string,
      policy: i["policy"] as MarkPolicy,
    });
    return { mtm, pnl: tradePnl(action, mtm, entry, num(i, "shares"), 1, num(i, "commission")) };
  },
  mark_option: (i) => ({
    mtm_per_underlying_unit: compatMarkOption({
      type: i["instrument"] as "call" | "put",
      spot: num(i, "underlying_spot"),
      strike: num(i, "strike"),
      entry: num(i, "entry_premium"),
      policy: i["policy"] as "neutral" | "conservative" | "intrinsic",
    }),
  }),
  black_scholes_price: (i) =>
    compatModel(
      i["option_type"] as "call" | "put",
      num(i, "spot"),
      num(i, "strike"),
      num(i, "t"),
      num(i, "rate"),
      num(i, "vol"),
    ),
  realised_vol_daily: (i) => compatDailyVol(i["prices"] as number[]),
  synthetic_mtm: (i) => {
    const spots = i["spots"] as Readonly<Record<string, number>>;
    const legs = (i["legs"] as readonly SeedLeg[]).map((l) => ({
      type: l.leg_type,
      ticker: l.ticker,
      underlying: l.underlying_ticker,
      direction: l.direction,
      quantity: l.quantity,
      strike: l.strike,
      multiplier: l.multiplier,
    }));
    return compatSynthetic(legs, (ticker) => spots[ticker] ?? null);
  },
});
