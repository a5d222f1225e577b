import { type Instrument, type IsoDay, optionLabel } from "../../engines/market/index.ts";
import {
  ALERT_OPS,
  type AlertField,
  type AlertOp,
  type AlertSubject,
  type AlertWish,
  INSTRUMENT_FIELDS,
  ROW_FIELDS,
} from "../../src/desk/protocol-alerts.ts";
import { expiryWish, type InstrumentIndex, type Listed } from "./instruments.ts";
import { readOrder } from "./order.ts";
import { findExpiry } from "./order-legs.ts";
import { ORDER_VERBS, type Order, type Place } from "./order-terms.ts";
import { type Problem, problem, type Word } from "./words.ts";

/** What the cursor stands on, as an alert names it: with the figure of the selected column where there is one to watch. */
export interface AlertTarget {
  readonly subject: AlertSubject;
  readonly label: string;
  readonly field: AlertField | null;
}

/** What the words of an alert may refer to. */
export interface AlertPlace extends Place {
  /** The number under the cursor, for an alert that names none. */
  readonly target: AlertTarget | null;
}

export type AlertStatement =
  | {
      readonly kind: "alert";
      readonly op: "add";
      readonly wish: Omit<AlertWish, "stage">;
      readonly stage: Order | null;
    }
  | { readonly kind: "alert"; readonly op: "drop"; readonly id: string | null }
  | { readonly kind: "alert"; readonly op: "rearm"; readonly id: string | null }
  | { readonly kind: "alert"; readonly op: "list" };

const FIELD_WORDS: Readonly<Record<string, AlertField>> = {
  ...Object.fromEntries([...INSTRUMENT_FIELDS, ...ROW_FIELDS].map((f) => [f, f])),
  δ: "delta",
  γ: "gamma",
  θ: "theta",
  "p&l": "pnl",
  chg: "change",
};
const of = (list: readonly AlertField[], field: AlertField): boolean => list.includes(field);

/** What a trader calls it on the screen: `GOOG 15jan 760 C`. */
export const shownName = (instrument: Instrument, today: IsoDay): string =>
  instrument.kind === "option"
    ? optionLabel({ ...instrument, root: instrument.symbol }, today)
    : instrument.symbol;

/** `15J760C`: the next listed expiry of that day and that letter of a month which has the strike. */
function shortContract(word: string, index: InstrumentIndex): Listed | null {
  const match = /^(\d{1,2})([a-z])(\d{1,7}(?:\.\d{1,4})?)([cp])$/.exec(word);
  if (!match) return null;
  const [, day, month, strike, type] = match;
  for (const root of index.roots)
    for (const e of index.expiries(root)) {
      const fits = e.label.startsWith(`${Number(day)}${month}`);
      const found = fits ? e[type === "c" ? "C" : "P"].get(Number(strike)) : undefined;
      if (found) return found;
    }
  return null;
}

/** A level as it is written: `20`, `-500`, `30s`, `2m`, `1.5%`, `12k`. */
function readLevel(word: string): number | null {
  const match = /^([+-]?\d{1,12}(?:\.\d{1,6})?)(s|m|%|vp|k)?$/.exec(word);
  if (!match) return null;
  const scale = match[2] === "m" ? 60 : match[2] === "k" ? 1000 : 1;
  return Number(match[1]) * scale;
}

interface Found {
  subject: AlertSubject | null;
  label: string;
  field: AlertField | null;
}

function instrumentFound({ instrument }: Listed, index: InstrumentIndex): Pick<Found, "subject" | "label"> {
  return { subject: { of: "instrument", id: instrument.id }, label: shownName(instrument, index.today) };
}

/** The words before the comparison: who and which figure. */
function readSubject(words: readonly Word[], end: number, context: AlertPlace): Found | Problem {
  const { index } = context;
  const found: Found = { subject: null, label: "", field: null };
  let symbol: Word | null = null;
  let when: Word | null = null;
  let strike: Word | null = null;
  for (const word of words) {
    const { text } = word;
    const short = shortContract(text, index);
    const row = /^:(\d{1,4})$/.exec(text);
    if (text === "book") Object.assign(found, { subject: { of: "row", key: "book" }, label: "BOOK" });
    else if (FIELD_WORDS[text] && !found.field) found.field = FIELD_WORDS[text];
    else if (short) Object.assign(found, instrumentFound(short, index));
    else if (row) {
      const slot = context.row(Number(row[1]));
      const listed = slot === null ? undefined : index.at(slot);
      if (!listed) return problem(word, `row ${text} is no single contract here`);
      Object.assign(found, instrumentFound(listed, index));
    } else if (index.has(text)) symbol = word;
    else if (/^\d{1,7}(?:\.\d{1,4})?[cp]$/.test(text)) strike = word;
    else if (expiryWish(text)) when = word;
    else return problem(word, `"${text}" is no figure and no instrument; iv, mid, age, day, delta …`);
  }
  if (found.subject) return found;
  const named = readNamed(symbol, when, strike, end, context);
  if (named !== null && "kind" in named) return named;
  if (named) return Object.assign(found, instrumentFound(named, index));
  const { target } = context;
  if (!target)
    return problem({ from: end, to: end + 1 }, "of what? GOOG, 15J760C, book, or a row under the cursor");
  return { subject: target.subject, label: target.label, field: found.field ?? target.field };
}

function readNamed(
  symbol: Word | null,
  when: Word | null,
  strike: Word | null,
  end: number,
  { index, cursor }: AlertPlace,
): Listed | Problem | null {
  const at = cursor === null ? undefined : index.at(cursor)?.instrument;
  const root = symbol?.text.toUpperCase() ?? at?.symbol ?? index.roots[0] ?? "";
  if (strike === null) {
    if (when) return problem(when, "which strike? e.g. 760c");
    if (symbol === null) return null;
    return index.spot(symbol.text) ?? problem(symbol, `which contract of ${root}?`);
  }
  const own = at?.kind === "option" && at.symbol === root ? index.expiry(root, at.expiry) : undefined;
  const expiry = when ? findExpiry(root, when, index) : own;
  if (expiry === undefined) return problem({ from: end, to: end + 1 }, "which expiry? e.g. 15jan");
  if ("kind" in expiry) return expiry;
  const type = strike.text.endsWith("c") ? "C" : "P";
  const found = expiry[type].get(Number(strike.text.slice(0, -1)));
  return found ?? problem(strike, `no ${strike.text} in ${expiry.label}`);
}

/** A row and an instrument have different figures; where a row lacks one its own contract may have it. */
function fieldFor(found: Found): AlertField | null {
  const { subject, field } = found;
  if (subject?.of === "instrument") return field ?? "price";
  return field;
}

const OPS: readonly string[] = ALERT_OPS;
const LIST: AlertStatement = { kind: "alert", op: "list" };

/** Splits `iv>20` into its three words. */
const loosened = (words: readonly Word[]): Word[] =>
  words.flatMap((word) => {
    const at = word.text.search(/[<>]/);
    if (at < 0 || word.text.length === 1) return [word];
    const part = (from: number, to: number): Word => ({
      text: word.text.slice(from, to),
      from: word.from + from,
      to: word.from + to,
    });
    return [part(0, at), part(at, at + 1), part(at + 1, word.text.length)].filter((w) => w.text !== "");
  });

/** `alert WHAT FIGURE > LEVEL [again] [then stage ORDER]`, `alert off A3|all`, `alert rearm A3`; bare it lists them. */
export function readAlert(
  given: readonly Word[],
  end: number,
  context: AlertPlace,
): AlertStatement | Problem {
  const words = loosened(given);
  const [first, second, third] = words;
  if (!first) return LIST;
  if (first.text === "off" || first.text === "rearm") {
    const op = first.text === "off" ? "drop" : "rearm";
    if (!second) return problem({ from: end, to: end + 1 }, "which one? A3; :alert lists them");
    if (third) return problem(third, "one at a time, or all");
    if (second.text === "all" && op === "drop") return { kind: "alert", op, id: null };
    if (!/^a\d{1,6}$/.test(second.text)) return problem(second, `"${second.text}" is no alert; A3`);
    return { kind: "alert", op, id: second.text.toUpperCase() };
  }
  const then = words.findIndex((w) => w.text === "then");
  const head = then < 0 ? words : words.slice(0, then);
  const at = head.findIndex((w) => OPS.includes(w.text));
  if (at < 0) return problem({ from: end, to: end + 1 }, "compared how? > 20, < -500, crosses 741.3");
  const found = readSubject(head.slice(0, at), end, context);
  if ("kind" in found) return found;
  const field = fieldFor(found);
  if (field === null) return problem(head[at] as Word, "which figure? iv, mid, age, day, delta …");
  const fits =
    found.subject?.of === "row"
      ? of(ROW_FIELDS, field) || of(["bid", "ask", "mid", "iv", "age"], field)
      : of(INSTRUMENT_FIELDS, field);
  if (!fits) return problem(head[at] as Word, `${found.label} has no ${field} to watch`);
  const [levelWord, ...rest] = head.slice(at + 1);
  const level = levelWord ? readLevel(levelWord.text) : null;
  if (!levelWord) return problem({ from: end, to: end + 1 }, "which level? a number, 30s, 1.5%");
  if (level === null) return problem(levelWord, `"${levelWord.text}" is no level; a number, 30s, 1.5%`);
  const again = rest[0]?.text === "again";
  const stray = again ? rest[1] : rest[0];
  if (stray) return problem(stray, `"${stray.text}"? again re-arms it, then stage BUY … stages a ticket`);
  const stage = then < 0 ? null : readStage(words.slice(then + 1), end, context);
  if (stage !== null && stage.kind === "problem") return stage;
  const wish = {
    subject: found.subject as AlertSubject,
    label: found.label,
    field,
    op: (head[at] as Word).text as AlertOp,
    level,
    again,
  };
  return { kind: "alert", op: "add", wish, stage };
}

function readStage(words: readonly Word[], end: number, context: AlertPlace): Order | Problem {
  const [stage, verb, ...rest] = words;
  if (stage?.text !== "stage")
    return problem(
      stage ?? { from: end, to: end + 1 },
      "an alert stages and never sends: then stage buy 2 760c 15jan",
    );
  const known = ORDER_VERBS.find((v) => v === verb?.text);
  if (!verb || !known)
    return problem(verb ?? { from: end, to: end + 1 }, `stage what? ${ORDER_VERBS.join(", ")} …`);
  return readOrder(known, rest, end, context);
}
