import { BOOK_COUNTERS, type BookCounter, MAX_FUTURE_STAMP_US, STATUS_CODES } from "./book-layout.ts";
import { BookMemory } from "./book-memory.ts";
import { type EventColumns, Flag, Kind, Quality, type TradingStatus } from "./events.ts";
import type { Slot } from "./ids.ts";

const C = Object.fromEntries(BOOK_COUNTERS.map((name, i) => [name, i])) as Record<BookCounter, number>;

/**
 * The single writer. Prices are doubles in the instrument's currency, sizes in contracts, shares or coins, times in µs UTC.
 * Nothing throws on market data: every row either changes the book or moves a counter, and each rule has its own:
 *
 * | input                                    | rule                                                                 | counter |
 * |------------------------------------------|----------------------------------------------------------------------|---------|
 * | slot negative or never opened            | row ignored                                                          | unknownSlot |
 * | slot beyond capacity                     | row ignored                                                          | overflow |
 * | receive time not a positive finite number| row ignored                                                          | badTime |
 * | event time > receive time + 5 s          | applied, its event time is not believed                              | futureStamp |
 * | quote older (event time) than the last   | ignored: the newer quote stands                                      | quoteOutOfOrder |
 * | print older than the last                | volume and notional count, last stays                                | tradeOutOfOrder; a back-filled one is older by its nature: none |
 * | quote equal to the standing one          | confirms it (confirmUs), quoteUs stays                               | repeatedQuote |
 * | print equal to the last (time, price, size) | applied: identical prints on one connection are real              | repeatedTrade |
 * | bid above ask, both live                 | stored, not valid (see validity.ts), validMid untouched              | crossed |
 * | bid equals ask                           | stored, valid                                                        | locked |
 * | one live side, the other never seen      | stored, that side is usable                                          | oneSided |
 * | explicit bid 0 with a live ask           | stored: a market without a bid                                       | noBid |
 * | explicit ask 0 with a live bid           | stored: a market without an offer                                    | noAsk |
 * | no live side                             | stored                                                               | emptyQuote |
 * | print, bar or level at price 0           | ignored                                                              | zeroPrice |
 * | print of size 0                          | sets the last price, adds no volume                                  | zeroSize |
 * | negative price or open interest          | that side (or row) refused, what stood stays                         | negative |
 * | infinite price, or a print without one   | that side (or row) refused, what stood stays                         | nonFinite |
 * | negative or infinite size                | price is taken, size becomes unknown                                 | badSize |
 * | bar whose range does not hold its close  | close and volume are taken, range ignored                            | badBar |
 * | row marked suspicious by its vendor      | ignored                                                              | suspicious |
 * | kind this book does not know             | ignored                                                              | unknownKind |
 *
 * NaN on a side means "not carried": the side is unchanged; it is never stored. A quote row that carries no side is a proof that the
 * quote stands. Products quoted below zero are refused by the `negative` rule.
 */
export class Book extends BookMemory {
  /**
   * Makes `slot` known; `underlyingSlot` is where an option finds its spot (-1 none). Returns false (and counts `overflow` or
   * `unknownSlot`) where it does not fit. Opening twice only renews the underlying.
   */
  open(slot: Slot, underlyingSlot: number): boolean {
    if (!Number.isInteger(slot) || slot < 0 || slot >= this.capacity) {
      this.count(slot >= this.capacity ? C.overflow : C.unknownSlot);
      return false;
    }
    const inside = Number.isInteger(underlyingSlot) && underlyingSlot >= 0 && underlyingSlot < this.capacity;
    this.underlying[slot] = inside && underlyingSlot !== slot ? underlyingSlot : -1;
    this.opened[slot] = 1;
    if (slot >= this.used) Atomics.store(this.header, 1, slot + 1);
    return true;
  }

  /** Grows with every write to a slot and never falls: equal means nothing was written in between. */
  writes(slot: number): number {
    return this.versions[slot] as number;
  }

  /** Applies rows `from` (inclusive) to `to` (exclusive); rows of kind object are the caller's. Returns how many changed the book. */
  applyRange(cols: EventColumns, from: number, to: number): number {
    let changed = 0;
    for (let i = from; i < to; i++) if (this.apply(cols, i)) changed++;
    return changed;
  }

  /** Applies row `i`. True when something visible changed (a confirm alone is not a change). */
  apply(cols: EventColumns, i: number): boolean {
    switch (cols.kind[i]) {
      case Kind.quote:
        return this.applyQuote(cols, i);
      case Kind.trade:
        return this.applyTrade(cols, i);
      case Kind.bar:
        return this.applyBar(cols, i);
      case Kind.openInterest:
        return this.applyOpenInterest(cols, i);
      case Kind.index:
        return this.applyIndex(cols, i);
      case Kind.object:
        return false;
      default:
        this.count(C.unknownKind);
        return false;
    }
  }

  /** A quote row: either or both sides. Rules at {@link Book}. */
  applyQuote(cols: EventColumns, i: number): boolean {
    const slot = cols.slot[i] as number;
    const flags = cols.flags[i] as number;
    const recvUs = cols.recvUs[i] as number;
    if (!this.admits(slot, flags, recvUs)) return false;
    let eventUs = cols.eventUs[i] as number;
    if (eventUs > recvUs + MAX_FUTURE_STAMP_US) {
      this.count(C.futureStamp);
      eventUs = NaN;
    }
    if (eventUs < (this.quoteEventUs[slot] as number)) {
      this.count(C.quoteOutOfOrder);
      return false;
    }

    const oldBid = this.bid[slot] as number;
    const oldAsk = this.ask[slot] as number;
    const oldBidSize = this.bidSize[slot] as number;
    const oldAskSize = this.askSize[slot] as number;
    let bid = oldBid;
    let ask = oldAsk;
    let bidSize = oldBidSize;
    let askSize = oldAskSize;
    let refused = 0;
    if ((flags & Flag.bidSide) !== 0) {
      const price = cols.a[i] as number;
      if (price >= 0 && price < Infinity) {
        bid = price > 0 ? price : 0;
        bidSize = price > 0 ? this.size(cols.b[i] as number) : 0;
      } else refused += this.refuse(price);
    }
    if ((flags & Flag.askSide) !== 0) {
      const price = cols.c[i] as number;
      if (price >= 0 && price < Infinity) {
        ask = price > 0 ? price : 0;
        askSize = price > 0 ? this.size(cols.d[i] as number) : 0;
      } else refused += this.refuse(price);
    }
    const changed =
      differ(bid, oldBid) ||
      differ(ask, oldAsk) ||
      differ(bidSize, oldBidSize) ||
      differ(askSize, oldAskSize);
    // A row of which nothing could be used proves nothing about the quote that stands.
    if (refused > 0 && !changed) return false;

    const version = this.versions[slot] as number;
    Atomics.add(this.versions, slot, 1);
    this.confirmUs[slot] = recvUs;
    if (eventUs > -Infinity) this.quoteEventUs[slot] = eventUs;
    if (changed) {
      this.bid[slot] = bid;
      this.ask[slot] = ask;
      this.bidSize[slot] = bidSize;
      this.askSize[slot] = askSize;
      this.quoteUs[slot] = recvUs;
    } else this.count(C.repeatedQuote);
    this.quoteQuality[slot] = flags & Flag.qualityMask;
    if (bid > 0 && ask > 0) {
      if (bid > ask) this.count(C.crossed);
      else {
        if (bid === ask) this.count(C.locked);
        this.rememberValid(slot, (bid + ask) / 2, recvUs);
      }
    } else this.countSides(bid, ask);
    Atomics.store(this.versions, slot, version + 2);
    return changed;
  }

  /** A print. Rules at {@link Book}. */
  applyTrade(cols: EventColumns, i: number): boolean {
    const slot = cols.slot[i] as number;
    const flags = cols.flags[i] as number;
    const recvUs = cols.recvUs[i] as number;
    if (!this.admits(slot, flags, recvUs)) return false;
    const price = cols.a[i] as number;
    if (!(price > 0 && price < Infinity)) return this.refusePrint(price);
    const size = this.size(cols.b[i] as number);
    if (size === 0) this.count(C.zeroSize);
    const setsLast = (flags & Flag.notLast) === 0;
    return this.print(slot, price, size, price, recvUs, cols.eventUs[i] as number, flags, setsLast, false);
  }

  /**
   * A finished bar of prints: close becomes the last price at the bar's end (recvUs); notional grows by volume x (high + low +
   * close) / 3, an estimate, since the prints inside are unknown.
   */
  applyBar(cols: EventColumns, i: number): boolean {
    const slot = cols.slot[i] as number;
    const flags = ((cols.flags[i] as number) & ~Flag.qualityMask) | Quality.bar;
    const recvUs = cols.recvUs[i] as number;
    if (!this.admits(slot, flags, recvUs)) return false;
    const close = cols.d[i] as number;
    if (!(close > 0 && close < Infinity)) return this.refusePrint(close);
    const high = cols.b[i] as number;
    const low = cols.c[i] as number;
    let typical = close;
    if (high >= close && low <= close && low > 0 && high < Infinity) typical = (high + low + close) / 3;
    else this.count(C.badBar);
    const volume = this.size(cols.e[i] as number);
    return this.print(slot, close, volume, typical, recvUs, cols.eventUs[i] as number, flags, true, true);
  }

  /** Contracts outstanding. Negative or infinite is refused; a fact of the day, so event order is not judged. */
  applyOpenInterest(cols: EventColumns, i: number): boolean {
    const slot = cols.slot[i] as number;
    if (!this.admits(slot, cols.flags[i] as number, cols.recvUs[i] as number)) return false;
    // -0 is 0: it would be equal to it and yet hash otherwise.
    const contracts = (cols.a[i] as number) + 0;
    if (!(contracts >= 0 && contracts < Infinity)) {
      this.count(contracts < 0 && contracts > -Infinity ? C.negative : C.nonFinite);
      return false;
    }
    if (this.openInterest[slot] === contracts) return false;
    this.write(slot, () => {
      this.openInterest[slot] = contracts;
    });
    return true;
  }

  /** An index level, FX rate or settlement: sets the last price and its time, no size, no volume. */
  applyIndex(cols: EventColumns, i: number): boolean {
    const slot = cols.slot[i] as number;
    const flags = cols.flags[i] as number;
    const recvUs = cols.recvUs[i] as number;
    if (!this.admits(slot, flags, recvUs)) return false;
    const price = cols.a[i] as number;
    if (!(price > 0 && price < Infinity)) return this.refusePrint(price);
    return this.print(slot, price, NaN, price, recvUs, cols.eventUs[i] as number, flags, true, false);
  }

  /** Trading state of the instrument from a status event. */
  setStatus(slot: Slot, state: TradingStatus): boolean {
    if (!this.admits(slot, 0, 1)) return false;
    const code = STATUS_CODES.indexOf(state);
    if (this.statusCode[slot] === code) return false;
    this.write(slot, () => {
      this.statusCode[slot] = code;
    });
    return true;
  }
  /**
   * A print that its venue took back: volume and notional lose it (never below 0). Where it was the last print, the last price is
   * unknown until the next one: what came before it is not kept.
   */
  cancelTrade(slot: Slot, price: number, size: number): boolean {
    if (!this.admits(slot, 0, 1) || !(price > 0) || !(size > 0)) return false;
    this.write(slot, () => {
      this.volume[slot] = Math.max(0, (this.volume[slot] as number) - size);
      this.notional[slot] = Math.max(0, (this.notional[slot] as number) - price * size);
      if (this.last[slot] === price && this.lastSize[slot] === size) {
        this.last[slot] = NaN;
        this.lastSize[slot] = NaN;
        this.lastUs[slot] = NaN;
      }
    });
    return true;
  }

  /** Last, volume and notional from one print or bar. A bar's stamp is its start: its last price is of its end. */
  private print(
    slot: number,
    price: number,
    size: number,
    typical: number,
    recvUs: number,
    stampUs: number,
    flags: number,
    setsLast: boolean,
    isBar: boolean,
  ): boolean {
    let eventUs = stampUs;
    if (eventUs > recvUs + MAX_FUTURE_STAMP_US) {
      this.count(C.futureStamp);
      eventUs = NaN;
    }
    const previousUs = this.tradeEventUs[slot] as number;
    const late = eventUs < previousUs;
    if (late && (flags & Flag.backFill) === 0) this.count(C.tradeOutOfOrder);
    if (
      !isBar &&
      eventUs === previousUs &&
      this.last[slot] === price &&
      !differ(this.lastSize[slot] as number, size)
    ) {
      this.count(C.repeatedTrade);
    }
    const version = this.versions[slot] as number;
    Atomics.add(this.versions, slot, 1);
    if (size > 0) {
      const volume = (this.volume[slot] as number) + size;
      const notional = (this.notional[slot] as number) + typical * size;
      // A sum that no number holds is nobody's volume.
      if (notional < Infinity && volume < Infinity) {
        this.volume[slot] = volume;
        this.notional[slot] = notional;
      } else this.count(C.badSize);
    }
    if (setsLast && !late) {
      this.last[slot] = price;
      this.lastSize[slot] = size;
      this.lastUs[slot] = !isBar && eventUs > -Infinity ? eventUs : recvUs;
      this.lastQuality[slot] = flags & Flag.qualityMask;
    }
    if (eventUs > -Infinity && !late) this.tradeEventUs[slot] = eventUs;
    Atomics.store(this.versions, slot, version + 2);
    return size > 0 || (setsLast && !late);
  }

  private rememberValid(slot: number, mid: number, us: number): void {
    const under = this.underlying[slot] as number;
    if (under < 0) return;
    const spot = this.spot(under);
    if (!(spot > 0)) return;
    this.validMid[slot] = mid;
    this.validSpot[slot] = spot;
    this.validUs[slot] = us;
  }

  private admits(slot: number, flags: number, recvUs: number): boolean {
    if (this.opened[slot] !== 1) {
      this.count(slot >= this.capacity ? C.overflow : C.unknownSlot);
      return false;
    }
    if (!(recvUs > 0 && recvUs < Infinity)) {
      this.count(C.badTime);
      return false;
    }
    if ((flags & Flag.suspicious) !== 0) {
      this.count(C.suspicious);
      return false;
    }
    return true;
  }

  private countSides(bid: number, ask: number): void {
    if (ask > 0) this.count(bid === 0 ? C.noBid : C.oneSided);
    else if (bid > 0) this.count(ask === 0 ? C.noAsk : C.oneSided);
    else this.count(C.emptyQuote);
  }

  private size(size: number): number {
    if (size >= 0 && size < Infinity) return size > 0 ? size : 0;
    if (size === size) this.count(C.badSize);
    return NaN;
  }

  /** 1 when the side was carried and refused, 0 when it was not carried. */
  private refuse(price: number): number {
    if (price !== price) return 0;
    this.count(price > -Infinity && price < 0 ? C.negative : C.nonFinite);
    return 1;
  }

  private refusePrint(price: number): false {
    if (price === 0) this.count(C.zeroPrice);
    else this.count(price > -Infinity && price < 0 ? C.negative : C.nonFinite);
    return false;
  }
}

/** Not equal, where two unknowns are equal. */
function differ(a: number, b: number): boolean {
  return a !== b && (a === a || b === b);
}
