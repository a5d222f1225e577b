import { CALENDAR_NAMES, type Micros, type Slot, sessionOf } from "../../../engines/market/index.ts";
import type { ChartView, PriceLevel, Views } from "../protocol.ts";
import type { ViewContext } from "./context.ts";
import { label, priceDecimals } from "./names.ts";

/** Bars of one instrument since its own session's open (of a coin since midnight UTC), with its VWAP and the levels that matter. Null for what has no bars. */
export function chartView(context: ViewContext, params: Views["chart"]["params"]): ChartView | null {
  const { desk } = context;
  const slot = params.slot === null ? firstCharted(context) : chartedSlot(context, params.slot);
  if (slot === null) return null;
  const series = desk.series.get(slot);
  const instrument = desk.instruments[slot];
  if (!series || !instrument) return null;
  const { openUs, closeUs } = hoursOf(context, instrument.calendar);
  const { bars, vwap } = series.view(params.barMinutes, openUs, openUs);
  return {
    slot,
    label: label(instrument, context.session.day),
    barMinutes: params.barMinutes,
    basis: "trade",
    bars,
    vwap,
    levels: levels(context, slot),
    zoneOffsetMin: context.zoneOffsetMin,
    openUs,
    closeUs,
    decimals: priceDecimals(instrument),
  };
}

/** The session that an instrument of this calendar trades in now; the desk's own where it trades by that, or not at all. */
function hoursOf({ session, nowUs }: ViewContext, calendar: string): { openUs: Micros; closeUs: Micros } {
  const own = CALENDAR_NAMES.includes(calendar) && calendar !== session.calendar;
  return (own ? sessionOf(calendar, nowUs) : null) ?? session;
}

/** An option's chart is that of its underlying, until mids are kept by the minute. */
export function chartedSlot(context: ViewContext, slot: Slot): Slot | null {
  if (context.desk.series.has(slot)) return slot;
  const underlying = context.desk.underlyingSlot[slot] as Slot | undefined;
  return underlying === undefined || underlying < 0 ? null : underlying;
}

export function firstCharted(context: ViewContext): Slot | null {
  return context.desk.series.keys().next().value ?? null;
}

function levels(context: ViewContext, slot: Slot): PriceLevel[] {
  const prior = context.facts.valuer.prior(slot);
  return prior === null ? [] : [{ name: "prior", price: prior.price }];
}
