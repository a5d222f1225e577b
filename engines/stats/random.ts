/** A seeded source of uniform doubles in [0, 1). The same seed gives the same sequence on every machine. */
export interface Random {
  /** Next uniform double in [0, 1), 53 bits. */
  uniform(): number;
  /** Next integer in [0, n). */
  below(n: number): number;
}

/**
 * xoshiro128** of Blackman and Vigna (2018), seeded by SplitMix32 from one integer. Period 2^128 - 1; passes the usual test
 * batteries. Not for secrets. Domain: any finite `seed`, of which the low 32 bits count.
 */
export function seeded(seed: number): Random {
  let mix = seed | 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
  let a = split();
  let b = split();
  let c = split();
  let d = split() | 1;

  const next = (): number => {
    const scaled = Math.imul(b, 5);
    const out = Math.imul((scaled << 7) | (scaled >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return out;
  };
  const uniform = (): number => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  return { uniform, below: (n) => Math.floor(uniform() * n) };
}
