import { formatStrike, type OptionType, type Slot } from "../../engines/market/index.ts";
import { type Expiry, expiryWish, type InstrumentIndex, nearestOf } from "./instruments.ts";
import {
  type At,
  type OrderLeg,
  type Place,
  STRIKE,
  type StructureName,
  type What,
  type WhatWords,
} from "./order-terms.ts";
import { type Problem, problem, type Word } from "./words.ts";

export const someExpiries = (root: string, index: InstrumentIndex): string =>
  index
    .expiries(root)
    .slice(0, 4)
    .map((e) => e.label)
    .join(", ");

export function rootOf(what: WhatWords, end: At, place: Place): string | Problem {
  if (what.symbol) return what.symbol.text.toUpperCase();
  const { index } = place;
  const at = cursorInstrument(place);
  if (at !== undefined) return optionRoot(at.symbol.toUpperCase(), index);
  const [only, more] = index.roots;
  if (only !== undefined && more === undefined) return only;
  return problem(end, `of which underlying? ${index.roots.slice(0, 5).join(", ")}`);
}

/** Options on a coin go by the coin, whatever its index or perpetual is called: `BTC` for `BTC-PERPETUAL`. */
function optionRoot(symbol: string, index: InstrumentIndex): string {
  const [coin = symbol] = symbol.split("-");
  return index.expiries(symbol).length === 0 && index.expiries(coin).length > 0 ? coin : symbol;
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

export function readWhat(what: WhatWords, end: At, place: Place): What | Problem {
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
export const isTimed = (name: string | undefined): boolean =>
  name === "cal" || name === "diag" || name === "pdiag";

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
