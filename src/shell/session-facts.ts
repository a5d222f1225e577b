import { VoldeskError } from "../../config/errors.ts";
import {
  calendarZone,
  type IsoDay,
  type Micros,
  parseSessionTime,
  sessionOn,
  sessionsBetween,
  zoneLetters,
  zoneOffsetMin,
} from "../../engines/market/index.ts";
import type { Manifest } from "../../store/capture/manifest.ts";
import type { SessionFacts } from "../desk/views/context.ts";

/** Where and when a recorded session was traded. On a day its exchange was shut it runs from its first to its last event. */
export function sessionFacts(
  manifest: Pick<Manifest, "name" | "title" | "sampling" | "calendar" | "day">,
  firstUs: number,
  lastUs: number,
): SessionFacts {
  const { day } = manifest;
  const session = sessionOn(manifest.calendar, day);
  const openUs = session?.openUs ?? (firstUs as Micros);
  const zone = calendarZone(manifest.calendar);
  return {
    name: manifest.name,
    title: manifest.title,
    sampling: manifest.sampling,
    calendar: manifest.calendar,
    day,
    zone: zoneLetters(zone, openUs),
    zoneOffsetMin: zoneOffsetMin(zone, openUs),
    openUs,
    closeUs: session?.closeUs ?? (lastUs as Micros),
    halfDay: session?.half ?? false,
    firstUs: firstUs as Micros,
    lastUs: lastUs as Micros,
    sessionsSince: (calendar: string, from: IsoDay) =>
      from === "" ? null : sessionsBetween(calendar, from, day),
    sessionOn,
  };
}

/** `10:35`, `10:35:20`, `open` or `close` on the session's day, in the exchange's zone. */
export function localTimeUs(text: string, facts: SessionFacts): Micros {
  const session = sessionOn(facts.calendar, facts.day);
  const at = session === null ? null : parseSessionTime(text, session);
  if (at === null) {
    throw new VoldeskError(
      "DSK-003",
      `"${text}" is not a time of the session`,
      `Write it as 10:35 or 10:35:20 in ${facts.zone}, or open.`,
    );
  }
  return at;
}
