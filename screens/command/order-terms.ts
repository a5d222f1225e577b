import type { IsoDay, Slot } from "../../engines/market/index.ts";
import type { InstrumentIndex } from "./instruments.ts";
import type { Word } from "./words.ts";

export const ORDER_VERBS = ["buy", "sell", "close", "roll"] as const;
export type OrderVerb = (typeof ORDER_VERBS)[number];
export const TIFS = ["day", "gtc", "ioc"] as const;
export type Tif = (typeof TIFS)[number];
export const STRUCTURES = [
  "cv",
  "pv",
  "strg",
  "strd",
  "cfly",
  "pfly",
  "cond",
  "pcond",
  "ic",
  "cal",
  "diag",
  "pdiag",
] as const;
export type StructureName = (typeof STRUCTURES)[number];

export type Quantity =
  | { readonly kind: "count"; readonly n: number }
  | { readonly kind: "money"; readonly amount: number }
  | { readonly kind: "share"; readonly percent: number };

/** A limit: a number, or a side of the market and a distance from it in ticks, cents or per cent of the spread. */
export type Price =
  | { readonly kind: "limit"; readonly price: number }
  | {
      readonly kind: "anchor";
      readonly anchor: "mid" | "bid" | "ask";
      readonly by: number;
      readonly unit: "t" | "c" | "%";
    };

export interface OrderLeg {
  readonly slot: Slot;
  readonly ratio: number;
}

export type What =
  | {
      readonly kind: "legs";
      readonly legs: readonly OrderLeg[];
      readonly name: StructureName | null;
      /** What a row calls its structure. */
      readonly label?: string;
    }
  /** A ticket or an order by its id: `T1`, `O7`. */
  | { readonly kind: "ref"; readonly id: string };

export interface Order {
  readonly kind: "order";
  readonly verb: OrderVerb;
  readonly what: What;
  /** Null is the default quantity. */
  readonly qty: Quantity | null;
  readonly price: Price | null;
  readonly tif: Tif;
  /** Roll: the expiry to go to. */
  readonly to: IsoDay | null;
}

/** What words may refer to beyond themselves. */
export interface Place {
  readonly index: InstrumentIndex;
  /** Contract under the cursor. */
  readonly cursor: Slot | null;
  /** Contract in the row of a number, as the pane with the focus numbers them. */
  readonly row: (n: number) => Slot | null;
  /** One unit of the structure in a numbered row, or (null) under the cursor. */
  readonly structure: (
    n: number | null,
  ) => { readonly legs: readonly OrderLeg[]; readonly label: string } | null;
}

export function readQuantity(word: string): Quantity | null {
  if (/^\d{1,9}$/.test(word) && Number(word) > 0) return { kind: "count", n: Number(word) };
  const money = /^\$(\d{1,12}(?:\.\d{1,2})?)$/.exec(word);
  if (money && Number(money[1]) > 0) return { kind: "money", amount: Number(money[1]) };
  if (word === "all") return { kind: "share", percent: 100 };
  const share = /^(\d{1,3}(?:\.\d+)?)%$/.exec(word);
  const percent = Number(share?.[1]);
  return share && percent > 0 && percent <= 100 ? { kind: "share", percent } : null;
}

export function readPrice(word: string): Price | null {
  const limit = /^@([+-]?\d{1,9}(?:\.\d{1,6})?)$/.exec(word) ?? /^(\d{1,9}\.\d{1,6})$/.exec(word);
  if (limit) return { kind: "limit", price: Number(limit[1]) };
  const anchor = /^(mid|bid|ask)(?:([+-]\d{1,6}(?:\.\d+)?)(t|c|%)?)?$/.exec(word);
  if (!anchor) return null;
  const by = Number(anchor[2] ?? "0");
  const unit = by === 0 ? "t" : ((anchor[3] ?? "t") as "t" | "c" | "%");
  if (unit === "t" && !Number.isInteger(by)) return null;
  return { kind: "anchor", anchor: anchor[1] as "mid", by: by === 0 ? 0 : by, unit };
}

/** Where something stands, or should, on the line. */
export type At = { readonly from: number; readonly to: number };

/** The words that say what, sorted by what they are; each kind at most once but for expiries of a roll. */
export interface WhatWords {
  symbol?: Word;
  strikes?: Word;
  structure?: Word;
  ref?: Word;
  readonly expiries: Word[];
}

/** A strike and what is listed there: `760c`, `760strd`. */
export const STRIKE = /^(\d{1,7}(?:\.\d{1,4})?)(c|p|strd)$/;
