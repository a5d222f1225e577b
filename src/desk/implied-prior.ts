import type { OptionInstrument, Slot } from "../../engines/market/index.ts";
import { yearFraction } from "../../engines/pricing/index.ts";
import type { Desk } from "./desk.ts";
import type { MarketFacts } from "./market-facts.ts";

const DAY_US = 86_400_000_000;
/** Strikes on each side of the crossing that vote. */
const VOTES = 5;

export interface ImpliedPrior {
  readonly price: number;
  readonly day: string;
  readonly source: string;
}

/**
 * Prior price of an underlying that the capture has no settlement of, from its options' settlements by put-call parity:
 * S = C − P + K e^(−rT), the median over the strikes where call and put are nearest to each other, in the first expiry at least a week
 * away (a dividend before it would be in the price: none is assumed). Null where fewer than three strikes have both settlements.
 */
export function impliedPrior(
  desk: Desk,
  underlying: Slot,
  facts: MarketFacts,
  sessionOpenUs: number,
): ImpliedPrior | null {
  const expiries = new Map<number, Map<number, { call?: Slot; put?: Slot }>>();
  desk.instruments.forEach((instrument, slot) => {
    if (instrument.kind !== "option" || desk.underlyingSlot[slot] !== underlying) return;
    if (!((desk.prior[slot] as number) > 0) || instrument.expiryUs - sessionOpenUs < 7 * DAY_US) return;
    const strikes = expiries.get(instrument.expiryUs) ?? new Map();
    expiries.set(instrument.expiryUs, strikes);
    const pair = strikes.get(instrument.strike) ?? {};
    strikes.set(
      instrument.strike,
      instrument.type === "C" ? { ...pair, call: slot } : { ...pair, put: slot },
    );
  });
  const first = [...expiries.keys()].sort((a, b) => a - b)[0];
  if (first === undefined) return null;
  const votes: { gap: number; spot: number; slot: Slot }[] = [];
  for (const [strike, { call, put }] of expiries.get(first) ?? []) {
    if (call === undefined || put === undefined) continue;
    const gap = (desk.prior[call] as number) - (desk.prior[put] as number);
    const option = desk.instruments[call] as OptionInstrument;
    const years = yearFraction(sessionOpenUs - DAY_US, first);
    const spot = gap + strike * Math.exp(-facts.rate(option.ccy, years).value * years);
    votes.push({ gap: Math.abs(gap), spot, slot: call });
  }
  if (votes.length < 3) return null;
  votes.sort((a, b) => a.gap - b.gap);
  const near = votes.slice(0, 2 * VOTES + 1).sort((a, b) => a.spot - b.spot);
  const middle = near[near.length >> 1] as (typeof near)[number];
  const day = desk.priorDay[middle.slot] ?? "";
  return {
    price: middle.spot,
    day,
    source: `implied by parity from ${near.length} pairs of option settlements of ${day}`,
  };
}
