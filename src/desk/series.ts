import type { Bars } from "./protocol.ts";

/** One minute in µs: the width of the bars that the desk keeps. Wider ones are added up from these. */
export const BAR_US = 60_000_000;

/** Fields of a bar in one row. `notional` Σ price x size and `shares` Σ size run from the first bar on: VWAP is their ratio. */
const START = 0;
const OPEN = 1;
const HIGH = 2;
const LOW = 3;
const CLOSE = 4;
const VOLUME = 5;
const NOTIONAL = 6;
const SHARES = 7;
const WIDTH = 8;

/**
 * Minute bars of one instrument: finished ones, which are the same in every playing of a session, and the one in the making. Only the last
 * finished one may change, by prints that a gap had swallowed. Built
 * from prints, or from a vendor's own bars where the session has only those. Prices in the instrument's units.
 */
export class MinuteSeries {
  private finished = 0;
  private rows = new Float64Array(512 * WIDTH);
  /** The bar in the making; its start is NaN before the first. */
  private readonly bar = new Float64Array(WIDTH).fill(Number.NaN);

  get length(): number {
    return this.bar[START] === this.bar[START] ? this.finished + 1 : 0;
  }

  /** A print, or the first price of a bar to come (size 0). */
  addTrade(us: number, price: number, size: number): void {
    this.turnTo(us, price);
    const { bar } = this;
    if (price > (bar[HIGH] as number)) bar[HIGH] = price;
    if (price < (bar[LOW] as number)) bar[LOW] = price;
    bar[CLOSE] = price;
    if (!(size > 0)) return;
    bar[VOLUME] = (bar[VOLUME] as number) + size;
    bar[NOTIONAL] = (bar[NOTIONAL] as number) + price * size;
    bar[SHARES] = (bar[SHARES] as number) + size;
  }

  /** A vendor's bar replaces what was gathered of its minute. Its part of VWAP is taken at the typical price (H+L+C)/3. */
  setBar(startUs: number, open: number, high: number, low: number, close: number, volume: number): void {
    this.turnTo(startUs, open);
    const { bar } = this;
    bar[OPEN] = open;
    bar[HIGH] = high;
    bar[LOW] = low;
    bar[CLOSE] = close;
    bar[VOLUME] = volume;
    bar[NOTIONAL] = this.before(NOTIONAL) + ((high + low + close) / 3) * volume;
    bar[SHARES] = this.before(SHARES) + volume;
  }

  /**
   * A vendor's bar of a minute before the desk looked, told later. Bars that are finished never change, since a jump in a replay relies on
   * them: it is taken before the bar in the making and after the last finished one, and left out elsewhere.
   */
  fillBar(startUs: number, open: number, high: number, low: number, close: number, volume: number): void {
    const { bar } = this;
    if (!(startUs <= (bar[START] as number))) return this.setBar(startUs, open, high, low, close, volume);
    const last = this.finished > 0 ? this.at(this.finished - 1, START) : Number.NEGATIVE_INFINITY;
    if (startUs === bar[START] || startUs <= last) return;
    const notional = ((high + low + close) / 3) * volume;
    const sums = [this.before(NOTIONAL) + notional, this.before(SHARES) + volume];
    this.finish([startUs, open, high, low, close, volume, ...sums]);
    bar[NOTIONAL] = (bar[NOTIONAL] as number) + notional;
    bar[SHARES] = (bar[SHARES] as number) + volume;
  }

  /**
   * A print that a gap had swallowed. It counts in its own minute where that is the one in the making, the last finished one, or one between
   * them that nothing was heard of; of minutes before those VWAP alone hears.
   */
  fillTrade(us: number, price: number, size: number): void {
    const { bar } = this;
    const start = Math.floor(us / BAR_US) * BAR_US;
    if (!(start <= (bar[START] as number))) return this.addTrade(us, price, size);
    if (!(size > 0)) return;
    if (start === bar[START]) return this.takeIn(bar, price, size);
    const last = this.finished > 0 ? this.at(this.finished - 1, START) : Number.NEGATIVE_INFINITY;
    if (start > last)
      this.finish([start, price, price, price, price, 0, this.before(NOTIONAL), this.before(SHARES)]);
    if (start >= last) {
      const row = this.lastFinished();
      row[CLOSE] = price;
      this.takeIn(row, price, size);
    }
    bar[NOTIONAL] = (bar[NOTIONAL] as number) + price * size;
    bar[SHARES] = (bar[SHARES] as number) + size;
  }

  private takeIn(row: Float64Array, price: number, size: number): void {
    row[HIGH] = Math.max(row[HIGH] as number, price);
    row[LOW] = Math.min(row[LOW] as number, price);
    row[VOLUME] = (row[VOLUME] as number) + size;
    row[NOTIONAL] = (row[NOTIONAL] as number) + price * size;
    row[SHARES] = (row[SHARES] as number) + size;
  }

  /** Bars from `fromUs` on, in `minutes` each, with the VWAP since `anchorUs` at the end of each (NaN where nothing traded). */
  view(minutes: number, fromUs: number, anchorUs: number): { bars: Bars; vwap: Float64Array } {
    const width = minutes * BAR_US;
    const first = this.firstAtOrAfter(fromUs);
    const anchor = this.firstAtOrAfter(anchorUs) - 1;
    const baseNotional = anchor < 0 ? 0 : this.at(anchor, NOTIONAL);
    const baseShares = anchor < 0 ? 0 : this.at(anchor, SHARES);
    const n = this.length - first;
    const column = () => new Float64Array(n);
    const bars = {
      startUs: column(),
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: column(),
    };
    const vwap = column();
    let k = -1;
    for (let i = first; i < this.length; i++) {
      const start = Math.floor(this.at(i, START) / width) * width;
      if (k < 0 || bars.startUs[k] !== start) {
        k++;
        bars.startUs[k] = start;
        bars.open[k] = this.at(i, OPEN);
        bars.high[k] = this.at(i, HIGH);
        bars.low[k] = this.at(i, LOW);
      }
      bars.high[k] = Math.max(bars.high[k] as number, this.at(i, HIGH));
      bars.low[k] = Math.min(bars.low[k] as number, this.at(i, LOW));
      bars.close[k] = this.at(i, CLOSE);
      bars.volume[k] = (bars.volume[k] as number) + this.at(i, VOLUME);
      const shares = this.at(i, SHARES) - baseShares;
      vwap[k] = i > anchor && shares > 0 ? (this.at(i, NOTIONAL) - baseNotional) / shares : Number.NaN;
    }
    return { bars: cut(bars, k + 1), vwap: vwap.subarray(0, k + 1) };
  }

  /** What tells two playings apart: how many bars are finished, and the one in the making with the sums of all. */
  state(): Float64Array<ArrayBuffer> {
    return Float64Array.of(this.finished, ...this.bar);
  }

  /** What a checkpoint holds: that, and the last finished bar, which may yet be filled up. */
  snapshot(): Float64Array {
    return Float64Array.of(...this.state(), ...this.lastFinished());
  }

  /** Back to an earlier or a later moment of the same session; the finished bars up to it must be here, see {@link adopt}. */
  restore(saved: Float64Array): void {
    this.finished = saved[0] as number;
    this.bar.set(saved.subarray(1, 1 + WIDTH));
    this.rows.set(saved.subarray(1 + WIDTH), Math.max(0, this.finished - 1) * WIDTH);
  }

  /** Takes over the finished bars of another playing of the same session, so that a jump ahead has its history. */
  adopt(other: MinuteSeries): void {
    if (other.rows.length > this.rows.length) this.rows = wider(this.rows, other.rows.length);
    this.rows.set(other.rows.subarray(0, other.finished * WIDTH));
  }

  private lastFinished(): Float64Array {
    return this.rows.subarray(Math.max(0, this.finished - 1) * WIDTH, this.finished * WIDTH);
  }

  private at(i: number, field: number): number {
    return (i < this.finished ? this.rows[i * WIDTH + field] : this.bar[field]) as number;
  }

  private before(field: number): number {
    return this.finished > 0 ? this.at(this.finished - 1, field) : 0;
  }

  /** Makes the bar of `us` the one in the making; a late print counts into the present one. */
  private turnTo(us: number, price: number): void {
    const { bar } = this;
    const start = Math.floor(us / BAR_US) * BAR_US;
    if (start <= (bar[START] as number)) return;
    if (bar[START] === bar[START]) this.finish(bar);
    bar[START] = start;
    bar.fill(price, OPEN, VOLUME);
    bar[VOLUME] = 0;
    bar[NOTIONAL] = this.before(NOTIONAL);
    bar[SHARES] = this.before(SHARES);
  }

  private finish(bar: ArrayLike<number>): void {
    if ((this.finished + 1) * WIDTH > this.rows.length) this.rows = wider(this.rows, this.rows.length * 2);
    this.rows.set(bar, this.finished * WIDTH);
    this.finished++;
  }

  private firstAtOrAfter(us: number): number {
    let lo = 0;
    let hi = this.length;
    while (lo < hi) {
      const mid = (lo + hi) >> 1;
      if (this.at(mid, START) < us) lo = mid + 1;
      else hi = mid;
    }
    return lo;
  }
}

function wider(rows: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const next = new Float64Array(length);
  next.set(rows);
  return next;
}

function cut(bars: Bars, n: number): Bars {
  return {
    startUs: bars.startUs.subarray(0, n),
    open: bars.open.subarray(0, n),
    high: bars.high.subarray(0, n),
    low: bars.low.subarray(0, n),
    close: bars.close.subarray(0, n),
    volume: bars.volume.subarray(0, n),
  };
}
