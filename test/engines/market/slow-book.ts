import { type BookCounter, type EventColumns, Kind } from "../../../engines/market/index.ts";

/** The rules of the book written plainly over objects, from the table in its docstring: what the columns are compared with. */
interface SlowSlot {
  [field: string]: number;
}

const fresh = (): SlowSlot => ({
  bid: NaN,
  bidSize: NaN,
  ask: NaN,
  askSize: NaN,
  last: NaN,
  lastSize: NaN,
  lastUs: NaN,
  volume: 0,
  notional: 0,
  quoteUs: NaN,
  confirmUs: NaN,
  openInterest: NaN,
  validMid: NaN,
  validSpot: NaN,
  validUs: NaN,
  quoteEventUs: NaN,
  tradeEventUs: NaN,
  quoteQuality: 0,
  lastQuality: 0,
});

export class SlowBook {
  readonly slots: SlowSlot[];
  private readonly tally = new Map<BookCounter, number>();
  constructor(
    readonly capacity: number,
    readonly under: readonly number[],
  ) {
    this.slots = under.map(fresh);
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.tally);
  }

  apply(cols: EventColumns, i: number): boolean {
    const kind = cols.kind[i];
    if (kind === undefined || ![1, 2, 3, 4, 5].includes(kind)) return this.no("unknownKind");
    const at = cols.slot[i] ?? -1;
    const slot = this.slots[at];
    if (slot === undefined) return this.no(at >= this.capacity ? "overflow" : "unknownSlot");
    const flags = cols.flags[i] ?? 0;
    if (flags & 0x80) return this.no("suspicious");
    const recv = cols.recvUs[i] ?? NaN;
    const [a, b, c, d, e] = [cols.a, cols.b, cols.c, cols.d, cols.e].map((x) => x[i] ?? NaN) as [
      number,
      number,
      number,
      number,
      number,
    ];
    if (kind === Kind.openInterest) {
      if (!Number.isFinite(a)) return this.no("nonFinite");
      if (a < 0) return this.no("negative");
      const same = slot.openInterest === a;
      slot.openInterest = a + 0;
      return !same;
    }
    const stamp = cols.eventUs[i] ?? NaN;
    if (kind === Kind.quote)
      return this.quote(slot, at, recv, this.believe(stamp, recv), flags, [a, b], [c, d]);

    const price = kind === Kind.bar ? d : a;
    if (price === 0) return this.no("zeroPrice");
    if (!Number.isFinite(price)) return this.no("nonFinite");
    if (price < 0) return this.no("negative");
    let typical = price;
    if (kind === Kind.bar) {
      if (Number.isFinite(b) && Number.isFinite(c) && c > 0 && c <= d && d <= b) typical = (b + c + d) / 3;
      else this.no("badBar");
    }
    const size = kind === Kind.index ? NaN : this.size(kind === Kind.bar ? e : b);
    if (kind === Kind.trade && size === 0) this.no("zeroSize");
    const eventUs = this.believe(stamp, recv);
    const late = eventUs < (slot.tradeEventUs ?? NaN);
    if (late && (flags & 0x200) === 0) this.no("tradeOutOfOrder");
    const same = eventUs === slot.tradeEventUs && price === slot.last && Object.is(size, slot.lastSize);
    if (kind !== Kind.bar && same) this.no("repeatedTrade");
    if (size > 0) {
      slot.volume = (slot.volume ?? 0) + size;
      slot.notional = (slot.notional ?? 0) + typical * size;
    }
    const sets = !late && (kind !== Kind.trade || (flags & 0x40) === 0);
    if (sets) {
      slot.last = price;
      slot.lastSize = size;
      slot.lastUs = kind === Kind.bar || !Number.isFinite(eventUs) ? recv : eventUs;
      slot.lastQuality = kind === Kind.bar ? 5 : flags & 15;
    }
    if (Number.isFinite(eventUs) && !late) slot.tradeEventUs = eventUs;
    return sets || size > 0;
  }

  private quote(
    slot: SlowSlot,
    at: number,
    recv: number,
    eventUs: number,
    flags: number,
    bid: [number, number],
    ask: [number, number],
  ): boolean {
    if (eventUs < (slot.quoteEventUs ?? NaN)) return this.no("quoteOutOfOrder");
    const next = { ...slot };
    let refused = false;
    for (const [name, [price, size]] of [
      ["bid", bid],
      ["ask", ask],
    ] as const) {
      if ((flags & (name === "bid" ? 0x10 : 0x20)) === 0 || Number.isNaN(price)) continue;
      if (!Number.isFinite(price) || price < 0) {
        this.no(Number.isFinite(price) ? "negative" : "nonFinite");
        refused = true;
        continue;
      }
      next[name] = price + 0;
      next[`${name}Size`] = price === 0 ? 0 : this.size(size);
    }
    const changed = ["bid", "bidSize", "ask", "askSize"].some((f) => !Object.is(next[f], slot[f]));
    if (refused && !changed) return false;
    Object.assign(slot, next, { confirmUs: recv, quoteQuality: flags & 15 });
    if (Number.isFinite(eventUs)) slot.quoteEventUs = eventUs;
    if (changed) slot.quoteUs = recv;
    else this.no("repeatedQuote");
    const [bidLive, askLive] = [(slot.bid ?? 0) > 0, (slot.ask ?? 0) > 0];
    if (bidLive && askLive) {
      if ((slot.bid ?? 0) > (slot.ask ?? 0)) this.no("crossed");
      else {
        if (slot.bid === slot.ask) this.no("locked");
        const under = this.slots[this.under[at] ?? -1];
        if (under !== undefined) {
          const two = (under.bid ?? 0) > 0 && (under.ask ?? 0) >= (under.bid ?? 0);
          const spot = two ? ((under.bid ?? 0) + (under.ask ?? 0)) / 2 : under.last;
          if (spot !== undefined && spot > 0) {
            Object.assign(slot, {
              validMid: ((slot.bid ?? 0) + (slot.ask ?? 0)) / 2,
              validSpot: spot,
              validUs: recv,
            });
          }
        }
      }
    } else if (askLive) this.no(slot.bid === 0 ? "noBid" : "oneSided");
    else if (bidLive) this.no(slot.ask === 0 ? "noAsk" : "oneSided");
    else this.no("emptyQuote");
    return changed;
  }

  private believe(eventUs: number, recv: number): number {
    if (eventUs - recv > 5_000_000) {
      this.no("futureStamp");
      return NaN;
    }
    return eventUs;
  }

  private size(size: number): number {
    if (Number.isNaN(size)) return NaN;
    if (size < 0 || size === Infinity) {
      this.no("badSize");
      return NaN;
    }
    return size;
  }

  private no(name: BookCounter): false {
    this.tally.set(name, (this.tally.get(name) ?? 0) + 1);
    return false;
  }
}
