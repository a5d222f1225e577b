import { FlowCells, STRIDE } from "./cells.ts";
import { FlowTape } from "./tape.ts";
import {
  type FlowContracts,
  type FlowOptions,
  type FlowQuotes,
  type FlowSpots,
  type FlowTrades,
  Print,
  REASONS,
  type Reason,
} from "./types.ts";

export const DEFAULT_FLOW_OPTIONS: FlowOptions = {
  rule: "desk",
  quoteLagUs: 1,
  maxQuoteAgeUs: 60e6,
  prints: true,
  session: null,
};

const R = Object.fromEntries(REASONS.map((r, i) => [r, i])) as Record<Reason, number>;
const [QUOTE, MID, DEPTH, TICK] = [1, 2, 3, 4] as const;
const [NONE, LOW, MEDIUM, HIGH] = [0, 1, 2, 3] as const;
const NO_QUOTE = Number.NaN;

/** Row of contract state: time, bid, ask, bid size, ask size, delta, vega, last price. One cache line. */
const STATE = 8;

/** Upper edges of the ages in {@link FlowEngine.quoteAges}, µs; the last class is everything older. */
export const QUOTE_AGE_EDGES_US = [1e6, 5e6, 60e6, 300e6] as const;

/**
 * Classifies trades against quotes and sums them. One kernel serves batch and stream: events of each kind are taken in order of time,
 * and whatever was taken stays taken, so a day in one piece and the same day in slices give identical bits.
 */
export class FlowEngine {
  readonly tape: FlowTape;
  readonly cells = new FlowCells();
  /** Trades by reason, indexed like REASONS. */
  readonly reasons = new Float64Array(REASONS.length);
  /** Counted trades with a two-sided quote, by its age: see QUOTE_AGE_EDGES_US. */
  readonly quoteAges = new Float64Array(QUOTE_AGE_EDGES_US.length + 1);
  readonly options: FlowOptions;
  contracts: FlowContracts;
  /** Quotes and trades that came after later ones had been taken. */
  lateQuotes = 0;
  lateTrades = 0;
  private state = new Float64Array(0);
  private tick = new Int8Array(0);
  private lastRow = new Int32Array(0);
  private ids: (Map<number, number> | undefined)[] = [];
  private spot = Number.NaN;
  private spotUs = Number.NEGATIVE_INFINITY;
  private settledUs = Number.NEGATIVE_INFINITY;

  constructor(contracts: FlowContracts, options: Partial<FlowOptions> = {}, expectedTrades = 0) {
    this.options = { ...DEFAULT_FLOW_OPTIONS, ...options };
    this.tape = new FlowTape(expectedTrades);
    this.contracts = contracts;
    this.reserve(contracts);
  }

  /** Takes a longer list of contracts; what is known of the old ones stays. */
  reserve(contracts: FlowContracts): void {
    this.contracts = contracts;
    const n = contracts.n;
    const had = this.tick.length;
    if (n <= had) return;
    const state = new Float64Array(n * STATE).fill(Number.NaN);
    state.set(this.state);
    const tick = new Int8Array(n);
    tick.set(this.tick);
    const lastRow = new Int32Array(n).fill(-1);
    lastRow.set(this.lastRow);
    this.state = state;
    this.tick = tick;
    this.lastRow = lastRow;
    this.cells.reserve(n);
  }

  /** Takes quote row i unless a later one of its contract was taken. */
  quote(q: FlowQuotes, i: number): void {
    const slot = q.slot[i]!;
    const us = q.us[i]!;
    if (slot < 0 || slot >= this.tick.length) return;
    const state = this.state;
    const at = slot * STATE;
    if (us < state[at]!) {
      this.lateQuotes++;
      return;
    }
    state[at] = us;
    state[at + 1] = q.bid[i]!;
    state[at + 2] = q.ask[i]!;
    state[at + 3] = q.bidSize ? q.bidSize[i]! : Number.NaN;
    state[at + 4] = q.askSize ? q.askSize[i]! : Number.NaN;
    if (q.delta) state[at + 5] = q.delta[i]!;
    if (q.vega) state[at + 6] = q.vega[i]!;
  }

  /** Takes a price of the underlying. */
  spotAt(s: FlowSpots, i: number): void {
    const price = s.price[i]!;
    if (!(price > 0) || s.us[i]! < this.spotUs) return;
    this.spot = price;
    this.spotUs = s.us[i]!;
  }

  /** Takes trade row i: classifies it, writes the tape, adds it to its cell. */
  trade(t: FlowTrades, i: number): void {
    const us = t.us[i]!;
    const slot = t.slot[i]!;
    const price = t.price[i]!;
    const size = t.size[i]!;
    const print = t.print ? t.print[i]! : Print.regular;
    const id = t.id ? t.id[i]! : Number.NaN;
    const tape = this.tape;
    const row = tape.next();
    tape.us[row] = us;
    tape.slot[row] = slot;
    tape.price[row] = price;
    tape.size[row] = size;
    tape.bid[row] = NO_QUOTE;
    tape.ask[row] = NO_QUOTE;
    tape.deltaFlow[row] = Number.NaN;
    tape.vegaFlow[row] = Number.NaN;
    tape.cell[row] = -1;
    tape.before[row] = -1;
    const late = us <= this.settledUs;
    if (late) this.lateTrades++;
    if (print === Print.cancel) {
      this.cancel(row, id);
      return;
    }
    const refused = this.refuse(us, slot, price, size, id, row);
    if (refused !== 0) {
      tape.reason[row] = refused;
      this.reasons[refused]!++;
      return;
    }
    tape.before[row] = this.lastRow[slot]!;
    this.lastRow[slot] = row;
    tape.counted[row] = 1;
    this.classify(row, us, slot, price, late && print === Print.regular ? Print.late : print);
    this.reasons[tape.reason[row]!]!++;
    this.sum(row, us, slot, price, size);
  }

  private refuse(us: number, slot: number, price: number, size: number, id: number, row: number): number {
    const c = this.contracts;
    if (slot < 0 || slot >= c.n || c.expiry[slot]! < 0) return R.dropped_unknown_contract;
    if (!(c.multiplier[slot]! > 0)) return R.dropped_missing_multiplier;
    const session = this.options.session;
    if (session !== null && (us < session.startUs || us >= session.endUs)) return R.dropped_outside_session;
    if (Number.isNaN(size)) return R.dropped_missing_size;
    if (!(size > 0) || size === Number.POSITIVE_INFINITY) return R.dropped_zero_size;
    if (!(price > 0) || price === Number.POSITIVE_INFINITY) return R.dropped_invalid_price;
    if (Number.isNaN(id)) return 0;
    let known = this.ids[slot];
    if (!known) this.ids[slot] = known = new Map();
    if (known.has(id)) return R.dropped_duplicate_id;
    known.set(id, row);
    return 0;
  }

  /** Side, method, confidence and reason of a trade, from the quote that stands and the prices before. */
  private classify(row: number, us: number, slot: number, price: number, print: number): void {
    const tape = this.tape;
    const state = this.state;
    const at = slot * STATE;
    const quoteUs = state[at]!;
    const bid = state[at + 1]!;
    const ask = state[at + 2]!;
    let side = 0;
    let method = 0;
    let confidence: number = NONE;
    let reason = 0;
    const desk = this.options.rule === "desk";
    if (quoteUs <= us) {
      tape.bid[row] = bid;
      tape.ask[row] = ask;
    }
    const maxAge = this.options.maxQuoteAgeUs;
    // A bid of 0 under a live ask is a market.
    const twoSided = ask > 0 && bid >= 0 && ask >= bid;
    if (print !== Print.regular) {
      reason = print === Print.multiLeg ? R.multi_leg : print === Print.late ? R.late : R.not_crossing;
    } else if (Number.isNaN(quoteUs) || (Number.isNaN(bid) && Number.isNaN(ask))) {
      reason = R.missing_quote;
    } else if (maxAge !== null && us - quoteUs > maxAge) {
      reason = R.stale_quote;
    } else if (twoSided && (ask > bid || price !== ask)) {
      const spread = ask - bid;
      if (price >= ask || price <= bid) {
        side = price >= ask ? 1 : -1;
        method = QUOTE;
        const through = price > ask + spread || price < bid - spread;
        confidence = through || spread === 0 ? MEDIUM : HIGH;
        if (through) reason = R.trade_through;
      } else {
        reason = R.inside_spread;
        const twice = 2 * price - (bid + ask);
        if (desk && Math.abs(twice) > 1e-9 * ask) {
          side = twice > 0 ? 1 : -1;
          method = MID;
          confidence = MEDIUM;
        } else if (desk) {
          const depth = state[at + 4]! - state[at + 3]!;
          if (depth > 0 || depth < 0) {
            side = depth > 0 ? 1 : -1;
            method = DEPTH;
            confidence = LOW;
          }
        }
      }
    } else if (twoSided) {
      reason = R.locked_quote;
    } else if (Number.isNaN(bid) || Number.isNaN(ask)) {
      reason = R.one_sided_quote;
      if (desk && (price >= ask || price <= bid)) {
        side = price >= ask ? 1 : -1;
        method = QUOTE;
        confidence = LOW;
      }
    } else {
      reason = R.invalid_quote;
    }
    if (print === Print.regular) {
      const tick = this.tickOf(slot, at, price);
      if (side === 0 && desk && tick !== 0) {
        side = tick;
        method = TICK;
        confidence = LOW;
      }
    }
    if (!this.options.prints && confidence > LOW) confidence--;
    tape.side[row] = side;
    tape.method[row] = method;
    tape.confidence[row] = confidence;
    tape.reason[row] = reason;
  }

  /** Direction of the last change of price in this contract, this trade included; 0 before the first change. */
  private tickOf(slot: number, at: number, price: number): number {
    const last = this.state[at + 7]!;
    if (price > last) this.tick[slot] = 1;
    else if (price < last) this.tick[slot] = -1;
    this.state[at + 7] = price;
    return this.tick[slot]!;
  }

  private sum(row: number, us: number, slot: number, price: number, size: number): void {
    const tape = this.tape;
    const state = this.state;
    const at = slot * STATE;
    const delta = state[at + 5]!;
    const vega = state[at + 6]!;
    const magnitude = Math.abs(delta);
    const bucket = magnitude <= 1 ? 1 + Math.min(4, Math.floor(magnitude * 5 + 1e-12)) : 0;
    const multiplier = this.contracts.multiplier[slot]!;
    const side = tape.side[row]!;
    const cell = this.cells.at(slot, us, bucket);
    tape.cell[row] = cell;
    tape.deltaFlow[row] = side * delta * size * multiplier * this.spot;
    tape.vegaFlow[row] = side * vega * size * multiplier;
    const bid = tape.bid[row]!;
    const ask = tape.ask[row]!;
    if (ask > 0 && bid >= 0 && ask >= bid) {
      const age = us - state[at]!;
      let k = 0;
      while (k < QUOTE_AGE_EDGES_US.length && age > QUOTE_AGE_EDGES_US[k]!) k++;
      this.quoteAges[k]!++;
    }
    this.add(row, cell, 1, price * size * multiplier);
  }

  /** Adds (+1) or takes back (-1) a tape row's part in its cell. */
  private add(row: number, cell: number, sign: number, notional: number): void {
    const tape = this.tape;
    const s = this.cells.sums;
    const c = cell * STRIDE;
    const size = sign * tape.size[row]!;
    const side = tape.side[row]!;
    s[c]! += sign;
    const k = side > 0 ? 1 : side < 0 ? 2 : 3;
    s[c + k]! += size;
    s[c + 3 + k]! += sign * notional;
    if (side === 0) s[c + 7]! += sign;
    const bid = tape.bid[row]!;
    const ask = tape.ask[row]!;
    if (ask > 0 && bid >= 0 && ask >= bid) s[c + 8]! += sign;
    const delta = tape.deltaFlow[row]!;
    if (!Number.isNaN(delta)) {
      s[c + 9]! += sign * delta;
      s[c + 11]! += sign;
    }
    const vega = tape.vegaFlow[row]!;
    if (!Number.isNaN(vega)) {
      s[c + 10]! += sign * vega;
      s[c + 12]! += sign;
    }
    const confidence = tape.confidence[row]!;
    if (confidence > 0) s[c + 16 - confidence]! += size;
  }

  /** Takes back the trade a cancel names: by id, else the last one of the contract with that price and size. */
  private cancel(row: number, id: number): void {
    const tape = this.tape;
    const slot = tape.slot[row]!;
    let hit = -1;
    if (slot >= 0 && slot < this.tick.length) {
      const byId = Number.isNaN(id) ? undefined : this.ids[slot]?.get(id);
      if (byId !== undefined) hit = byId;
      else {
        hit = this.lastRow[slot]!;
        while (hit >= 0 && !this.matches(hit, row)) hit = tape.before[hit]!;
      }
    }
    const reason = hit >= 0 && tape.counted[hit] === 1 ? R.cancel : R.cancel_unmatched;
    tape.reason[row] = reason;
    this.reasons[reason]!++;
    if (reason !== R.cancel) return;
    tape.counted[hit] = 2;
    this.add(hit, tape.cell[hit]!, -1, tape.price[hit]! * tape.size[hit]! * this.contracts.multiplier[slot]!);
  }

  private matches(hit: number, row: number): boolean {
    const tape = this.tape;
    return (
      tape.counted[hit] === 1 && tape.price[hit] === tape.price[row] && tape.size[hit] === tape.size[row]
    );
  }

  /** Everything up to `us` has been taken: a trade of that time or before is late from now on. */
  settle(us: number): void {
    if (us > this.settledUs) this.settledUs = us;
  }

  /** Rows without a time, counted but never taken. */
  refuseTimeless(count: number): void {
    this.reasons[R.dropped_missing_time]! += count;
  }
}
