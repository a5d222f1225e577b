import type { Ccy, InstrumentId, IsoDay, Micros, OptionInstrument } from "../engines/market/index.ts";
import { americanPrice, bsmPrice, flatCarry, type VolProvider } from "../engines/pricing/index.ts";
import { type ScenarioHolding, type ScenarioSource, scenarios } from "../engines/scenario/index.ts";
import type { BenchRow } from "./row.ts";
import { medianNs } from "./timing.ts";

const DAY = 86_400e6;
const NOW = 1_780_000_000e6 as Micros;
const U = "EQ/XYZ/USD" as InstrumentId;
const S = 100;
const CELLS = 140;

function option(
  type: "C" | "P",
  K: number,
  days: number,
  style: OptionInstrument["style"],
): OptionInstrument {
  const expiryUs = (NOW + days * DAY) as Micros;
  return {
    kind: "option",
    id: `OPT/XYZ/${days}/${type}/${K}/USD/1` as InstrumentId,
    symbol: "XYZ",
    ccy: "USD" as Ccy,
    calendar: "NYSE",
    ticks: [{ from: 0, tick: 0.01 }],
    underlying: U,
    type,
    strike: K,
    expiry: "2026-09-18" as IsoDay,
    style,
    settlement: { time: "PM", how: "physical" },
    lastTradeUs: expiryUs,
    expiryUs,
    multiplier: 100,
    premiumStyle: "upfront",
    deliverable: 1,
  };
}

const sigmaOf = (K: number): number => 0.22 + 0.002 * Math.abs(K - S);
const vols: VolProvider = { vol: (i) => ({ sigma: sigmaOf(i.strike), source: "ownQuote", ageUs: 0 }) };
const carries = flatCarry(
  { spot: () => ({ price: S, ageUs: 0 }), rate: () => 0.04, dividendYield: () => 0.015 },
  NOW,
);
const market: ScenarioSource = { nowUs: NOW, spot: () => S, vols, carries };

/** `n` distinct contracts on 20 expiries, marked one tick off the model. */
function book(n: number, style: OptionInstrument["style"]): ScenarioHolding[] {
  const price = style === "american" ? americanPrice : bsmPrice;
  return Array.from({ length: n }, (_, i) => {
    const days = 5 + 18 * (i % 20);
    const K = 70 + (60 * Math.floor(i / 40)) / (n / 40);
    const type = (i >> 1) % 2 === 0 ? "C" : "P";
    const model = price(type === "C" ? 1 : -1, S, K, days / 365, 0.04, 0.015, sigmaOf(K));
    return {
      id: `p${i}`,
      instrument: option(type, K, days, style),
      qty: (i % 7) - 3,
      fx: 1,
      mark: model + 0.01,
    };
  });
}

/** Scenarios of a book on 7 spots x 5 vols x 4 days. Bare baseline: as many exponentials as there are positions x cells. */
export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  let sink = 0;
  const subjects = [
    {
      name: "10,000 distinct positions x 140 cells, European",
      n: 10_000,
      style: "european",
      reach: 400,
      ratioReach: 20,
    },
    {
      name: "2,000 distinct contracts x 140 cells, American",
      n: 2_000,
      style: "american",
      reach: 2_000,
      ratioReach: 100,
    },
  ] as const;
  for (const { name, n, style, reach, ratioReach } of subjects) {
    const positions = book(n, style);
    const bare = (): void => {
      for (let i = 0; i < n * CELLS; i++) sink += Math.exp(-((i % 97) / 30));
    };
    const base = medianNs(bare, 9) / 1e6;
    const ms = medianNs(() => void (sink += scenarios(positions, market).known[0] as number), 7, 500) / 1e6;
    const ratio = ms / base;
    const ok = ms <= reach || ratio <= ratioReach;
    rows.push({ name: `scenarios: ${name}`, value: ms, unit: "ms", ratio, reach, ratioReach, ok });
  }
  if (!Number.isFinite(sink)) throw new Error("no baseline");
  return rows;
}
