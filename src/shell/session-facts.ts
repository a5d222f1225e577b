import { Temporal } from "temporal-polyfill";
import type { IsoDay, Micros } from "../../engines/market/index.ts";
import type { Manifest } from "../../store/capture/manifest.ts";
import type { SessionFacts } from "../desk/views/context.ts";

const US = 1000;

export function sessionFacts(manifest: Manifest, firstUs: number, lastUs: number): SessionFacts {
  const at = (time: string): Micros => {
    const zoned = Temporal.PlainDate.from(manifest.day).toZonedDateTime({
      timeZone: manifest.zone,
      plainTime: time,
    });
    return (zoned.epochMilliseconds * US) as Micros;
  };
  const half = manifest.day === "2015-12-24";
  const openUs = at("09:30");
  const offset = Temporal.Instant.fromEpochMilliseconds(openUs / US).toZonedDateTimeISO(
    manifest.zone,
  ).offsetNanoseconds;
  return {
    name: manifest.name,
    title: manifest.title,
    sampling: manifest.sampling,
    day: manifest.day,
    zone: "ET",
    zoneOffsetMin: offset / 60e9,
    openUs,
    closeUs: at(half ? "13:00" : "16:00"),
    halfDay: half,
    firstUs: firstUs as Micros,
    lastUs: lastUs as Micros,
    sessionsSince: (_calendar: string, day: IsoDay) => (day < manifest.day ? 1 : 0),
  };
}

/** `10:35` or `10:35:20` in the exchange's zone on the session's day. */
export function localTimeUs(text: string, facts: SessionFacts): Micros {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (!match)
    throw new Error(`CLI-021 "${text}" is not a time. Write it as 10:35 or 10:35:20, in ${facts.zone}.`);
  const seconds = Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0);
  const midnight =
    Math.floor((facts.openUs / 1e6 + facts.zoneOffsetMin * 60) / 86_400) * 86_400 - facts.zoneOffsetMin * 60;
  return ((midnight + seconds) * 1e6) as Micros;
}
