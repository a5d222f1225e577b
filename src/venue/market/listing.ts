import {
  addDays,
  buildFuture,
  buildOption,
  buildSpot,
  type Catalog,
  type Ccy,
  dayToCivil,
  dayToIso,
  formatOccCompact,
  type IsoDay,
  isoToDay,
  nthWeekday,
  parseOcc,
  sessionOn,
  sessionOnOrBefore,
  weekdayOf,
} from "../../../engines/market/index.ts";
import { coinSymbol, saltOf } from "./names.ts";
import { FUTURES } from "./others.ts";
import type { Product } from "./types.ts";
import type { Asset, FutureLook, OptionLook } from "./universe.ts";

const FRIDAY = 5;
const WEDNESDAY = 3;

/** Third Friday of a month, or the session before it. */
function monthly(year: number, month: number): IsoDay {
  return sessionOnOrBefore("CBOE", dayToIso(nthWeekday(year, month, FRIDAY, 3))).day;
}

const monthAfter = (year: number, month: number, n: number): [number, number] => [
  year + Math.floor((month - 1 + n) / 12),
  ((month - 1 + n) % 12) + 1,
];

const ascending = (days: Iterable<IsoDay>, from: IsoDay): IsoDay[] =>
  [...new Set(days)].filter((d) => d >= from).sort((a, b) => (a < b ? -1 : 1));

/** Expiries of stock and index options on a day: the coming sessions, Fridays, monthlies, quarters and a January. */
function stockExpiries(today: IsoDay, daily: boolean): IsoDay[] {
  const d0 = isoToDay(today);
  const { year, month } = dayToCivil(d0);
  const days: IsoDay[] = [];
  if (daily)
    for (let d = d0; d < d0 + 8; d++) if (sessionOn("CBOE", dayToIso(d)) !== null) days.push(dayToIso(d));
  for (let w = 0; w < 6; w++) {
    const friday = d0 + ((FRIDAY - weekdayOf(d0) + 7) % 7) + 7 * w;
    days.push(sessionOnOrBefore("CBOE", dayToIso(friday)).day);
  }
  for (const n of [0, 1, 2, 3, 6, 9]) days.push(monthly(...monthAfter(year, month, n)));
  days.push(monthly(year + 1, 1), monthly(year + 2, 1));
  return ascending(days, today);
}

/** Expiries of coin options: two days, Fridays of a month, last Fridays of months and quarters. */
function coinExpiries(today: IsoDay): IsoDay[] {
  const d0 = isoToDay(today);
  const { year, month } = dayToCivil(d0);
  const days: IsoDay[] = [addDays(today, 1), addDays(today, 2)];
  for (let w = 0; w < 4; w++) days.push(dayToIso(d0 + ((FRIDAY - weekdayOf(d0) + 7) % 7) + 7 * w));
  for (let n = 0; n < 13; n++) {
    const [y, m] = monthAfter(year, month, n);
    if (n < 3 || m % 3 === 0) days.push(dayToIso(nthWeekday(y, m, FRIDAY, -1)));
  }
  return ascending(days, addDays(today, 1));
}

/** Strikes round the spot: close together near it, five times wider further out, as far as the option can matter. */
function strikes(look: OptionLook, spot: number, T: number): number[] {
  const width = Math.min(0.55, Math.max(0.06, 4.2 * look.nearVol * Math.sqrt(T)));
  const fine = Math.min(width, Math.max(0.03, 1.6 * look.nearVol * Math.sqrt(T)));
  const found = new Set<number>();
  const add = (step: number, part: number): void => {
    for (let k = Math.ceil((spot * (1 - part)) / step); k * step <= spot * (1 + part); k++)
      if (k > 0) found.add(Math.round(k * step * 1000) / 1000);
  };
  add(fine * spot > 40 * look.step ? look.step * 5 : look.step, fine);
  add(look.step * 5, width);
  return [...found].sort((a, b) => a - b);
}

/** VIX-like futures end on the Wednesday 30 days before the third Friday of the next month; the others on third Fridays. */
function futureExpiry(look: FutureLook, year: number, month: number): IsoDay {
  if (look.how === "carry") return monthly(year, month);
  const [y, m] = monthAfter(year, month, 1);
  const day = nthWeekday(y, m, FRIDAY, 3) - 30;
  return sessionOnOrBefore("CBOE", dayToIso(day + ((WEDNESDAY - weekdayOf(day)) % 7))).day;
}

/** What the venue lists on a day. Chains are built when first asked for. */
export class Listing {
  readonly listed: Product[] = [];
  private readonly products: Product[] = [];
  private readonly symbols = new Map<string, Product>();
  private readonly chains = new Map<string, readonly Product[]>();
  private readonly assets = new Map<string, Asset>();

  /** `openPrice`: the level around which a day's strikes are laid. */
  constructor(
    private readonly catalog: Catalog,
    assets: readonly Asset[],
    readonly today: IsoDay,
    readonly openPrice: (asset: Asset) => number,
  ) {
    for (const asset of assets) {
      this.assets.set(asset.symbol, asset);
      this.listed.push(this.add(buildSpot(catalog, asset.id, today), asset.symbol, null));
    }
    for (const look of FUTURES) {
      const base = this.symbols.get(look.on);
      if (base !== undefined) this.listed.push(...this.futures(look, base));
    }
  }

  private add(instrument: Product["instrument"], symbol: string, base: Product | null): Product {
    const product: Product = { index: this.products.length, salt: saltOf(symbol), instrument, symbol, base };
    this.products.push(product);
    this.symbols.set(symbol, product);
    return product;
  }

  private futures(look: FutureLook, base: Product): Product[] {
    const { year, month } = dayToCivil(isoToDay(this.today));
    const found: Product[] = [];
    for (let n = 0; n <= look.months; n++) {
      const [y, m] = monthAfter(year, month, n);
      const expiry = futureExpiry(look, y, m);
      if (expiry < this.today || (look.quarterly && m % 3 !== 0)) continue;
      const future = buildFuture(this.catalog, look.root, expiry, this.today);
      found.push(this.add(future, `${look.root} ${expiry}`, base));
    }
    return found;
  }

  assetOf(product: Product): Asset {
    return this.assets.get((product.base ?? product).symbol) as Asset;
  }

  byIndex(index: number): Product | null {
    return this.products[index] ?? null;
  }

  bySymbol(symbol: string): Product | null {
    const known = this.symbols.get(symbol);
    if (known !== undefined) return known;
    const occ = parseOcc(symbol);
    if (occ === null) return null;
    for (const asset of this.assets.values())
      if (asset.options?.root === occ.root) this.chain(this.symbols.get(asset.symbol) as Product);
    return this.symbols.get(symbol) ?? null;
  }

  chain(base: Product): readonly Product[] {
    const known = this.chains.get(base.symbol);
    if (known !== undefined) return known;
    const look = this.assets.get(base.symbol)?.options;
    const chain = look === undefined || base.base !== null ? [] : this.build(base, look);
    this.chains.set(base.symbol, chain);
    return chain;
  }

  private build(base: Product, look: OptionLook): Product[] {
    const spot = this.openPrice(this.assetOf(base));
    const coin = look.expiries === "coin";
    const expiries = coin ? coinExpiries(this.today) : stockExpiries(this.today, look.expiries === "daily");
    const chain: Product[] = [];
    for (const expiry of expiries) {
      const T = Math.max(1, isoToDay(expiry) - isoToDay(this.today)) / 365;
      for (const strike of strikes(look, spot, T))
        for (const type of ["C", "P"] as const) {
          const ccy = (coin ? look.root : base.instrument.ccy) as Ccy;
          const option = buildOption(
            this.catalog,
            { root: look.root, expiry, type, strike, ccy },
            this.today,
          );
          chain.push(
            this.add(
              option,
              coin ? coinSymbol(option) : formatOccCompact({ ...option, root: look.root }),
              base,
            ),
          );
        }
    }
    return chain;
  }
}
