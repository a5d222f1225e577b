import { calendarZone, isoDayAt, isoToDay, type Micros, wallToUs } from "../../../engines/market/index.ts";
import type { VenueContext } from "../context.ts";
import type { ScriptStep } from "./script.ts";

/** Puts a script's faults in at their times. Returns how to call off those still to come. */
export function playScript(steps: readonly ScriptStep[], context: VenueContext): () => void {
  const { clock, session, faults } = context;
  const zone = calendarZone("NYSE");
  const startUs = session.nowUs();
  const midnight = wallToUs(zone, isoToDay(isoDayAt(zone, startUs as Micros)), 0);
  const stops = steps.map((step) => {
    const inMs =
      "afterMs" in step.at
        ? step.at.afterMs
        : (midnight + step.at.wallSeconds * 1e6 - startUs) / 1000 / session.speed;
    const { params, ...fault } = step.fault;
    return clock.after(Math.max(0, inMs), () => faults.add({ ...fault, ...params }));
  });
  return () => {
    for (const stop of stops) stop();
  };
}
