/** Random but lawful lives of a ledger: turns a list of small integers into events that fit what is held at that moment. */
import type { Instrument, IsoDay, Micros } from "../../../engines/market/index.ts";
import type { BookEvent, Ledger } from "../../../engines/portfolio/index.ts";
import { equity, future, fxPair, option } from "./samples.ts";

const eurIndex = option("SX5E", "2016-01-15", "C", 3300, {
  ccy: "EUR" as never,
  multiplier: 10,
  style: "european",
  settlement: { time: "AM", how: "cash" },
});
export const WORLD: readonly Instrument[] = [
  equity("ABC"),
  equity("EUN", "EUR"),
  option("ABC", "2016-01-15", "C", 50),
  option("ABC", "2016-01-15", "P", 50),
  option("ABC", "2016-01-15", "C", 55),
  eurIndex,
  option("BUX", "2016-03-18", "P", 160, {
    ccy: "EUR" as never,
    premiumStyle: "futures",
    settlement: { time: "PM", how: "cash" },
  }),
  future("ES", "2016-03-18", 50),
  future("FESX", "2016-03-18", 10, "EUR"),
  fxPair("EURUSD"),
  // Adjusted successors, reached by `adjust` events only.
  option("ABC", "2016-01-15", "C", 25, { deliverable: 2 }),
  option("ABC", "2016-01-15", "P", 25, { deliverable: 2, multiplier: 150 }),
];
const TRADED = 10;
const SUCCESSOR = new Map([
  [2, 10],
  [3, 11],
]);

/** Price of an instrument for a dice roll, two to five decimals. */
export function priceOf(n: number, roll: number): string {
  const i = WORLD[n] as Instrument;
  if (i.kind === "fx") return (1 + (roll % 20000) / 1e5).toFixed(5);
  if (i.kind === "future") return (1900 + (roll % 800) * 0.25).toFixed(2);
  if (i.kind === "option") return ((roll % 1000) / 20).toFixed(2);
  return (20 + (roll % 6000) / 100).toFixed(2);
}

export type Dice = readonly [what: number, which: number, size: number, price: number];

let fx: number | null = 1.1;
const BASE = {
  account: "A",
  atUs: 1 as Micros,
  get fx() {
    return fx;
  },
};

function fill(id: string, d: Dice, n: number): BookEvent {
  const i = WORLD[n] as Instrument;
  const lots = i.kind === "fx" ? 1000 : i.kind === "equity" ? 10 : 1;
  const size = ((d[2] % 12) + 1) * lots * (d[2] % 2 === 0 ? 1 : -1);
  return {
    ...BASE,
    kind: "fill",
    id,
    instrument: i.id,
    strategy: d[1] % 3 === 0 ? "s" : "",
    qty: String(size),
    price: priceOf(n, d[3]),
    fees: ((d[3] % 300) / 100).toFixed(2),
    feeCcy: d[1] % 7 === 0 ? "EUR" : i.ccy,
    ticketId: d[1] % 2 === 0 ? "T1" : null,
    legIndex: d[1] % 2 === 0 ? 0 : null,
    feeFx: fx,
  };
}

function exercise(id: string, d: Dice, l: Ledger): BookEvent | null {
  const held = [...l.books.positions.values()].filter((p) => p.qty !== 0 && p.instrument.startsWith("OPT"));
  const p = held[d[1] % Math.max(1, held.length)];
  if (p === undefined || p.qty % 1e8 !== 0) return null;
  const contracts = (d[2] % (Math.abs(p.qty) / 1e8)) + 1;
  const kind = p.qty > 0 ? "exercise" : "assign";
  const settlement = priceOf(0, d[3]);
  if (d[3] % 4 === 0) {
    const qty = String(p.qty > 0 ? -contracts : contracts);
    const price = d[3] % 8 === 0 ? "0" : priceOf(2, d[3]);
    return { ...BASE, kind: "leave", id, instrument: p.instrument, strategy: p.strategy, qty, price };
  }
  return {
    ...BASE,
    kind,
    id,
    instrument: p.instrument,
    strategy: p.strategy,
    contracts: String(contracts),
    settlement,
  };
}

function corporate(id: string, d: Dice): BookEvent {
  const [numerator, denominator] = [
    [2, 1],
    [3, 2],
    [1, 3],
    [1, 10],
  ][d[2] % 4] as [number, number];
  const stock = WORLD[d[1] % 2] as Instrument;
  if (d[3] % 3 === 0) {
    return {
      ...BASE,
      account: "*",
      kind: "dividend",
      id,
      instrument: stock.id,
      perShare: "0.37",
      exDate: "2016-01-04" as IsoDay,
    };
  }
  if (d[3] % 3 === 1) {
    const cashInLieu = d[1] % 3 === 0 ? null : "21.37";
    return {
      ...BASE,
      account: "*",
      kind: "split",
      id,
      instrument: stock.id,
      numerator,
      denominator,
      cashInLieu,
    };
  }
  const from = 2 + (d[1] % 2);
  const to = SUCCESSOR.get(from) as number;
  const adjust = { numerator: 2, denominator: 1, from: WORLD[from]?.id as never, to: WORLD[to]?.id as never };
  return { ...BASE, account: "*", kind: "adjust", id, ...adjust };
}

function amend(id: string, d: Dice, l: Ledger): BookEvent | null {
  const fills = l.journal.filter((e) => e.kind === "fill");
  const e = fills[d[1] % Math.max(1, fills.length)];
  if (e === undefined) return null;
  if (d[3] % 2 === 0) return { ...BASE, kind: "bust", id, execId: e.id };
  return { ...BASE, kind: "correct", id, execId: e.id, qty: d[2] % 2 === 0 ? "3" : "-4", price: "31.17" };
}

function cash(id: string, d: Dice): BookEvent {
  const ccy = d[1] % 2 === 0 ? "USD" : "EUR";
  const amount = (d[3] / 100).toFixed(2);
  if (d[2] % 4 === 0) return { ...BASE, kind: "cash", id, ccy, amount, reason: "deposit" };
  if (d[2] % 4 === 1) return { ...BASE, kind: "cash", id, ccy, amount: `-${amount}`, reason: "fee" };
  if (d[2] % 4 === 2 && d[3] % 2 === 0)
    return {
      ...BASE,
      kind: "cash",
      id,
      ccy,
      amount,
      reason: "dividend",
      instrument: WORLD[d[1] % 2]?.id as never,
    };
  if (d[2] % 4 === 2) return { ...BASE, kind: "cash", id, ccy, amount: `-${amount}`, reason: "financing" };
  const both = { soldCcy: "USD", boughtCcy: "EUR", soldFx: 1, boughtFx: fx };
  return {
    ...BASE,
    kind: "convert",
    id,
    ...both,
    sold: ((d[3] + 1) / 100).toFixed(2),
    bought: ((d[3] + 1) / 110).toFixed(2),
  };
}

/** The event that dice stand for, or null where nothing fits. */
export function eventOf(n: number, d: Dice, l: Ledger): BookEvent | null {
  const id = `e${n}`;
  fx = d[2] % 97 === 0 ? null : 1 + (d[3] % 40) / 100;
  const what = d[0] % 20;
  if (what < 11) return fill(id, d, d[1] % TRADED);
  if (what === 11) return amend(id, d, l);
  if (what === 12) return exercise(id, d, l);
  if (what === 13) return corporate(id, d);
  if (what === 14) return cash(id, d);
  if (what === 15) {
    const i = WORLD[[2, 3, 4, 5, 6, 7, 8, 10, 11][d[1] % 9] as number] as Instrument;
    const settlement =
      i.kind === "future"
        ? priceOf(7, d[3])
        : i.ccy === "EUR"
          ? String(3200 + (d[3] % 200))
          : priceOf(0, d[3]);
    return { ...BASE, account: "*", kind: "expire", id, instrument: i.id, settlement };
  }
  if (what < 18) {
    const n2 = 6 + (d[1] % 3);
    return {
      ...BASE,
      account: "*",
      kind: "variation",
      id,
      instrument: WORLD[n2]?.id as never,
      settlement: priceOf(n2, d[3]),
    };
  }
  if (what === 18) return { ...BASE, kind: "session", id, calendar: "NYSE", day: "2016-01-04" as IsoDay };
  const legs = [{ instrument: WORLD[d[1] % TRADED]?.id as never, ratio: 1 }];
  return {
    ...BASE,
    kind: "structure",
    id,
    structure: `S${n}`,
    name: null,
    strategy: "",
    legs,
    tickets: ["T1"],
  };
}
