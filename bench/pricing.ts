import {
  bsmChain,
  type ChainRows,
  type ExpiryMarket,
  greekColumns,
  ivChain,
} from "../engines/pricing/index.ts";
import { erfc } from "../engines/stats/index.ts";
import type { BenchRow } from "./row.ts";
import { medianNs } from "./timing.ts";

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
function bareLoop(): number {
  const x = Float64Array.from({ length: N }, (_, i) => 0.05 + (i % 97) / 40);
  const out = new Float64Array(N);
  return (
    medianNs(() => {
      for (let i = 0; i < N; i++) {
        const v = x[i] as number;
        out[i] = Math.exp(-v) + Math.log(v) + erfc(v);
      }
    }) / N
  );
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

export async function run(): Promise<BenchRow[]> {
  const bare = bareLoop();
  const { rows, sigma } = chain();
  const out = greekColumns(N);
  const greeks = medianNs(() => bsmChain(MARKET, rows, sigma, out)) / N;

  // In-the-money quotes carry little time value; a desk implies from the other side, but the figure counts every row.
  const price = Float64Array.from(out.price);
  const kind = new Uint8Array(N);
  const solved = new Float64Array(N);
  const cold = medianNs(() => ivChain(MARKET, rows, price, null, solved, kind)) / N;
  const guess = sigma.map((s, i) => s * (1 + 0.01 * Math.sin(i)));
  const warm = medianNs(() => ivChain(MARKET, rows, price, guess, solved, kind)) / N;

  const half = price.map((p) => 0.01 + 0.01 * p);
  const bid = price.map((p, i) => Math.max(p - (half[i] as number), 0));
  const ask = price.map((p, i) => p + (half[i] as number));
  const ivs = [new Float64Array(N), new Float64Array(N), new Float64Array(N)] as const;
  const whole = medianNs(() => {
    ivChain(MARKET, rows, price, guess, ivs[1], kind);
    ivChain(MARKET, rows, bid, ivs[1], ivs[0], kind);
    ivChain(MARKET, rows, ask, ivs[1], ivs[2], kind);
    bsmChain(MARKET, rows, ivs[1], out);
  });
  return [
    { name: "bare loop: exp + log + erfc", value: bare, unit: "ns", ratio: 1, reach: null, ok: null },
    row("price and all Greeks, chain of 10,000, per contract", greeks, "ns", 90, greeks / bare, 2),
    row("implied vol, cold", cold, "ns", 650, cold / bare, 14),
    row("implied vol, warm (1 % off)", warm, "ns", 220, warm / bare, 5),
    row("10,000 quotes: IV of bid, mid, ask + Greeks", whole / 1e6, "ms", 8, whole / N / bare, 18),
  ];
}
