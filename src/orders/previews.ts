import {
  acceptKey,
  type Confirmed,
  confirm,
  type Digest,
  type GuardFix,
  type GuardResult,
  hashOf,
  movedText,
  type PackageRules,
  RANK,
  type ShownPreview,
} from "../../engines/orders/index.ts";
import type { PreviewView } from "../desk/protocol.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { alternativesTo } from "./alternatives.ts";
import { tradedLegs } from "./booking.ts";
import { type Added, bookLine } from "./figures.ts";
import { type Judged, judgeAll, type Rules } from "./judge.ts";
import type { KeptTicket, OrderBook } from "./order-book.ts";
import { partsOf } from "./parts.ts";

/** One preview: what was shown under its hash, and what became of it. */
export interface Preview {
  readonly id: string;
  readonly tickets: readonly KeptTicket[];
  /** What goes out: the tickets, or the orders that they are split into. */
  readonly parts: readonly KeptTicket[];
  /** Limits frozen when it was made: what follows a quote stands still from here. */
  readonly limits: readonly number[];
  rows: readonly Judged[];
  hash: string;
  readonly atUs: number;
  readonly lifeUs: number;
  readonly accepted: Set<string>;
  state: PreviewView["state"];
  message: string | null;
  /** When it was last changed on the screen, on the wall's clock. */
  changedMs: number;
  sent: readonly string[];
  /** Contracts that would do where a bought one is hard to trade, by ticket: as they were when it was made. */
  readonly instead: ReadonlyMap<string, readonly GuardFix[]>;
  /** What the broker says of each order when it checks it without taking it, by ticket. */
  readonly dryRuns: Map<string, { readonly text: string; readonly us: number }>;
  figures: { readonly now: PreviewView["bookNow"]; readonly after: PreviewView["bookAfter"] };
}

export interface Key {
  readonly hash: string;
  readonly shownMs: number;
  readonly typedQty: string | null;
}
export type Pressed =
  | { readonly ok: true; readonly confirmed: readonly Confirmed[]; readonly rows: readonly Judged[] }
  | { readonly ok: false; readonly message: string };

export interface PreviewRules {
  readonly lifeUs: number;
  readonly shownMs: number;
  /** Live orders above this many units are typed; null: none. */
  readonly typedAbove: number | null;
}

type Made =
  | { readonly ok: true; readonly preview: Preview }
  | { readonly ok: false; readonly message: string };

export function makePreview(
  context: ViewContext,
  book: OrderBook,
  rules: Rules,
  previewRules: PreviewRules,
  sha256: Digest,
  broker: PackageRules,
  id: string,
  tickets: readonly KeptTicket[],
  nowMs: number,
): Made {
  const parts = tickets.flatMap((ticket) => partsOf(context, book, rules, broker, ticket));
  const rows = judgeAll(context, book, rules, parts, null);
  if (typeof rows === "string") return { ok: false, message: rows };
  const preview: Preview = {
    id,
    tickets,
    parts,
    limits: rows.map((row) => row.limit),
    rows,
    hash: hashOf(
      sha256,
      rows.map((row) => row.previewed),
    ),
    atUs: context.nowUs,
    lifeUs: previewRules.lifeUs,
    accepted: new Set(),
    state: "open",
    message: null,
    changedMs: nowMs,
    sent: [],
    instead: new Map(rows.map((row) => [row.ticket.id, alternativesTo(context, rules, row)])),
    dryRuns: new Map(),
    figures: figuresOf(context, rows),
  };
  return { ok: true, preview };
}

/** What a preview's orders would add to the book, as traded. */
export const addedBy = (rows: readonly Judged[]): Added[] =>
  rows.map((row) => ({ legs: tradedLegs(row.at.body.legs, row.at.body.side), qty: row.qty }));

function figuresOf(context: ViewContext, rows: readonly Judged[]): Preview["figures"] {
  const added = addedBy(rows);
  return {
    now: bookLine(context, [], []),
    after: bookLine(
      context,
      added,
      rows.map((row) => row.figures),
    ),
  };
}

/** A sentence where one of its orders can't be judged. */
function judgeAgain(
  context: ViewContext,
  book: OrderBook,
  rules: Rules,
  preview: Preview,
): readonly Judged[] | string {
  return judgeAll(context, book, rules, preview.parts, preview.limits);
}

/** Puts the numbers of now into an open preview. Where a verdict or the mid moved too far it says so, and it must be read again. */
export function renew(
  context: ViewContext,
  book: OrderBook,
  rules: Rules,
  sha256: Digest,
  preview: Preview,
  nowMs: number,
): void {
  if (preview.state === "sent" || preview.state === "over") return;
  if (context.nowUs - preview.atUs > preview.lifeUs || context.nowUs < preview.atUs) {
    preview.state = "over";
    preview.message = `Preview is over (${Math.round(preview.lifeUs / 1e6)} s). Preview again.`;
    return;
  }
  const rows = judgeAgain(context, book, rules, preview);
  if (typeof rows === "string") {
    preview.state = "over";
    preview.message = rows;
    return;
  }
  const why =
    rows.map((row, i) => changeOf(preview.rows[i] as Judged, row)).find((text) => text !== null) ?? null;
  const hash = hashOf(
    sha256,
    rows.map((row) => row.previewed),
  );
  if (why === null && hash === preview.hash) {
    // What was shown stays what the mid is measured from; only what is drawn beside it is new.
    preview.rows = rows.map((row, i) => ({ ...row, previewed: (preview.rows[i] as Judged).previewed }));
    preview.figures = figuresOf(context, rows);
    return;
  }
  for (const row of rows)
    for (const g of row.previewed.guards) {
      const before = (preview.rows.find((r) => r.ticket === row.ticket)?.previewed.guards ?? []).find(
        (b) => b.code === g.code,
      );
      if (before !== undefined && RANK[g.verdict] > RANK[before.verdict])
        preview.accepted.delete(acceptKey(row.previewed, g.code));
    }
  preview.rows = rows;
  preview.hash = hash;
  preview.figures = figuresOf(context, rows);
  preview.changedMs = nowMs;
  if (why === null) return;
  preview.state = "moved";
  preview.message = why;
}

function changeOf(shown: Judged, now: Judged): string | null {
  const worse = now.previewed.guards.find((g) => {
    const before = shown.previewed.guards.find((b) => b.code === g.code);
    return RANK[g.verdict] > (before === undefined ? 0 : RANK[before.verdict]);
  });
  if (worse !== undefined) return `${worse.text}. Read again, then confirm`;
  return movedText(shown.previewed, now.previewed);
}

/** The deliberate key: the gate decides on the quotes of now. */
export function press(
  context: ViewContext,
  book: OrderBook,
  rules: Rules,
  previewRules: PreviewRules,
  sha256: Digest,
  preview: Preview,
  key: Key,
  nowMs: number,
): Pressed {
  if (preview.state === "sent") return { ok: false, message: `already sent as ${preview.sent.join(", ")}` };
  const rows = judgeAgain(context, book, rules, preview);
  if (typeof rows === "string") return { ok: false, message: rows };
  const shown: ShownPreview = {
    rows: preview.rows.map((row) => row.previewed),
    hash: preview.hash,
    atUs: preview.atUs,
    lifeUs: preview.lifeUs,
    accepted: preview.accepted,
  };
  const seen = { ...key, shownMs: Math.min(key.shownMs, nowMs - preview.changedMs) };
  const gate = { shownMs: previewRules.shownMs, mustType: mustType(rules, previewRules, preview) };
  const answer = confirm(
    sha256,
    shown,
    rows.map((row) => row.previewed),
    context.nowUs,
    seen,
    gate,
  );
  if (answer.ok) return { ok: true, confirmed: answer.confirmed, rows };
  if (answer.why !== "refused") renew(context, book, rules, sha256, preview, nowMs);
  return { ok: false, message: answer.text };
}

/** What is offered at a guard of a row, nothing where it is a part: its own fixes, and other contracts where this one is hard to trade. */
export const fixesOf = (preview: Preview, row: Judged, guard: GuardResult): readonly GuardFix[] =>
  row.ticket.part !== undefined ? [] : fixesHere(preview, row, guard);

const fixesHere = (preview: Preview, row: Judged, guard: GuardResult): readonly GuardFix[] =>
  guard.code === "LIQUIDITY" && guard.verdict !== "pass"
    ? [...guard.fixes, ...(preview.instead.get(row.ticket.id) ?? [])]
    : guard.fixes;

/** The quantity that must be typed before `C`: of live orders above a set size. */
export function mustType(rules: Rules, previewRules: PreviewRules, preview: Preview): string | null {
  if (rules.mode !== "live" || previewRules.typedAbove === null) return null;
  const most = Math.max(...preview.rows.map((row) => row.qty));
  return most > previewRules.typedAbove ? String(most) : null;
}
