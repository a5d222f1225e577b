/**
 * Dense linear algebra for small systems (a handful of unknowns, up to a few thousand rows). Matrices are row-major
 * `Float64Array`s whose shape travels beside them. Solvers answer `null` for a singular or not positive-definite matrix.
 */
export type Vector = Float64Array;

/**
 * Solves A x = b for a square A of order n by Gaussian elimination with partial pivoting. `a` and `b` are left alone.
 * Returns null when a pivot vanishes or the answer leaves the range of doubles. Source: Golub and Van Loan, Matrix Computations, 3.4.
 */
export function solve(a: ArrayLike<number>, b: ArrayLike<number>, n: number): Vector | null {
  const m = Float64Array.from(a);
  const x = Float64Array.from(b);
  for (let col = 0; col < n; col++) {
    let pivot = col;
    for (let row = col + 1; row < n; row++) {
      if (Math.abs(m[row * n + col]!) > Math.abs(m[pivot * n + col]!)) pivot = row;
    }
    const p = m[pivot * n + col]!;
    if (!(Math.abs(p) > 0)) return null;
    if (pivot !== col) {
      for (let j = 0; j < n; j++) {
        const t = m[col * n + j]!;
        m[col * n + j] = m[pivot * n + j]!;
        m[pivot * n + j] = t;
      }
      const t = x[col]!;
      x[col] = x[pivot]!;
      x[pivot] = t;
    }
    for (let row = col + 1; row < n; row++) {
      const f = m[row * n + col]! / p;
      if (f === 0) continue;
      for (let j = col + 1; j < n; j++) m[row * n + j] = m[row * n + j]! - f * m[col * n + j]!;
      x[row] = x[row]! - f * x[col]!;
    }
  }
  for (let row = n - 1; row >= 0; row--) {
    let s = x[row]!;
    for (let j = row + 1; j < n; j++) s -= m[row * n + j]! * x[j]!;
    x[row] = s / m[row * n + row]!;
  }
  return x.every(Number.isFinite) ? x : null;
}

/**
 * Lower Cholesky factor L of a symmetric positive-definite A = L L', order n; the strict upper triangle of `a` is not read.
 * Returns null when A is not positive definite.
 */
export function cholesky(a: ArrayLike<number>, n: number): Float64Array | null {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let s = a[i * n + j]!;
      for (let k = 0; k < j; k++) s -= l[i * n + k]! * l[j * n + k]!;
      if (i === j) {
        if (!(s > 0)) return null;
        l[i * n + i] = Math.sqrt(s);
      } else {
        l[i * n + j] = s / l[j * n + j]!;
      }
    }
  }
  return l;
}

/** Solves L L' x = b given the factor of {@link cholesky}. */
export function choleskySolve(l: ArrayLike<number>, b: ArrayLike<number>, n: number): Vector {
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    let s = x[i]!;
    for (let k = 0; k < i; k++) s -= l[i * n + k]! * x[k]!;
    x[i] = s / l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let s = x[i]!;
    for (let k = i + 1; k < n; k++) s -= l[k * n + i]! * x[k]!;
    x[i] = s / l[i * n + i]!;
  }
  return x;
}

/**
 * Solves a tridiagonal system in place of `rhs` by elimination without pivoting (Thomas); `diag` and `rhs` are overwritten.
 * `sub[i]` multiplies x[i-1] in row i, `sup[i]` multiplies x[i+1]. Meant for systems whose pivots cannot vanish (splines).
 */
export function solveTridiagonal(sub: Vector, diag: Vector, sup: Vector, rhs: Vector): Vector {
  const n = diag.length;
  for (let i = 1; i < n; i++) {
    const f = sub[i]! / diag[i - 1]!;
    diag[i] = diag[i]! - f * sup[i - 1]!;
    rhs[i] = rhs[i]! - f * rhs[i - 1]!;
  }
  rhs[n - 1] = rhs[n - 1]! / diag[n - 1]!;
  for (let i = n - 2; i >= 0; i--) rhs[i] = (rhs[i]! - sup[i]! * rhs[i + 1]!) / diag[i]!;
  return rhs;
}

/** A Householder QR factorisation in compact form: R in the upper triangle, the reflectors below it. */
export interface Qr {
  readonly rows: number;
  readonly cols: number;
  readonly qr: Float64Array;
  readonly rDiag: Float64Array;
  /** Numerical rank deficiency: a diagonal of R below 1e-13 of the largest column norm. */
  readonly deficient: boolean;
}

/** Householder QR of a rows x cols matrix, rows >= cols. `a` is left alone. Source: Golub and Van Loan, 5.2. */
export function qrFactor(a: ArrayLike<number>, rows: number, cols: number): Qr {
  const q = Float64Array.from(a);
  const rDiag = new Float64Array(cols);
  let largest = 0;
  let deficient = rows < cols;
  for (let k = 0; k < cols; k++) {
    let full = 0;
    for (let i = 0; i < rows; i++) full = Math.hypot(full, q[i * cols + k]!);
    largest = Math.max(largest, full);
    let norm = 0;
    for (let i = k; i < rows; i++) norm = Math.hypot(norm, q[i * cols + k]!);
    if (!(norm > 1e-13 * largest)) {
      deficient = true;
      rDiag[k] = 0;
      continue;
    }
    if (q[k * cols + k]! < 0) norm = -norm;
    for (let i = k; i < rows; i++) q[i * cols + k] = q[i * cols + k]! / norm;
    q[k * cols + k] = q[k * cols + k]! + 1;
    for (let j = k + 1; j < cols; j++) {
      let s = 0;
      for (let i = k; i < rows; i++) s += q[i * cols + k]! * q[i * cols + j]!;
      s = -s / q[k * cols + k]!;
      for (let i = k; i < rows; i++) q[i * cols + j] = q[i * cols + j]! + s * q[i * cols + k]!;
    }
    rDiag[k] = -norm;
  }
  return { rows, cols, qr: q, rDiag, deficient };
}

/** Least-squares solution of A x = b from its factorisation; null when the columns are (numerically) dependent. */
export function qrSolve(f: Qr, b: ArrayLike<number>): Vector | null {
  if (f.deficient) return null;
  const { rows, cols, qr, rDiag } = f;
  const y = Float64Array.from(b);
  for (let k = 0; k < cols; k++) {
    let s = 0;
    for (let i = k; i < rows; i++) s += qr[i * cols + k]! * y[i]!;
    s = -s / qr[k * cols + k]!;
    for (let i = k; i < rows; i++) y[i] = y[i]! + s * qr[i * cols + k]!;
  }
  for (let k = cols - 1; k >= 0; k--) {
    let s = y[k]!;
    for (let j = k + 1; j < cols; j++) s -= qr[k * cols + j]! * y[j]!;
    y[k] = s / rDiag[k]!;
  }
  return y.slice(0, cols);
}
