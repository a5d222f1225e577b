import { qrFactor, qrSolve } from "./linalg.ts";

/** An ordinary least-squares fit. Standard errors and `s2` are null when no degree of freedom is left. */
export interface OlsFit {
  readonly kind: "ok";
  /** One coefficient per column of the design, in its order. */
  readonly beta: Float64Array;
  readonly residuals: Float64Array;
  /** Residual sum of squares. */
  readonly rss: number;
  /** 1 - rss/tss, tss about the mean; null when y is constant. */
  readonly r2: number | null;
  readonly df: number;
  /** Residual variance rss/df. */
  readonly s2: number | null;
  readonly stdErr: Float64Array | null;
}
export interface OlsRefusal {
  readonly kind: "too_few_rows" | "collinear" | "bad_input";
}

/**
 * Least squares y = X beta + e by Householder QR. `x` is row-major rows x cols; an intercept is a column of ones of the caller's.
 * Standard errors are sqrt(s2 * diag((X'X)^-1)), from R. Refusals: fewer rows than columns, dependent columns, a non-finite value.
 */
export function ols(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  rows: number,
  cols: number,
): OlsFit | OlsRefusal {
  if (rows < cols || cols < 1) return { kind: "too_few_rows" };
  for (let i = 0; i < rows * cols; i++) if (!Number.isFinite(x[i]!)) return { kind: "bad_input" };
  for (let i = 0; i < rows; i++) if (!Number.isFinite(y[i]!)) return { kind: "bad_input" };
  const f = qrFactor(x, rows, cols);
  const beta = qrSolve(f, y);
  if (!beta) return { kind: "collinear" };

  const residuals = new Float64Array(rows);
  let rss = 0;
  let mean = 0;
  for (let i = 0; i < rows; i++) mean += y[i]! / rows;
  let tss = 0;
  for (let i = 0; i < rows; i++) {
    let fitted = 0;
    for (let j = 0; j < cols; j++) fitted += x[i * cols + j]! * beta[j]!;
    const e = y[i]! - fitted;
    residuals[i] = e;
    rss += e * e;
    tss += (y[i]! - mean) ** 2;
  }
  const df = rows - cols;
  const s2 = df > 0 ? rss / df : null;
  return {
    kind: "ok",
    beta,
    residuals,
    rss,
    r2: tss > 0 ? 1 - rss / tss : null,
    df,
    s2,
    stdErr: s2 === null ? null : standardErrors(f.qr, f.rDiag, cols, s2),
  };
}

/** sqrt(s2 * row norms squared of R^-1): the diagonal of (X'X)^-1 = R^-1 R^-T. */
function standardErrors(qr: Float64Array, rDiag: Float64Array, n: number, s2: number): Float64Array {
  const inv = new Float64Array(n * n);
  for (let j = n - 1; j >= 0; j--) {
    inv[j * n + j] = 1 / rDiag[j]!;
    for (let i = j - 1; i >= 0; i--) {
      let s = 0;
      for (let k = i + 1; k <= j; k++) s += qr[i * n + k]! * inv[k * n + j]!;
      inv[i * n + j] = -s / rDiag[i]!;
    }
  }
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let s = 0;
    for (let j = i; j < n; j++) s += inv[i * n + j]! ** 2;
    out[i] = Math.sqrt(s * s2);
  }
  return out;
}

/** The straight line y = intercept + slope * x through points; the two-column case of {@link ols}. */
export function line(x: ArrayLike<number>, y: ArrayLike<number>): OlsFit | OlsRefusal {
  const n = Math.min(x.length, y.length);
  const design = new Float64Array(2 * n);
  for (let i = 0; i < n; i++) {
    design[2 * i] = 1;
    design[2 * i + 1] = x[i]!;
  }
  return ols(design, y, n, 2);
}
