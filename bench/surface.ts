import { bsmPrice, type ExerciseStyle } from "../engines/pricing/index.ts";
import {
  type CompatSurfaceInput,
  ivSurfaceCompat,
  type SurfaceColumns,
  type SurfaceMarket,
  termPoints,
  termStructure,
  VolSurface,
} from "../engines/surface/index.ts";
import type { BenchRow } from "./row.ts";
import { medianNs } from "./timing.ts";

const NOW = 1_780_000_000e6;
const EXPIRIES = 12;
const STRIKES = 208;
const SPOT = 5000;
const RATE = 0.04;

const daysOf = (e: number): number => 2 + 3 * e + 2 * e * e;
const volOf = (K: number, T: number): number =>
  0.15 + 0.02 * Math.sqrt(T) - 0.12 * Math.log(K / SPOT) + 0.3 * Math.log(K / SPOT) ** 2;

/** 12 expiries x 208 strikes x call and put = 4,992 rows of a smooth smile, half-spread 0.5 % of the price and a tick, a little noise. */
function chain(style: ExerciseStyle): { columns: SurfaceColumns; market: SurfaceMarket } {
  const n = EXPIRIES * STRIKES * 2;
  const columns = {
    n,
    expiries: Array.from({ length: EXPIRIES }, (_, e) => ({
      root: "SPXW",
      day: "2026-12-18",
      expiryUs: NOW + daysOf(e) * 86_400e6,
      df: Math.exp((-RATE * daysOf(e)) / 365),
      style,
    })),
    expiry: new Int32Array(n),
    strike: new Float64Array(n),
    put: new Uint8Array(n),
    bid: new Float64Array(n),
    ask: new Float64Array(n),
  };
  for (let i = 0; i < n; i++) {
    const e = Math.floor(i / (2 * STRIKES));
    const T = daysOf(e) / 365;
    const K = SPOT * Math.exp(((Math.floor(i / 2) % STRIKES) / STRIKES - 0.6) * 2.5 * Math.sqrt(T));
    const price = bsmPrice(i % 2 ? -1 : 1, SPOT, K, T, RATE, 0.01, volOf(K, T));
    const half = 0.005 * price + 0.05;
    const mid = price + 0.2 * half * (((i * 7919) % 11) / 5 - 1);
    columns.expiry[i] = e;
    columns.strike[i] = K;
    columns.put[i] = i % 2;
    columns.bid[i] = Math.max(0, mid - half);
    columns.ask[i] = mid + half;
  }
  const market = {
    symbol: "SPX",
    asOf: "2026-05-28",
    chainUs: NOW,
    spot: SPOT,
    spotUs: NOW,
    chainSpot: SPOT,
  };
  return { columns, market };
}

/** The same rows as the original system takes them: one record each, 25 expiries of 100 strikes. */
function records(): CompatSurfaceInput {
  const snapshot = Array.from({ length: 5000 }, (_, i) => {
    const K = 4000 + 20 * (Math.floor(i / 2) % 100);
    const e = Math.floor(i / 200);
    const x = Math.log(K / SPOT) / 0.1;
    const call = 1 / (1 + Math.exp(1.7 * x));
    return {
      expiry: `2026-${String(6 + Math.floor(e / 5)).padStart(2, "0")}-${String(1 + 5 * (e % 5)).padStart(2, "0")}`,
      optionType: i % 2 ? "put" : "call",
      strike: K,
      impliedVolatility: volOf(K, 0.1),
      bs_delta: i % 2 ? call - 1 : call,
      bid: 10 + (i % 7),
      ask: 11 + (i % 7),
      lastPrice: 10,
      openInterest: 1,
    };
  });
  return { symbol: "SPX", as_of: "2026-05-28", spot: SPOT, snapshot };
}

/** Surface of a 5,000-row chain. Bare baseline: 300,000 exponentials, 60 a row. */
export async function run(): Promise<BenchRow[]> {
  const x = Float64Array.from({ length: 5000 }, (_, i) => -((i % 97) / 30));
  let sink = 0;
  const base = medianNs(() => {
    for (let g = 0; g < 60; g++) for (let i = 0; i < x.length; i++) sink += Math.exp(x[i]! - g * 0.01);
  });
  const row = (name: string, ns: number, reach: number): BenchRow => ({
    name,
    value: ns / 1e6,
    unit: "ms",
    ratio: ns / base,
    reach,
    ok: ns / 1e6 <= reach,
  });
  const input = records();
  const compat = medianNs(() => void (sink += ivSurfaceCompat(input).tenor.length));

  const { columns, market } = chain("european");
  const live = new VolSurface(columns, market);
  live.refitAll();
  const whole = medianNs(() => {
    live.touchAll();
    live.refitAll();
    sink += live.result().tenors.length;
  });
  let e = 0;
  const one = medianNs(() => live.refit(e++ % EXPIRIES), 61);
  const cold = medianNs(() => {
    const fresh = new VolSurface(columns, market);
    fresh.refitAll();
    sink += fresh.result().tenors.length;
  }, 11);

  const us = chain("american");
  const american = new VolSurface(us.columns, us.market);
  american.refitAll();
  let now = NOW;
  const oneAmerican = medianNs(() => {
    now += 25_000;
    american.setMarket({ ...us.market, chainUs: now, spotUs: now });
    american.refit(e++ % EXPIRIES);
  }, 61);
  const points = termPoints(live.result());
  const term = medianNs(() => void (sink += termStructure(points).curve.length));
  if (!Number.isFinite(sink)) throw new Error("no baseline");
  return [
    row("surface compat: 5,000 rows, 6 tenors", compat, 5),
    row("surface desk: 4,992 rows, 12 expiries, warm fits, 6 tenors", whole, 25),
    row("surface desk: one refit, European, 208 strikes", one, 3),
    row("surface desk: one refit, American, 208 strikes", oneAmerican, 3),
    {
      name: "surface live: 12 expiries refitted 4 times a second, share of a core",
      value: (100 * 4 * whole) / 1e9,
      unit: "%",
      ratio: null,
      reach: 20,
      ok: (100 * 4 * whole) / 1e9 <= 20,
    },
    row("surface desk: 4,992 rows, 12 expiries, cold", cold, 24),
    row("term structure: 12 points, 6 tenors", term, 1),
  ];
}
