import { type IsoDay, type OptionInstrument, sessionOn } from "../../engines/market/index.ts";
import type { RawGreeks } from "../../engines/portfolio/index.ts";
import {
  americanGreeks,
  americanIv,
  bsmGreeks,
  bsmIv,
  emptyGreeks,
  yearFraction,
} from "../../engines/pricing/index.ts";
import type { MarketFacts } from "./market-facts.ts";

/** An option at its prior settlement: what a day P&L is split from. Greeks per share, theta per year, vega per 1.00 of vol. */
export interface PriorState {
  readonly day: string;
  readonly price: number;
  readonly spot: number;
  readonly years: number;
  /** Vol that the settlement implies; null where it implies none, the Greeks are then at the vol of now. */
  readonly sigma: number | null;
  readonly greeks: RawGreeks | null;
}

/** The state at a settlement; American by the full method. `fallback` is a vol for a settlement that implies none. */
export function priorState(
  option: OptionInstrument,
  prior: { readonly price: number; readonly day: string },
  spot: number,
  facts: MarketFacts,
  fallback: number | null,
): PriorState {
  const { price, day } = prior;
  const closeUs = sessionOn(option.calendar, day as IsoDay)?.closeUs ?? null;
  const base = { day, price, spot };
  if (closeUs === null || !(spot > 0)) return { ...base, years: 0, sigma: null, greeks: null };
  const years = yearFraction(closeUs, option.expiryUs);
  const { value: r } = facts.rate(option.ccy, years);
  const { value: q } = facts.dividendYield(option.symbol);
  const w = option.type === "C" ? 1 : -1;
  const american = option.style === "american";
  const iv = (american ? americanIv : bsmIv)(w, price, spot, option.strike, years, r, q).sigma;
  const sigma = iv !== null && iv > 0 ? iv : null;
  const at = sigma ?? fallback;
  if (at === null || !(years > 0)) return { ...base, years, sigma, greeks: null };
  const out = emptyGreeks();
  (american ? americanGreeks : bsmGreeks)(w, spot, option.strike, years, r, q, at, out);
  const { delta, gamma, theta, vega, rho } = out;
  return { ...base, years, sigma, greeks: { delta, gamma, theta, vega, rho } };
}
