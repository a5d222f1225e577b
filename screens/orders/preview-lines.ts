import type { GreeksLine, GuardView, PreviewRow, PreviewView } from "../../src/desk/protocol.ts";
import type { Dispatcher } from "../keys/dispatch.ts";
import * as f from "../kit/format.ts";
import { signRole } from "../theme/theme.ts";
import { may, must, type Piece, type SheetLine, wrapGroups } from "./sheet.ts";
import { legLabels, limitWords, SIDE_WORD } from "./ticket-lines.ts";

/** Left out first when rows are short: blanks, guards that pass, the dry run, the Greeks. */
const RANK = { blank: 9, scenario: 7, passes: 6, execution: 8, dryRun: 5, greeks: 4 } as const;
const BLANK = may(RANK.blank, []);

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

const money = (v: number | null): string => f.units(v, 2);

const toIntent = (intent: string): string => (/^(open|close|roll)$/.test(intent) ? `to ${intent}` : intent);

function orderLines(row: PreviewRow, w: number): SheetLine[] {
  const many = row.legs.length > 1 ? `one order of ${row.legs.length} legs` : "";
  const head: Piece[][] = [
    [
      [`${SIDE_WORD[row.side]} ${f.units(row.qty)}`, row.side === "buy" ? "up" : "down"],
      ["  ", "text"],
      [row.what, "title"],
    ],
    [[toIntent(row.intent), "text"]],
    many === "" ? [] : [[many, "dim"]],
  ];
  const how = row.how.flatMap((text) => wrapGroups([[[text, "warn"]]], w));
  const limit: Piece[][] = [
    [
      ["LIMIT ", "dim"],
      [limitWords(row.limit, row.decimals, row.legs.length), "title"],
    ],
    [[row.tif.toUpperCase(), "text"]],
    [
      [row.legs.length > 1 ? "net " : "", "dim"],
      [f.price(row.net.bid, row.decimals), "bid"],
      [" bid | ", "dim"],
      [f.price(row.net.mid, row.decimals), "text"],
      [" mid | ", "dim"],
      [f.price(row.net.ask, row.decimals), "ask"],
      [" ask", "dim"],
    ],
    [[`tick ${f.price(row.tick, row.decimals)}`, "dim"]],
  ];
  return [
    ...wrapGroups(head, w).map(must),
    ...legTable(row, w),
    ...[...how, ...wrapGroups(limit, w)].map(must),
  ];
}

const size = (price: number | null, n: number | null, decimals: number): string =>
  price === null ? f.NONE : `${f.price(price, decimals)} x ${f.units(n)}`;

/** Legs in columns: contracts with their sign, both sides, mid, how old, from where. */
function legTable(row: PreviewRow, w: number): SheetLine[] {
  const labels = legLabels(row.legs);
  const cells = row.legs.map((leg, n) => {
    const mid = leg.bid === null || leg.ask === null ? null : (leg.bid + leg.ask) / 2;
    return [
      f.signed(leg.qty),
      labels[n] ?? leg.label,
      size(leg.bid, leg.bidSize, leg.decimals),
      size(leg.ask, leg.askSize, leg.decimals),
      `mid ${f.price(mid, leg.decimals)}`,
      f.age(leg.ageMs === null ? null : leg.ageMs * 1000),
      leg.source,
      leg.intent === null ? "" : leg.intent,
    ];
  });
  const wide = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => Math.max(...cells.map((c) => (c[i] as string).length)));
  return row.legs.flatMap((leg, n) => {
    const at = cells[n] as string[];
    const text = (i: number) => (at[i] as string).padEnd(wide[i] as number);
    const groups: Piece[][] = [
      [
        [`  ${(at[0] as string).padStart(wide[0] as number)} `, leg.qty > 0 ? "up" : "down"],
        [text(1), "text"],
      ],
      [[text(2), leg.fresh ? "bid" : "stale"]],
      [[text(3), leg.fresh ? "ask" : "stale"]],
      [[text(4), "text"]],
      [[text(5), leg.fresh ? "dim" : "warn"]],
      [[text(6), "dim"]],
      // A package that only opens or only closes has said so above.
      new Set(row.legs.map((l) => l.intent)).size > 1 ? [[text(7), "text"]] : [],
    ];
    return wrapGroups(groups, w, 6, " ").map(must);
  });
}

/** A loss is shown below zero, a gain above, however they are given. */
function bound(v: number | null, unbounded: boolean, sign: 1 | -1): Piece {
  if (unbounded) return ["unbounded", "warn"];
  const value = v === null ? null : sign * Math.abs(v);
  return [f.signed(value), signRole(value)];
}

/** Cash, fees, what can be lost and won, and where it turns. */
function costLines(row: PreviewRow, v: PreviewView, w: number): SheetLine[] {
  const paid = row.cost === null || row.fees === null ? null : row.cost - row.fees;
  const word = paid === null ? "" : paid < 0 ? " paid" : " received";
  const cost: Piece[][] = [
    [
      [row.cost !== null && row.cost > 0 ? "credit " : "cost ", "dim"],
      [money(row.cost === null ? null : Math.abs(row.cost)), "text"],
      [row.cost !== null && row.cost > 0 ? " - fees " : " + fees ", "dim"],
      [money(row.fees), "text"],
      [" = ", "dim"],
      [money(paid === null ? null : Math.abs(paid)), "title"],
      [word, "dim"],
    ],
  ];
  const risk: Piece[][] = [
    [["max loss ", "dim"], bound(row.maxLoss, row.maxLossUnbounded, -1)],
    [["max gain ", "dim"], bound(row.maxGain, row.maxGainUnbounded, 1)],
    row.breakEvens.length === 0
      ? []
      : [
          ["break-even ", "dim"],
          [row.breakEvens.map((b) => f.fixed(b, 2)).join(", "), "text"],
        ],
    row.horizon === null ? [] : [[`at ${row.horizon}`, "dim"]],
  ];
  const [only, more] = v.rows;
  if (only === row && more === undefined) cost.push(...powerGroups(v));
  return [...wrapGroups(cost, w), ...wrapGroups(risk, w)].map(must);
}

/** What it is expected to cost beyond its mid, and whether that is worth it where it was said what it is worth. */
function executionLines({ execution: e }: PreviewRow, ccy: string, w: number): SheetLine[] {
  if (e === null) return [];
  const bps = (x: number | null): string => (x === null ? f.NONE : x.toFixed(1));
  const from =
    e.slippageFrom === "default"
      ? "default"
      : `${f.units(e.fills)} fills of its ${e.slippageFrom === "class" ? "class" : "own"}`;
  const groups: Piece[][] = [
    [
      ["expected cost ", "dim"],
      [`~${bps(e.costBps)} bps = ${money(e.cost)} ${ccy}`, "text"],
    ],
    [[`slippage ${bps(e.slippageBps)} (${from}) + half the fees`, "dim"]],
    e.benefit === null ? [] : [[`worth ${f.units(e.benefit)}: ${e.gate}`, e.worth ? "ok" : "warn"]],
    e.drift === null ? [] : [[`moves ${f.percent(e.drift).replace("+", "")} of NAV`, "dim"]],
  ];
  return wrapGroups(groups, w).map((pieces) => may(RANK.execution, pieces));
}

/** Buying power and margin, before and after. */
function powerGroups(v: PreviewView): Piece[][] {
  const change = (name: string, now: number | null, after: number | null): Piece[] => [
    [`${name} `, "dim"],
    [`${f.units(now)} → ${f.units(after)}`, "text"],
  ];
  const groups = [change("BP", v.buyingPowerNow, v.buyingPowerAfter)];
  if (v.marginNow !== null || v.marginAfter !== null)
    groups.push(change("margin", v.marginNow, v.marginAfter));
  groups.push([[v.ccy, "dim"]]);
  return groups;
}

const NAME_W = 9;
const SHOCK_W = 7;
const BAR = " | spot";

interface GreekColumn {
  readonly title: string;
  readonly w: number;
  readonly value: (g: GreeksLine) => number | null;
  readonly decimals: number;
}
const SHARES: readonly GreekColumn[] = [
  { title: "Δ sh", w: 7, value: (g) => g.delta, decimals: 0 },
  { title: "Γ sh/pt", w: 8, value: (g) => g.gamma, decimals: 1 },
];
const MONEY: readonly GreekColumn[] = [
  { title: "Δ $", w: 8, value: (g) => g.dollarDelta, decimals: 0 },
  { title: "Γ $/1%", w: 8, value: (g) => g.dollarGamma, decimals: 0 },
];
const GREEKS: readonly GreekColumn[] = [
  { title: "Θ $/d", w: 7, value: (g) => g.theta, decimals: 0 },
  { title: "V $/vp", w: 7, value: (g) => g.vega, decimals: 0 },
];

/** The book without and with the order: Greeks, and its P&L at shocks of spot. As many shocks as fit, the outer ones first to go. */
function bookLines(v: PreviewView, w: number): SheetLine[] {
  // Shares of several underlyings add up to nothing: money does.
  const shares = v.bookNow.delta !== null && v.bookAfter.delta !== null;
  const greeks = [...(shares ? SHARES : MONEY), ...GREEKS];
  const used = NAME_W + greeks.reduce((sum, c) => sum + c.w, 0) + BAR.length;
  const room = Math.max(0, Math.floor((w - used) / SHOCK_W));
  let shocks = v.spotShocks.map((shock, i) => ({ shock, i })).filter((s) => s.shock !== 0);
  while (shocks.length > room) {
    const worst = shocks.reduce((a, b) => (Math.abs(b.shock) >= Math.abs(a.shock) ? b : a));
    shocks = shocks.filter((s) => s !== worst);
  }
  const header: Piece[] = [
    [" ".repeat(NAME_W) + greeks.map((c) => c.title.padStart(c.w)).join(""), "header"],
    [shocks.length > 0 ? BAR : "", "header"],
    [shocks.map((s) => f.percent(s.shock).replace(".0%", "%").padStart(SHOCK_W)).join(""), "header"],
  ];
  const line = (name: string, g: GreeksLine): SheetLine => {
    const pieces: Piece[] = [[name.padEnd(NAME_W), "dim"]];
    for (const c of greeks) {
      const value = c.value(g);
      pieces.push([f.fit(value, c.w - 1, c.decimals).padStart(c.w), signRole(value)]);
    }
    if (shocks.length > 0) pieces.push([" |".padEnd(BAR.length), "frame"]);
    for (const s of shocks) {
      const pnl = g.pnl[s.i] ?? null;
      pieces.push([f.fit(pnl, SHOCK_W - 1).padStart(SHOCK_W), signRole(pnl)]);
    }
    return may(RANK.greeks, pieces);
  };
  const order = v.rows.length > 1 ? "+ orders" : "+ order";
  return [may(RANK.greeks, header), line("book now", v.bookNow), line(order, v.bookAfter)];
}

/** `w`: P&L of the book by vol and spot, without the order, with it, and what it adds. */
function scenarioLines(v: PreviewView, w: number): SheetLine[] {
  const { scenario } = v;
  if (scenario === null) return [];
  const room = Math.max(0, Math.floor((w - NAME_W - SHOCK_W) / SHOCK_W));
  const shocks = v.spotShocks.map((shock, i) => ({ shock, i })).slice(0, room);
  const vol = (pts: number): string => (pts === 0 ? "vol 0" : `vol ${f.signed(pts)}`);
  const head: Piece[] = [
    ["scenario".padEnd(NAME_W + SHOCK_W), "header"],
    [shocks.map((s) => f.percent(s.shock).replace(".0%", "%").padStart(SHOCK_W)).join(""), "header"],
  ];
  const line = (name: string, pts: number, cells: readonly (number | null)[]): SheetLine => {
    const pieces: Piece[] = [[`${name.padEnd(NAME_W)}${vol(pts).padStart(SHOCK_W)}`, "dim"]];
    for (const s of shocks) {
      const pnl = cells[s.i] ?? null;
      pieces.push([f.fit(pnl, SHOCK_W - 1).padStart(SHOCK_W), signRole(pnl)]);
    }
    return may(RANK.scenario, pieces);
  };
  const less = (a: readonly (number | null)[], b: readonly (number | null)[]) =>
    a.map((x, i) => (x === null || b[i] == null ? null : x - (b[i] as number)));
  return [
    may(RANK.scenario, head),
    ...scenario.volPts.flatMap((pts, i) => {
      const now = scenario.now[i] ?? [];
      const after = scenario.after[i] ?? [];
      return [line("book now", pts, now), line("+ order", pts, after), line("order", pts, less(after, now))];
    }),
    BLANK,
  ];
}

/** All orders of a basket together: buying power, margin, what they may lose and win. */
function basketLines(v: PreviewView, w: number): SheetLine[] {
  if (v.rows.length < 2) return [];
  const end = (name: string, x: number | "unbounded" | null, sign: 1 | -1): Piece[] => [
    [`${name} `, "dim"],
    bound(typeof x === "number" ? x : null, x === "unbounded", sign),
  ];
  const ends =
    v.basket === null ? [] : [end("max loss", v.basket.maxLoss, -1), end("max gain", v.basket.maxGain, 1)];
  return [...wrapGroups([[["all together ", "dim"]], ...powerGroups(v), ...ends], w).map(must), BLANK];
}

const SIGN = { deny: "✗", confirm: "!", warn: "·", pass: "✓" } as const;
const ROLE = { deny: "error", confirm: "warn", warn: "text", pass: "dim" } as const;

function guardLines(v: PreviewView, offers: readonly Offer[], w: number): SheetLine[] {
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

/** What is at the end of the preview: what must be typed, and what `C` would do now. */
export interface Closing {
  readonly message: string | null;
  readonly mustType: string | null;
  readonly typed: string;
  readonly confirm: "none" | "reading" | "ready";
}

function closingLines(
  closing: Closing,
  live: boolean,
  bound: Dispatcher,
  caret: string,
  w: number,
): SheetLine[] {
  const lines: SheetLine[] = [];
  if (closing.message !== null) lines.push(...wrapGroups([[[closing.message, "warn"]]], w).map(must));
  if (closing.mustType !== null)
    lines.push(
      ...wrapGroups(
        [
          [[`${live ? "LIVE: " : ""}type the quantity`, "warn"]],
          [[`${closing.typed}${caret}`, "focus"]],
          [[`then ${bound.labelOf("preview.confirm")}`, "dim"]],
        ],
        w,
      ).map(must),
    );
  const send: Piece[] =
    closing.confirm === "ready"
      ? [
          [`${bound.labelOf("preview.confirm")} `, "key"],
          ["confirm and send", "title"],
        ]
      : closing.confirm === "reading"
        ? [[`read it: ${bound.labelOf("preview.confirm")} in a moment`, "dim"]]
        : [];
  const keys: Piece[][] = [
    send,
    [
      [`${bound.labelOf("preview.edit")} `, "key"],
      ["edit", "dim"],
    ],
    [
      [`${bound.labelOf("preview.renew")} `, "key"],
      ["again", "dim"],
    ],
    [
      [`${bound.labelOf("preview.scenario")} `, "key"],
      ["scenario", "dim"],
    ],
    [
      [`${bound.labelOf("preview.explain")} `, "key"],
      ["explain guards", "dim"],
    ],
    [
      [`${bound.labelOf("back")} `, "key"],
      ["back, ticket kept", "dim"],
    ],
  ];
  lines.push(BLANK, ...wrapGroups(keys, w).map(must));
  return lines;
}

/** A preview as lines of `w` cells. */
export function previewLines(
  v: PreviewView,
  offers: readonly Offer[],
  closing: Closing,
  keys: Dispatcher,
  caret: string,
  w: number,
): SheetLine[] {
  const lines: SheetLine[] = [];
  for (const row of v.rows)
    lines.push(
      ...orderLines(row, w),
      BLANK,
      ...costLines(row, v, w),
      ...executionLines(row, v.ccy, w),
      BLANK,
    );
  lines.push(
    ...basketLines(v, w),
    ...bookLines(v, w),
    BLANK,
    ...scenarioLines(v, w),
    ...guardLines(v, offers, w),
  );
  if (v.dryRun !== null)
    lines.push(
      may(RANK.dryRun, [
        ["broker dry run: ", "dim"],
        [v.dryRun.text, "text"],
        [v.dryRun.text.startsWith("none") ? "" : `  ${f.age(v.dryRun.ageMs * 1000)} ago`, "dim"],
      ]),
    );
  lines.push(...closingLines(closing, v.mode === "live", keys, caret, w));
  return lines;
}
