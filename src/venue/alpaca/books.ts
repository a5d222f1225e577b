import { changes, type Depth, depthOf } from "../market/depth.ts";
import type { Product, Quote } from "../market/types.ts";
import { timeOf } from "./messages.ts";
import type { WireObject } from "./values.ts";

const LEVELS = 10;

/** Coin order books: the whole book first, then levels that changed; size 0 takes one away. */
export class Books {
  private readonly sent = new Map<Product, Depth>();

  messages(p: Product, q: Quote): readonly WireObject[] {
    const now = depthOf(p, q, LEVELS);
    const before = this.sent.get(p);
    this.sent.set(p, now);
    const head = { T: "o", S: p.symbol, t: timeOf(q.us) };
    const level = (price: number, size: number): WireObject => ({ p: price, s: size });
    if (before === undefined)
      return [{ ...head, b: now.bids.map((l) => level(...l)), a: now.asks.map((l) => level(...l)), r: true }];
    const b = changes(before.bids, now.bids).map(([, price, size]) => level(price, size));
    const a = changes(before.asks, now.asks).map(([, price, size]) => level(price, size));
    return b.length + a.length === 0 ? [] : [{ ...head, b, a }];
  }
}
