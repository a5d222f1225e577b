import type { Slot } from "../../engines/market/index.ts";
import { isBuiltIn } from "../app/layouts.ts";
import { readAlert } from "./alert.ts";
import { type Expiry, expiryWish } from "./instruments.ts";
import { readOrder } from "./order.ts";
import { findExpiry } from "./order-legs.ts";
import { ORDER_VERBS, readPrice } from "./order-terms.ts";
import {
  ACTION_VERBS,
  EXPORT_FORMATS,
  EXPORT_WHATS,
  type GrammarContext,
  JOB_WORDS,
  PLAIN_VERBS,
  SHOW_VERBS,
  type Statement,
  TICKET_VERBS,
  type TicketVerb,
  VERBS,
  WHOLE,
} from "./statement.ts";
import { readWatch } from "./watch.ts";
import { type Problem, problem, type Word, wordsOf } from "./words.ts";

export type Parsed = readonly Statement[] | Problem;

type Reader = (
  words: readonly Word[],
  verb: Word,
  end: number,
  context: GrammarContext,
  line: string,
) => Statement | Problem;

const after = (end: number) => ({ from: end, to: end + 1 });
const none =
  (statement: Statement): Reader =>
  (words) =>
    words[0] ? problem(words[0], "nothing goes after this verb") : statement;

/** The verb that a first word means: in full, or by a prefix that no other has. */
export function verbFor(word: Word): string | Problem {
  const { text } = word;
  if (VERBS.includes(text) || ACTION_VERBS.has(text)) return text;
  for (const pool of [VERBS, [...ACTION_VERBS.keys()]]) {
    const found = pool.filter((v) => v.startsWith(text) && !WHOLE.has(v));
    if (found.length === 1) return found[0] as string;
    if (found.length > 1) return problem(word, `"${text}" could be ${found.slice(0, 6).join(", ")}`);
  }
  const near = VERBS.filter((v) => v.charAt(0) === text.charAt(0)).slice(0, 5);
  const whole = [...WHOLE].find((v) => v.startsWith(text));
  if (whole !== undefined) return problem(word, `${whole} must be typed in full`);
  return problem(word, `"${text}" is no command${near.length > 0 ? `; there is ${near.join(", ")}` : ""}`);
}

/** The layout that `:w` keeps when none is named. */
const OWN_LAYOUT = "own";
const FIXED_FEEDS =
  "The feeds of a session are fixed when it opens: `voldesk replay` names a recording, the config the live ones.";

const READERS: Readonly<Record<string, Reader>> = {
  ...Object.fromEntries(
    ORDER_VERBS.map((verb): [string, Reader] => [
      verb,
      (words, _, end, c) =>
        // The row of a structure is no one contract, and x closes all of it.
        verb === "close" && words.length === 0 && c.cursor === null
          ? { kind: "act", action: "closeRow" }
          : readOrder(verb, words, end, c),
    ]),
  ),
  ...Object.fromEntries(PLAIN_VERBS.map((verb): [string, Reader] => [verb, none({ kind: "plain", verb })])),
  ...Object.fromEntries(
    Object.entries(SHOW_VERBS).map(([verb, pane]): [string, Reader] => [
      verb,
      (words, _, end, c) => readShow(pane, words, end, c),
    ]),
  ),
  cancel: (words, _, end) => {
    const [what, more] = words;
    if (!what) return problem(after(end), "cancel what? O7, all or GOOG*");
    if (more) return problem(more, "cancel takes one order, all, or a name with *");
    if (!/^(?:o\d{1,6}|all|[a-z][a-z0-9.]{0,9}\*)$/.test(what.text))
      return problem(what, `"${what.text}" is no order; O7, all or GOOG*`);
    return { kind: "cancel", what: what.text === "all" ? "all" : what.text.toUpperCase() };
  },
  amend: readAmend,
  ...Object.fromEntries(
    TICKET_VERBS.map((verb): [string, Reader] => [verb, (words, _, end) => readTickets(verb, words, end)]),
  ),
  alert: (words, _, end, c) => readAlert(words, end, c),
  // Without a name it is the pane.
  watch: (words, _, end, c) =>
    words.length === 0 ? readShow("watch", words, end, c) : readWatch(true, words, end, c),
  unwatch: (words, _, end, c) => readWatch(false, words, end, c),
  go: (words, _, end, c) => {
    const [to, more] = words;
    if (!to) return problem(after(end), "go where? 10:35, +5m, open, close");
    if (more) return problem(more, "go takes one place");
    const wrong = c.jump(to.text);
    return wrong === null ? { kind: "go", to: to.text } : problem(to, wrong);
  },
  speed: (words, _, end) => {
    const [word, more] = words;
    if (!word) return problem(after(end), "how fast? 0.25 to 1000, or max");
    if (more) return problem(more, "speed takes one number");
    const speed = word.text === "max" ? "max" : Number(word.text.replace(/x$/, ""));
    if (speed !== "max" && !(speed >= 0.25 && speed <= 1000))
      return problem(word, `speed "${word.text}" is none; 0.25 to 1000, or max`);
    return { kind: "speed", speed };
  },
  loop: (words) => {
    const [word, more] = words;
    if (more) return problem(more, "loop takes on or off");
    if (!word) return { kind: "loop", on: null };
    if (word.text !== "on" && word.text !== "off") return problem(word, "loop takes on or off");
    return { kind: "loop", on: word.text === "on" };
  },
  theme: (words, verb, end, c) => readSet([{ ...verb, text: "theme" }, ...words], end, c),
  set: (words, _, end, c) => readSet(words, end, c),
  layout: readLayout,
  w: (words, verb, end, c) => {
    const [name = { ...verb, text: OWN_LAYOUT }, more] = words;
    if (more) return problem(more, "w takes one name");
    return readLayout([{ ...verb, text: "save" }, name], verb, end, c);
  },
  report: () => ({
    kind: "tell",
    verb: "report",
    text: "Reports are made on the command line: voldesk report pack, voldesk report briefing. :export writes what a pane shows.",
  }),
  feed: (words, _, end) => {
    const [op, name] = words;
    if (op?.text !== "add" && op?.text !== "drop")
      return problem(op ?? after(end), "feed add or feed drop, and its name");
    if (!name) return problem(after(end), `${op.text} which feed?`);
    return { kind: "tell", verb: "feed", text: FIXED_FEEDS };
  },
  export: readExport,
};

function readExport(
  words: readonly Word[],
  _: Word,
  end: number,
  _context: GrammarContext,
  line: string,
): Statement | Problem {
  const [first, second] = words;
  if (!first) return problem(after(end), `export what? ${EXPORT_WHATS.join(", ")}`);
  const what = EXPORT_WHATS.find((w) => w === first.text);
  if (!what) return problem(first, `"${first.text}" is nothing to export; ${EXPORT_WHATS.join(", ")}`);
  if (!second) return problem(after(end), `as what? ${EXPORT_FORMATS.join(", ")}`);
  const format = EXPORT_FORMATS.find((f) => f === second.text);
  if (!format) return problem(second, `"${second.text}" is no format; ${EXPORT_FORMATS.join(", ")}`);
  const file = line.slice(second.to, end).trim();
  if (file === "") return problem(after(end), `to which file? e.g. ${what}.${format}`);
  return { kind: "export", what, format, file };
}

function readAmend(words: readonly Word[], _: Word, end: number): Statement | Problem {
  const id = words.find((w) => /^o\d{1,6}$/.test(w.text));
  let price = null;
  let size = null;
  for (const word of words) {
    if (word === id) continue;
    const asPrice = readPrice(word.text);
    const asSize = /^x(\d{1,9})$/.exec(word.text);
    if (asPrice && price === null) price = asPrice;
    else if (asSize && size === null && Number(asSize[1]) > 0) size = Number(asSize[1]);
    else return problem(word, `"${word.text}" is no price and no size; amend O7 @ 5.65 x 6`);
  }
  if (!id) return problem(after(end), "amend which order? O7 @ 5.65 x 6");
  if (price === null && size === null) return problem(after(end), "to what? @ 5.65, or x 6");
  return { kind: "amend", id: id.text.toUpperCase(), price, size };
}

/** The one word that a verb takes besides its tickets: a sentence where it must be there and is not. */
const TICKET_WORDS: Readonly<
  Record<TicketVerb, { readonly fits: (text: string) => boolean; readonly asks: string | null }>
> = {
  net: { fits: () => false, asks: null },
  cross: { fits: () => false, asks: null },
  work: { fits: () => false, asks: null },
  pair: { fits: (text) => text === "off", asks: null },
  job: {
    fits: (text) => JOB_WORDS.some((w) => w === text),
    asks: `for which window? ${JOB_WORDS.join(", ")}`,
  },
  sleeve: { fits: (text) => /^[a-z][a-z0-9_-]{0,23}$/.test(text), asks: "whose? a name, or off" },
  worth: {
    fits: (text) => text === "off" || /^\d{1,12}(\.\d{1,2})?$/.test(text),
    asks: "how much? in base currency, or off",
  },
};

function readTickets(verb: TicketVerb, words: readonly Word[], end: number): Statement | Problem {
  const { fits, asks } = TICKET_WORDS[verb];
  const isTicket = (w: Word): boolean => /^t\d{1,6}$/.test(w.text);
  const tickets = words.filter(isTicket);
  const [word, more] = words.filter((w) => !isTicket(w));
  if (word !== undefined && !fits(word.text))
    return problem(word, asks ?? `"${word.text}" is no ticket: T1 T2`);
  if (more !== undefined) return problem(more, `${verb} takes tickets and one word`);
  if (word === undefined && asks !== null) return problem(after(end), asks);
  const ids = tickets.map((w) => w.text.toUpperCase());
  return { kind: "tickets", verb, tickets: ids, word: word?.text ?? null };
}

function readSet(words: readonly Word[], end: number, context: GrammarContext): Statement | Problem {
  const [key, value, more] = words;
  const keys = context.settings.map((s) => s.key);
  if (!key) return problem(after(end), `set what? ${keys.join(", ")}`);
  const setting = context.settings.find((s) => s.key === key.text);
  if (!setting) return problem(key, `"${key.text}" can't change while the desk runs; ${keys.join(", ")} can`);
  if (!value) return problem(after(end), `${setting.key} takes ${setting.values.join(", ")}`);
  if (more) return problem(more, `${setting.key} takes one value`);
  if (!setting.values.includes(value.text))
    return problem(value, `${setting.key} takes ${setting.values.join(", ")}, not "${value.text}"`);
  return { kind: "set", key: setting.key, value: value.text };
}

function readLayout(
  words: readonly Word[],
  _: Word,
  end: number,
  context: GrammarContext,
): Statement | Problem {
  const [first, second, more] = words;
  const names = context.layouts.join(", ");
  if (!first) return problem(after(end), `which layout? ${names}; or save NAME`);
  if (more) return problem(more, "layout takes a name, or save and load with one");
  const op = first.text === "save" || first.text === "load" ? first.text : "use";
  const name = op === "use" ? first : second;
  if (!name) return problem(after(end), `${op} which layout? a name of letters, digits and -`);
  if (op === "use" && second) return problem(second, "layout takes one name");
  if (op === "save") {
    if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(name.text)) return problem(name, "a name is letters, digits and -");
    if (isBuiltIn(name.text)) return problem(name, `${name.text} is built in: take another name`);
    return { kind: "layout", op, name: name.text };
  }
  if (!context.layouts.includes(name.text))
    return problem(name, `no layout "${name.text}"; there is ${names}`);
  return { kind: "layout", op, name: name.text };
}

function readShow(
  pane: (typeof SHOW_VERBS)[string],
  words: readonly Word[],
  end: number,
  context: GrammarContext,
): Statement | Problem {
  const { index } = context;
  let symbol: Word | undefined;
  let when: Word | undefined;
  for (const word of words) {
    if (!symbol && index.has(word.text)) symbol = word;
    else if (!when && expiryWish(word.text)) when = word;
    else return problem(word, `"${word.text}" is no symbol and no expiry here`);
  }
  const at = context.cursor === null ? undefined : index.at(context.cursor)?.instrument;
  const root = symbol?.text.toUpperCase() ?? at?.symbol ?? index.roots[0];
  if (when === undefined) {
    const slot = symbol ? (index.spot(symbol.text)?.slot ?? anyOption(index.expiries(root ?? ""))) : null;
    return { kind: "show", pane, slot, expiry: null };
  }
  if (root === undefined) return problem(after(end), "of which underlying?");
  const expiry = findExpiry(root, when, index);
  if ("kind" in expiry) return expiry;
  return { kind: "show", pane, slot: anyOption([expiry]), expiry: expiry.iso };
}

/** A contract that stands for a root or an expiry where the root itself is not listed. */
function anyOption(expiries: readonly Expiry[]): Slot | null {
  const [e] = expiries;
  const k = e?.strikes[0];
  if (!e || k === undefined) return null;
  return (e.C.get(k) ?? e.P.get(k))?.slot ?? null;
}

const isOrder = (s: Statement): boolean => s.kind === "order" || s.kind === "cancel" || s.kind === "amend";

/** Reads a line: statements in order, or the first word that can't be read and why. An empty line says nothing. */
export function parseLine(line: string, context: GrammarContext): Parsed {
  const statements: Statement[] = [];
  let start = 0;
  let chained: Word | null = null;
  for (const part of line.split(";")) {
    const words = wordsOf(part, start);
    const end = start + part.trimEnd().length;
    start += part.length + 1;
    const [verb, ...rest] = words;
    if (!verb) continue;
    const name = verbFor(verb);
    if (typeof name !== "string") return name;
    const action = ACTION_VERBS.get(name);
    const reader = action ? none({ kind: "act", action }) : READERS[name];
    if (!reader) return problem(verb, `${name} is not in this build`);
    const read = reader(rest, verb, end + 1, context, line);
    if (read.kind === "problem") return read;
    statements.push(read);
    if (isOrder(read)) chained ??= verb;
  }
  if (chained && statements.length > 1)
    return problem(chained, "an order stands alone: ; chains all but orders");
  return statements;
}
