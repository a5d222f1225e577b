import fuzzysort from "fuzzysort";
import { formatStrike } from "../../engines/market/index.ts";
import { verbFor } from "./grammar.ts";
import { expiryWish } from "./instruments.ts";
import { ORDER_VERBS, STRUCTURES, TIFS } from "./order-terms.ts";
import {
  ACTION_VERBS,
  EXPORT_FORMATS,
  EXPORT_WHATS,
  type GrammarContext,
  JOB_WORDS,
  SHOW_VERBS,
  VERBS,
} from "./statement.ts";
import { wordsOf } from "./words.ts";

export interface Completion {
  /** Where the word that is completed begins. */
  readonly from: number;
  /** Whole words that fit what is there of it. */
  readonly candidates: readonly string[];
}

const MAX_CANDIDATES = 200;
/** Words that only resemble what was typed: few, or they say nothing. */
const MAX_LIKE = 12;
/** 1 is the word itself, 0 any word that holds the letters in their order. */
const LEAST_LIKE = 0.1;

/** Words that may stand at the cursor: verbs first, then what the verb takes. */
export function complete(line: string, cursor: number, context: GrammarContext): Completion {
  const before = line.slice(line.lastIndexOf(";", cursor - 1) + 1, cursor);
  const typed = /\S*$/.exec(before)?.[0] ?? "";
  const from = cursor - typed.length;
  const words = wordsOf(before.slice(0, before.length - typed.length));
  const [first] = words;
  const fitting = (all: Iterable<string>): readonly string[] => {
    const start = typed.toLowerCase();
    return [...all].filter((c) => c.toLowerCase().startsWith(start)).slice(0, MAX_CANDIDATES);
  };
  if (!first) {
    const verbs = fitting(VERBS);
    const candidates = verbs.length > 0 ? verbs : fitting(ACTION_VERBS.keys());
    return { from, candidates: candidates.length > 0 ? candidates : like(typed, ACTION_VERBS.keys()) };
  }
  const verb = verbFor(first);
  if (typeof verb !== "string") return { from, candidates: [] };
  const given = words.slice(1).map((w) => w.text);
  const all = wordsFor(verb, given, typed, context);
  const begun = fitting(all);
  return { from, candidates: begun.length > 0 ? begun : like(typed, all) };
}

/** Words that hold the typed letters in their order, the best first: `convn` begins nothing, but is in `exposure-convention`. */
function like(typed: string, all: Iterable<string>): readonly string[] {
  if (typed.length < 2) return [];
  return fuzzysort.go(typed, [...all], { limit: MAX_LIKE, threshold: LEAST_LIKE }).map((r) => r.target);
}

function wordsFor(
  verb: string,
  given: readonly string[],
  typed: string,
  context: GrammarContext,
): readonly string[] {
  switch (verb) {
    case "go":
      return ["open", "close", "start", "end"];
    case "speed":
      return ["1", "2", "4", "8", "15", "30", "60", "100", "max"];
    case "loop":
      return ["on", "off"];
    case "theme":
      return context.settings.find((s) => s.key === "theme")?.values ?? [];
    case "set":
      return given.length === 0
        ? context.settings.map((s) => s.key)
        : (context.settings.find((s) => s.key === given[0])?.values ?? []);
    case "layout":
      if (given.length === 0) return ["save", "load", ...context.layouts];
      return given[0] === "load" ? context.layouts : [];
    case "job":
      return JOB_WORDS;
    case "pair":
    case "sleeve":
    case "worth":
      return ["off"];
    case "cancel":
      return ["all"];
    case "export":
      return given.length === 0 ? EXPORT_WHATS : given.length === 1 ? EXPORT_FORMATS : [];
  }
  const isOrder = ORDER_VERBS.some((v) => v === verb);
  if (!isOrder && verb !== "watch" && verb !== "unwatch" && !(verb in SHOW_VERBS)) return [];
  return instrumentWords(isOrder, given, typed, context);
}

/** Symbols, expiries of the one named (or under the cursor), strikes of the expiry named, and the words of an order. */
function instrumentWords(
  isOrder: boolean,
  given: readonly string[],
  typed: string,
  { index, cursor }: GrammarContext,
): string[] {
  const at = cursor === null ? undefined : index.at(cursor)?.instrument;
  const symbol = given.find((w) => index.has(w));
  const root = symbol?.toUpperCase() ?? at?.symbol ?? index.roots[0] ?? "";
  const wishes = given.map(expiryWish);
  const wish = wishes.find((w) => w !== null);
  const expiry = wish
    ? index.findExpiry(root, wish)
    : at?.kind === "option"
      ? (index.expiry(root, at.expiry) ?? null)
      : null;
  const words = symbol ? [] : [...index.symbols];
  if (!wish) words.push(...index.expiries(root).map((e) => e.label));
  if (expiry && /^\d/.test(typed)) {
    for (const k of expiry.strikes) words.push(`${formatStrike(k)}c`, `${formatStrike(k)}p`);
  }
  if (isOrder) words.push("mid", "bid", "ask", "all", ...TIFS, ...STRUCTURES);
  return words;
}
