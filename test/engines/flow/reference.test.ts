import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { classifyFlow, type FlowContracts, flowTotals, REASONS } from "../../../engines/flow/index.ts";

const shared = process.env["VOLDESK_SHARED"];
const read = (file: string): string[][] =>
  gunzipSync(readFileSync(join(shared ?? "", "data", file)))
    .toString()
    .trim()
    .split("\n")
    .slice(1)
    .map((l) => l.split(","));
const f64 = (x: readonly number[]): Float64Array => Float64Array.from(x);

/** Sides that a row leaves empty are unchanged. */
class Book {
  readonly us: number[] = [];
  readonly slot: number[] = [];
  readonly sides: number[][] = [[], [], [], []];
  private readonly last = new Map<number, number[]>();

  update(us: number, slot: number, row: readonly (number | null)[]): void {
    const now = this.last.get(slot) ?? [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
    row.forEach((v, i) => {
      if (v !== null) now[i] = v;
    });
    this.last.set(slot, now);
    this.us.push(us);
    this.slot.push(slot);
    now.forEach((v, i) => {
      this.sides[i]!.push(v);
    });
  }

  columns() {
    const [bid, ask, bidSize, askSize] = this.sides.map(f64) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const slot = Int32Array.from(this.slot);
    return { n: this.us.length, us: f64(this.us), slot, bid, ask, bidSize, askSize };
  }
}

describe.skipIf(!shared)("flow on real sessions", () => {
  it("GOOG 2015-12-24: every trade bar counted, nineteen in twenty on a two-sided quote", () => {
    const day = Date.parse("2015-12-24T00:00:00-05:00") * 1e3;
    const slots = new Map<string, number>();
    const list = {
      expiries: [] as string[],
      expiry: [] as number[],
      strike: [] as number[],
      put: [] as number[],
    };
    const slotOf = (r: string[]): number => {
      const key = r.slice(1, 4).join("/");
      const known = slots.get(key);
      if (known !== undefined) return known;
      slots.set(key, slots.size);
      if (!list.expiries.includes(r[1]!)) list.expiries.push(r[1]!);
      list.expiry.push(list.expiries.indexOf(r[1]!));
      list.strike.push(Number(r[3]));
      list.put.push(r[2] === "P" ? 1 : 0);
      return slots.size - 1;
    };
    // A minute's open stands from its start, its close from its end: never before.
    const events: [number, number, (number | null)[]][] = [];
    const side = (price: string, size: string): (number | null)[] =>
      price === "" ? [null, null] : [Number(price), Number(size)];
    for (const r of read("options/lean_minute/goog_2015-12-24_quotes.csv.gz")) {
      const start = day + Number(r[0]) * 1e3;
      for (const [us, b, a] of [
        [start, r[4]!, r[9]!],
        [start + 60e6 - 1, r[7]!, r[12]!],
      ] as const) {
        const [bid, bidSize] = side(b, r[8]!);
        const [ask, askSize] = side(a, r[13]!);
        events.push([us, slotOf(r), [bid!, ask!, bidSize!, askSize!]]);
      }
    }
    events.sort((x, y) => x[0] - y[0]);
    const book = new Book();
    for (const e of events) book.update(...e);
    const bars = read("options/lean_minute/goog_2015-12-24_trades.csv.gz");
    const trades = {
      n: bars.length,
      us: f64(bars.map((r) => day + Number(r[0]) * 1e3 + 30e6)),
      slot: Int32Array.from(bars, slotOf),
      price: f64(bars.map((r) => Number(r[7]))),
      size: f64(bars.map((r) => Number(r[8]))),
    };
    const contracts: FlowContracts = {
      n: slots.size,
      expiries: list.expiries,
      expiry: Int32Array.from(list.expiry),
      strike: f64(list.strike),
      put: Uint8Array.from(list.put),
      multiplier: new Float64Array(slots.size).fill(100),
    };
    const options = { prints: false, maxQuoteAgeUs: null };
    const e = classifyFlow(contracts, book.columns(), trades, undefined, options);
    const t = flowTotals(e);
    const volume = bars.reduce((s, r) => s + Number(r[8]), 0);
    expect(t.trades).toBe(958);
    expect(t.buyVolume + t.sellVolume + t.unknownVolume).toBe(volume);
    expect(t.quoteCoverage).toBeCloseTo(0.961, 3);
    expect(t.unknownShare).toBeLessThan(0.02);
    expect(t.highVolume).toBe(0);
    for (let i = 0; i < e.tape.n; i++) {
      if (e.tape.method[i] !== 1 || REASONS[e.tape.reason[i]!] === "one_sided_quote") continue;
      const [p, b, a] = [e.tape.price[i]!, e.tape.bid[i]!, e.tape.ask[i]!];
      expect(e.tape.side[i]).toBe(p >= a ? 1 : p <= b ? -1 : 0);
    }
  });

  it("IBM 2013-10-07 ticks: a quote of the trade's own millisecond is often its echo", () => {
    const day = Date.parse("2013-10-07T00:00:00-04:00") * 1e3;
    const book = new Book();
    const rows = read("ticks/equity_2013/ibm_20131007_quotes.csv.gz");
    const some = (x: string): number | null => (Number(x) > 0 ? Number(x) : null);
    for (const r of rows) {
      const us = day + Math.round(Number(r[0]) * 1e3);
      const bid = some(r[1]!);
      const ask = some(r[3]!);
      book.update(us, 0, [bid, ask, bid === null ? null : Number(r[2]), ask === null ? null : Number(r[4])]);
    }
    const ticks = read("ticks/equity_2013/ibm_20131007_trades.csv.gz");
    const trades = {
      n: ticks.length,
      us: f64(ticks.map((r) => day + Math.round(Number(r[0]) * 1e3))),
      slot: new Int32Array(ticks.length),
      price: f64(ticks.map((r) => Number(r[1]))),
      size: f64(ticks.map((r) => Number(r[2]))),
    };
    const contracts: FlowContracts = {
      n: 1,
      expiries: ["stock"],
      expiry: Int32Array.of(0),
      strike: Float64Array.of(1),
      put: Uint8Array.of(0),
      multiplier: Float64Array.of(1),
    };
    const session = { day: "2013-10-07", startUs: day + 34_200e6, endUs: day + 57_600e6 };
    const atTouch = (quoteLagUs: number): number => {
      const e = classifyFlow(contracts, book.columns(), trades, undefined, { quoteLagUs, session });
      expect(flowTotals(e).quoteCoverage).toBeGreaterThan(0.99);
      let n = 0;
      for (let i = 0; i < e.tape.n; i++) if (e.tape.method[i] === 1) n++;
      return n / flowTotals(e).trades;
    };
    const [before, same] = [atTouch(1), atTouch(0)];
    expect(before).toBeGreaterThan(0.65);
    expect(same).toBeLessThan(before - 0.1);
  });
});
