import type { GuardView, PreviewView } from "../../src/desk/protocol.ts";
import { RANK } from "./preview-rank.ts";
import { may, must, type Piece, type SheetLine, wrapGroups } from "./sheet.ts";

/** A digit that accepts a guard or takes one of its fixes. */
export interface Offer {
  readonly digit: number;
  readonly guard: GuardView;
  /** Index among the guard's fixes and among all that are offered, null where the digit accepts. */
  readonly fix: number | null;
  readonly text: string;
}

/** What digits do: fixes, and guards that ask to be accepted, in the order they are listed. Fixes count as the desk lists the guards. */
export function offersOf(guards: readonly GuardView[]): Offer[] {
  const offers: Offer[] = [];
  const add = (guard: GuardView, fix: number | null, text: string) =>
    offers.push({ digit: offers.length + 1, guard, fix, text });
  const first = new Map<GuardView, number>();
  let fixes = 0;
  for (const guard of guards) {
    first.set(guard, fixes);
    fixes += guard.fixes.length;
  }
  for (const guard of inOrder(guards)) {
    if (guard.verdict === "confirm") add(guard, null, "accept");
    for (const [i, text] of guard.fixes.entries()) add(guard, (first.get(guard) ?? 0) + i, text);
  }
  // What was accepted keeps its digit: the others don't change theirs under the finger.
  return offers.slice(0, 9).filter((o) => o.fix !== null || !o.guard.accepted);
}

const WEIGHT = { deny: 0, confirm: 1, warn: 2, pass: 3 } as const;
/** What fails comes first. */
export const inOrder = (guards: readonly GuardView[]): readonly GuardView[] =>
  guards.toSorted((a, b) => WEIGHT[a.verdict] - WEIGHT[b.verdict]);

const SIGN = { deny: "✗", confirm: "!", warn: "·", pass: "✓" } as const;
const ROLE = { deny: "error", confirm: "warn", warn: "text", pass: "dim" } as const;

export function guardLines(v: PreviewView, offers: readonly Offer[], w: number): SheetLine[] {
  const passing = v.guards.filter((g) => g.verdict === "pass").length;
  const head: Piece[][] = [
    [
      ["guards ", "dim"],
      [`${passing} of ${v.guards.length} pass`, passing === v.guards.length ? "ok" : "text"],
    ],
    v.tightest === null ? [] : [[`tightest: ${v.tightest}`, "dim"]],
  ];
  const lines: SheetLine[] = wrapGroups(head, w).map(must);
  for (const guard of inOrder(v.guards)) {
    if (guard.verdict === "pass") continue;
    const groups: Piece[][] = [
      [
        [`${SIGN[guard.verdict]} `, ROLE[guard.verdict]],
        [guard.text, ROLE[guard.verdict]],
      ],
    ];
    for (const offer of offers.filter((o) => o.guard === guard))
      groups.push([
        [`${offer.text}: press `, "text"],
        [`${offer.digit}`, "key"],
      ]);
    if (guard.verdict === "warn") groups.push([["(warns)", "dim"]]);
    if (guard.verdict === "confirm" && guard.accepted) groups.push([["accepted", "dim"]]);
    lines.push(...wrapGroups(groups, w, 2).map(must));
  }
  const passes = v.guards
    .filter((g) => g.verdict === "pass")
    .toSorted((a, b) => (b.used ?? -1) - (a.used ?? -1))
    .map((g): Piece[] => [[`✓ ${g.text}`, (g.used ?? 0) > 0.9 ? "warn" : "dim"]]);
  lines.push(...wrapGroups(passes, w, 0).map((p) => may(RANK.passes, p)));
  return lines;
}
