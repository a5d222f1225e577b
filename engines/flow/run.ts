import { FlowEngine } from "./engine.ts";
import { timeOrder } from "./order.ts";
import type { FlowContracts, FlowOptions, FlowQuotes, FlowSpots, FlowTrades } from "./types.ts";

const NO_SPOTS: FlowSpots = { n: 0, us: new Float64Array(0), price: new Float64Array(0) };

/** A column set read in order of time, from `next` on. */
interface Cursor {
  readonly us: Float64Array;
  readonly order: Int32Array | null;
  readonly n: number;
  next: number;
}

function cursor(rows: { readonly n: number; readonly us: Float64Array }): Cursor {
  const order = timeOrder(rows.us, rows.n);
  return { us: rows.us, order, n: order ? order.length : rows.n, next: 0 };
}

const rowOf = (c: Cursor): number => (c.order ? c.order[c.next]! : c.next);

/** Takes every trade at or before `untilUs`, each after the quotes and spots at its time less the lag or before. */
function merge(
  engine: FlowEngine,
  quotes: FlowQuotes,
  q: Cursor,
  trades: FlowTrades,
  t: Cursor,
  spots: FlowSpots,
  s: Cursor,
  untilUs: number,
): void {
  const lag = engine.options.quoteLagUs;
  for (; t.next < t.n; t.next++) {
    const i = rowOf(t);
    const us = t.us[i]!;
    if (us > untilUs) break;
    takeContext(engine, quotes, q, spots, s, us - lag);
    engine.trade(trades, i);
  }
  takeContext(engine, quotes, q, spots, s, untilUs - lag);
  engine.settle(untilUs);
}

function takeContext(
  engine: FlowEngine,
  quotes: FlowQuotes,
  q: Cursor,
  spots: FlowSpots,
  s: Cursor,
  untilUs: number,
): void {
  for (; q.next < q.n; q.next++) {
    const i = rowOf(q);
    if (q.us[i]! > untilUs) break;
    engine.quote(quotes, i);
  }
  for (; s.next < s.n; s.next++) {
    const i = rowOf(s);
    if (s.us[i]! > untilUs) break;
    engine.spotAt(spots, i);
  }
}

/**
 * A whole day at once: trades against quotes, each kind put in order of time first where it is not (ties stay in row order).
 * Sort-merge over columns: linear in trades + quotes.
 */
export function classifyFlow(
  contracts: FlowContracts,
  quotes: FlowQuotes,
  trades: FlowTrades,
  spots: FlowSpots = NO_SPOTS,
  options: Partial<FlowOptions> = {},
): FlowEngine {
  const engine = new FlowEngine(contracts, options, trades.n);
  const t = cursor(trades);
  engine.refuseTimeless(trades.n - t.n);
  merge(engine, quotes, cursor(quotes), trades, t, spots, cursor(spots), Number.POSITIVE_INFINITY);
  return engine;
}

/**
 * The same day as it comes. `push*` keeps rows until `advance(us)` says that everything up to `us` has come; then they are taken in
 * order of time. Rows may come in any order as long as none is older than the last `advance`: those count as late, are classified by no
 * quote, and make the only difference there can be to {@link classifyFlow}.
 */
export class FlowStream {
  readonly engine: FlowEngine;
  private readonly quotes = new Pending((n) => ({
    us: new Float64Array(n),
    slot: new Int32Array(n),
    bid: new Float64Array(n),
    ask: new Float64Array(n),
    bidSize: new Float64Array(n),
    askSize: new Float64Array(n),
    delta: new Float64Array(n),
    vega: new Float64Array(n),
  }));
  private readonly trades = new Pending((n) => ({
    us: new Float64Array(n),
    slot: new Int32Array(n),
    price: new Float64Array(n),
    size: new Float64Array(n),
    print: new Uint8Array(n),
    id: new Float64Array(n),
  }));
  private readonly spots = new Pending((n) => ({ us: new Float64Array(n), price: new Float64Array(n) }));

  constructor(contracts: FlowContracts, options: Partial<FlowOptions> = {}) {
    this.engine = new FlowEngine(contracts, options);
  }

  /** NaN for what is not known. Delta and vega stand until given again; NaN forgets them. */
  pushQuote(
    us: number,
    slot: number,
    bid: number,
    ask: number,
    bidSize = Number.NaN,
    askSize = Number.NaN,
    delta = Number.NaN,
    vega = Number.NaN,
  ): void {
    const { columns: c, row } = this.quotes.next();
    c.us[row] = us;
    c.slot[row] = slot;
    c.bid[row] = bid;
    c.ask[row] = ask;
    c.bidSize[row] = bidSize;
    c.askSize[row] = askSize;
    c.delta[row] = delta;
    c.vega[row] = vega;
  }

  pushTrade(us: number, slot: number, price: number, size: number, print = 0, id = Number.NaN): void {
    if (!Number.isFinite(us)) {
      this.engine.refuseTimeless(1);
      return;
    }
    const { columns: c, row } = this.trades.next();
    c.us[row] = us;
    c.slot[row] = slot;
    c.price[row] = price;
    c.size[row] = size;
    c.print[row] = print;
    c.id[row] = id;
  }

  pushSpot(us: number, price: number): void {
    const { columns: c, row } = this.spots.next();
    c.us[row] = us;
    c.price[row] = price;
  }

  /** Takes all trades at or before `us`. Give Infinity at the end of the day. */
  advance(us: number): void {
    const quotes = this.quotes.view();
    const trades = this.trades.view();
    const spots = this.spots.view();
    const [q, t, s] = [cursor(quotes), cursor(trades), cursor(spots)];
    merge(this.engine, quotes, q, trades, t, spots, s, us);
    this.quotes.drop(q);
    this.trades.drop(t);
    this.spots.drop(s);
  }
}

type Column = Float64Array | Int32Array | Uint8Array;

/** Rows waiting to be taken, one growing column per field. */
class Pending<C extends Record<string, Column> & { readonly us: Float64Array }> {
  private columns: C;
  private n = 0;

  constructor(private readonly allocate: (rows: number) => C) {
    this.columns = allocate(256);
  }

  /** Room for one more row. */
  next(): { readonly columns: C; readonly row: number } {
    if (this.n === this.columns.us.length) {
      const bigger = this.allocate(2 * this.n);
      for (const key of Object.keys(bigger)) bigger[key]!.set(this.columns[key]!);
      this.columns = bigger;
    }
    return { columns: this.columns, row: this.n++ };
  }

  view(): C & { readonly n: number } {
    return { ...this.columns, n: this.n };
  }

  /** Forgets the rows a cursor went past and those without a time, keeping the others in row order. */
  drop(c: Cursor): void {
    const rest = c.order ? c.order.slice(c.next).sort((a, b) => a - b) : null;
    const left = c.n - c.next;
    for (const key of Object.keys(this.columns)) {
      const column = this.columns[key]!;
      if (rest) for (let k = 0; k < left; k++) column[k] = column[rest[k]!]!;
      else column.copyWithin(0, c.next, c.n);
    }
    this.n = left;
  }
}
