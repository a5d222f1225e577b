import type { Product, Quote } from "./types.ts";

export type Level = readonly [price: number, amount: number];
export interface Depth {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** Levels behind the best: a tick apart, deeper with distance. Follows from the quote alone. */
export function depthOf(p: Product, q: Quote, levels: number): Depth {
  const tickAt = (price: number): number =>
    p.instrument.ticks.findLast((s) => price >= s.from)?.tick ?? p.instrument.ticks[0]?.tick ?? 0.0001;
  const side = (price: number, size: number, sign: 1 | -1): Level[] => {
    const found: Level[] = [];
    let at = price;
    for (let i = 0; i < levels && at > 0 && size > 0; i++) {
      const wobble = 1 + ((Math.round(at * 1e6) * 7919) % 5) / 2;
      found.push([at, i === 0 ? size : Math.max(0.1, Math.round(size * (1 + i / 2) * wobble * 10) / 10)]);
      const tick = tickAt(at);
      at = Math.round((at + sign * tick) * 1e8) / 1e8;
    }
    return found;
  };
  return { bids: q.bid === 0 ? [] : side(q.bid, q.bidSize, -1), asks: side(q.ask, q.askSize, 1) };
}

export type Change = readonly [action: "new" | "change" | "delete", price: number, amount: number];

/** What turns one side into another. */
export function changes(before: readonly Level[], now: readonly Level[]): Change[] {
  const old = new Map(before);
  const found: Change[] = [];
  for (const [price, amount] of now) {
    const was = old.get(price);
    if (was === undefined) found.push(["new", price, amount]);
    else if (was !== amount) found.push(["change", price, amount]);
    old.delete(price);
  }
  for (const [price] of old) found.push(["delete", price, 0]);
  return found;
}
