import { type Expiry, expiryWish, type InstrumentIndex, spelledDay } from "./instruments.ts";
import { findExpiry, isTimed, readWhat, rootOf, someExpiries } from "./order-legs.ts";
import {
  type At,
  type Order,
  type OrderVerb,
  type Place,
  type Price,
  type Quantity,
  readPrice,
  readQuantity,
  STRIKE,
  STRUCTURES,
  TIFS,
  type Tif,
  type WhatWords,
} from "./order-terms.ts";
import { type Problem, problem, type Word } from "./words.ts";

const STRIKES = /^\d{1,7}(?:\.\d{1,4})?(?:\/\d{1,7}(?:\.\d{1,4})?){1,3}$/;

/** Reads `[qty] WHAT [price] [tif]`, the words in any order. `end` is where the line ends, for what is missing. */
export function readOrder(
  verb: OrderVerb,
  words: readonly Word[],
  end: number,
  place: Place,
): Order | Problem {
  const what: WhatWords = { expiries: [] };
  let qty: Quantity | null = null;
  let price: Price | null = null;
  let tif: Tif | null = null;
  for (const word of words) {
    const { text } = word;
    const twice = (name: string) => problem(word, `a second ${name}: "${text}"`);
    const isTif = TIFS.find((t) => t === text);
    const isQty = isTif ? null : readQuantity(text);
    const isPrice = isTif || isQty ? null : readPrice(text);
    if (isTif) {
      if (tif !== null) return twice("time in force");
      tif = isTif;
    } else if (isQty) {
      if (qty !== null) return problem(word, `a second quantity: "${text}"; a price is written @ ${text}`);
      qty = isQty;
    } else if (isPrice) {
      if (price !== null) return twice("price");
      price = isPrice;
    } else if (STRIKE.test(text) || STRIKES.test(text)) {
      if (what.strikes) return twice("strike");
      what.strikes = word;
    } else if (STRUCTURES.some((s) => s === text)) {
      if (what.structure) return twice("structure");
      what.structure = word;
    } else if (expiryWish(text)) {
      if (what.expiries.length >= 2) return twice("expiry");
      what.expiries.push(word);
    } else if (/^:\d{1,4}$/.test(text) || /^[to]\d{1,6}$/.test(text)) {
      if (what.ref) return twice("row or order");
      what.ref = word;
    } else if (place.index.has(text)) {
      if (what.symbol) return twice("symbol");
      what.symbol = word;
    } else return problem(word, notKnown(text, place.index));
  }
  const rest = { kind: "order", verb, qty, price, tif: tif ?? "day" } as const;
  const end1 = { from: end, to: end + 1 };
  if (verb === "roll") return readRoll(rest, what, end1, place);
  const second = what.expiries[1];
  if (second && !isTimed(what.structure?.text)) return problem(second, `a second expiry: "${second.text}"`);
  const found = readWhat(what, end1, place);
  return found.kind === "problem" ? found : { ...rest, what: found, to: null };
}

function notKnown(text: string, index: InstrumentIndex): string {
  if (text === "mkt" || text === "market") return "no market orders: give a limit, mid, bid or ask";
  if (text === "@") return "a price goes after @: 8.25, mid, bid, ask, mid-1, ask-2t, mid+5c, mid-25%";
  const near = index.symbols.filter((s) => s.startsWith(text.charAt(0).toUpperCase())).slice(0, 4);
  return near.length > 0
    ? `no ${text.toUpperCase()} here; there is ${near.join(", ")}`
    : `"${text}" is no part of an order`;
}

function readRoll(rest: Omit<Order, "what" | "to">, what: WhatWords, end: At, place: Place): Order | Problem {
  const root = rootOf(what, end, place);
  if (typeof root !== "string") return root;
  const expiries: Expiry[] = [];
  for (const word of what.expiries) {
    const e = findExpiry(root, word, place.index);
    if ("kind" in e) return e;
    expiries.push(e);
  }
  const ordered = expiries.toSorted((a, b) => a.days - b.days);
  // With its own expiry named the contract rolls to the later one; else from the cursor's to the one named.
  const target = ordered.at(-1);
  const own = ordered.length === 2 ? what.expiries.filter((_, i) => expiries[i] === ordered[0]) : [];
  const found = readWhat({ ...what, expiries: own }, end, place);
  if (found.kind === "problem") return found;
  if (!target) return problem(end, `roll to when? ${someExpiries(root, place.index)}`);
  const leg = found.kind === "legs" ? found.legs[0] : undefined;
  const from = leg && place.index.at(leg.slot)?.instrument;
  if (leg && from?.kind !== "option") return problem(end, "a roll takes an option");
  if (from?.kind === "option" && from.expiry >= target.iso)
    return problem(what.expiries[0] ?? end, `a roll goes to a later expiry than ${spelledDay(from.expiry)}`);
  return { ...rest, what: found, to: target.iso };
}
