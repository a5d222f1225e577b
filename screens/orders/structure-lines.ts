import type { ModeActionId } from "../keys/keymap.ts";
import * as f from "../kit/format.ts";
import { priceDecimals } from "../kit/ticks.ts";
import type { ModeHost } from "./mode.ts";
import { must, type Piece, type SheetLine, wrapGroups } from "./sheet.ts";
import { hasFar, KIND_WORDS, KINDS, legsOf, type Shape, type WizardLeg } from "./structure-legs.ts";

const pair = (host: ModeHost, less: ModeActionId, more: ModeActionId): string =>
  `${host.keys.labelOf(less)} ${host.keys.labelOf(more)} `;

/** The letters of the structures that can be begun from a row. */
export function menuLines(host: ModeHost, held: boolean, w: number): SheetLine[] {
  const item = (action: ModeActionId, word: string): Piece[] => [
    [`${host.keys.labelOf(action)} `, "key"],
    [word, "text"],
  ];
  const items = KINDS.filter((kind) => kind !== "roll" || held).map((kind) =>
    item(`structure.${kind}`, KIND_WORDS[kind]),
  );
  if (held) items.push(item("structure.close", "close"));
  return wrapGroups(items, w, 0, "   ").map(must);
}

/** The legs of a shape with their net market, and the keys that change it. */
export function wizardLines(host: ModeHost, shape: Shape, side: "buy" | "sell", w: number): SheetLine[] {
  const { kind } = shape;
  const legs = legsOf(shape);
  const keys: Piece[][] = [
    kind === "straddle" || kind === "calendar"
      ? []
      : [
          [pair(host, "structure.narrower", "structure.wider"), "key"],
          [kind === "roll" ? "strike" : "width", "dim"],
        ],
    kind === "roll"
      ? []
      : [
          [pair(host, "structure.strikeUp", "structure.strikeDown"), "key"],
          ["strike", "dim"],
        ],
    [
      [pair(host, "structure.earlier", "structure.later"), "key"],
      [shape.far ? `to ${shape.far.label}` : "expiry", "dim"],
    ],
    kind === "roll"
      ? []
      : [
          [`${host.keys.labelOf("structure.roll")} `, "key"],
          ["debit/credit", "dim"],
        ],
    kind === "roll" || kind === "straddle" || kind === "strangle" || kind === "condor"
      ? []
      : [
          [`${host.keys.labelOf("structure.type")} `, "key"],
          ["calls/puts", "dim"],
        ],
  ];
  if (typeof legs === "string") return [must([[legs, "warn"]]), ...wrapGroups(keys, w).map(must)];
  const sign = side === "buy" ? 1 : -1;
  const named: Piece[][] = legs.map((leg) => {
    const ratio = leg.ratio * sign;
    return [
      [`${f.signed(ratio)} `, ratio > 0 ? "up" : "down"],
      [leg.label, "text"],
    ];
  });
  const when: Piece[][] = hasFar(kind) ? [] : [[[shape.near.label, "title"]]];
  return [
    ...wrapGroups([...when, ...named, net(host, legs, side)], w).map(must),
    ...wrapGroups(keys, w, 0).map(must),
  ];
}

/** Net market of one unit as it would be traded: + paid, - received. */
function net(host: ModeHost, legs: readonly WizardLeg[], side: "buy" | "sell"): Piece[] {
  let bid = 0;
  let ask = 0;
  const sign = side === "buy" ? 1 : -1;
  let decimals = 0;
  for (const leg of legs) {
    const q = host.quote(leg.slot);
    if (!q) return [["net –", "unknown"]];
    const ratio = leg.ratio * sign;
    bid += ratio * (ratio > 0 ? q.bid : q.ask);
    ask += ratio * (ratio > 0 ? q.ask : q.bid);
    decimals = Math.max(decimals, priceDecimals(host.index().at(leg.slot)?.instrument));
  }
  const word = bid + ask < 0 ? "credit" : "debit";
  return [
    ["net ", "dim"],
    [f.price(bid, decimals), "bid"],
    [" | ", "dim"],
    [f.price((bid + ask) / 2, decimals), "text"],
    [" | ", "dim"],
    [f.price(ask, decimals), "ask"],
    [` ${word}`, "dim"],
  ];
}
