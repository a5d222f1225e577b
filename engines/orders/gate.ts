import { type GuardResult, RANK } from "./guard-types.ts";
import type { Digest } from "./ids.ts";
import { type HashedGuard, previewHash } from "./ids.ts";
import type { NetQuote } from "./package.ts";
import type { Terms } from "./terms.ts";

declare const stage: unique symbol;

/** Written down by a trader: may lack a price or a size. */
export interface Staged {
  readonly [stage]?: "staged";
  readonly ticket: string;
  readonly runId: string;
}
/** Exact terms with the verdicts that were shown for them. */
export interface Previewed {
  readonly [stage]?: "previewed";
  readonly staged: Staged;
  readonly terms: Terms;
  readonly guards: readonly GuardResult[];
  readonly net: NetQuote;
  readonly tick: number;
  readonly how?: string;
}
/** May be sent once. Nobody but {@link confirm} makes one. */
export interface Confirmed {
  readonly [stage]: "confirmed";
  readonly ticket: string;
  readonly runId: string;
  readonly terms: Terms;
  readonly previewHash: string;
}
/** Its record is durable: the only thing that a broker's `submit` takes. Nobody but {@link markSent} makes one. */
export interface Sent {
  readonly [stage]: "sent";
  readonly clientId: string;
  readonly terms: Terms;
}

/** What the ledger hands back once a record is on disk. */
export interface Durable {
  readonly durable: true;
  readonly clientId: string;
}

const made = new WeakSet<object>();
const spent = new WeakSet<object>();

/** What was shown, under which hash, and when it was last true. */
export interface ShownPreview {
  readonly rows: readonly Previewed[];
  readonly hash: string;
  /** Session time of its quotes and how long they hold. */
  readonly atUs: number;
  readonly lifeUs: number;
  readonly accepted: ReadonlySet<string>;
}
/** The key and what the screen says of itself. */
export interface ConfirmKey {
  readonly hash: string;
  readonly shownMs: number;
  readonly typedQty: string | null;
}
export interface ConfirmRules {
  readonly shownMs: number;
  /** Quantity that must be typed, null where none must. */
  readonly mustType: string | null;
}

export type ConfirmAnswer =
  | { readonly ok: true; readonly confirmed: readonly Confirmed[] }
  /** `over` is past its life; `moved` wants to be read again; `refused` can't be sent as it is. */
  | { readonly ok: false; readonly why: "over" | "moved" | "refused"; readonly text: string };

/**
 * The gate (contracts section 6): the same terms as shown, judged again on the quotes of now. Passes while nothing changed but quotes, no
 * verdict worsened, the net mid moved at most max(1 tick, 25 % of the spread) and the preview is within its life; every verdict that
 * asks for it was accepted, and it stood on the screen long enough to be read.
 */
export function confirm(
  sha256: Digest,
  shown: ShownPreview,
  now: readonly Previewed[],
  nowUs: number,
  key: ConfirmKey,
  rules: ConfirmRules,
): ConfirmAnswer {
  if (nowUs - shown.atUs > shown.lifeUs || nowUs < shown.atUs)
    return no("over", `Preview is over (${Math.round(shown.lifeUs / 1e6)} s). Preview again.`);
  if (key.hash !== shown.hash || hashOf(sha256, shown.rows) !== shown.hash)
    return no("moved", "The preview on the screen is not the last one. Read again, then confirm");
  if (now.length !== shown.rows.length) return no("moved", "The tickets changed. Read again, then confirm");
  for (const [i, row] of now.entries()) {
    const moved = changed(sha256, shown.rows[i] as Previewed, row);
    if (moved !== null) return no("moved", moved);
  }
  const held = now.flatMap((row) => row.guards.filter((g) => g.verdict === "deny"));
  const first = held[0];
  if (first !== undefined) return no("refused", first.text);
  const open = now.flatMap((row) =>
    row.guards.filter((g) => g.verdict === "confirm" && !shown.accepted.has(acceptKey(row, g.code))),
  );
  if (open[0] !== undefined) return no("refused", `accept first: ${open[0].text}`);
  if (!(key.shownMs >= rules.shownMs))
    return no("refused", `a confirmation counts once the preview has stood for ${rules.shownMs} ms`);
  if (rules.mustType !== null && key.typedQty !== rules.mustType)
    return no("refused", `type the quantity ${rules.mustType} before C`);
  return {
    ok: true,
    confirmed: shown.rows.map((row) => {
      const one = {
        ticket: row.staged.ticket,
        runId: row.staged.runId,
        terms: row.terms,
        previewHash: shown.hash,
      } as Confirmed;
      made.add(one);
      return Object.freeze(one);
    }),
  };
}

/** A guard of one row; several rows may have the same code. */
export const acceptKey = (row: Previewed, code: string): string => `${row.staged.ticket}:${code}`;

export function hashOf(sha256: Digest, rows: readonly Previewed[]): string {
  return previewHash(sha256, rows);
}

const no = (why: "over" | "moved" | "refused", text: string): ConfirmAnswer => ({ ok: false, why, text });

/** Why a row is not what was shown any more, null where it is. */
function changed(sha256: Digest, shown: Previewed, now: Previewed): string | null {
  const bare = (row: Previewed) => previewHash(sha256, [{ ...row, guards: [] }]);
  if (bare(shown) !== bare(now)) return "The order is not what was previewed. Read again, then confirm";
  const worse = now.guards.find((g) => RANK[g.verdict] > rankIn(shown.guards, g.code));
  if (worse !== undefined) return `${worse.text}: worse than shown. Read again, then confirm`;
  return movedText(shown, now);
}

function rankIn(guards: readonly HashedGuard[], code: string): number {
  const found = guards.find((g) => g.code === code);
  return found === undefined ? 0 : RANK[found.verdict as keyof typeof RANK];
}

/** `Quotes moved: mid 5.65 → 5.80`, null while the mid is near enough or was never known. */
export function movedText(shown: Previewed, now: Previewed): string | null {
  const [a, b] = [shown.net.mid, now.net.mid];
  if (a === null && b === null) return null;
  if (a === null || b === null) return "Quotes went away. Read again, then confirm";
  const allowed = Math.max(shown.tick, 0.25 * (shown.net.spread ?? 0));
  if (Math.abs(b - a) <= allowed + 1e-9) return null;
  return `Quotes moved: mid ${a} → ${b}. Read again, then confirm`;
}

/** The confirmed order whose record is durable may be sent, once. Throws for anything that the gate did not make, and for a second time. */
export function markSent(order: Confirmed, receipt: Durable): Sent {
  if (!made.has(order)) throw new TypeError("only the gate makes a confirmed order");
  if (spent.has(order)) throw new TypeError("a confirmed order is sent once");
  spent.add(order);
  const sent = { clientId: receipt.clientId, terms: order.terms } as Sent;
  made.add(sent);
  return Object.freeze(sent);
}
