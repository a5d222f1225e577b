import {
  type Ccy,
  type Instrument,
  type InstrumentId,
  moneyDecimals,
  type Slot,
} from "../../engines/market/index.ts";
import type { KnownLeg, LegQuote } from "../../engines/orders/index.ts";
import type { Desk } from "../desk/desk.ts";
import type { ViewContext } from "../desk/views/context.ts";

const known = (x: number | undefined): number | null => (x !== undefined && x === x ? x : null);

/** Decimals that money is shown with: cents, of a coin the last place of its options' prices. */
export const placesOf = (ccy: string): number => (moneyDecimals(ccy as Ccy) > 6 ? 4 : 2);

export function instrumentOf(desk: Desk, id: InstrumentId): Instrument | null {
  const slot = desk.slot(id);
  return slot === null ? null : (desk.instruments[slot] ?? null);
}

/** Legs with their instruments, null where one is not known here. */
export function knownLegs(
  desk: Desk,
  legs: readonly { readonly instrument: InstrumentId; readonly ratio: number }[],
): KnownLeg[] | null {
  const found: KnownLeg[] = [];
  for (const leg of legs) {
    const instrument = instrumentOf(desk, leg.instrument);
    if (instrument === null) return null;
    found.push({ instrument, ratio: leg.ratio });
  }
  return found;
}

/** Quote of a contract at session time `nowUs`, as the book has it. An ask of 0 is no offer. */
export function legQuote(desk: Desk, id: InstrumentId, nowUs: number, maxAgeUs: number): LegQuote {
  const slot = desk.slot(id) as Slot;
  const { book } = desk;
  const ask = known(book.ask[slot]);
  const seen = known(book.confirmUs[slot]);
  return {
    bid: known(book.bid[slot]),
    ask: ask !== null && ask > 0 ? ask : null,
    bidSize: known(book.bidSize[slot]),
    askSize: known(book.askSize[slot]),
    ageUs: seen === null ? null : Math.max(0, nowUs - seen),
    maxAgeUs,
    quality: book.quoteQuality[slot] as LegQuote["quality"],
    status: book.status(slot),
  };
}

export const legQuotes = (context: ViewContext, legs: readonly KnownLeg[]): LegQuote[] =>
  legs.map((leg) =>
    legQuote(context.desk, leg.instrument.id, context.nowUs, context.facts.valuer.quoteMaxAgeUs),
  );
