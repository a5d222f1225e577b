import { barOf } from "./bars.ts";
import type { Bar, Product, VenueMarket } from "./types.ts";

const MINUTE_US = 60_000_000;
const UNITS: Readonly<Record<string, number>> = { Min: 1, T: 1, Hour: 60, H: 60 };

/** Bars of `1Min`, `5Min`, `1Hour`, `1Day`…; null for a timeframe that is none. */
export function barsOf(
  market: VenueMarket,
  product: Product,
  timeframe: string,
  fromUs: number,
  toUs: number,
): readonly Bar[] | null {
  const m = /^(\d{1,2})(Min|T|Hour|H|Day|D)$/.exec(timeframe);
  if (m === null) return null;
  const n = Number(m[1]);
  if (m[2] === "Day" || m[2] === "D") return n === 1 ? market.dailyBars(product, fromUs, toUs) : null;
  const length = n * (UNITS[m[2] as string] as number) * MINUTE_US;
  if (length === 0) return null;
  const minutes = market.minuteBars(product, fromUs, toUs);
  return length === MINUTE_US ? minutes : grouped(minutes, length);
}

function grouped(minutes: readonly Bar[], length: number): Bar[] {
  const groups = new Map<number, Bar[]>();
  for (const bar of minutes) {
    const start = Math.floor(bar.startUs / length) * length;
    const list = groups.get(start) ?? [];
    list.push(bar);
    groups.set(start, list);
  }
  return [...groups].map(([startUs, bars]) => merged(startUs, bars));
}

function merged(startUs: number, bars: readonly Bar[]): Bar {
  const points = bars.flatMap((b) => [b.open, b.high, b.low, b.close]);
  const ends = barOf(
    startUs,
    points.map((price, id) => ({ us: startUs, id, price, size: 1, bought: true })),
  ) as Bar;
  const volume = bars.reduce((s, b) => s + b.volume, 0);
  const value = bars.reduce((s, b) => s + b.volume * b.vwap, 0);
  return {
    ...ends,
    volume,
    count: bars.reduce((s, b) => s + b.count, 0),
    vwap: Math.round((value / volume) * 1e6) / 1e6,
  };
}
