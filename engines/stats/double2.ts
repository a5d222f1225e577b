/**
 * Double-double arithmetic (Dekker 1971): an unevaluated sum hi + lo carries about 106 bits. For the few places where the answer of
 * a sum is much smaller than its terms. Domain: values whose squares neither overflow nor underflow.
 */
export interface Double2 {
  readonly hi: number;
  readonly lo: number;
}

/** a + b, exactly. */
export function twoSum(a: number, b: number): Double2 {
  const s = a + b;
  const t = s - a;
  return { hi: s, lo: a - (s - t) + (b - t) };
}

/** a * b, exactly. */
export function twoProduct(a: number, b: number): Double2 {
  const p = a * b;
  const ca = 134217729 * a;
  const ah = ca - (ca - a);
  const al = a - ah;
  const cb = 134217729 * b;
  const bh = cb - (cb - b);
  const bl = b - bh;
  return { hi: p, lo: ah * bh - p + ah * bl + al * bh + al * bl };
}

/** a + b to about 106 bits. */
export function ddAdd(a: Double2, b: Double2): Double2 {
  const s = twoSum(a.hi, b.hi);
  return twoSum(s.hi, s.lo + a.lo + b.lo);
}

/** a * b to about 104 bits. */
export function ddMul(a: Double2, b: Double2): Double2 {
  const p = twoProduct(a.hi, b.hi);
  return twoSum(p.hi, p.lo + a.hi * b.lo + a.lo * b.hi);
}

/** a / b to about 104 bits. */
export function ddDiv(a: Double2, b: Double2): Double2 {
  const q = a.hi / b.hi;
  const back = ddMul({ hi: q, lo: 0 }, b);
  const rest = ddAdd(a, { hi: -back.hi, lo: -back.lo });
  return twoSum(q, rest.hi / b.hi);
}

/** Square root of a > 0 to about 104 bits. */
export function ddSqrt(a: Double2): Double2 {
  const r = Math.sqrt(a.hi);
  const back = twoProduct(r, r);
  const rest = ddAdd(a, { hi: -back.hi, lo: -back.lo });
  return twoSum(r, rest.hi / (2 * r));
}

const LN2: Double2 = { hi: 0.6931471805599453, lo: 2.3190468138462996e-17 };

/**
 * Natural logarithm rounded to the nearest double (all but a few in 10^5 exactly; Math.log may be one unit off, and differs between
 * engines). x normal, positive and finite. 2 atanh(s) by its series, s = (m - 1)/(m + 1), x = 2^e m.
 */
export function logNearest(x: number): number {
  const e = Math.round(Math.log2(x));
  const m = x / 2 ** e;
  const s = ddDiv(twoSum(m, -1), twoSum(m, 1));
  const s2 = ddMul(s, s);
  let sum: Double2 = { hi: 1 / 29, lo: 0 };
  for (let n = 27; n >= 1; n -= 2) sum = ddAdd(ddMul(sum, s2), ddDiv({ hi: 1, lo: 0 }, { hi: n, lo: 0 }));
  const twice = ddMul(s, { hi: 2 * sum.hi, lo: 2 * sum.lo });
  const out = ddAdd(ddMul(LN2, { hi: e, lo: 0 }), twice);
  return out.hi + out.lo;
}
