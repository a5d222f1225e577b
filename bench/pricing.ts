import {
  americanChain,
  americanPrice,
  bsmChain,
  type ChainRows,
  type ExpiryMarket,
  greekColumns,
  ivChain,
} from "../engines/pricing/index.ts";
import { erfc } from "../engines/stats/index.ts";
import type { BenchRow } from "./row.ts";
import { medianNs, medianPairNs } from "./timing.ts";

const N = 10_000;
const MARKET: ExpiryMarket = { S: 100, T: 0.25, r: 0.04, q: 0.01 };

/** Strikes within four standard deviations, calls and puts in turn, a skewed smile. */
function chain(): { rows: ChainRows; sigma: Float64Array } {
  const w = new Int8Array(N);
  const K = new Float64Array(N);
  const sigma = new Float64Array(N);
  for (let i = 0; i < N; i++) {
    const z = -4 + (8 * (i >> 1)) / (N >> 1);
    w[i] = i & 1 ? -1 : 1;
    K[i] = 100 * Math.exp(0.25 * 0.5 * z);
    sigma[i] = 0.25 - 0.01 * z + 0.002 * z * z;
  }
  return { rows: { n: N, w, K }, sigma };
}

/** exp + log + erfc over varied arguments: what any pricing formula pays at least. */
function bareLoop(): () => void {
  const x = Float64Array.from({ length: N }, (_, i) => 0.05 + (i % 97) / 40);
  const out = new Float64Array(N);
  return () => {
    for (let i = 0; i < N; i++) {
      const v = x[i] as number;
      out[i] = Math.exp(-v) + Math.log(v) + erfc(v);
    }
  };
}

function row(
  name: string,
  value: number,
  unit: string,
  reach: number,
  ratio: number | null = null,
  ratioReach?: number,
): BenchRow {
  const ok = value <= reach || (ratio !== null && ratioReach !== undefined && ratio <= ratioReach);
  return { name, value, unit, ratio, reach, ok, ...(ratioReach === undefined ? {} : { ratioReach }) };
}

/** Contracts of many kinds: both sides, three weeks to two years, 15 % to 60 %, near and far from exercise. */
function americanSet(count: number): (readonly [number, number, number, number, number, number, number])[] {
  return Array.from({ length: count }, (_, i) => {
    const T = 0.06 + (i % 13) * 0.15;
    const sigma = 0.15 + (i % 7) * 0.075;
    const K = 100 * Math.exp(sigma * Math.sqrt(T) * (((i % 11) - 5) / 4));
    return [i & 1 ? -1 : 1, 100, K, T, 0.02 + 0.01 * (i % 4), 0.01 * (i % 5), sigma] as const;
  });
}

function americanRows(bare: number): BenchRow[] {
  const set = americanSet(250);
  const price = medianNs(() => {
    for (const [w, S, K, T, r, q, sigma] of set) americanPrice(w, S, K, T, r, q, sigma);
  }, 15);
  const n = 1000;
  const out = greekColumns(n);
  const w = Int8Array.from({ length: n }, (_, i) => (i & 1 ? -1 : 1));
  const K = Float64Array.from({ length: n }, (_, i) => 70 + 0.06 * i);
  const sigma = Float64Array.from({ length: n }, (_, i) => 0.35 - 0.0001 * i);
  const batch = medianNs(() => americanChain(MARKET, { n, w, K }, sigma, out), 7);
  const each = price / set.length;
  return [
    row("American price, 1e-6 of spot", each / 1e3, "µs", 60, each / bare, 1300),
    row("American batch of 1,000 with Greeks", batch / 1e6, "ms", 250, null),
  ];
}

export async function run(): Promise<BenchRow[]> {
  const loop = bareLoop();
  /** Per row: the subject, and its ratio to the bare loop run in turn with it. */
  const each = (work: () => void): [number, number] => {
    const t = medianPairNs(loop, work);
    return [t.work / N, t.work / t.bare];
  };
  const bare = medianNs(loop) / N;
  const { rows, sigma } = chain();
  const out = greekColumns(N);
  const greeks = each(() => bsmChain(MARKET, rows, sigma, out));

  // In-the-money quotes carry little time value; a desk implies from the other side, but the figure counts every row.
  const price = Float64Array.from(out.price);
  const kind = new Uint8Array(N);
  const solved = new Float64Array(N);
  const cold = each(() => ivChain(MARKET, rows, price, null, solved, kind));
  const guess = sigma.map((s, i) => s * (1 + 0.01 * Math.sin(i)));
  const warm = each(() => ivChain(MARKET, rows, price, guess, solved, kind));

  const half = price.map((p) => 0.01 + 0.01 * p);
  const bid = price.map((p, i) => Math.max(p - (half[i] as number), 0));
  const ask = price.map((p, i) => p + (half[i] as number));
  const ivs = [new Float64Array(N), new Float64Array(N), new Float64Array(N)] as const;
  const whole = each(() => {
    ivChain(MARKET, rows, price, guess, ivs[1], kind);
    ivChain(MARKET, rows, bid, ivs[1], ivs[0], kind);
    ivChain(MARKET, rows, ask, ivs[1], ivs[2], kind);
    bsmChain(MARKET, rows, ivs[1], out);
  });
  return [
    { name: "bare loop: exp + log + erfc", value: bare, unit: "ns", ratio: 1, reach: null, ok: null },
    row("price and all Greeks, chain of 10,000, per contract", greeks[0], "ns", 90, greeks[1], 2),
    row("implied vol, cold", cold[0], "ns", 650, cold[1], 14),
    row("implied vol, warm (1 % off)", warm[0], "ns", 220, warm[1], 5),
    row("10,000 quotes: IV of bid, mid, ask + Greeks", (whole[0] * N) / 1e6, "ms", 8, whole[1], 18),
    ...americanRows(bare),
  ];
}
