/**
 * The figures that every row and total shows, and how they add up. Money and Greeks of rows are rounded to a millionth as integers
 * before they are summed, so that any grouping of the same rows gives the same total to the last digit.
 */

/** All in base currency except delta and gamma, which are in shares and add up within one underlying only. */
export interface Figures {
  /** Market value; 0 for a margined contract. */
  readonly value: number | null;
  readonly dayPnl: number | null;
  /** Gross of fees, at the FX rates of the trades. */
  readonly realised: number | null;
  /** Gross of fees, at the current FX rate. */
  readonly unrealised: number | null;
  readonly dividends: number | null;
  /** realised + unrealised + dividends: gross of fees, FX apart. */
  readonly pnl: number | null;
  /** Gain of the capital tied up, from FX rates alone. */
  readonly fxPnl: number | null;
  /** Shares: raw delta x quantity x multiplier. null in a total over several underlyings. */
  readonly delta: number | null;
  /** Shares per 1.00 of spot. null in a total over several underlyings. */
  readonly gamma: number | null;
  /** Base currency per calendar day: raw theta / 365. */
  readonly theta: number | null;
  /** Base currency per vol point: raw vega / 100. */
  readonly vega: number | null;
  /** Base currency per 1 % of rate: raw rho / 100. */
  readonly rho: number | null;
  /** delta x spot x FX. */
  readonly dollarDelta: number | null;
  /** Change of dollarDelta when spot moves 1 %: gamma x spot² / 100 x FX. */
  readonly dollarGamma1pct: number | null;
  /** dollarDelta x beta. */
  readonly betaDollarDelta: number | null;
  /** Profit of margined contracts since their last settlement, not yet in cash. */
  readonly variation: number | null;
}
export type Figure = keyof Figures;

export const FIGURES: readonly Figure[] = [
  "value",
  "dayPnl",
  "realised",
  "unrealised",
  "dividends",
  "pnl",
  "fxPnl",
  "delta",
  "gamma",
  "theta",
  "vega",
  "rho",
  "dollarDelta",
  "dollarGamma1pct",
  "betaDollarDelta",
  "variation",
];
const N = FIGURES.length;
const SCALE = 1e6;

/** Why a figure of a row is unknown. */
export interface Missing {
  readonly figure: Figure;
  /** Key of the position. */
  readonly row: string;
  readonly reason: string;
}

/** A total: null where an addend is null; `known` is the sum of what is known, `missing` names the rest. */
export interface Totals {
  readonly figures: Figures;
  readonly known: { readonly [F in Figure]: number };
  readonly missing: readonly Missing[];
}

/** Integer millionths; NaN stands for unknown. */
export function quantise(x: number | null): number {
  return x === null || !Number.isFinite(x) ? Number.NaN : Math.round(x * SCALE) || 0;
}

/** Sums rows. Not shared between threads, not kept: make one per group and valuation. */
export class FigureSum {
  private readonly sums = new Float64Array(N);
  private readonly unknown = new Uint8Array(N);
  private readonly missing: Missing[] = [];

  /** Adds one row's columns (integer millionths, NaN unknown). */
  addRow(columns: Float64Array, missing: readonly Missing[]): void {
    for (let i = 0; i < N; i++) {
      const x = columns[i] as number;
      if (Number.isNaN(x)) this.unknown[i] = 1;
      else this.sums[i] = (this.sums[i] as number) + x;
    }
    for (const m of missing) this.note(m);
  }
  /** The parts of one position come one after another and mostly lack the same: said once. */
  private note(m: Missing): void {
    for (let k = this.missing.length - 1; k >= 0 && this.missing[k]?.row === m.row; k--) {
      if (this.missing[k]?.figure === m.figure && this.missing[k]?.reason === m.reason) return;
    }
    this.missing.push(m);
  }
  addSum(other: FigureSum): void {
    for (let i = 0; i < N; i++) {
      this.sums[i] = (this.sums[i] as number) + (other.sums[i] as number);
      if (other.unknown[i] === 1) this.unknown[i] = 1;
    }
    for (const m of other.missing) this.missing.push(m);
  }
  /** `acrossUnderlyings`: a sum of shares of different names is no number. */
  totals(acrossUnderlyings: boolean): Totals {
    const figures = {} as { [F in Figure]: number | null };
    const known = {} as { [F in Figure]: number };
    for (let i = 0; i < N; i++) {
      const f = FIGURES[i] as Figure;
      const shares = f === "delta" || f === "gamma";
      known[f] = (this.sums[i] as number) / SCALE;
      figures[f] = this.unknown[i] === 1 || (shares && acrossUnderlyings) ? null : known[f];
    }
    return { figures, known, missing: this.missing };
  }
}

/** Columns (integer millionths) as figures. */
export function toFigures(columns: Float64Array): Figures {
  const figures = {} as { [F in Figure]: number | null };
  for (let i = 0; i < N; i++) {
    const x = columns[i] as number;
    figures[FIGURES[i] as Figure] = Number.isNaN(x) ? null : x / SCALE;
  }
  return figures;
}

/** Index of each figure in a row's columns. */
export const COLUMN = Object.fromEntries(FIGURES.map((f, i) => [f, i])) as { readonly [F in Figure]: number };
export const newColumns = (): Float64Array => new Float64Array(N);
