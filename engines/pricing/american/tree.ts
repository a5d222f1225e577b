/**
 * Leisen-Reimer binomial tree (D. Leisen & M. Reimer, "Binomial models for option valuation", Applied Mathematical Finance 3, 1996): a
 * second opinion that shares nothing with the boundary method. Second order in the number of steps for European options, about first
 * order for American ones; 501 steps are within 2e-4 of spot, usually within 1e-5.
 */

/** Peizer-Pratt inversion, method 2: the probability whose binomial tail matches Φ(z) over n (odd) steps. */
function peizerPratt(z: number, n: number): number {
  const a = z / (n + 1 / 3 + 0.1 / (n + 1));
  const tail = Math.sqrt(0.25 - 0.25 * Math.exp(-a * a * (n + 1 / 6)));
  return z >= 0 ? 0.5 + tail : 0.5 - tail;
}

/**
 * Price by an LR tree of `steps` (made odd). `w` +1 call, −1 put; T years; r, q continuous; sigma > 0. `american` allows exercise at every
 * node. Cost grows with steps²/2.
 */
export function treePrice(
  w: number,
  S: number,
  K: number,
  T: number,
  r: number,
  q: number,
  sigma: number,
  steps: number,
  american: boolean,
): number {
  const n = steps | 1;
  const dt = T / n;
  const v = sigma * Math.sqrt(T);
  const d1 = (Math.log(S / K) + (r - q) * T) / v + 0.5 * v;
  const p = peizerPratt(d1 - v, n);
  const pBar = peizerPratt(d1, n);
  const growth = Math.exp((r - q) * dt);
  const u = (growth * pBar) / p;
  const d = (growth * (1 - pBar)) / (1 - p);
  const df = Math.exp(-r * dt);
  const pu = df * p;
  const pd = df * (1 - p);
  const value = new Float64Array(n + 1);
  const spot = new Float64Array(n + 1);
  const lnU = Math.log(u);
  const lnD = Math.log(d);
  const lnS = Math.log(S);
  for (let j = 0; j <= n; j++) {
    spot[j] = Math.exp(lnS + j * lnU + (n - j) * lnD);
    value[j] = Math.max(w * ((spot[j] as number) - K), 0);
  }
  const back = 1 / d;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = 0; j <= i; j++) {
      const held = pu * (value[j + 1] as number) + pd * (value[j] as number);
      if (american) {
        const s = (spot[j] as number) * back;
        spot[j] = s;
        const now = w * (s - K);
        value[j] = held > now ? held : now;
      } else value[j] = held;
    }
  }
  return value[0] as number;
}
