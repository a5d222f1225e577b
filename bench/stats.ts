import { PassThrough, Readable } from "node:stream";
import { answerLines } from "../bin/calc/lines.ts";
import { greeks } from "../bin/calc/operations.ts";
import { fitSabr, fitSvi, sabrVol, sviButterfly, sviVol } from "../engines/pricing/index.ts";
import { evolve, seeded, spline } from "../engines/stats/index.ts";
import type { BenchRow } from "./row.ts";
import { medianNs } from "./timing.ts";

const SLICE = { a: 0.013, b: 0.098, rho: -0.316, m: 0.05, sigma: 0.12 };
const T = 0.25;
const K60 = Float64Array.from({ length: 60 }, (_, i) => -0.6 + 0.02 * i);

/** A slice as the market shows it: within half a vol point of a smooth smile. */
function quoted(): Float64Array {
  const random = seeded(3);
  return K60.map((k) => (sviVol(SLICE, k, T) as number) + 0.01 * (random.uniform() - 0.5));
}

/** One evaluation of 60 strikes without any fit: sqrt, multiply, add. What a fit does at least some hundred times. */
function bareSlice(): number {
  let s = 0;
  for (let i = 0; i < 60; i++) {
    const x = (K60[i] as number) - SLICE.m;
    s += SLICE.a + SLICE.b * (SLICE.rho * x + Math.sqrt(x * x + SLICE.sigma * SLICE.sigma));
  }
  return s;
}

const LINES = 100_000;
const LINE = '{"type":"call","S":100,"K":105,"T":0.25,"r":0.02,"q":0.01,"sigma":0.2}\n';

/** Seconds to answer 100,000 lines of greeks through streams; and to parse and print the same lines without pricing. */
async function streamed(): Promise<{ answered: number; bare: number }> {
  const block = LINE.repeat(1000);
  const pass = async (): Promise<number> => {
    const out = new PassThrough();
    out.resume();
    const t0 = performance.now();
    await answerLines(Readable.from(new Array<string>(LINES / 1000).fill(block)), out, greeks);
    return (performance.now() - t0) / 1000;
  };
  await pass();
  const answered = await pass();
  const t0 = performance.now();
  let size = 0;
  for (let i = 0; i < LINES; i++) size += JSON.stringify(JSON.parse(LINE)).length;
  if (size === 0) throw new Error("no baseline");
  return { answered, bare: (performance.now() - t0) / 1000 };
}

/** Fits, checks, splines, the seeded search and the calc filter. */
export async function run(): Promise<BenchRow[]> {
  const iv = quoted();
  let sink = 0;
  const bare = medianNs(() => {
    for (let i = 0; i < 100; i++) sink += bareSlice();
  });
  const perSlice = bare / 100;
  const row = (
    name: string,
    value: number,
    unit: string,
    ns: number,
    reach: number | null = null,
  ): BenchRow => ({
    name,
    value,
    unit,
    ratio: ns / perSlice,
    reach,
    ok: reach === null ? null : value <= reach,
  });

  const cold = medianNs(() => (sink += fitSvi({ k: K60, iv }, T).kind.length));
  const before = fitSvi({ k: K60, iv }, T);
  if (before.kind !== "ok") throw new Error(before.kind);
  const warm = medianNs(() => (sink += fitSvi({ k: K60, iv }, T, {}, before.params).kind.length));
  const check = medianNs(() => (sink += sviButterfly(SLICE).argMin));
  const smile = { alpha: 0.25, beta: 1, nu: 0.9, rho: -0.5 };
  const strike = K60.map((k) => 100 * Math.exp(k));
  const vols = strike.map((k) => sabrVol(100, k, T, smile) as number);
  const sabr = medianNs(() => (sink += fitSabr({ strike, iv: vols }, 100, T, 1).kind.length));
  const join = medianNs(() => (sink += spline("not-a-knot", K60, iv).kind.length));
  const sphere = (x: Float64Array): number => x.reduce((s, v) => s + v * v, 0);
  const box = [new Array<number>(5).fill(-5), new Array<number>(5).fill(5)] as const;
  const search = medianNs(() => (sink += evolve(sphere, box[0], box[1], seeded(1), { target: 1e-8 }).f), 7);
  const { answered, bare: parse } = await streamed();
  if (!Number.isFinite(sink)) throw new Error("no baseline");
  return [
    row("SVI fit of 60 strikes, cold", cold / 1e6, "ms", cold, 2),
    row("SVI fit of 60 strikes, warm", warm / 1e6, "ms", warm, 2),
    row("SVI butterfly check, 3,001 points", check / 1e6, "ms", check),
    row("SABR fit of 60 strikes", sabr / 1e6, "ms", sabr),
    row("not-a-knot spline through 60 knots", join / 1e3, "µs", join),
    row("differential evolution, 5-d sphere to 1e-8", search / 1e6, "ms", search),
    {
      name: "calc greeks, 100,000 lines through streams",
      value: answered,
      unit: "s",
      ratio: answered / parse,
      reach: null,
      ok: null,
    },
  ];
}
