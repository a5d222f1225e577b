import type {
  Ccy,
  Instrument,
  InstrumentId,
  IsoDay,
  Micros,
  OptionInstrument,
} from "../engines/market/index.ts";
import {
  applyEvent,
  createLedger,
  type Ledger,
  type MarketInput,
  type MarketSource,
  marginOfBook,
  markOption,
  type OptionMarkInput,
  planBook,
  REG_T,
  valueBook,
} from "../engines/portfolio/index.ts";
import type { BenchRow } from "./row.ts";
import { medianNs } from "./timing.ts";

const NOW = 1_450_971_240_000_000 as Micros;
const STOCK: Instrument = {
  kind: "equity",
  id: "EQ/GOOG/USD" as InstrumentId,
  symbol: "GOOG",
  ccy: "USD" as Ccy,
  calendar: "NYSE",
  ticks: [{ from: 0, tick: 0.01 }],
  multiplier: 1,
};

function option(k: number, type: "C" | "P"): OptionInstrument {
  const expiryUs = (NOW + 22 * 86_400_000_000) as Micros;
  return {
    kind: "option",
    id: `OPT/GOOG/2016-01-15/${type}/${k}/USD/1` as InstrumentId,
    symbol: "GOOG",
    ccy: "USD" as Ccy,
    calendar: "CBOE",
    ticks: [{ from: 0, tick: 0.05 }],
    underlying: STOCK.id,
    type,
    strike: k,
    expiry: "2016-01-15" as IsoDay,
    style: "american",
    settlement: { time: "PM", how: "physical" },
    lastTradeUs: expiryUs,
    expiryUs,
    multiplier: 100,
    premiumStyle: "upfront",
    deliverable: 1,
  };
}

/** 49 options and one stock; every two options are the legs of a vertical. */
function book(): { ledger: Ledger; instruments: Instrument[] } {
  const options = Array.from({ length: 49 }, (_, n) => option(620 + 5 * n, n % 3 === 0 ? "P" : "C"));
  const instruments: Instrument[] = [STOCK, ...options];
  const byId = new Map(instruments.map((i) => [i.id, i]));
  const ledger = createLedger("USD", (id) => byId.get(id));
  const stamp = { account: "A", atUs: NOW };
  instruments.forEach((i, n) => {
    const plain = {
      strategy: "",
      fees: "0.65",
      feeCcy: "USD",
      ticketId: null,
      legIndex: null,
      fx: null,
      feeFx: null,
    };
    const qty = String(n % 2 === 0 ? 10 : -10);
    applyEvent(ledger, {
      kind: "fill",
      id: `f${n}`,
      ...stamp,
      instrument: i.id,
      qty,
      price: "8.35",
      ...plain,
    });
  });
  for (let n = 1; n + 1 < instruments.length; n += 2) {
    const pair = [instruments[n], instruments[n + 1]] as [Instrument, Instrument];
    const legs = pair.map((i, k) => ({ instrument: i.id, ratio: k === 0 ? -1 : 1 }));
    const structure = `V${n}`;
    applyEvent(ledger, {
      kind: "structure",
      id: structure,
      ...stamp,
      structure,
      name: null,
      strategy: "",
      legs,
      tickets: [],
    });
    for (const leg of [0, 1]) {
      const qty = leg === 0 ? "-10" : "10";
      applyEvent(ledger, {
        kind: "allocate",
        id: `${structure}${leg}`,
        ...stamp,
        structure,
        leg,
        qty,
        price: null,
      });
    }
  }
  for (const calendar of ["NYSE", "CBOE"]) {
    applyEvent(ledger, { kind: "session", id: calendar, ...stamp, calendar, day: "2015-12-24" as IsoDay });
  }
  return { ledger, instruments };
}

const MARKET: MarketInput = {
  bid: 8.1,
  ask: 8.5,
  quoteUs: NOW - 1000,
  confirmUs: null,
  quality: 0,
  status: "open",
  last: 8.2,
  lastUs: NOW - 5000,
  maxAgeUs: 5_000_000,
  prior: { price: 8.74, day: "2015-12-23", sessionsOld: 1, source: "end of day" },
};
const SPOT = { price: 748.16, ageUs: 1000, movedUs: NOW - 60_000_000 };
const MODEL = { price: 8.2, sigma: 0.18, vega: 70, source: "own quote", ageUs: 1000 };
const GREEKS = { delta: 0.37, gamma: 0.006, theta: -100, vega: 70, rho: 15 };
const SOURCE: MarketSource = {
  market: () => MARKET,
  spot: () => SPOT,
  model: () => MODEL,
  greeks: () => GREEKS,
  fx: () => null,
};

/** The multiplications that a valuation of 50 positions can't do without: 16 figures of each from columns. */
function bareValuation(): number {
  const qty = Float64Array.from({ length: 50 }, (_, n) => (n % 2 === 0 ? 10 : -10));
  const price = Float64Array.from({ length: 50 }, (_, n) => 8 + n / 10);
  const out = new Float64Array(16);
  return (
    medianNs(() => {
      for (let round = 0; round < 100; round++) {
        for (let n = 0; n < 50; n++) {
          const units = (qty[n] as number) * 100;
          for (let f = 0; f < 16; f++)
            out[f] = (out[f] as number) + Math.round(units * (price[n] as number) * f);
        }
      }
    }) / 100
  );
}

function row(name: string, value: number, unit: string, reach: number, ratio: number | null): BenchRow {
  return { name, value, unit, ratio, reach, ok: value <= reach };
}

export async function run(): Promise<BenchRow[]> {
  const bare = bareValuation();
  const { ledger, instruments } = book();
  const plan = planBook(ledger);
  const options = { nowUs: NOW, policy: "neutral" } as const;
  const value = medianNs(() => void valueBook(plan, SOURCE, options));
  const replan = medianNs(() => void planBook(ledger));
  const v = valueBook(plan, SOURCE, options);
  const margin = medianNs(() => void marginOfBook(v, { account: "A", profile: REG_T, fx: () => 1 }), 5, 20);
  const input: OptionMarkInput = {
    instrument: instruments[1] as OptionInstrument,
    market: MARKET,
    spot: SPOT,
    model: MODEL,
    carry: null,
    position: { side: 1, entry: 9.3 },
    nowUs: NOW,
    policy: "neutral",
  };
  let sink = 0;
  const mark =
    medianNs(() => {
      for (let n = 0; n < 1000; n++) sink += markOption(input).price ?? 0;
    }) / 1000;
  let serial = 0;
  const busy = book().ledger;
  const fill = medianNs(() => {
    const plain = {
      strategy: "",
      fees: "0.65",
      feeCcy: "USD",
      ticketId: null,
      legIndex: null,
      fx: null,
      feeFx: null,
    };
    const qty = serial % 2 === 0 ? "1" : "-1";
    applyEvent(busy, {
      kind: "fill",
      id: `b${serial++}`,
      account: "A",
      atUs: NOW,
      instrument: STOCK.id,
      qty,
      price: "748.16",
      ...plain,
    });
  });
  if (!(sink > 0)) throw new Error("no marks");
  return [
    row("value a book of 50 positions in 24 structures", value / 1000, "us", 330, value / bare),
    row("mark one option", mark, "ns", 300, null),
    row("plan of that book, once per change", replan / 1000, "us", 1000, null),
    row("book one fill into it", fill / 1000, "us", 300, null),
    row("Reg-T margin of that book, 24 shorts", margin / 1e6, "ms", 40, null),
  ];
}
