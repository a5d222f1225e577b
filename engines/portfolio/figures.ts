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
/** Name of a figure. */
export type Figure = keyof Figures;

/** All figures in the order of a row's columns. */
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
const DELTA = 7;
const GAMMA = 8;
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
    const known = toFigures(this.sums) as { readonly [F in Figure]: number };
    const columns = this.sums.slice();
    for (let i = 0; i < N; i++) if (this.unknown[i] === 1) columns[i] = Number.NaN;
    if (acrossUnderlyings) columns[DELTA] = columns[GAMMA] = Number.NaN;
    return { figures: toFigures(columns), known, missing: this.missing };
  }
}

const at = (columns: Float64Array, i: number): number | null => {
  const x = columns[i] as number;
  return Number.isNaN(x) ? null : x / SCALE;
};

/** Columns (integer millionths) as figures, in the order of {@link FIGURES}. */
export function toFigures(columns: Float64Array): Figures {
  return {
    value: at(columns, 0),
    dayPnl: at(columns, 1),
    realised: at(columns, 2),
    unrealised: at(columns, 3),
    dividends: at(columns, 4),
    pnl: at(columns, 5),
    fxPnl: at(columns, 6),
    delta: at(columns, 7),
    gamma: at(columns, 8),
    theta: at(columns, 9),
    vega: at(columns, 10),
    rho: at(columns, 11),
    dollarDelta: at(columns, 12),
    dollarGamma1pct: at(columns, 13),
    betaDollarDelta: at(columns, 14),
    variation: at(columns, 15),
  };
}

/** Index of each figure in a row's columns. */
export const COLUMN = Object.fromEntries(FIGURES.map((f, i) => [f, i])) as { readonly [F in Figure]: number };
/** Empty columns of one row. */
export const newColumns = (): Float64Array => new Float64Array(N);
