import { expiryLabel, type InstrumentId } from "../../../engines/market/index.ts";
import {
  type SurfaceResult,
  type TermEvent,
  TermVariance,
  termPoints,
  termStructure,
} from "../../../engines/surface/index.ts";
import type { SurfaceTerm, TermEventRow } from "../protocol.ts";
import type { ViewContext } from "../views/context.ts";
import { eventTimes } from "./events.ts";
import { futuresOf } from "./futures.ts";
import type { LiveSurface } from "./live.ts";

const DAY = 1 / 365;

/** The term structure of a fitted surface: curve, forwards, slope and shape with its hysteresis, events, vol-index futures. */
export function termOf(
  context: ViewContext,
  live: LiveSurface,
  result: SurfaceResult,
  underlying: InstrumentId,
): SurfaceTerm {
  const instrument = context.desk.instruments[context.desk.slot(underlying) ?? -1];
  const scheduled = instrument ? eventTimes(context, instrument, context.nowUs) : [];
  const points = termPoints(result);
  const events: TermEvent[] = scheduled.map(({ label, T }) => ({ label, T }));
  const term = termStructure(points, { events, previous: live.shape });
  live.shape = term.regime;
  const curve = new TermVariance(term.points, events);
  const fitted = result.expiries.filter((e) => e.figures !== null && e.quality !== null);
  const { session } = context;
  const labels = fitted.map((e) => expiryLabel(e.expiry.day as never, session.day));
  return {
    curve: {
      days: Float64Array.from(term.points, (p) => p.T / DAY),
      vol: Float64Array.from(term.points, (p) => p.vol),
      error: Float64Array.from(term.points, (p) => p.error),
    },
    tenors: term.curve.map((r) => ({
      days: r.days,
      vol: r.vol,
      cleanVol: r.cleanVol,
      error: r.error,
      forwardVol: r.forwardVol,
      rollDown: r.rollDown,
    })),
    forwards: fitted.slice(1).map((e, i) => {
      const [from, to] = [fitted[i]?.figures?.T ?? 0, e.figures?.T ?? 0];
      return {
        from: labels[i] ?? "",
        to: labels[i + 1] ?? "",
        days: (from + to) / 2 / DAY,
        vol: curve.forwardVol(from, to),
      };
    }),
    ratios: term.ratios,
    shape: term.regime,
    slope:
      term.slope === null
        ? null
        : {
            perLogTime: term.slope.slope,
            error: term.slope.error,
            steepness: term.slope.steepness,
            points: term.slope.points,
          },
    confidence: { grade: term.confidence.grade, reasons: term.confidence.reasons },
    events: scheduled.map(({ T, ...event }): TermEventRow => {
      const priced = term.events.find((e) => e.T === T && e.label === event.label);
      return {
        label: event.label,
        day: event.day,
        status: event.status,
        source: event.source,
        days: T / DAY,
        variance: priced?.variance ?? null,
        move: priced?.move ?? null,
      };
    }),
    futures: futuresOf(context, underlying, curve),
    warnings: term.warnings,
  };
}
