import { type Instrument, type Micros } from "../../../engines/market/index.ts";
import { yearFraction } from "../../../engines/pricing/index.ts";
import type { NamedEvent } from "../market-facts.ts";
import type { ViewContext } from "../views/context.ts";

const MINUTE_US = 60e6;

/** An event with the years from an instant to the moment from which its news is priced in. */
export interface TimedEvent extends NamedEvent {
  readonly T: number;
}

/** Scheduled events of a name that are still to come at `atUs`, in order. */
export function eventTimes(context: ViewContext, instrument: Instrument, atUs: number): TimedEvent[] {
  return context.facts.valuer.facts.events(instrument.symbol).flatMap((event) => {
    const hours = context.session.sessionOn(instrument.calendar, event.day);
    if (hours === null) return [];
    const pricedUs =
      event.at === "before-open"
        ? hours.openUs
        : event.at === "session"
          ? (hours.openUs + hours.closeUs) / 2
          : hours.closeUs + MINUTE_US;
    const T = yearFraction(atUs as Micros, pricedUs as Micros);
    return T > 0 ? [{ ...event, T }] : [];
  });
}
