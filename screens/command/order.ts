import { formatStrike, type IsoDay, type OptionType, type Slot } from "../../engines/market/index.ts";
import { type Expiry, expiryWish, type InstrumentIndex, nearestOf, spelledDay } from "./instruments.ts";
import { type Problem, problem, type Word } from "./words.ts";

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

/** The words that say what, sorted by what they are; each kind at most once but for expiries of a roll. */
interface WhatWords {
  symbol?: Word;
  strikes?: Word;
  structure?: Word;
  ref?: Word;
  readonly expiries: Word[];
}

const STRIKE = /^(\d{1,7}(?:\.\d{1,4})?)(c|p|strd)$/;
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

type At = { readonly from: number; readonly to: number };

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

const someExpiries = (root: string, index: InstrumentIndex): string =>
  index
    .expiries(root)
    .slice(0, 4)
    .map((e) => e.label)
    .join(", ");

function rootOf(what: WhatWords, end: At, place: Place): string | Problem {
  if (what.symbol) return what.symbol.text.toUpperCase();
  const { index } = place;
  const at = cursorInstrument(place);
  if (at !== undefined) return at.symbol.toUpperCase();
  const [only, more] = index.roots;
  if (only !== undefined && more === undefined) return only;
  return problem(end, `of which underlying? ${index.roots.slice(0, 5).join(", ")}`);
}

const cursorInstrument = (place: Place) =>
  place.cursor === null ? undefined : place.index.at(place.cursor)?.instrument;

/** The expiry a word means for a root. */
export function findExpiry(root: string, word: Word, index: InstrumentIndex): Expiry | Problem {
  const wish = expiryWish(word.text);
  const found = wish && index.findExpiry(root, wish);
  if (found) return found;
  const all = index.expiries(root);
  if (all.length === 0) return problem(word, `no options on ${root} in this session`);
  if (wish?.kind !== "date") return problem(word, `"${word.text}" is no expiry`);
  const asked = (wish.year ?? Number(all[0]?.iso.slice(0, 4))) * 372 + wish.month * 31 + wish.day;
  const distance = (e: Expiry): number => {
    const [y = 0, m = 0, d = 0] = e.iso.split("-").map(Number);
    return Math.abs((wish.year === null ? asked - (asked % 372) + m * 31 + d : y * 372 + m * 31 + d) - asked);
  };
  const near = all.toSorted((a, b) => distance(a) - distance(b)).slice(0, 2);
  const labels = near.sort((a, b) => a.days - b.days).map((e) => e.label);
  return problem(word, `${root} has no expiry ${word.text}; nearest ${labels.join(", ")}`);
}

function readWhat(what: WhatWords, end: At, place: Place): What | Problem {
  const { ref, strikes, structure, expiries } = what;
  if (ref) {
    const extra = what.symbol ?? strikes ?? structure ?? expiries[0];
    if (extra) return problem(extra, `${ref.text.toUpperCase()} says what already`);
    if (!ref.text.startsWith(":")) return { kind: "ref", id: ref.text.toUpperCase() };
    const n = Number(ref.text.slice(1));
    const slot = place.row(n);
    if (slot !== null) return one(slot);
    const row = place.structure(n);
    return row === null
      ? problem(ref, `row ${ref.text} is neither a contract nor a structure here`)
      : { kind: "legs", name: null, ...row };
  }
  if (structure && !strikes) return problem(structure, `which strikes? 760/780 ${structure.text}`);
  if (strikes) return withStrikes(what, strikes, end, place);
  const [when] = expiries;
  if (when) return problem(when, `which strike of ${when.text}? e.g. 760c`);
  if (what.symbol) {
    const spot = place.index.spot(what.symbol.text);
    return spot
      ? one(spot.slot)
      : problem(what.symbol, `which contract of ${what.symbol.text.toUpperCase()}?`);
  }
  if (place.cursor === null || !place.index.at(place.cursor)) {
    const row = place.structure(null);
    if (row !== null) return { kind: "legs", name: null, ...row };
    return problem(end, "what? Name a contract, or put the cursor on a row");
  }
  return one(place.cursor);
}

/** Structures over two expiries. */
const isTimed = (name: string | undefined): boolean => name === "cal" || name === "diag" || name === "pdiag";

const one = (slot: Slot): What => ({ kind: "legs", legs: [{ slot, ratio: 1 }], name: null });

/** Strikes that each structure of one expiry takes, and its legs from them; the first leg is the bought one. */
const LEGS: Readonly<
  Record<
    Exclude<StructureName, "cal" | "diag" | "pdiag">,
    { readonly count: number; readonly legs: readonly (readonly [number, OptionType, number])[] }
  >
> = {
  cond: {
    count: 4,
    legs: [
      [0, "C", 1],
      [1, "C", -1],
      [2, "C", -1],
      [3, "C", 1],
    ],
  },
  pcond: {
    count: 4,
    legs: [
      [0, "P", 1],
      [1, "P", -1],
      [2, "P", -1],
      [3, "P", 1],
    ],
  },
  ic: {
    count: 4,
    legs: [
      [0, "P", 1],
      [1, "P", -1],
      [2, "C", -1],
      [3, "C", 1],
    ],
  },
  cv: {
    count: 2,
    legs: [
      [0, "C", 1],
      [1, "C", -1],
    ],
  },
  pv: {
    count: 2,
    legs: [
      [0, "P", 1],
      [1, "P", -1],
    ],
  },
  strg: {
    count: 2,
    legs: [
      [0, "P", 1],
      [1, "C", 1],
    ],
  },
  strd: {
    count: 1,
    legs: [
      [0, "C", 1],
      [0, "P", 1],
    ],
  },
  cfly: {
    count: 3,
    legs: [
      [0, "C", 1],
      [1, "C", -2],
      [2, "C", 1],
    ],
  },
  pfly: {
    count: 3,
    legs: [
      [0, "P", 1],
      [1, "P", -2],
      [2, "P", 1],
    ],
  },
};

function withStrikes(what: WhatWords, word: Word, end: At, place: Place): What | Problem {
  const root = rootOf(what, end, place);
  if (typeof root !== "string") return root;
  if (what.structure && isTimed(what.structure.text))
    return timedLegs(what, what.structure, word, root, end, place);
  const expiry = expiryFor(root, what.expiries[0], end, place);
  if ("kind" in expiry) return expiry;
  const single = STRIKE.exec(word.text);
  if (single) {
    const strike = Number(single[1]);
    if (what.structure)
      return problem(what.structure, `${word.text} is one contract, no ${what.structure.text}`);
    if (single[2] === "strd") return structureLegs("strd", [strike], word, expiry);
    const leg = contractOf(expiry, strike, single[2] === "c" ? "C" : "P", word);
    return typeof leg === "number" ? one(leg) : leg;
  }
  const name = what.structure?.text as keyof typeof LEGS | undefined;
  if (!name) return problem(word, `${word.text} of what? cv, pv, strg, cfly, pfly, cond, ic or diag`);
  const strikes = word.text.split("/").map(Number);
  const { count } = LEGS[name];
  if (strikes.length !== count)
    return problem(word, `${name} takes ${count} strikes, here are ${strikes.length}`);
  if (new Set(strikes).size < count) return problem(word, "a strike twice");
  if (name === "strg" && (strikes[0] as number) > (strikes[1] as number))
    return problem(word, "a strangle names the put first, below the call");
  if (count >= 3 && strikes.some((k, i) => i > 0 && k <= (strikes[i - 1] as number)))
    return problem(word, `a ${count === 3 ? "fly" : "condor"} names its strikes upwards`);
  return structureLegs(name, strikes, word, expiry);
}

/** A calendar (`760c cal 15jan 19feb`) or a diagonal (`760/780 diag …`): the later expiry is bought, its strike named first. */
function timedLegs(
  what: WhatWords,
  name: Word,
  strikes: Word,
  root: string,
  end: At,
  place: Place,
): What | Problem {
  const expiries: Expiry[] = [];
  for (const word of what.expiries) {
    const e = findExpiry(root, word, place.index);
    if ("kind" in e) return e;
    expiries.push(e);
  }
  const [near, far] = expiries.toSorted((a, b) => a.days - b.days);
  if (!near || !far || near === far)
    return problem(end, `${name.text} takes two expiries: ${someExpiries(root, place.index)}`);
  const single = STRIKE.exec(strikes.text);
  const ks = single ? [Number(single[1]), Number(single[1])] : strikes.text.split("/").map(Number);
  if (name.text === "cal" && (!single || single[2] === "strd"))
    return problem(strikes, "a calendar takes one strike: 760c cal 15jan 19feb");
  if (name.text !== "cal" && (single || ks.length !== 2))
    return problem(strikes, "a diagonal takes two strikes: 760/780 diag 15jan 19feb");
  const type: OptionType = single ? (single[2] === "p" ? "P" : "C") : name.text === "pdiag" ? "P" : "C";
  const bought = contractOf(far, ks[0] as number, type, strikes);
  if (typeof bought !== "number") return bought;
  const sold = contractOf(near, ks[1] as number, type, strikes);
  if (typeof sold !== "number") return sold;
  return {
    kind: "legs",
    legs: [
      { slot: bought, ratio: 1 },
      { slot: sold, ratio: -1 },
    ],
    name: name.text as StructureName,
  };
}

function structureLegs(
  name: keyof typeof LEGS,
  strikes: readonly number[],
  word: Word,
  expiry: Expiry,
): What | Problem {
  const legs: OrderLeg[] = [];
  for (const [at, type, ratio] of LEGS[name].legs) {
    const leg = contractOf(expiry, strikes[at] as number, type, word);
    if (typeof leg !== "number") return leg;
    legs.push({ slot: leg, ratio });
  }
  return { kind: "legs", legs, name };
}

function contractOf(expiry: Expiry, strike: number, type: OptionType, word: Word): Slot | Problem {
  const found = expiry[type].get(strike);
  if (found) return found.slot;
  const near = nearestOf([...expiry[type].keys()], strike).map(formatStrike);
  const kind = type === "C" ? "call" : "put";
  return problem(word, `no ${formatStrike(strike)} ${kind} in ${expiry.label}; nearest ${near.join(", ")}`);
}

function expiryFor(root: string, word: Word | undefined, end: At, place: Place): Expiry | Problem {
  if (word) return findExpiry(root, word, place.index);
  const at = cursorInstrument(place);
  if (at?.kind === "option" && at.symbol.toUpperCase() === root) {
    const own = place.index.expiry(root, at.expiry);
    if (own) return own;
  }
  const all = place.index.expiries(root);
  return all.length === 0
    ? problem(end, `no options on ${root} in this session`)
    : problem(end, `which expiry? ${someExpiries(root, place.index)}`);
}
