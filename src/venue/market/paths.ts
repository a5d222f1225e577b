import {
  dayToIso,
  type Session,
  sessionOn,
  US_PER_DAY,
  US_PER_MINUTE,
} from "../../../engines/market/index.ts";
import { normalAt, Stream } from "./noise.ts";
import { type Asset, FACTORS } from "./universe.ts";

/**
 * Log moves of correlated assets as a pure function of (seed, instant). A day's move is drawn first; the minutes are a Brownian bridge to
 * it, with the variance of each minute of the day (a gap at the open, a U over the session); inside a minute a second bridge of steps of
 * a quarter second. Every asset is a fixed mix of common factors and of its own, so they move together at every scale.
 */

const MINUTES = 1440;
const STEPS = 240;
const STEP_US = US_PER_MINUTE / STEPS;
const YEAR_DAYS = 252;
const COIN_DAYS = 365;
/** Share of a day's variance that lies between close and open. */
const GAP = 0.18;
/** Minutes of an asset whose steps are kept, 2 kB each. */
const MOST_INSIDES = 128;

interface Mix {
  readonly asset: Asset;
  readonly weights: readonly number[];
  readonly own: number;
  readonly dayVol: number;
  readonly calendar: string;
  /** The day that was asked for last. */
  last: { readonly day: number; readonly path: DayPath } | null;
}

interface DayPath {
  /** Move since the anchor at each minute of the UTC day, 1,441 points. */
  readonly at: Float64Array;
  readonly share: Float64Array;
}

export class Paths {
  private readonly mixes = new Map<string, Mix>();
  private readonly days = new Map<string, DayPath>();
  private readonly before = new Map<string, number[]>();
  private readonly shares = new Map<string, Float64Array>();
  private readonly factorMinutes = new Map<string, Float64Array>();
  private readonly insides = new Map<string, Map<number, Float64Array>>();

  /** `anchorDay`: UTC day number at which every asset stands at its round price. */
  constructor(
    private readonly seed: number,
    private readonly anchorDay: number,
    assets: readonly { readonly asset: Asset; readonly calendar: string }[],
  ) {
    for (const { asset, calendar } of assets) {
      const weights = FACTORS.map((f) => asset.loads[f] ?? 0);
      const common = weights.reduce((s, w) => s + w * w, 0);
      const scale = common > 1 ? 1 / Math.sqrt(common) : 1;
      this.mixes.set(asset.symbol, {
        asset,
        weights: weights.map((w) => w * scale),
        own: Math.sqrt(Math.max(0, 1 - common * scale * scale)),
        dayVol: asset.vol / Math.sqrt(calendar === "24H" ? COIN_DAYS : YEAR_DAYS),
        calendar,
        last: null,
      });
    }
  }

  /** ln(price / anchor price) at an instant not before the anchor. */
  move(symbol: string, us: number): number {
    const mix = this.mixes.get(symbol) as Mix;
    const day = Math.floor(us / US_PER_DAY);
    const path = this.day(mix, day);
    const inDay = us - day * US_PER_DAY;
    const minute = Math.floor(inDay / US_PER_MINUTE);
    const a = path.at[minute] as number;
    const b = path.at[minute + 1] as number;
    const variance = (path.share[minute + 1] as number) - (path.share[minute] as number);
    if (variance === 0) return a;
    const pos = (inDay - minute * US_PER_MINUTE) / STEP_US;
    // On the minute, where bars of the past are sampled, the bridge is 0.
    if (pos === 0) return a;
    const step = Math.floor(pos);
    const bridge = this.inside(mix, day * MINUTES + minute);
    const left = bridge[step] as number;
    const wiggle = left + (pos - step) * ((bridge[step + 1] as number) - left);
    return a + (pos / STEPS) * (b - a) + mix.dayVol * Math.sqrt(variance) * wiggle;
  }

  private mixed(mix: Mix, of: (stream: number) => number): number {
    let x = mix.own === 0 ? 0 : mix.own * of(100 + ownStream(mix.asset.symbol));
    for (let f = 0; f < mix.weights.length; f++) {
      const w = mix.weights[f] as number;
      if (w !== 0) x += w * of(f);
    }
    return x;
  }

  /** Sum of the daily moves before a day. */
  private start(mix: Mix, day: number): number {
    let sums = this.before.get(mix.asset.symbol);
    if (sums === undefined) {
      sums = [0];
      this.before.set(mix.asset.symbol, sums);
    }
    while (sums.length <= day - this.anchorDay) {
      const d = this.anchorDay + sums.length - 1;
      sums.push((sums.at(-1) as number) + this.dayMove(mix, d));
    }
    return sums[Math.max(0, day - this.anchorDay)] as number;
  }

  private dayMove(mix: Mix, day: number): number {
    if (this.share(mix.calendar, day)[MINUTES] === 0) return 0;
    return mix.dayVol * this.mixed(mix, (f) => normalAt(this.seed, Stream.day + f, day, 0));
  }

  private day(mix: Mix, day: number): DayPath {
    if (mix.last?.day !== day) mix.last = { day, path: this.pathOf(mix, day) };
    return mix.last.path;
  }

  private pathOf(mix: Mix, day: number): DayPath {
    const key = `${mix.asset.symbol} ${day}`;
    const known = this.days.get(key);
    if (known !== undefined) return known;
    const share = this.share(mix.calendar, day);
    const total = this.dayMove(mix, day);
    const walk = new Float64Array(MINUTES + 1);
    for (let m = 0; m < MINUTES; m++) {
      const variance = (share[m + 1] as number) - (share[m] as number);
      const z = variance === 0 ? 0 : this.mixed(mix, (f) => this.minuteNoise(f, day)[m] as number);
      walk[m + 1] = (walk[m] as number) + mix.dayVol * Math.sqrt(variance) * z;
    }
    const start = this.start(mix, day);
    const miss = total - (walk[MINUTES] as number);
    const at = walk.map((x, m) => start + x + (share[m] as number) * miss);
    const path = { at, share };
    if (this.days.size > 400) this.days.clear();
    this.days.set(key, path);
    return path;
  }

  private minuteNoise(factor: number, day: number): Float64Array {
    const key = `${factor} ${day}`;
    let noise = this.factorMinutes.get(key);
    if (noise === undefined) {
      noise = new Float64Array(MINUTES);
      for (let m = 0; m < MINUTES; m++) noise[m] = normalAt(this.seed, Stream.minute + factor, day, m);
      if (this.factorMinutes.size > 400) this.factorMinutes.clear();
      this.factorMinutes.set(key, noise);
    }
    return noise;
  }

  /** Unit bridge over the steps of a minute, already mixed for the asset; some minutes are kept, for history is asked for contract by contract. */
  private inside(mix: Mix, minute: number): Float64Array {
    let kept = this.insides.get(mix.asset.symbol);
    if (kept === undefined) {
      kept = new Map();
      this.insides.set(mix.asset.symbol, kept);
    }
    const known = kept.get(minute);
    if (known !== undefined) return known;
    const walk = new Float64Array(STEPS + 1);
    const scale = 1 / Math.sqrt(STEPS);
    for (let i = 0; i < STEPS; i++)
      walk[i + 1] =
        (walk[i] as number) +
        scale * this.mixed(mix, (f) => normalAt(this.seed, Stream.inside + f, minute, i));
    const end = walk[STEPS] as number;
    const bridge = walk.map((x, i) => x - (i / STEPS) * end);
    if (kept.size >= MOST_INSIDES) kept.delete(kept.keys().next().value as number);
    kept.set(minute, bridge);
    return bridge;
  }

  /** Cumulative share of a day's variance at each minute of the UTC day; all 0 when the market is shut. */
  private share(calendar: string, day: number): Float64Array {
    const key = `${calendar} ${day}`;
    let share = this.shares.get(key);
    if (share === undefined) {
      share = calendar === "24H" ? coinShare() : sessionShare(calendar, day);
      this.shares.set(key, share);
    }
    return share;
  }
}

/** A stream of chance for a name, whatever else is listed. */
export function ownStream(symbol: string): number {
  let h = 0;
  for (const c of symbol) h = (Math.imul(h, 31) + c.charCodeAt(0)) | 0;
  return (h >>> 0) % 800;
}

/** How busy a moment of a session is: 1 on average, about 3 at the open, 2 at the close, 0.6 at midday. `x` 0 at the open, 1 at the close. */
export function bustle(x: number): number {
  return 0.62 + 2.6 * Math.exp(-x * 18) + 1.6 * Math.exp(-(1 - x) * 14) + 0.6 * (2 * x - 1) ** 4;
}

function cumulate(weight: (minute: number) => number): Float64Array {
  const share = new Float64Array(MINUTES + 1);
  for (let m = 0; m < MINUTES; m++) share[m + 1] = (share[m] as number) + weight(m);
  const total = share[MINUTES] as number;
  return total === 0 ? share : share.map((s) => s / total);
}

/** Coins: all day, more while New York trades. */
function coinShare(): Float64Array {
  return cumulate((m) => 1 + 0.9 * Math.exp(-(((m - 960) / 200) ** 2)));
}

function sessionShare(calendar: string, day: number): Float64Array {
  const dayStart = day * US_PER_DAY;
  const overlaps = [day - 1, day, day + 1]
    .map((d) => sessionOn(calendar, dayToIso(d)))
    .filter((s): s is Session => s !== null && s.closeUs > dayStart && s.openUs < dayStart + US_PER_DAY);
  const density = (s: Session, us: number): number => {
    const length = s.closeUs - s.openUs;
    const x = (us - s.openUs) / length;
    if (x < 0 || x >= 1) return 0;
    // A long session has its peak where New York opens, a short one at its own ends.
    const shape =
      length > 12 * 60 * US_PER_MINUTE ? 0.4 + 2 * Math.exp(-(((x - 0.72) / 0.13) ** 2)) : bustle(x);
    return shape / (length / US_PER_MINUTE);
  };
  return cumulate((m) => {
    const us = dayStart + m * US_PER_MINUTE;
    let w = 0;
    for (const s of overlaps) {
      w += density(s, us + US_PER_MINUTE / 2);
      const gapped = s.closeUs - s.openUs <= 12 * 60 * US_PER_MINUTE;
      if (gapped && us + US_PER_MINUTE === s.openUs) w += GAP;
    }
    return w;
  });
}
