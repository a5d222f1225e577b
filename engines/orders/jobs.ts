import type { IsoDay, Micros } from "../market/index.ts";
import type { Digest } from "./ids.ts";

export type JobVenue = "EU" | "US" | "FX" | "FUT";
export type JobStyle = "MIDDAY" | "CLOSE_AUCTION" | "OPEN_AUCTION" | "ANY";
export type JobStatus = "PENDING" | "RUNNING" | "DONE" | "FAILED" | "CANCELED" | "SKIPPED";
export interface JobIntent {
  readonly id: string;
  readonly side: "BUY" | "SELL";
  readonly qty: number;
  readonly sleeve: string;
}
export interface Job {
  readonly id: string;
  readonly day: IsoDay;
  readonly venue: JobVenue;
  readonly style: JobStyle;
  readonly window: JobWindow;
  readonly intents: readonly JobIntent[];
  readonly status: JobStatus;
}
export interface JobWindow {
  readonly fromUs: Micros;
  readonly toUs: Micros;
}

/** A job as it is kept: the tickets that wait, and their window in the session that the calendar has for its day. */
export interface QueuedJob extends Omit<Job, "status"> {
  readonly tickets: readonly string[];
  readonly calendar: string;
}

const MINUTE_US = 60_000_000;

/** `2026-03-02_EU_MIDDAY_` and the first 8 hex digits of SHA-256 over day, venue, style and the intents by instrument. */
export function jobId(
  sha256: Digest,
  day: string,
  venue: string,
  style: string,
  intents: readonly JobIntent[],
): string {
  const parts = intents
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map((i) => `${i.id}:${i.side}:${i.qty}:${i.sleeve}`);
  return `${day}_${venue}_${style}_${sha256([day, venue, style, ...parts].join("|")).slice(0, 8)}`;
}

/** Half an hour round 22:00 UTC in which currencies and futures have no market: banks settle, exchanges pause. */
const PAUSE_FROM = { hour: 21, minute: 55 };
const PAUSE_TO = { hour: 22, minute: 10 };

/**
 * When a job may run: from 15 minutes after the open until 10 before the closing auction, by the session that the exchange calendar has
 * for the day (half days included); auctions in their own minutes. Null on a day without a session: skipped.
 */
export function jobWindow(style: JobStyle, openUs: Micros | null, closeUs: Micros | null): JobWindow | null {
  if (openUs === null || closeUs === null) return null;
  const at = (us: number) => us as Micros;
  if (style === "OPEN_AUCTION") return { fromUs: at(openUs - 30 * MINUTE_US), toUs: openUs };
  if (style === "CLOSE_AUCTION") return { fromUs: at(closeUs - 10 * MINUTE_US), toUs: closeUs };
  const window = { fromUs: at(openUs + 15 * MINUTE_US), toUs: at(closeUs - 10 * MINUTE_US) };
  return window.fromUs < window.toUs ? window : null;
}

/** 21:55 to 22:10 UTC. */
export function inPause(us: Micros): boolean {
  const minute = Math.floor(us / MINUTE_US) % 1440;
  return minute >= PAUSE_FROM.hour * 60 + PAUSE_FROM.minute && minute < PAUSE_TO.hour * 60 + PAUSE_TO.minute;
}

/** The kind of venue that a calendar is: whose pauses count. */
export function jobVenue(calendar: string): JobVenue {
  if (calendar === "FX") return "FX";
  if (calendar === "CME" || calendar === "EUREX-FUT") return "FUT";
  return calendar === "EUREX" ? "EU" : "US";
}

/** The next thing to do with a job: nothing sent twice, since its run in the ledger says what was. */
export function jobStep(
  job: Pick<Job, "status" | "window" | "venue">,
  nowUs: Micros,
): "start" | "recover" | "wait" | "skip" | "none" {
  if (job.status === "RUNNING") return "recover";
  if (job.status !== "PENDING") return "none";
  if (nowUs >= job.window.toUs) return "skip";
  if (nowUs < job.window.fromUs) return "wait";
  return (job.venue === "FX" || job.venue === "FUT") && inPause(nowUs) ? "wait" : "start";
}
