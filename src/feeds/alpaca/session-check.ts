import {
  calendarZone,
  formatClock,
  type IsoDay,
  isoDayAt,
  type Micros,
  parseIsoMicros,
  sessionOn,
  zoneOffsetMin,
} from "../../../engines/market/index.ts";
import type { FeedOut } from "../feed.ts";
import { saySkew } from "../skew.ts";
import { type AlpacaRest, wordsOf } from "./rest.ts";

const CALENDAR = "NYSE";

/** The session of a day in the broker's words and in the desk's own, as `09:30`; null for none. */
export interface Hours {
  readonly open: string;
  readonly close: string;
}

/** What the broker says of today that the trader should know: level and text; null where both agree on a usual day. */
export function sessionNote(
  name: string,
  day: IsoDay,
  told: Hours | null,
  own: Hours | null,
  half: boolean,
): { readonly level: "info" | "warn"; readonly text: string } | null {
  const words = (h: Hours | null): string => (h === null ? "no session" : `${h.open} to ${h.close} ET`);
  if (told?.open !== own?.open || told?.close !== own?.close)
    return {
      level: "warn",
      text: `${name} says ${words(told)} for ${day}, this desk's calendar ${words(own)}: trust the broker, and report it`,
    };
  if (told === null) return { level: "info", text: `${day} has no session of US stocks` };
  return half ? { level: "info", text: `half day: US stocks close at ${told.close} ET` } : null;
}

/** Asks the broker what day it is there: its clock against this machine's, its calendar against the desk's own. */
export async function checkSession(name: string, rest: AlpacaRest, out: FeedOut): Promise<void> {
  const say = (level: "info" | "warn", text: string): void =>
    out.event({ kind: "note", level, source: "feed", text });
  try {
    const asked = out.nowUs();
    const clock = JSON.parse((await rest.trading("/v2/clock")).toString("utf8")) as { timestamp?: unknown };
    saySkew(name, skewOf(clock.timestamp, (asked + out.nowUs()) / 2), out);
    const day = isoDayAt(calendarZone(CALENDAR), out.nowUs() as Micros);
    const rows = JSON.parse(
      (await rest.trading("/v2/calendar", { start: day, end: day })).toString("utf8"),
    ) as unknown;
    if (!Array.isArray(rows)) return;
    const session = sessionOn(CALENDAR, day);
    const own = session && { open: wall(session.openUs), close: wall(session.closeUs) };
    const note = sessionNote(name, day, hoursOf(rows, day), own, session?.half ?? false);
    if (note !== null) say(note.level, note.text);
  } catch (error) {
    say(
      "info",
      `${name}'s clock and calendar could not be asked: ${wordsOf(error)}; the desk's own are used`,
    );
  }
}

function skewOf(told: unknown, atUs: number): number {
  const us = typeof told === "string" ? parseIsoMicros(told) : null;
  return us === null ? 0 : atUs - us;
}

function hoursOf(rows: readonly unknown[], day: IsoDay): Hours | null {
  const row = rows.find((r) => (r as { date?: unknown } | null)?.date === day) as
    | { readonly open?: unknown; readonly close?: unknown }
    | undefined;
  return typeof row?.open === "string" && typeof row.close === "string"
    ? { open: row.open, close: row.close }
    : null;
}

const wall = (us: Micros): string => formatClock(us, zoneOffsetMin(calendarZone(CALENDAR), us), false);
