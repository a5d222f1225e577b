import { isoToDay, type TickStep, US_PER_DAY } from "../../../engines/market/index.ts";
import type { Listing } from "./listing.ts";
import { normalAt, Stream, uniformAt } from "./noise.ts";
import { FUTURES } from "./others.ts";
import type { Pricer } from "./pricer.ts";
import type { Product, Quote } from "./types.ts";
import type { FutureLook } from "./universe.ts";

/** What a quote and a trade look like: how often, how wide, how big. */
export class Shapes {
  private readonly futures = new Map<string, FutureLook>(FUTURES.map((f) => [f.root, f]));

  constructor(
    private readonly seed: number,
    private readonly listing: Listing,
    private readonly pricer: Pricer,
  ) {}

  /** Quote changes and trades a second at a normal time of day. */
  rates(product: Product): { quotes: number; trades: number } {
    const { instrument } = product;
    const asset = this.listing.assetOf(product);
    if (instrument.kind === "future") {
      const look = this.futures.get(instrument.symbol) as FutureLook;
      const months = (instrument.expiryUs / US_PER_DAY - isoToDay(this.listing.today)) / 30;
      const far = Math.exp(-Math.max(0, months - 1) * 0.6);
      return { quotes: look.quotes * far, trades: look.trades * far };
    }
    if (instrument.kind !== "option" || asset.options === undefined) return asset;
    const T = Math.max(0.3, instrument.expiryUs / US_PER_DAY - isoToDay(this.listing.today)) / 365;
    const spot = this.listing.openPrice(asset);
    const z = Math.log(instrument.strike / spot) / (asset.options.nearVol * Math.sqrt(T));
    const near = Math.exp(-(z * z) / 3) / (1 + 8 * T);
    return { quotes: 0.01 + asset.options.quotes * near, trades: asset.options.trades * near };
  }

  quote(product: Product, minute: number, k: number, us: number): Quote {
    const { instrument } = product;
    const fair = this.pricer.fair(product, us);
    const asset = this.listing.assetOf(product);
    const at = Math.imul(minute, 8191) + k;
    if (asset.spreadBps === 0 && product.base === null)
      return { us, bid: cents(fair), ask: cents(fair), bidSize: 0, askSize: 0 };
    const tick = tickOf(instrument.ticks, fair);
    const lean = (uniformAt(this.seed, Stream.quoteShape, product.salt, at) - 0.5) * tick;
    const half = this.halfSpread(product, fair, tick);
    const onGrid = (price: number, round: (x: number) => number): number =>
      snap(price, tickOf(instrument.ticks, price), round);
    let bid = onGrid(fair + lean - half, Math.floor);
    let ask = onGrid(fair + lean + half, Math.ceil);
    if (bid < tick) bid = 0;
    if (ask <= bid) ask = snap(bid + tick, tick, Math.round);
    const size = (stream: number): number =>
      this.size(product, Math.abs(normalAt(this.seed, Stream.quoteSize + stream, product.salt, at)));
    return { us, bid, bidSize: bid === 0 ? 0 : size(0), ask, askSize: size(60) };
  }

  private halfSpread(product: Product, fair: number, tick: number): number {
    const { instrument } = product;
    const asset = this.listing.assetOf(product);
    if (instrument.kind === "future")
      return (tick * (this.futures.get(instrument.symbol) as FutureLook).spreadTicks) / 2;
    if (instrument.kind !== "option") return Math.max(tick / 2, (fair * asset.spreadBps) / 20_000);
    const thin = 1 / Math.sqrt(0.3 + (asset.options?.quotes ?? 1));
    return tick * (0.4 + 0.5 * thin) + fair * 0.006 * thin;
  }

  private size(product: Product, draw: number): number {
    const { instrument } = product;
    const asset = this.listing.assetOf(product);
    if (instrument.kind === "option")
      return instrument.premiumStyle === "inverse"
        ? Math.round((0.1 + draw * 12) * 10) / 10
        : 1 + Math.floor(draw * 60);
    if (instrument.kind === "future") return 1 + Math.floor(draw * 25);
    if (instrument.kind === "crypto")
      return asset.size > 100
        ? 10 * (1 + Math.floor(draw * asset.size * 0.5))
        : Math.round((0.01 + draw * asset.size * 4) * 1e4) / 1e4;
    if (instrument.kind === "fx") return 100_000 * (1 + Math.floor(draw * 20));
    return 100 * (1 + Math.floor(draw * 6));
  }

  tradeSize(product: Product, draw: number): number {
    const { instrument } = product;
    const asset = this.listing.assetOf(product);
    if (instrument.kind === "option")
      return instrument.premiumStyle === "inverse"
        ? Math.round((0.1 + draw * draw * 3) * 10) / 10
        : 1 + Math.floor(draw * draw * 8);
    if (instrument.kind === "future") return 1 + Math.floor(draw * draw * 3);
    if (instrument.kind === "crypto")
      return asset.size > 100
        ? 10 * (1 + Math.floor((draw * draw * asset.size) / 20))
        : Math.round((0.0001 + draw * draw * asset.size) * 1e4) / 1e4;
    return Math.max(1, Math.round(Math.exp(draw * 1.4) * asset.size * 0.4));
  }
}

export function tickOf(steps: readonly TickStep[], price: number): number {
  let tick = steps[0]?.tick ?? 0.01;
  for (const step of steps) if (price >= step.from) tick = step.tick;
  return tick;
}

export const cents = (x: number): number => Math.round(x * 100) / 100;

/** To the grid, without the dust that multiplying leaves. */
export function snap(price: number, tick: number, round: (x: number) => number): number {
  return Math.round(round(price / tick + (round === Math.floor ? 1e-9 : -1e-9)) * tick * 1e8) / 1e8;
}
