import { type OptionInstrument, US_PER_DAY } from "../../../engines/market/index.ts";
import type { Listing } from "./listing.ts";
import { VOL_PATH } from "./others.ts";
import type { Paths } from "./paths.ts";
import { atmVol, fairPrice, type Priced, slice, smileVol, viewOf } from "./surface.ts";
import type { OptionView, Product } from "./types.ts";
import { type Asset, type OptionLook, RATE } from "./universe.ts";

const YEAR_US = 365 * US_PER_DAY;
const VOL_INDEX_T = 30 / 365;
/** Where futures on a vol index pull to, in points, and how fast. */
const VOL_LONG = 20;
const VOL_PULL = 2.5;

/** Fair values of everything listed at an instant. */
export class Pricer {
  private readonly premiums = new Map<string, number>();

  constructor(
    private readonly paths: Paths,
    private readonly listing: Listing,
    private readonly assets: ReadonlyMap<string, Asset>,
  ) {}

  /** Fair value in the product's own money: a coin option's in coins. */
  fair(product: Product, us: number): number {
    const { instrument, base } = product;
    if (base === null) return this.spot(this.listing.assetOf(product), us);
    const S = this.fair(base, us);
    if (instrument.kind === "future") {
      const T = Math.max(0, (instrument.expiryUs - us) / YEAR_US);
      const asset = this.listing.assetOf(product);
      if (asset.made?.how === "volIndex") return VOL_LONG + (S - VOL_LONG) * Math.exp(-VOL_PULL * T);
      return S * Math.exp((RATE - asset.yield) * T);
    }
    const option = instrument as OptionInstrument;
    const value = fairPrice(this.priced(product, option, S, us), this.premiums, product.symbol);
    return option.premiumStyle === "inverse" ? value / S : value;
  }

  /** In the money of the strike, also for coin options. */
  view(product: Product, us: number): OptionView | null {
    const { instrument, base } = product;
    if (base === null || instrument.kind !== "option" || us >= instrument.expiryUs) return null;
    return viewOf(this.priced(product, instrument, this.fair(base, us), us), this.premiums, product.symbol);
  }

  private priced(product: Product, option: OptionInstrument, S: number, us: number): Priced {
    const asset = this.listing.assetOf(product);
    const look = asset.options as OptionLook;
    const T = (option.expiryUs - us) / YEAR_US;
    const r = asset.symbol.endsWith("/USD") ? 0 : RATE;
    const q = asset.symbol.endsWith("/USD") ? 0 : asset.yield;
    const k = Math.log(option.strike / S) - (r - q) * T;
    const sigma = T <= 0 ? 0 : smileVol(slice(look, this.paths.move(VOL_PATH, us), T), k, T);
    return {
      w: option.type === "C" ? 1 : -1,
      S,
      K: option.strike,
      T,
      r,
      q,
      sigma,
      american: option.style === "american",
    };
  }

  spot(asset: Asset, us: number): number {
    const made = asset.made;
    if (made === undefined) return asset.price * Math.exp(this.paths.move(asset.symbol, us));
    const of = this.assets.get(made.of) as Asset;
    if (made.how === "scale") return this.spot(of, us) * made.factor;
    return 100 * atmVol(of.options as OptionLook, this.paths.move(VOL_PATH, us), VOL_INDEX_T);
  }
}
