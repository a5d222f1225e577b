import { type FlowContracts, FlowEngine, flowTable, Print } from "../../engines/flow/index.ts";
import {
  type EventColumns,
  Flag,
  Kind,
  type OptionInstrument,
  premiumUnit,
  type Slot,
} from "../../engines/market/index.ts";
import { bsmGreeks, bsmIv, emptyGreeks, yearFraction } from "../../engines/pricing/index.ts";
import type { Desk } from "./desk.ts";
import type { MarketFacts } from "./market-facts.ts";

/** The session's own rows in order, read again by those who follow it. */
export interface Rows {
  block(index: number): EventColumns;
  findBlock(seq: number): number;
}

export interface FlowSetting {
  /** What a trade stands for: a print, or a bar of prints. */
  readonly bars: boolean;
  /** Trades before this are not counted. */
  readonly openUs: number;
}

/** Underlyings whose flow is kept ready at once. */
const KEPT = 3;
/** Oldest quote a tick is read against, µs. In minute bars a quote that is not repeated is known to stand. */
const TICK_QUOTE_AGE_US = 60e6;

/** Rows between two looks at the time. */
const PIECE_ROWS = 2048;

/** Row of quote memory: time, bid, ask, bid size, ask size, and the same of the quote that stood before that time. */
const QUOTE = 10;

/**
 * Option flow of one underlying since the open, worked out from the session's rows up to a sequence number. Nothing of it is part of the
 * desk's state: who looks at flow pays for it, a jump back begins again from the first row, and one session at one sequence number
 * gives one result however it was reached. Trades meet the last quote before their own time; delta and vega are those of that quote's mid.
 */
export class FlowFollower {
  private seq = 0;
  /** How far {@link prepare} goes; null while nobody prepares. */
  private goal: number | null = null;
  private flow: FlowEngine;
  private known = 0;
  private quotes = new Float64Array(0);
  /** Prices of the underlying: time and price, and those before that time. */
  private readonly spot = new Float64Array(4).fill(Number.NaN);
  private readonly greeks = emptyGreeks();
  private expiries: string[] = [];

  constructor(
    private readonly desk: Desk,
    private readonly rows: Rows,
    private readonly facts: MarketFacts,
    private readonly underlying: Slot,
    private readonly setting: FlowSetting,
  ) {
    this.flow = this.fresh();
  }

  /** The flow of rows 0 to the desk's own position. */
  upToDesk(): FlowEngine {
    this.begin();
    while (this.seq < this.desk.seq) this.takeTo(this.desk.seq);
    return this.flow;
  }

  /** Takes rows as long as there is time; true once those are taken that there were when it was first asked. */
  prepare(spare: () => boolean): boolean {
    this.begin();
    this.goal ??= this.desk.seq;
    while (this.seq < Math.min(this.goal, this.desk.seq)) {
      this.takeTo(Math.min(this.desk.seq, this.seq + PIECE_ROWS));
      if (!spare()) return false;
    }
    this.goal = null;
    return true;
  }

  private begin(): void {
    if (this.desk.seq < this.seq) this.restart();
    this.reserve();
  }

  /** Rows up to `end`, at most to the end of a block. */
  private takeTo(end: number): void {
    const block = this.rows.block(this.rows.findBlock(this.seq));
    const until = Math.min(block.n, end - block.seq0);
    this.take(block, this.seq - block.seq0, until);
    this.seq = block.seq0 + until;
  }

  /** Net contracts bought by customers, by slot; 0 where nothing traded. */
  signedBySlot(): Float64Array {
    const { n, slot, sums } = flowTable(this.upToDesk(), { contract: true });
    const signed = new Float64Array(this.desk.instruments.length);
    for (let i = 0; i < n; i++) {
      signed[slot[i] as number] = (sums.buyVolume[i] as number) - (sums.sellVolume[i] as number);
    }
    return signed;
  }

  private fresh(): FlowEngine {
    const { bars, openUs } = this.setting;
    return new FlowEngine(this.contracts(), {
      prints: !bars,
      maxQuoteAgeUs: bars ? null : TICK_QUOTE_AGE_US,
      session: { day: "", startUs: openUs, endUs: Number.POSITIVE_INFINITY },
    });
  }

  private restart(): void {
    this.seq = 0;
    this.spot.fill(Number.NaN);
    this.quotes.fill(Number.NaN);
    this.flow = this.fresh();
  }

  private reserve(): void {
    const n = this.desk.instruments.length;
    if (n !== this.known) this.flow.reserve(this.contracts());
    this.known = n;
    if (this.quotes.length >= n * QUOTE) return;
    const wider = new Float64Array(n * QUOTE).fill(Number.NaN);
    wider.set(this.quotes);
    this.quotes = wider;
  }

  /** Every slot of the session; those that are no options of this underlying have no expiry, so that their trades are left out. */
  private contracts(): FlowContracts {
    const { instruments, underlyingSlot } = this.desk;
    const n = instruments.length;
    const c = {
      n,
      expiry: new Int32Array(n).fill(-1),
      strike: new Float64Array(n).fill(Number.NaN),
      put: new Uint8Array(n),
      multiplier: new Float64Array(n).fill(Number.NaN),
    };
    instruments.forEach((option, slot) => {
      if (option.kind !== "option" || underlyingSlot[slot] !== this.underlying) return;
      const name = `${option.symbol} ${option.expiry}`;
      let at = this.expiries.indexOf(name);
      if (at < 0) at = this.expiries.push(name) - 1;
      c.expiry[slot] = at;
      c.strike[slot] = option.strike;
      c.put[slot] = option.type === "P" ? 1 : 0;
      c.multiplier[slot] = option.multiplier;
    });
    return { ...c, expiries: this.expiries };
  }

  private take(block: EventColumns, from: number, until: number): void {
    const { kind, slot, a, b, d, e, recvUs, eventUs, flags } = block;
    const { underlyingSlot } = this.desk;
    for (let i = from; i < until; i++) {
      const s = slot[i] as number;
      const k = kind[i] as number;
      if (s === this.underlying) {
        const price = spotOf(block, i, k);
        if (price > 0) this.moveSpot(recvUs[i] as number, price);
      } else if (underlyingSlot[s] === this.underlying) {
        if (k === Kind.quote) this.quote(block, i, s);
        else if (k === Kind.bar) this.trade(recvUs[i] as number, s, d[i] as number, e[i] as number, 0);
        else if (k === Kind.trade && b[i] !== 0) {
          const flag = flags[i] as number;
          // What a gap had swallowed counts in its own minute; the quote that it met is not known.
          if ((flag & Flag.backFill) !== 0)
            this.print(eventUs[i] as number, s, a[i] as number, b[i] as number, Print.late);
          else {
            const print = (flag & Flag.notLast) !== 0 ? Print.late : Print.regular;
            this.trade(recvUs[i] as number, s, a[i] as number, b[i] as number, print);
          }
        }
      }
    }
  }

  private moveSpot(us: number, price: number): void {
    const { spot } = this;
    if (spot[0] !== us) spot.copyWithin(2, 0, 2);
    spot[0] = us;
    spot[1] = price;
  }

  /** Keeps the side a row does not carry, as the book does. */
  private quote({ recvUs, flags, a, b, c, d }: EventColumns, i: number, s: number): void {
    const { quotes } = this;
    const at = s * QUOTE;
    const us = recvUs[i] as number;
    if (quotes[at] !== us) quotes.copyWithin(at + 5, at, at + 5);
    quotes[at] = us;
    if (((flags[i] as number) & Flag.bidSide) !== 0) {
      quotes[at + 1] = a[i] as number;
      quotes[at + 3] = b[i] as number;
    }
    if (((flags[i] as number) & Flag.askSide) !== 0) {
      quotes[at + 2] = c[i] as number;
      quotes[at + 4] = d[i] as number;
    }
  }

  /** Gives the engine the quote and the spot that stood before the trade, then the trade. */
  private trade(us: number, s: number, price: number, size: number, print: number): void {
    const { quotes, spot, flow } = this;
    const sAt = (spot[0] as number) < us ? 0 : 2;
    const before = spot[sAt + 1] as number;
    if (before > 0) flow.spotAt({ n: 1, us: spot.subarray(sAt, sAt + 1), price: Float64Array.of(before) }, 0);
    const at = s * QUOTE + ((quotes[s * QUOTE] as number) < us ? 0 : 5);
    const [quoteUs, bid, ask, bidSize, askSize] = quotes.subarray(at, at + 5) as unknown as number[];
    const one = (x: number | undefined): Float64Array => Float64Array.of(x ?? Number.NaN);
    if (Number(quoteUs) < us) {
      const { delta, vega } = this.greeksAt(s, (Number(bid) + Number(ask)) / 2, before, Number(quoteUs));
      flow.quote(
        {
          n: 1,
          us: one(quoteUs),
          slot: Int32Array.of(s),
          bid: one(bid),
          ask: one(ask),
          bidSize: one(bidSize),
          askSize: one(askSize),
          delta: one(delta),
          vega: one(vega),
        },
        0,
      );
    }
    this.print(us, s, price, size, print);
  }

  private print(us: number, s: number, price: number, size: number, print: number): void {
    const one = (x: number): Float64Array => Float64Array.of(x);
    const columns = { us: one(us), price: one(price), size: one(size), print: Uint8Array.of(print) };
    this.flow.trade({ n: 1, slot: Int32Array.of(s), ...columns }, 0);
  }

  private greeksAt(s: number, mid: number, spot: number, us: number): { delta: number; vega: number } {
    const nothing = { delta: Number.NaN, vega: Number.NaN };
    const option = this.desk.instruments[s] as OptionInstrument;
    const years = yearFraction(us, option.expiryUs);
    if (!(mid > 0) || !(spot > 0) || !(years > 0)) return nothing;
    const w = option.type === "C" ? 1 : -1;
    const r = this.facts.rate(option.ccy, years).value;
    const q = this.facts.dividendYield(option.symbol).value;
    const premium = mid * premiumUnit(option, spot);
    const { sigma } = bsmIv(w, premium, spot, option.strike, years, r, q);
    if (sigma === null || !(sigma > 0)) return nothing;
    const g = bsmGreeks(w, spot, option.strike, years, r, q, sigma, this.greeks);
    return { delta: g.delta, vega: g.vega };
  }
}

/** A price of the underlying: a print, a bar's close, an index value, or a quote's mid. */
function spotOf({ a, b, c, d, flags }: EventColumns, i: number, kind: number): number {
  if (((flags[i] as number) & Flag.backFill) !== 0) return Number.NaN;
  if (kind === Kind.bar) return d[i] as number;
  if (kind === Kind.index) return a[i] as number;
  if (kind === Kind.trade)
    return ((flags[i] as number) & Flag.notLast) === 0 && (b[i] as number) > 0
      ? (a[i] as number)
      : Number.NaN;
  if (kind !== Kind.quote) return Number.NaN;
  const [bid, ask] = [a[i] as number, c[i] as number];
  return bid > 0 && ask >= bid ? (bid + ask) / 2 : Number.NaN;
}

/** The followers of the underlyings looked at last; nothing until somebody looks. */
export class FlowFollowers {
  private readonly kept = new Map<Slot, FlowFollower>();

  constructor(
    private readonly desk: Desk,
    private readonly rows: Rows,
    private readonly facts: MarketFacts,
    private readonly setting: FlowSetting,
  ) {}

  of(underlying: Slot): FlowFollower {
    const { kept } = this;
    let follower = kept.get(underlying);
    if (!follower) {
      follower = new FlowFollower(this.desk, this.rows, this.facts, underlying, this.setting);
      kept.set(underlying, follower);
      const oldest = kept.keys().next().value;
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
    }
    return follower;
  }
}
