import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CONFIDENCES,
  classifyFlow,
  type FlowContracts,
  type FlowEngine,
  type FlowOptions,
  type FlowQuotes,
  FlowStream,
  type FlowTrades,
  flowTable,
  flowTotals,
  flowWarnings,
  METHODS,
  openingShare,
  opraPrint,
  Print,
  REASONS,
} from "../../../engines/flow/index.ts";

const T0 = 1_780_000_000e6 - (1_780_000_000e6 % 900e6);
const CONTRACTS: FlowContracts = {
  n: 4,
  expiries: ["2026-06-19", "2026-07-17"],
  expiry: Int32Array.of(0, 0, 1, -1),
  strike: Float64Array.of(100, 105, 100, Number.NaN),
  put: Uint8Array.of(0, 1, 0, 0),
  multiplier: Float64Array.of(100, 100, 10, Number.NaN),
};

interface Quote {
  us: number;
  slot?: number;
  bid: number;
  ask: number;
  bidSize?: number;
  askSize?: number;
  delta?: number;
  vega?: number;
}
interface Trade {
  us: number;
  slot?: number;
  price: number;
  size?: number;
  print?: number;
  id?: number;
}
const f64 = <T>(rows: readonly T[], f: (r: T) => number | undefined): Float64Array =>
  Float64Array.from(rows, (r) => f(r) ?? Number.NaN);
const quotesOf = (rows: readonly Quote[]): FlowQuotes => ({
  n: rows.length,
  us: f64(rows, (r) => r.us),
  slot: Int32Array.from(rows, (r) => r.slot ?? 0),
  bid: f64(rows, (r) => r.bid),
  ask: f64(rows, (r) => r.ask),
  bidSize: f64(rows, (r) => r.bidSize),
  askSize: f64(rows, (r) => r.askSize),
  delta: f64(rows, (r) => r.delta),
  vega: f64(rows, (r) => r.vega),
});
const tradesOf = (rows: readonly Trade[]): FlowTrades => ({
  n: rows.length,
  us: f64(rows, (r) => r.us),
  slot: Int32Array.from(rows, (r) => r.slot ?? 0),
  price: f64(rows, (r) => r.price),
  size: Float64Array.from(rows, (r) => r.size ?? 1),
  print: Uint8Array.from(rows, (r) => r.print ?? 0),
  id: f64(rows, (r) => r.id),
});
const spotsOf = (rows: readonly { us: number; price: number }[]) => ({
  n: rows.length,
  us: f64(rows, (r) => r.us),
  price: f64(rows, (r) => r.price),
});

function run(quotes: Quote[], trades: Trade[], options: Partial<FlowOptions> = {}): FlowEngine {
  return classifyFlow(CONTRACTS, quotesOf(quotes), tradesOf(trades), undefined, options);
}
function verdict(engine: FlowEngine, row = engine.tape.n - 1): string {
  const { side, method, confidence, reason } = engine.tape;
  const s = side[row]! > 0 ? "buy" : side[row]! < 0 ? "sell" : "unknown";
  return [s, METHODS[method[row]!], CONFIDENCES[confidence[row]!], REASONS[reason[row]!]]
    .filter((x) => x !== "" && x !== "none")
    .join(" ");
}
const one = (quote: Partial<Quote> | null, price: number, options: Partial<FlowOptions> = {}): string =>
  verdict(run(quote ? [{ us: T0, bid: 1, ask: 1.2, ...quote }] : [], [{ us: T0 + 1e6, price }], options));

describe("how a trade gets its side", () => {
  it("at or through the touch: quote rule", () => {
    expect(one({}, 1.2)).toBe("buy quote high");
    expect(one({}, 1.0)).toBe("sell quote high");
    expect(one({}, 1.3)).toBe("buy quote high");
    expect(one({}, 1.5)).toBe("buy quote medium trade_through");
    expect(one({}, 0.5)).toBe("sell quote medium trade_through");
  });
  it("inside the spread: midpoint, then depth, then unknown", () => {
    expect(one({}, 1.15)).toBe("buy mid medium inside_spread");
    expect(one({}, 1.05)).toBe("sell mid medium inside_spread");
    expect(one({}, 1.1)).toBe("unknown inside_spread");
    expect(one({ bidSize: 5, askSize: 50 }, 1.1)).toBe("buy depth low inside_spread");
    expect(one({ bidSize: 50, askSize: 5 }, 1.1)).toBe("sell depth low inside_spread");
    expect(one({ bidSize: 5, askSize: 5 }, 1.1)).toBe("unknown inside_spread");
  });
  it("the strict rule leaves the inside unknown", () => {
    expect(one({}, 1.15, { rule: "strict" })).toBe("unknown inside_spread");
    expect(one({}, 1.2, { rule: "strict" })).toBe("buy quote high");
  });
  it("a locked quote does not sell by itself", () => {
    expect(one({ bid: 1, ask: 1 }, 1)).toBe("unknown locked_quote");
    expect(one({ bid: 1, ask: 1 }, 1.1)).toBe("buy quote medium trade_through");
    const locked = run(
      [{ us: T0, bid: 1, ask: 1 }],
      [
        { us: T0 + 1e6, price: 1.5 },
        { us: T0 + 2e6, price: 1 },
      ],
    );
    expect(verdict(locked)).toBe("sell tick low locked_quote");
  });
  it("no, crossed, stale or half a quote", () => {
    expect(one(null, 1)).toBe("unknown missing_quote");
    expect(one({ bid: 1.3, ask: 1.2 }, 1.25)).toBe("unknown invalid_quote");
    expect(one({ bid: -1, ask: 1.2 }, 1.2)).toBe("unknown invalid_quote");
    expect(one({ bid: 0, ask: 0 }, 1)).toBe("unknown invalid_quote");
    expect(one({ us: T0 - 60e6 }, 1.2)).toBe("unknown stale_quote");
    expect(one({ us: T0 - 60e6 }, 1.2, { maxQuoteAgeUs: null })).toBe("buy quote high");
    expect(one({ bid: Number.NaN }, 1.2)).toBe("buy quote low one_sided_quote");
    expect(one({ ask: Number.NaN }, 1.1)).toBe("unknown one_sided_quote");
  });
  it("a bid of 0 under a live ask is a market", () => {
    expect(one({ bid: 0, ask: 0.05 }, 0.05)).toBe("buy quote high");
    expect(one({ bid: 0, ask: 0.05 }, 0.02)).toBe("sell mid medium inside_spread");
  });
  it("tick test: last different price of the same contract", () => {
    const e = run(
      [],
      [
        { us: T0 + 1, price: 1 },
        { us: T0 + 2, price: 1.1 },
        { us: T0 + 3, price: 1.1 },
        { us: T0 + 4, price: 1.05 },
        { us: T0 + 5, slot: 1, price: 9 },
      ],
    );
    expect([...e.tape.side.subarray(0, 5)]).toEqual([0, 1, 1, -1, 0]);
  });
  it("a quote of the trade's own time may be its echo: not used, unless asked for", () => {
    const q = [
      { us: T0, bid: 1, ask: 1.2 },
      { us: T0 + 5, bid: 1.2, ask: 1.4 },
    ];
    const t = [{ us: T0 + 5, price: 1.2 }];
    expect(verdict(run(q, t))).toBe("buy quote high");
    expect(verdict(run(q, t, { quoteLagUs: 0 }))).toBe("sell quote high");
    expect(verdict(run(q, t, { quoteLagUs: 1000 }))).toBe("unknown missing_quote");
  });
  it("packages, late prints and crosses count without a side", () => {
    const q = [{ us: T0, bid: 1, ask: 1.2 }];
    const say = (print: number): string => verdict(run(q, [{ us: T0 + 1, price: 1.2, print }]));
    expect(say(Print.multiLeg)).toBe("unknown multi_leg");
    expect(say(Print.late)).toBe("unknown late");
    expect(say(Print.notCrossing)).toBe("unknown not_crossing");
    expect(["f", "s", "u"].map(opraPrint)).toEqual([Print.multiLeg, Print.multiLeg, Print.multiLeg]);
    expect(["A", "D", "c", "I", "S", ""].map(opraPrint)).toEqual([3, 2, 4, 0, 0, 0]);
  });
  it("bars of trades are one level less sure", () => {
    expect(one({}, 1.2, { prints: false })).toBe("buy quote medium");
  });
});

describe("counting", () => {
  it("keeps identical prints, drops a repeated id", () => {
    const twice = [
      { us: T0 + 1, price: 1, size: 7 },
      { us: T0 + 1, price: 1, size: 7 },
    ];
    expect(flowTotals(run([], twice)).unknownVolume).toBe(14);
    expect(
      flowTotals(
        run(
          [],
          twice.map((t) => ({ ...t, id: 5 })),
        ),
      ).unknownVolume,
    ).toBe(7);
  });
  it("a cancel takes its trade back, by id or by price and size", () => {
    const q = [{ us: T0, bid: 1, ask: 1.2, delta: 0.5, vega: 10 }];
    const cancelled = (cancel: Trade): FlowEngine =>
      run(q, [
        { us: T0 + 1, price: 1.2, size: 4, id: 1 },
        { us: T0 + 2, price: 1.2, size: 4, id: 2 },
        { us: T0 + 3, price: 1.0, size: 9, id: 3 },
        { ...cancel, us: T0 + 4, print: Print.cancel },
      ]);
    const byId = cancelled({ us: 0, price: 0, id: 1 });
    expect(flowTotals(byId)).toMatchObject({ trades: 2, buyVolume: 4, sellVolume: 9, buyNotional: 480 });
    expect([...byId.tape.counted.subarray(0, 4)]).toEqual([2, 1, 1, 0]);
    const byPrint = cancelled({ us: 0, price: 1.2, size: 4 });
    expect([...byPrint.tape.counted.subarray(0, 4)]).toEqual([1, 2, 1, 0]);
    const lost = cancelled({ us: 0, price: 3, size: 4 });
    expect(flowTotals(lost).trades).toBe(3);
    expect(flowWarnings(lost)).toContain("cancel_unmatched");
  });
  it("weights by delta, vega and spot of the moment", () => {
    const e = classifyFlow(
      CONTRACTS,
      quotesOf([
        { us: T0, slot: 0, bid: 1, ask: 1.2, delta: 0.45, vega: 12 },
        { us: T0, slot: 1, bid: 2, ask: 2.2, delta: -0.3, vega: 9 },
      ]),
      tradesOf([
        { us: T0 + 2, slot: 0, price: 1.2, size: 3 },
        { us: T0 + 3, slot: 1, price: 2.2, size: 5 },
      ]),
      spotsOf([
        { us: T0 + 1, price: 101 },
        { us: T0 + 2, price: 102 },
      ]),
    );
    const t = flowTotals(e);
    expect(t.netDelta).toBeCloseTo(0.45 * 3 * 100 * 101 - 0.3 * 5 * 100 * 102, 9);
    expect(t.netVega).toBeCloseTo(12 * 3 * 100 + 9 * 5 * 100, 9);
    expect(t.deltaCoverage).toBe(1);
    const buckets = flowTable(e, { bucket: true });
    expect([...buckets.bucket]).toEqual([2, 3]);
    expect([...buckets.sums.buyVolume]).toEqual([5, 3]);
  });
  it("puts |delta| on a border into the upper bucket, 1 into the last", () => {
    for (const [delta, bucket] of [
      [0.2, 2],
      [0.6, 4],
      [-0.8, 5],
      [1, 5],
      [0, 1],
      [1.2, 0],
    ] as const) {
      const e = run([{ us: T0, bid: 1, ask: 2, delta }], [{ us: T0 + 1, price: 2 }]);
      expect(e.cells.bucket[0]).toBe(bucket);
    }
  });
  it("groups by time in 5 and 15 minutes", () => {
    const e = run(
      [],
      [0, 4, 5, 14, 15, 31].map((minute) => ({ us: T0 + minute * 60e6, price: 1, size: 1 })),
    );
    const starts = (minutes: 5 | 15): number[] =>
      [...flowTable(e, { minutes }).startUs].map((us) => (us - T0) / 60e6);
    expect(starts(5)).toEqual([0, 5, 10, 15, 30]);
    expect(starts(15)).toEqual([0, 15, 30]);
    expect([...flowTable(e, { minutes: 15 }).sums.trades]).toEqual([4, 1, 1]);
  });
  it("estimates the opening share from the change of open interest", () => {
    expect(openingShare(100, 500, 600)).toBe(1);
    expect(openingShare(100, 500, 400)).toBe(0);
    expect(openingShare(100, 500, 500)).toBe(0.5);
    expect(openingShare(0, 500, 500)).toBeNull();
    expect(openingShare(10, Number.NaN, 500)).toBeNull();
  });
});

describe("bad input", () => {
  it("is named and refused, never thrown", () => {
    const e = run(
      [],
      [
        { us: T0, price: 1, size: 0 },
        { us: T0, price: 1, size: Number.NaN },
        { us: T0, price: -1 },
        { us: T0, price: Number.NaN },
        { us: T0, slot: 3, price: 1 },
        { us: T0, slot: -1, price: 1 },
        { us: Number.NaN, price: 1 },
      ],
    );
    expect(flowWarnings(e)).toEqual([
      "all_trades_dropped",
      "dropped_invalid_price:2",
      "dropped_missing_size",
      "dropped_missing_time",
      "dropped_unknown_contract:2",
      "dropped_zero_size",
    ]);
    expect(flowTotals(e)).toMatchObject({ trades: 0, quoteCoverage: null, unknownShare: null });
    expect(flowWarnings(run([], []))).toEqual(["no_trades"]);
  });
  it("drops what is outside the session", () => {
    const session = { day: "2026-05-28", startUs: T0, endUs: T0 + 60e6 };
    const e = run(
      [],
      [T0 - 1, T0, T0 + 60e6].map((us) => ({ us, price: 1 })),
      { session },
    );
    expect(flowTotals(e).trades).toBe(1);
    expect(flowWarnings(e)).toContain("dropped_outside_session:2");
  });
  it("ignores a quote older than the one it has", () => {
    const s = new FlowStream(CONTRACTS);
    s.pushQuote(T0 + 10, 0, 1, 1.2);
    s.advance(T0 + 20);
    s.pushQuote(T0 + 5, 0, 5, 5.2);
    s.pushTrade(T0 + 30, 0, 1.2, 1);
    s.advance(T0 + 40);
    expect(verdict(s.engine)).toBe("buy quote high");
    expect(flowWarnings(s.engine)).toEqual(["late_quotes_ignored"]);
  });
  it("classifies a trade that comes after its time was settled by no quote, and says so", () => {
    const s = new FlowStream(CONTRACTS);
    s.pushQuote(T0, 0, 1, 1.2);
    s.pushTrade(T0 + 10, 0, 1.2, 1);
    s.advance(T0 + 20);
    s.pushTrade(T0 + 15, 0, 1.2, 1);
    s.advance(T0 + 30);
    expect(verdict(s.engine)).toBe("unknown late");
    expect(flowWarnings(s.engine)).toContain("late_trades");
  });
});

const quoteArb = fc.record({
  us: fc.integer({ min: 0, max: 160 }),
  slot: fc.nat(2),
  bid: fc.constantFrom(0, 1, 1.1, 1.2, Number.NaN),
  ask: fc.constantFrom(1, 1.1, 1.2, 1.3, Number.NaN),
  bidSize: fc.nat(5),
  askSize: fc.nat(5),
  delta: fc.double({ min: -1, max: 1, noNaN: true }),
  vega: fc.double({ min: 0, max: 30, noNaN: true }),
});
const tradeArb = fc.record({
  us: fc.integer({ min: 0, max: 160 }),
  slot: fc.nat(3),
  price: fc.constantFrom(0, 0.9, 1, 1.05, 1.1, 1.15, 1.2, 1.3),
  size: fc.nat(9),
  print: fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 4),
  id: fc.constantFrom(Number.NaN, Number.NaN, 1, 2, 3, 4, 5, 6, 7),
});
const spotArb = fc.record({
  us: fc.integer({ min: 0, max: 160 }),
  price: fc.integer({ min: 90, max: 110 }),
});
const dayArb = fc.record({
  quotes: fc.array(quoteArb, { maxLength: 80, size: "max" }),
  trades: fc.array(tradeArb, { maxLength: 80, size: "max" }),
  spots: fc.array(spotArb, { maxLength: 10, size: "max" }),
});
/** Bursts of 0.3 s steps, minutes apart: quotes and trades meet within the lag, quotes go stale, bins are crossed. */
const at = (us: number): number => T0 + us * 300_000 + Math.floor(us / 40) * 200e6;

function snapshot(e: FlowEngine): unknown {
  const { n, ...columns } = e.tape;
  const tape = Object.fromEntries(
    Object.entries(columns).map(([k, v]) => [k, [...(v as Float64Array).subarray(0, n)]]),
  );
  return {
    tape,
    table: flowTable(e, { contract: true, bucket: true, minutes: 5 }),
    totals: flowTotals(e),
    warnings: flowWarnings(e),
    ages: [...e.quoteAges],
  };
}

describe("stream and batch", () => {
  it("give identical bits, however the day is cut and however rows are ordered within a piece", () => {
    fc.assert(
      fc.property(
        dayArb,
        fc.array(fc.integer({ min: 0, max: 160 }), { maxLength: 12, size: "max" }),
        fc.constantFrom(0, 1, 300_000, 1_000_000),
        (day, cuts, quoteLagUs) => {
          const shift = <T extends { us: number }>(rows: readonly T[]): T[] =>
            rows.map((r) => ({ ...r, us: at(r.us) }));
          const [quotes, trades, spots] = [shift(day.quotes), shift(day.trades), shift(day.spots)];
          const options = { quoteLagUs };
          const batch = classifyFlow(CONTRACTS, quotesOf(quotes), tradesOf(trades), spotsOf(spots), options);
          const stream = new FlowStream(CONTRACTS, options);
          let from = Number.NEGATIVE_INFINITY;
          for (const cut of [...cuts.map(at).sort((a, b) => a - b), Number.POSITIVE_INFINITY]) {
            const within = (r: { us: number }): boolean => r.us > from && r.us <= cut;
            for (const r of trades.filter(within))
              stream.pushTrade(r.us, r.slot, r.price, r.size, r.print, r.id);
            for (const r of spots.filter(within)) stream.pushSpot(r.us, r.price);
            for (const r of quotes.filter(within))
              stream.pushQuote(r.us, r.slot, r.bid, r.ask, r.bidSize, r.askSize, r.delta, r.vega);
            stream.advance(cut);
            from = cut;
          }
          expect(snapshot(stream.engine)).toEqual(snapshot(batch));
        },
      ),
      { numRuns: 400 },
    );
  });

  it("buy, sell and unknown volume add up to the counted size", () => {
    fc.assert(
      fc.property(dayArb, ({ quotes, trades }) => {
        const e = run(
          quotes.map((q) => ({ ...q, us: at(q.us) })),
          trades.map((t) => ({ ...t, us: at(t.us) })),
        );
        const t = flowTotals(e);
        let size = 0;
        let count = 0;
        for (let i = 0; i < e.tape.n; i++) {
          if (e.tape.counted[i] !== 1) continue;
          size += e.tape.size[i]!;
          count++;
        }
        expect(t.buyVolume + t.sellVolume + t.unknownVolume).toBe(size);
        expect(t.trades).toBe(count);
        expect(t.highVolume + t.mediumVolume + t.lowVolume).toBe(t.buyVolume + t.sellVolume);
        for (const by of [{ contract: true }, { strike: true }, { expiry: true }, { minutes: 15 }] as const) {
          const table = flowTable(e, by);
          expect(table.sums.trades.reduce((a, b) => a + b, 0)).toBe(count);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("does not depend on the order of rows when times differ", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(quoteArb, { selector: (q) => q.us, maxLength: 40, size: "max" }),
        fc.uniqueArray(tradeArb, { selector: (t) => t.us, maxLength: 40, size: "max" }),
        (quotes, trades) => {
          const q = quotes.map((r) => ({ ...r, us: at(r.us) }));
          const t = trades.map((r) => ({ ...r, us: at(r.us) }));
          const sorted = run(
            [...q].sort((a, b) => a.us - b.us),
            [...t].sort((a, b) => a.us - b.us),
          );
          expect(snapshot(run(q, t))).toEqual(snapshot(sorted));
        },
      ),
      { numRuns: 150 },
    );
  });
});
