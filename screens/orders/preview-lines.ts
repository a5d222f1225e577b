import type { PreviewRow, PreviewView } from "../../src/desk/protocol.ts";
import type { Dispatcher } from "../keys/dispatch.ts";
import * as f from "../kit/format.ts";
import { signRole } from "../theme/theme.ts";
import { bookLines, scenarioLines } from "./preview-book.ts";
import { guardLines, type Offer } from "./preview-guards.ts";
import { BLANK, RANK } from "./preview-rank.ts";
import { may, must, type Piece, type SheetLine, wrapGroups } from "./sheet.ts";
import { legLabels, limitWords, SIDE_WORD } from "./ticket-lines.ts";

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
      [limitWords(row.limit, row.decimals, row.legs.length, row.side), "title"],
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
  const risk: Piece[][] = row.closes === null ? riskGroups(row) : closingGroups(row.closes);
  const [only, more] = v.rows;
  if (only === row && more === undefined) cost.push(...powerGroups(v));
  return [...wrapGroups(cost, w), ...wrapGroups(risk, w)].map(must);
}

const closingGroups = ({ realised, decimals, ccy }: NonNullable<PreviewRow["closes"]>): Piece[][] => [
  [
    ["closes what is held: realised ", "dim"],
    [f.signed(realised, decimals), signRole(realised)],
    [`${ccy === null ? "" : ` ${ccy}`} before fees`, "dim"],
  ],
];

function riskGroups(row: PreviewRow): Piece[][] {
  return [
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
}

/** The same money in the currency that it is paid in; of a coin also the delta with and without the premium in it. */
function ownLines({ own, closes }: PreviewRow, w: number): SheetLine[] {
  if (own === null) return [];
  const amount = (x: number | null) => (x === null ? f.NONE : f.units(Math.abs(x), own.decimals));
  const end = (x: number | "unbounded" | null): Piece =>
    x === "unbounded" ? [x, "warn"] : [f.signed(x, own.decimals), signRole(x)];
  const groups: Piece[][] = [
    [
      [`in ${own.ccy} `, "dim"],
      [
        `${own.cost > 0 ? "credit" : "cost"} ${amount(own.cost)} ${own.cost > 0 ? "-" : "+"} fees ${amount(own.fees)}`,
        "text",
      ],
    ],
  ];
  if (closes === null)
    groups.push([["max loss ", "dim"], end(own.maxLoss)], [["max gain ", "dim"], end(own.maxGain)]);
  if (own.delta !== null)
    groups.push([
      ["Δ $ ", "dim"],
      [f.signed(own.delta.plain, 0), signRole(own.delta.plain)],
      [", premium-adjusted ", "dim"],
      [f.signed(own.delta.adjusted, 0), signRole(own.delta.adjusted)],
    ]);
  return wrapGroups(groups, w).map(must);
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
      ...ownLines(row, w),
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
