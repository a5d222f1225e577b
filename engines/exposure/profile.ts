import { carryOf } from "./greeks.ts";
import type { PreparedChain } from "./prepare.ts";
import type { ExposureOptions } from "./types.ts";

const INV_SQRT_2PI = 0.3989422804014327;
const REFINE_STEPS = 40;
/** A contract further than this (squared standard deviations) from a spot has under 1e-20 of its peak gamma there: left out. */
const NEGLIGIBLE = 92;

/**
 * 60 spots from 20 % below to 20 % above `spot`: half of them within 4 %, so that the narrow profile of a contract that expires today
 * is not stepped over. Even steps in log spot within each third, which {@link GammaProfile.grid} turns into few exponentials.
 */
export function defaultSpotGrid(spot: number): Float64Array {
  const [inner, outer] = [Math.log(1.04), Math.log(1.2)];
  const low = Math.log(0.8);
  const grid = new Float64Array(60);
  for (let i = 0; i < 60; i++) {
    let x: number;
    if (i < 15) x = low + ((-inner - low) * i) / 15;
    else if (i < 45) x = -inner + (2 * inner * (i - 15)) / 29;
    else x = inner + ((outer - inner) * (i - 44)) / 15;
    grid[i] = spot * Math.exp(x);
  }
  return grid;
}

/** A stretch of a spot grid with even steps in log spot. */
interface Stretch {
  readonly from: number;
  readonly length: number;
  readonly x0: number;
  readonly step: number;
}

function evenStretches(grid: Float64Array): Stretch[] {
  const x = grid.map(Math.log);
  const out: Stretch[] = [];
  let from = 0;
  while (from < x.length) {
    let end = from + 1;
    const step = end < x.length ? x[end]! - x[from]! : 0;
    while (end < x.length && Math.abs(x[end]! - x[from]! - step * (end - from)) <= 1e-12) end++;
    out.push({ from, length: end - from, x0: x[from]!, step });
    from = end;
  }
  return out;
}

/**
 * Signed dollar gamma as a function of spot: sum of dealer contracts x multiplier x gamma(S) x S^2 x 0.01, each contract repriced at
 * its own vol. What does not change with spot is computed once: scale, 1/(v sqrt T) and ln K - carry of each row.
 */
export class GammaProfile {
  private readonly row: Int32Array;
  private readonly scale: Float64Array;
  private readonly inverse: Float64Array;
  private readonly centre: Float64Array;
  private readonly from: Int32Array;
  private readonly smile: Smile | null;

  /** `contracts`: signed dealer contracts of each row, NaN unknown. */
  constructor(
    private readonly chain: PreparedChain,
    contracts: Float64Array,
    spot: number,
    dynamics: ExposureOptions["dynamics"],
  ) {
    const n = chain.n;
    this.row = new Int32Array(n);
    this.scale = new Float64Array(n);
    this.inverse = new Float64Array(n);
    this.centre = new Float64Array(n);
    this.from = new Int32Array(chain.expiries.length + 1);
    let m = 0;
    for (let e = 0; e < chain.expiries.length; e++) {
      this.from[e] = m;
      const t = chain.years[e]!;
      if (!(t > 0) || !(spot > 0)) continue;
      const { growth, df } = carryOf(chain, e, spot);
      const logGrowth = Math.log(growth);
      const sqrtT = Math.sqrt(t);
      for (let k = chain.start[e]!; k < chain.start[e + 1]!; k++) {
        const size = contracts[k]! * chain.multiplier[k]!;
        const sd = chain.iv[k]! * sqrtT;
        // A position of nothing has no gamma at any spot.
        if (Number.isNaN(size) || Number.isNaN(sd) || size === 0) continue;
        this.row[m] = k;
        this.scale[m] = (size * 0.01 * df * growth * INV_SQRT_2PI) / sd;
        this.inverse[m] = 1 / sd;
        this.centre[m] = Math.log(chain.strike[k]!) - logGrowth - 0.5 * sd * sd;
        m++;
      }
    }
    this.from[chain.expiries.length] = m;
    this.smile = dynamics === "stickyMoneyness" && spot > 0 ? new Smile(chain, spot) : null;
  }

  /** Net dollar gamma of expiry `e` per 1 % at spot `s`. */
  expiryAt(e: number, s: number): number {
    if (this.smile) return this.stickyMoneyness(e, s, this.smile);
    const { scale, inverse, centre } = this;
    const logS = Math.log(s);
    let sum = 0;
    for (let m = this.from[e]!; m < this.from[e + 1]!; m++) {
      const d1 = (logS - centre[m]!) * inverse[m]!;
      const h = d1 * d1;
      if (h < NEGLIGIBLE) sum += scale[m]! * Math.exp(-0.5 * h);
    }
    return sum * s;
  }

  private stickyMoneyness(e: number, s: number, smile: Smile): number {
    const { chain, row, scale, inverse, centre } = this;
    const logS = Math.log(s);
    const sqrtT = Math.sqrt(chain.years[e]!);
    const shift = logS - smile.logSpot;
    let sum = 0;
    for (let m = this.from[e]!; m < this.from[e + 1]!; m++) {
      const k = row[m]!;
      const old = 1 / inverse[m]!;
      const logK = Math.log(chain.strike[k]!);
      const v = Math.max(0.01, chain.iv[k]! + smile.at(e, logK - shift) - smile.at(e, logK));
      const sd = v * sqrtT;
      const d1 = (logS - (centre[m]! + 0.5 * old * old)) / sd + 0.5 * sd;
      sum += ((scale[m]! * old) / sd) * Math.exp(-0.5 * d1 * d1);
    }
    return sum * s;
  }

  /** Net dollar gamma of a set of expiries. */
  at(expiries: readonly number[], s: number): number {
    let sum = 0;
    for (const e of expiries) sum += this.expiryAt(e, s);
    return sum;
  }

  /** The row of `grid.length` values of each expiry, one after the other. */
  grid(grid: Float64Array): Float64Array {
    const size = grid.length;
    const out = new Float64Array(this.chain.expiries.length * size);
    if (this.smile) {
      for (let e = 0; e < this.chain.expiries.length; e++)
        for (let g = 0; g < size; g++) out[e * size + g] = this.expiryAt(e, grid[g]!);
      return out;
    }
    for (const stretch of evenStretches(grid))
      for (let e = 0; e < this.chain.expiries.length; e++)
        for (let m = this.from[e]!; m < this.from[e + 1]!; m++)
          this.addStretch(m, stretch, out, e * size + stretch.from);
    for (let i = 0; i < out.length; i++) out[i]! *= grid[i % size]!;
    return out;
  }

  /**
   * Adds one contract's scale x exp(-d^2/2) along even steps h in d: exp(-(d + h)^2/2) = exp(-d^2/2) exp(-d h - h^2/2), and that
   * factor itself falls by exp(-h^2) a step. Four exponentials a stretch instead of one a spot, starting where the term is greatest.
   */
  private addStretch(m: number, stretch: Stretch, out: Float64Array, base: number): void {
    const { x0, step, length } = stretch;
    const inverse = this.inverse[m]!;
    const h = step * inverse;
    let peak = length === 1 ? 0 : Math.round((this.centre[m]! - x0) / step);
    if (peak < 0) peak = 0;
    else if (peak >= length) peak = length - 1;
    const d = (x0 + step * peak - this.centre[m]!) * inverse;
    if (d * d >= NEGLIGIBLE) return;
    const top = this.scale[m]! * Math.exp(-0.5 * d * d);
    out[base + peak]! += top;
    if (length === 1) return;
    const limit = Math.abs(this.scale[m]!) * 1e-20;
    const fall = Math.exp(-h * h);
    let value = top;
    let factor = Math.exp(-h * (d + 0.5 * h));
    for (let i = peak + 1; i < length; i++) {
      value *= factor;
      factor *= fall;
      if (value < limit && -value < limit) break;
      out[base + i]! += value;
    }
    value = top;
    factor = Math.exp(h * (d - 0.5 * h));
    for (let i = peak - 1; i >= 0; i--) {
      value *= factor;
      factor *= fall;
      if (value < limit && -value < limit) break;
      out[base + i]! += value;
    }
  }

  /** Can any contract of these expiries be repriced? */
  has(expiries: readonly number[]): boolean {
    return expiries.some((e) => this.from[e + 1]! > this.from[e]!);
  }

  /** All sign changes between grid points, each refined to 1e-8 of spot; nearest to `spot` first. */
  roots(expiries: readonly number[], grid: Float64Array, net: Float64Array, spot: number): number[] {
    const roots: number[] = [];
    for (let g = 0; g < grid.length; g++) {
      if (net[g] === 0) {
        // Underflow to nothing in the far wings is not a crossing.
        if (g > 0 && g + 1 < grid.length && net[g - 1]! * net[g + 1]! < 0) roots.push(grid[g]!);
      } else if (g > 0 && net[g - 1]! * net[g]! < 0) {
        roots.push(this.refine(expiries, grid[g - 1]!, net[g - 1]!, grid[g]!, net[g]!));
      }
    }
    return roots.sort((a, b) => Math.abs(a - spot) - Math.abs(b - spot) || a - b);
  }

  /** Chandrupatla (1997): inverse quadratic steps where they are safe, else halving; ends when the bracket is within 1e-8 of spot. */
  private refine(expiries: readonly number[], x0: number, f0: number, x1: number, f1: number): number {
    let [b, fb, a, fa, c, fc] = [x0, f0, x1, f1, x0, f0];
    let t = fa / (fa - fb);
    for (let i = 0; i < REFINE_STEPS; i++) {
      const x = a + t * (b - a);
      const f = this.at(expiries, x);
      if (f === 0) return x;
      if (f > 0 === fa > 0) {
        c = a;
        fc = fa;
      } else {
        c = b;
        b = a;
        fc = fb;
        fb = fa;
      }
      a = x;
      fa = f;
      const best = Math.abs(fa) < Math.abs(fb) ? a : b;
      const near = (0.5e-8 * best) / Math.abs(b - a);
      if (near > 0.5) return best;
      const xi = (a - b) / (c - b);
      const phi = (fa - fb) / (fc - fb);
      t =
        phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi
          ? (fa / (fb - fa)) * (fc / (fb - fc)) + (((c - a) / (b - a)) * fa * fb) / ((fc - fa) * (fc - fb))
          : 0.5;
      t = Math.min(1 - near, Math.max(near, t));
    }
    return a;
  }
}

/** Each expiry's vol by log strike: mean of call and put where both are known, straight lines between, flat outside. */
class Smile {
  readonly logSpot: number;
  private readonly x: Float64Array[] = [];
  private readonly v: Float64Array[] = [];

  constructor(chain: PreparedChain, spot: number) {
    this.logSpot = Math.log(spot);
    for (let e = 0; e < chain.expiries.length; e++) {
      const x: number[] = [];
      const v: number[] = [];
      for (let k = chain.start[e]!; k < chain.start[e + 1]!; k++) {
        const iv = chain.iv[k]!;
        if (Number.isNaN(iv)) continue;
        const logK = Math.log(chain.strike[k]!);
        if (x.length > 0 && x[x.length - 1] === logK) v[v.length - 1] = (v[v.length - 1]! + iv) / 2;
        else {
          x.push(logK);
          v.push(iv);
        }
      }
      this.x.push(Float64Array.from(x));
      this.v.push(Float64Array.from(v));
    }
  }

  at(e: number, logK: number): number {
    const x = this.x[e]!;
    const v = this.v[e]!;
    const last = x.length - 1;
    if (logK <= x[0]!) return v[0]!;
    if (logK >= x[last]!) return v[last]!;
    let lo = 0;
    let hi = last;
    while (hi - lo > 1) {
      const mid = (lo + hi) >> 1;
      if (x[mid]! <= logK) lo = mid;
      else hi = mid;
    }
    const w = (logK - x[lo]!) / (x[hi]! - x[lo]!);
    return v[lo]! * (1 - w) + v[hi]! * w;
  }
}
