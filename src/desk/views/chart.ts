import type { Slot } from "../../../engines/market/index.ts";
import type { ChartView, PriceLevel, Views } from "../protocol.ts";
import type { ViewContext } from "./context.ts";
import { label, priceDecimals } from "./names.ts";

/** Bars of one instrument since the session's regular open, with its VWAP and the levels that matter. Null for what has no bars. */
export function chartView(context: ViewContext, params: Views["chart"]["params"]): ChartView | null {
  const { desk, session } = context;
  const slot = params.slot === null ? firstCharted(context) : chartedSlot(context, params.slot);
  if (slot === null) return null;
  const series = desk.series.get(slot);
  const instrument = desk.instruments[slot];
  if (!series || !instrument) return null;
  const { bars, vwap } = series.view(params.barMinutes, session.openUs, session.openUs);
  return {
    slot,
    label: label(instrument, context.session.day),
    barMinutes: params.barMinutes,
    basis: "trade",
    bars,
    vwap,
    levels: levels(context, slot),
    zoneOffsetMin: session.zoneOffsetMin,
    openUs: session.openUs,
    closeUs: session.closeUs,
    decimals: priceDecimals(instrument),
  };
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
