import type {
  Ccy,
  FutureInstrument,
  InstrumentId,
  IsoDay,
  Micros,
  OptionInstrument,
  SpotInstrument,
} from "../../../engines/market/index.ts";
import { type CarryProvider, flatCarry, type VolProvider } from "../../../engines/pricing/index.ts";
import type { ScenarioHolding, ScenarioSource } from "../../../engines/scenario/index.ts";

export const DAY = 86_400e6;
export const NOW = 1_450_000_000e6 as Micros;
export const STOCK = "EQ/XYZ/USD" as InstrumentId;
const listed = { ccy: "USD" as Ccy, calendar: "NYSE", ticks: [{ from: 0, tick: 0.01 }] };

export const stock: SpotInstrument = { ...listed, kind: "equity", id: STOCK, symbol: "XYZ", multiplier: 1 };
export const future: FutureInstrument = {
  ...listed,
  kind: "future",
  id: "FUT/XYZ" as InstrumentId,
  symbol: "XYZF",
  underlying: STOCK,
  multiplier: 50,
  lastTradeUs: (NOW + 30 * DAY) as Micros,
  expiryUs: (NOW + 30 * DAY) as Micros,
  expiry: "2016-01-12" as IsoDay,
};

export function option(
  type: "C" | "P",
  strike: number,
  style: "american" | "european",
  days = 90,
  over: Partial<OptionInstrument> = {},
): OptionInstrument {
  const expiryUs = (NOW + days * DAY) as Micros;
  return {
    ...listed,
    kind: "option",
    id: `OPT/XYZ/${days}/${type}/${strike}/${style}` as InstrumentId,
    symbol: "XYZ",
    underlying: STOCK,
    type,
    strike,
    expiry: "2016-03-18" as IsoDay,
    style,
    settlement: { time: "PM", how: "physical" },
    lastTradeUs: expiryUs,
    expiryUs,
    multiplier: 100,
    premiumStyle: "upfront",
    deliverable: 1,
    ...over,
  };
}

export interface Setting {
  readonly S?: number;
  readonly r?: number;
  readonly q?: number;
  readonly sigma?: number | null;
}

export function market({ S = 100, r = 0.03, q = 0.01, sigma = 0.3 }: Setting = {}): ScenarioSource & {
  readonly carries: CarryProvider;
} {
  const vols: VolProvider = {
    vol: () =>
      sigma === null ? { sigma: null, source: "none", ageUs: null } : { sigma, source: "surface", ageUs: 0 },
  };
  const carries = flatCarry(
    { spot: (u) => (u === STOCK ? { price: S, ageUs: 0 } : null), rate: () => r, dividendYield: () => q },
    NOW,
  );
  return { nowUs: NOW, spot: (i) => (i === STOCK ? S : null), vols, carries };
}

export function holding(
  id: string,
  instrument: ScenarioHolding["instrument"],
  qty: number,
  mark: number | null,
  fx: number | null = 1,
): ScenarioHolding {
  return { id, instrument, qty, mark, fx };
}
