import type { InstrumentId } from "../../engines/market/index.ts";
import { type NavStatus, navCheck } from "../../engines/orders/index.ts";
import { isMargined, type PositionValue } from "../../engines/portfolio/index.ts";
import type { BrokerAccount, BrokerPosition } from "../brokers/broker.ts";

/** What is held here, as far as the comparison needs it. */
export interface HeldHere {
  /** Cash in base currency, null where an exchange rate is missing. */
  readonly cash: readonly (number | null)[];
  readonly positions: readonly Pick<PositionValue, "instrument" | "qty" | "avg">[];
}

/** Base currency per unit of another; null where that is not known. */
export type Rate = (ccy: string) => number | null;

/**
 * What is held here in base currency at the *broker's* marks: a difference of marks is no difference of books. A daily settled contract counts with
 * what is not settled yet. Null where a mark, a rate or an entry is missing: that is no difference.
 */
export function navAtMarks(here: HeldHere, theirs: readonly BrokerPosition[], rate: Rate): number | null {
  const marks = new Map<InstrumentId, number | null>(theirs.map((p) => [p.instrument, p.mark ?? null]));
  let nav = 0;
  for (const cash of here.cash) {
    if (cash === null) return null;
    nav += cash;
  }
  for (const { instrument, qty, avg } of here.positions) {
    if (qty === 0) continue;
    const mark = marks.get(instrument.id) ?? null;
    const fx = rate(instrument.ccy);
    const entry = isMargined(instrument) ? avg : 0;
    if (mark === null || fx === null || entry === null) return null;
    nav += qty * (mark - entry) * instrument.multiplier * fx;
  }
  return nav;
}

/** The broker's value of the account in base currency; null where it tells none, or in a currency without a rate. */
export function netInBase(account: BrokerAccount, rate: Rate, base: string): number | null {
  const { netLiquidation, netCcy } = account;
  if (netLiquidation === null) return null;
  const fx = netCcy === undefined || netCcy === base ? 1 : netCcy === null ? null : rate(netCcy);
  return fx === null ? null : netLiquidation * fx;
}

/** The circuit breaker at one look. A value of the account that is not positive is an error, whatever is known here. */
export function breakerStatus(ours: number | null, theirs: number | null): NavStatus {
  if (theirs === null) return "PASS";
  if (!(theirs > 0)) return "ERROR";
  return ours === null ? "PASS" : navCheck(ours, theirs).status;
}
