import type { Product } from "../market/types.ts";

export interface Position {
  readonly product: Product;
  qty: number;
  /** Average price of what is open, per share or coin. */
  average: number;
  realised: number;
}

/** Sums to a millionth: a venue's books need no more, and the dust of doubles does not gather. */
export const exact = (x: number): number => Math.round(x * 1e6) / 1e6;

const multiplierOf = (p: Product): number => ("multiplier" in p.instrument ? p.instrument.multiplier : 1);

/** Cash and positions of one account. */
export class Portfolio {
  readonly positions = new Map<Product, Position>();

  constructor(public cash: number) {}

  held(product: Product): number {
    return this.positions.get(product)?.qty ?? 0;
  }

  pay(fee: number): void {
    this.cash = exact(this.cash - fee);
  }

  /** Books `qty` bought (or sold, negative) at a price. */
  book(product: Product, qty: number, price: number): void {
    const units = multiplierOf(product);
    const future = product.instrument.kind === "future";
    if (!future) this.cash = exact(this.cash - qty * price * units);
    const p = this.positions.get(product) ?? { product, qty: 0, average: 0, realised: 0 };
    this.positions.set(product, p);
    const closing = Math.sign(qty) === -Math.sign(p.qty) ? Math.min(Math.abs(qty), Math.abs(p.qty)) : 0;
    const gain = exact(closing * Math.sign(p.qty) * (price - p.average) * units);
    p.realised = exact(p.realised + gain);
    if (future) this.cash = exact(this.cash + gain);
    const next = exact(p.qty + qty);
    if (Math.abs(next) > Math.abs(p.qty) && closing === 0)
      p.average = exact((p.average * Math.abs(p.qty) + price * Math.abs(qty)) / Math.abs(next));
    else if (Math.sign(next) !== Math.sign(p.qty) && next !== 0) p.average = price;
    p.qty = next;
    if (next === 0) this.positions.delete(product);
  }

  /** Market value by a price of each product. Futures are settled in cash and have none. */
  value(priceOf: (p: Product) => number): { long: number; short: number } {
    let [long, short] = [0, 0];
    for (const { product, qty, average } of this.positions.values()) {
      const price = priceOf(product);
      const future = product.instrument.kind === "future";
      const worth = qty * (future ? price - average : price) * multiplierOf(product);
      if (worth >= 0) long += worth;
      else short += worth;
    }
    return { long: exact(long), short: exact(short) };
  }
}
