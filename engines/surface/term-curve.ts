/** Vol at the forward of one expiry, for a term structure. */
export interface TermPoint {
  /** Years to expiry, ACT/365F or a trading clock: all points of a curve by one clock. */
  readonly T: number;
  readonly vol: number;
  /** What the quotes leave open: half their spread in vol; NaN unknown. */
  readonly error: number;
  /** Age of the fit, µs; NaN unknown. */
  readonly ageUs: number;
}

/** A scheduled event, by time in years from now. */
export interface TermEvent {
  readonly label: string;
  readonly T: number;
}

export interface EventVariance {
  readonly label: string;
  readonly T: number;
  /** Total variance the event adds, from the kink of the curve; several events of one interval share it equally. Null: not to be told. */
  readonly variance: number | null;
  /** Its standard deviation: the move it is priced at. */
  readonly move: number | null;
}

export type TermPlace = "listed" | "interpolated" | "extrapolated";

const MINUTE = 1 / (365 * 1440);
/** Share of the last interval that may be added beyond the last expiry; share of the first expiry below which nothing is said. */
const BEYOND = 0.2;
const BEFORE = 0.5;

/**
 * Total variance w(T) = vol^2 T at the forward. Between expiries what is left of w without events is linear in T, and each event adds its
 * variance from its instant on. Before the first expiry its vol, down to half its time; after the last the forward variance of the
 * last interval, for up to a fifth of that interval; further out null.
 */
export class TermVariance {
  readonly points: readonly TermPoint[];
  readonly events: readonly EventVariance[];
  private readonly clean: Float64Array;

  /** `points` ascending and distinct in T. */
  constructor(points: readonly TermPoint[], events: readonly TermEvent[]) {
    this.points = points;
    this.events = eventVariances(points, events);
    this.clean = Float64Array.from(points, (p) => p.vol * p.vol * p.T - this.eventsUntil(p.T));
  }

  /** Variance of the events up to and including T. */
  eventsUntil(T: number): number {
    return this.events.reduce((sum, e) => (e.T <= T ? sum + (e.variance ?? 0) : sum), 0);
  }

  place(T: number): TermPlace | null {
    const { points } = this;
    const first = points[0];
    const last = points[points.length - 1];
    if (!first || !last || !(T > 0)) return null;
    if (points.some((p) => Math.abs(p.T - T) <= MINUTE)) return "listed";
    if (T < first.T) return T < BEFORE * first.T ? null : "extrapolated";
    if (T < last.T) return "interpolated";
    const interval = last.T - (points[points.length - 2]?.T ?? 0);
    return T - last.T <= BEYOND * interval ? "extrapolated" : null;
  }

  /** Total variance at T with events; without them when `clean`. Null where the curve says nothing. */
  w(T: number, clean = false): number | null {
    if (this.place(T) === null) return null;
    return this.cleanAt(T) + (clean ? 0 : this.eventsUntil(T));
  }

  vol(T: number, clean = false): number | null {
    const w = this.w(T, clean);
    return w !== null && w > 0 ? Math.sqrt(w / T) : null;
  }

  /** Vol of the stretch from `from` to `to`; null where total variance falls, or nothing is known. */
  forwardVol(from: number, to: number): number | null {
    const [a, b] = [this.w(from), this.w(to)];
    if (a === null || b === null || !(to > from) || b < a) return null;
    return Math.sqrt((b - a) / (to - from));
  }

  /** What the quotes leave open at T, in vol: that of the neighbouring expiries by their weight. */
  error(T: number): number | null {
    const { points } = this;
    if (this.place(T) === null) return null;
    const i = points.findIndex((p) => p.T >= T);
    const [near, far] =
      i < 0
        ? [points[points.length - 1]!, points[points.length - 1]!]
        : [points[Math.max(0, i - 1)]!, points[i]!];
    const u = far.T > near.T ? Math.max(0, (T - near.T) / (far.T - near.T)) : 0;
    const e = near.error + u * (far.error - near.error);
    return e >= 0 ? e : null;
  }

  private cleanAt(T: number): number {
    const { points, clean } = this;
    const n = points.length;
    const first = points[0]!;
    if (T <= first.T || n === 1) return (clean[0]! * T) / first.T;
    let i = points.findIndex((p) => p.T >= T);
    if (i < 0) i = n - 1;
    const [a, b] = [points[i - 1]!.T, points[i]!.T];
    const rate = (clean[i]! - clean[i - 1]!) / (b - a);
    return clean[i - 1]! + (T > b ? Math.max(0, rate) : rate) * (T - a);
  }
}

/**
 * Event variance from kinks: in an interval between expiries that holds events, what its forward variance exceeds the rate of the
 * event-free intervals around it (linear between their middles). Never negative; null where no interval is free of events.
 */
function eventVariances(points: readonly TermPoint[], events: readonly TermEvent[]): EventVariance[] {
  const intervals = points.map((p, i) => {
    const from = points[i - 1];
    const start = from?.T ?? 0;
    const variance = p.vol * p.vol * p.T - (from ? from.vol * from.vol * from.T : 0);
    const inside = events.filter((e) => e.T > start && e.T <= p.T).length;
    return { start, end: p.T, variance, inside, rate: variance / (p.T - start), middle: (start + p.T) / 2 };
  });
  const free = intervals.filter((x) => x.inside === 0 && x.rate >= 0);
  const rateAt = (T: number): number => {
    const j = free.findIndex((x) => x.middle >= T);
    if (j < 0) return free[free.length - 1]!.rate;
    if (j === 0) return free[0]!.rate;
    const [a, b] = [free[j - 1]!, free[j]!];
    return a.rate + ((b.rate - a.rate) * (T - a.middle)) / (b.middle - a.middle);
  };
  return events
    .filter((e) => e.T > 0)
    .sort((a, b) => a.T - b.T)
    .map((e) => {
      const x = intervals.find((i) => e.T > i.start && e.T <= i.end);
      if (!x || free.length === 0) return { label: e.label, T: e.T, variance: null, move: null };
      const variance = Math.max(0, x.variance - rateAt(x.middle) * (x.end - x.start)) / x.inside;
      return { label: e.label, T: e.T, variance, move: Math.sqrt(variance) };
    });
}
