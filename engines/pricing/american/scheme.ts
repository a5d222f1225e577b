/**
 * What the boundary method needs and no contract changes: collocation points, quadrature nodes and the matrices that take boundary
 * values at the points to values at the nodes.
 *
 * The boundary is kept as H(x) = ln²(B/X) at Chebyshev points of x = √τ, where it is smooth (Andersen, Lake & Offengenden 2016). Integrals
 * over u in (0, τ) run over the angle: u = τ sin²θ, τ − u = τ cos²θ, which takes the square roots at both ends away, by Gauss-Legendre.
 */
export interface Scheme {
  /** Collocation points besides x = 0. */
  readonly n: number;
  /** Fixed-point rounds at most, and the relative move of the boundary at which they stop. */
  readonly rounds: number;
  readonly enough: number;
  /** |r − q|√T/σ up to which the faster density form of the fixed point is used. */
  readonly carryLimit: number;
  /** x_i/√T of the points, ascending, last = 1. */
  readonly at: Float64Array;
  readonly inner: Quadrature;
  readonly outer: Quadrature;
}

/** Nodes in θ on (0, π/2), with the interpolation matrix (rows x nodes) x n from H at the points to H at the nodes. */
export interface Quadrature {
  readonly size: number;
  readonly sin: Float64Array;
  readonly cos: Float64Array;
  readonly weight: Float64Array;
  readonly matrix: Float64Array;
}

/** Gauss-Legendre nodes and weights on (−1, 1), by Newton on the Legendre recurrence. */
export function gaussLegendre(n: number): { x: Float64Array; w: Float64Array } {
  const x = new Float64Array(n);
  const w = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let z = Math.cos((Math.PI * (n - i - 0.25)) / (n + 0.5));
    let slope = 1;
    for (let it = 0; it < 50; it++) {
      let p0 = 1;
      let p1 = z;
      for (let k = 2; k <= n; k++) {
        const p2 = ((2 * k - 1) * z * p1 - (k - 1) * p0) / k;
        p0 = p1;
        p1 = p2;
      }
      slope = (n * (z * p1 - p0)) / (z * z - 1);
      const step = p1 / slope;
      z -= step;
      if (Math.abs(step) < 1e-15) break;
    }
    x[i] = z;
    w[i] = 2 / ((1 - z * z) * slope * slope);
  }
  return { x, w };
}

function quadrature(size: number, rows: Float64Array, n: number): Quadrature {
  const { x, w } = gaussLegendre(size);
  const theta = x.map((v) => (Math.PI / 4) * (1 + v));
  const sin = theta.map(Math.sin);
  const cos = theta.map(Math.cos);
  const weight = w.map((v) => (v * Math.PI) / 4);
  const matrix = new Float64Array(rows.length * size * n);
  rows.forEach((at, i) => {
    sin.forEach((s, k) => {
      basis(2 * at * s - 1, n, matrix, (i * size + k) * n);
    });
  });
  return { size, sin, cos, weight, matrix };
}

/** Lagrange basis at z of the points −cos(jπ/n), j = 1..n (the value at −1 is 0 and needs none), barycentric form. */
function basis(z: number, n: number, out: Float64Array, from: number): void {
  let sum = 0;
  const term = new Float64Array(n + 1);
  for (let j = 0; j <= n; j++) {
    const d = z + Math.cos((j * Math.PI) / n);
    if (Math.abs(d) < 1e-15) {
      if (j > 0) out[from + j - 1] = 1;
      return;
    }
    const c = (j % 2 === 0 ? 1 : -1) * (j === 0 || j === n ? 0.5 : 1);
    term[j] = c / d;
    sum += term[j] as number;
  }
  for (let j = 1; j <= n; j++) out[from + j - 1] = (term[j] as number) / sum;
}

/** A scheme of `n` points, `inner` nodes for the boundary, `outer` nodes for the price. */
export function scheme(
  n: number,
  inner: number,
  outer: number,
  rounds: number,
  enough: number,
  carryLimit = 0.75,
): Scheme {
  const at = Float64Array.from({ length: n }, (_, i) => 0.5 * (1 - Math.cos(((i + 1) * Math.PI) / n)));
  return {
    n,
    rounds,
    enough,
    carryLimit,
    at,
    inner: quadrature(inner, at, n),
    outer: quadrature(outer, Float64Array.of(1), n),
  };
}
