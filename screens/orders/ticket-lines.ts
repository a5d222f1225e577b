import type { LegView, OrderSide, TicketView } from "../../src/desk/protocol.ts";
import type { Dispatcher } from "../keys/dispatch.ts";
import * as f from "../kit/format.ts";
import { signRole } from "../theme/theme.ts";
import { may, must, type Piece, type SheetLine, wrapGroups } from "./sheet.ts";

export const FIELDS = ["qty", "price", "tif"] as const;
export type Field = (typeof FIELDS)[number];

/** What is typed into a field and not said to the desk yet. */
export interface Typed {
  readonly field: Field;
  readonly text: string;
}

export const SIDE_WORD = { buy: "BUY", sell: "SELL" } as const;

export const intentWords = (intent: TicketView["intent"]): string =>
  intent === null ? "" : intent === "roll" ? "to roll" : `to ${intent}`;

/** `-1.20 credit`, `5.65 debit`, `8.25` for a single contract. A net price is that of the structure as bought: who sells it receives it. */
export function limitWords(limit: number | null, decimals: number, legs: number, side: OrderSide): string {
  const text = f.price(limit, decimals);
  if (limit === null || legs < 2) return text;
  return `${text} ${limit < 0 === (side === "buy") ? "credit" : "debit"}`;
}

/** Labels of legs without the words that all of them begin with: the line above says those. */
export function legLabels(legs: readonly LegView[]): string[] {
  const all = legs.map((leg) => leg.label.split(" "));
  const [first = []] = all;
  let same = 0;
  // Strike and type always stay.
  while (all.every((words) => words.length > same + 2 && words[same] === first[same])) same++;
  return all.map((words) => words.slice(same).join(" "));
}

/** `+10 760 C  8.10 x 8.50`, for each leg of a package. */
function legPieces(leg: LegView, label: string): Piece[] {
  return [
    [`${f.signed(leg.qty)} `, leg.qty > 0 ? "up" : "down"],
    [`${label} `, "text"],
    [f.price(leg.bid, leg.decimals), leg.fresh ? "bid" : "stale"],
    [" ", "text"],
    [f.price(leg.ask, leg.decimals), leg.fresh ? "ask" : "stale"],
  ];
}

function fieldPiece(at: Field, field: Field, text: string, typed: Typed | null, caret: string): Piece {
  if (typed?.field === field) return [`${typed.text}${caret}`, "focus"];
  return [text, at === field ? "focus" : "text"];
}

/** The strip: what, the price and what it means, legs where there are several, what is said about it. */
export function ticketLines(
  v: TicketView,
  at: Field,
  typed: Typed | null,
  w: number,
  glyphs: { readonly caret: string; readonly separator: string },
  keys: Dispatcher,
): SheetLine[] {
  const qty = v.qty === null ? f.NONE : `${f.units(v.qty)}${v.qtyIsDefault ? " (default)" : ""}`;
  const mark = (field: Field): Piece => [at === field ? ">" : " ", "focus"];
  const head: Piece[][] = [
    [
      [SIDE_WORD[v.side], v.side === "buy" ? "up" : "down"],
      mark("qty"),
      fieldPiece(at, "qty", qty, typed, glyphs.caret),
    ],
    [[v.what, "title"]],
    [[intentWords(v.intent), "dim"]],
  ];
  const anchor = v.anchor === null ? "" : `${v.anchor} `;
  const limit = `${anchor}${limitWords(v.limit, v.decimals, v.legs.length, v.side)}`;
  const price: Piece[][] = [
    [
      ["LIMIT", "dim"],
      mark("price"),
      fieldPiece(at, "price", limit, typed, glyphs.caret),
      [v.follows ? " follows" : v.anchor === null ? "" : " fixed", "dim"],
    ],
    [
      ["bid ", "dim"],
      [f.price(v.net.bid, v.decimals), "bid"],
      [" mid ", "dim"],
      [f.price(v.net.mid, v.decimals), "text"],
      [" ask ", "dim"],
      [f.price(v.net.ask, v.decimals), "ask"],
    ],
    [mark("tif"), fieldPiece(at, "tif", v.tif.toUpperCase(), typed, glyphs.caret)],
    [
      [v.cost !== null && v.cost > 0 ? "credit " : "cost ", "dim"],
      [f.units(v.cost === null ? null : Math.abs(v.cost), v.ccyDecimals), "text"],
      [` ${v.ccy}`, "dim"],
    ],
    [
      ["Δ ", "dim"],
      [f.signed(v.delta), signRole(v.delta)],
    ],
  ];
  const lines = [...wrapGroups(head, w), ...wrapGroups(price, w, 2, ` ${glyphs.separator} `)].map(must);
  if (v.legs.length > 1) {
    const labels = legLabels(v.legs);
    const legs = v.legs.map((leg, i) => legPieces(leg, labels[i] ?? leg.label));
    lines.push(...wrapGroups(legs, w, 2, "   ").map((p) => may(2, p)));
  }
  const said: Piece[][] = [];
  if (v.replaces !== null) said.push([[`in place of what is left of ${v.replaces}`, "warn"]]);
  if (v.stage === "dropped")
    said.push([
      [`dropped: ${keys.labelOf("ticket.restore")} restores it, ${keys.labelOf("back")} leaves`, "warn"],
    ]);
  if (v.old) said.push([["old: staged in an earlier session of the desk, preview it again", "warn"]]);
  if (v.warning !== null) said.push([[v.warning, "warn"]]);
  if (v.distance !== null) said.push([[v.distance, "dim"]]);
  if (said.length > 0) lines.push(...wrapGroups(said, w).map(must));
  return lines;
}
