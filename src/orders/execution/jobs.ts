import {
  type Micros,
  nextOpen,
  nextSession,
  type Session,
  sessionOf,
} from "../../../engines/market/index.ts";
import {
  inPause,
  type JobStatus,
  type JobStyle,
  jobId,
  jobStep,
  jobVenue,
  jobWindow,
  type LedgerRecord,
  type QueuedJob,
} from "../../../engines/orders/index.ts";
import { clock } from "../../desk/explain/words.ts";
import type { CommandResult } from "../../desk/protocol.ts";
import { strategyOf } from "../judge.ts";
import { knownLegs } from "../market.ts";
import type { KeptTicket } from "../order-book.ts";
import type { OrderDesk } from "../order-desk.ts";
import { resolve } from "../ticket.ts";
import { rewrite, stagedBy } from "./together.ts";

const refuse = (message: string): CommandResult => ({ ok: false, message });

interface KeptJob {
  readonly job: QueuedJob;
  status: JobStatus;
}

/**
 * Tickets that wait for a window of their exchange's session. A fold of the ledger: after a restart a job stands where it stood. It never
 * sends: when its window opens the tickets are called up for the trader's preview and `C`.
 */
export class Jobs {
  private readonly jobs = new Map<string, KeptJob>();

  constructor(private readonly desk: OrderDesk) {}

  fold(record: LedgerRecord): void {
    if (record.k === "job") this.jobs.set(record.job.id, { job: record.job, status: "PENDING" });
    else if (record.k === "jobStep") {
      const kept = this.jobs.get(record.job);
      if (kept !== undefined) kept.status = record.status;
    }
  }

  /** The job that a ticket waits in, null where it waits in none. */
  of(ticket: string): KeptJob | null {
    for (const kept of this.jobs.values()) if (isOpen(kept) && kept.job.tickets.includes(ticket)) return kept;
    return null;
  }

  /** What is said below a ticket's row. */
  noteOf(ticket: string): string | null {
    const kept = this.of(ticket);
    if (kept === null) return null;
    const context = this.desk.world.context();
    const { fromUs, toUs } = kept.job.window;
    const window = `${clock(context, fromUs)} to ${clock(context, toUs)}`;
    return kept.status === "RUNNING"
      ? `DUE until ${clock(context, toUs)}: preview and confirm it`
      : `queued for ${STYLE_WORDS[kept.job.style]} of ${kept.job.day}, ${window}`;
  }

  /** Other tickets of a job whose window is open: they are previewed with it. */
  dueWith(ticket: string): readonly string[] {
    const kept = this.of(ticket);
    return kept?.status === "RUNNING" ? kept.job.tickets : [];
  }

  /** Windows that opened or closed since the last look, and jobs of which nothing waits any more. */
  look(): void {
    if (this.desk.readOnly || this.desk.lookingBack) return;
    const nowUs = this.desk.world.nowUs();
    for (const kept of this.jobs.values()) {
      if (!isOpen(kept)) continue;
      const left = kept.job.tickets.filter((id) => this.desk.tickets.get(id)?.over === null);
      if (left.length === 0) this.end(kept);
      else if (nowUs >= kept.job.window.toUs) this.skip(kept, left);
      else if (jobStep({ ...kept.job, status: kept.status }, nowUs) === "start") this.begin(kept, left);
    }
  }

  private begin(kept: KeptJob, left: readonly string[]): void {
    const until = clock(this.desk.world.context(), kept.job.window.toUs);
    this.step(kept, "RUNNING", "its window is open");
    this.desk.world.note("warn", `${left.join(", ")} due until ${until}: preview and confirm`);
  }

  private skip(kept: KeptJob, left: readonly string[]): void {
    this.step(kept, "SKIPPED", "its window is over");
    this.desk.world.note(
      "warn",
      `${left.join(", ")} missed their window: they stay staged, nothing was sent`,
    );
  }

  private end(kept: KeptJob): void {
    const sent = kept.job.tickets.some((id) => this.desk.tickets.get(id)?.over === "sent");
    this.step(
      kept,
      sent ? "DONE" : "CANCELED",
      sent ? "all of it was confirmed" : "its tickets were dropped",
    );
  }

  private step(kept: KeptJob, status: JobStatus, reason: string): void {
    this.desk.write([{ k: "jobStep", job: kept.job.id, status, reason }]);
  }

  queue(ids: readonly string[], style: JobStyle): CommandResult {
    const tickets = stagedBy(this.desk, ids);
    if (typeof tickets === "string") return refuse(tickets);
    if (tickets.length === 0) return refuse("which tickets?");
    const calendar = this.calendarOf(tickets);
    if (calendar === null) return refuse("they trade on different exchanges: queue them apart");
    const nowUs = this.desk.world.nowUs();
    const at = windowFrom(calendar, style, nowUs);
    if (at === null) return refuse(`${calendar} has no ${STYLE_WORDS[style]} in the next sessions`);
    for (const ticket of tickets) this.leave(ticket.id, "queued anew");
    const tif = AUCTION_TIF[style];
    if (tif !== undefined) for (const ticket of tickets) rewrite(this.desk, ticket, { tif });
    const intents = tickets.flatMap((t) => this.intentOf(t));
    const venue = jobVenue(calendar);
    const { sha256 } = this.desk.world.digests;
    const id = jobId(sha256, at.session.day, venue, style, intents);
    const job: QueuedJob = {
      id: this.jobs.has(id) ? `${id}.${this.jobs.size}` : id,
      day: at.session.day,
      venue,
      style,
      window: at.window,
      intents,
      tickets: tickets.map((t) => t.id),
      calendar,
    };
    this.desk.write([{ k: "job", job }]);
    const context = this.desk.world.context();
    const window = `${clock(context, at.window.fromUs)} to ${clock(context, at.window.toUs)}`;
    const half = at.session.half ? ", a half day" : "";
    const named = job.tickets.join(", ");
    return {
      ok: true,
      message: `${named} queued for ${STYLE_WORDS[style]} of ${job.day}${half}: ${window}. It asks for your preview then`,
      made: tickets[0]?.id ?? "",
    };
  }

  /** Takes tickets out of their jobs; they stay staged. */
  unqueue(ids: readonly string[]): CommandResult {
    const left = ids.filter((id) => this.leave(id, "taken off by the trader"));
    return left.length === 0
      ? refuse("no job there")
      : { ok: true, message: `${left.join(", ")} off the queue` };
  }

  /** Jobs hold several tickets: what else was in it waits on. */
  private leave(ticket: string, reason: string): boolean {
    const kept = this.of(ticket);
    if (kept === null) return false;
    const rest = kept.job.tickets.filter((id) => id !== ticket);
    this.step(kept, "CANCELED", reason);
    if (rest.length > 0) {
      const id = `${kept.job.id}.${this.jobs.size}`;
      this.desk.write([{ k: "job", job: { ...kept.job, id, tickets: rest } }]);
    }
    return true;
  }

  private calendarOf(tickets: readonly KeptTicket[]): string | null {
    const market = this.desk.world.context().desk;
    const legs = tickets.flatMap((t) => knownLegs(market, t.body.legs) ?? []);
    const calendars = new Set(legs.map((l) => l.instrument.calendar));
    const [only] = calendars;
    return calendars.size === 1 && only !== undefined ? only : null;
  }

  private intentOf(ticket: KeptTicket) {
    const context = this.desk.world.context();
    const at = resolve(context, this.desk.book, ticket.body, this.desk.rules.defaults);
    const sleeve = at === null ? "desk" : strategyOf(context, this.desk.rules.account, at);
    return ticket.body.legs.map((leg) => ({
      id: leg.instrument as string,
      side: (ticket.body.side === "buy") === leg.ratio > 0 ? ("BUY" as const) : ("SELL" as const),
      qty: Math.abs(leg.ratio) * (at?.qty ?? 0),
      sleeve: ticket.body.sleeve ?? sleeve,
    }));
  }
}

const isOpen = ({ status }: KeptJob): boolean => status === "PENDING" || status === "RUNNING";

const STYLE_WORDS: Readonly<Record<JobStyle, string>> = {
  ANY: "the session",
  MIDDAY: "the middle",
  OPEN_AUCTION: "the opening auction",
  CLOSE_AUCTION: "the closing auction",
};
const AUCTION_TIF: Readonly<Partial<Record<JobStyle, "opg" | "cls">>> = {
  OPEN_AUCTION: "opg",
  CLOSE_AUCTION: "cls",
};

/** The next window of a style that is not over yet, today's or that of one of the next sessions. */
function windowFrom(calendar: string, style: JobStyle, nowUs: Micros) {
  let session: Session = sessionOf(calendar, nowUs) ?? nextOpen(calendar, nowUs);
  for (let tries = 0; tries < 3; tries++) {
    const window = jobWindow(style, session.openUs, session.closeUs);
    if (window !== null && window.toUs > nowUs && !inPause(window.fromUs)) return { session, window };
    session = nextSession(calendar, session.day);
  }
  return null;
}
