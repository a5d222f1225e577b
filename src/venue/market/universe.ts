import type { InstrumentId } from "../../../engines/market/index.ts";

/** Where the names of the model come from and how they move. Levels are round inventions near those of late 2026, not data. */

/** Common causes of movement. A name's own is added to them. */
export const FACTORS = ["market", "tech", "vol", "coin", "dollar", "europe"] as const;
export type Factor = (typeof FACTORS)[number];

export interface OptionLook {
  readonly root: string;
  /** Vol of a month at the money, and of years. Per 1.00. */
  readonly nearVol: number;
  readonly longVol: number;
  /** How strongly its vol follows the vol factor. */
  readonly volBeta: number;
  /** Slope and width of the smile (SSVI): −1..1, and eta(1+|rho|) < 2. */
  readonly rho: number;
  readonly eta: number;
  /** `daily`: every session of the coming week; `weekly`: Fridays; `coin`: days, Fridays and quarters at 08:00 UTC. */
  readonly expiries: "daily" | "weekly" | "coin";
  /** Strike distance at the money. */
  readonly step: number;
  /** Quote changes a second of the busiest contract at noon, and trades. */
  readonly quotes: number;
  readonly trades: number;
}

export interface Asset {
  readonly id: InstrumentId;
  readonly symbol: string;
  readonly name: string;
  readonly price: number;
  /** Realised vol per year of the path. */
  readonly vol: number;
  readonly loads: Readonly<Partial<Record<Factor, number>>>;
  /** Dividend yield, continuous. */
  readonly yield: number;
  readonly spreadBps: number;
  readonly quotes: number;
  readonly trades: number;
  /** Typical size of a trade. */
  readonly size: number;
  readonly options?: OptionLook;
  /** Instead of a path of its own: a value made from another asset's. */
  readonly made?: Made;
}

export type Made =
  | { readonly of: string; readonly how: "scale"; readonly factor: number }
  /** Vol index of 30 days of an asset's options, in points. */
  | { readonly of: string; readonly how: "volIndex" };

export interface FutureLook {
  readonly root: string;
  readonly on: string;
  readonly name: string;
  /** Months ahead that are listed, and whether quarterly only. */
  readonly months: number;
  readonly quarterly: boolean;
  /** `carry` grows with the rate; `vol` pulls towards its long level. */
  readonly how: "carry" | "vol";
  readonly spreadTicks: number;
  readonly quotes: number;
  readonly trades: number;
}

export const RATE = 0.0375;
