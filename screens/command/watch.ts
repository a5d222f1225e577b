import { formatStrike, type OptionType, type Slot } from "../../engines/market/index.ts";
import { type Expiry, expiryWish, nearestOf } from "./instruments.ts";
import { findExpiry } from "./order-legs.ts";
import type { GrammarContext, Statement } from "./statement.ts";
import { expandBraces, type Problem, problem, type Word } from "./words.ts";

const after = (end: number) => ({ from: end, to: end + 1 });

interface Pick {
  readonly strike: number;
  readonly type: OptionType;
  readonly word: Word;
}

/** `watch` and `unwatch`: symbols, or every symbol with every expiry with every strike that braces make. */
export function readWatch(
  add: boolean,
  words: readonly Word[],
  end: number,
  context: GrammarContext,
): Statement | Problem {
  const { index } = context;
  const symbols: string[] = [];
  const whens: Word[] = [];
  const picks: Pick[] = [];
  const slots: Slot[] = [];
  for (const word of words) {
    const parts = expandBraces(word.text);
    if (parts === null) return problem(word, "these braces make no list; {740..780..10}{c,p}");
    for (const text of parts) {
      const pick = /^(\d{1,7}(?:\.\d{1,4})?)(c|p)$/.exec(text);
      if (pick) picks.push({ strike: Number(pick[1]), type: pick[2] === "c" ? "C" : "P", word });
      else if (expiryWish(text)) whens.push({ ...word, text });
      else if (index.has(text)) symbols.push(text.toUpperCase());
      else if (/^:\d{1,4}$/.test(text)) {
        const slot = context.row(Number(text.slice(1)));
        if (slot === null) return problem(word, `row ${text} is no single contract here`);
        slots.push(slot);
      } else return problem(word, `no "${text}" in this session; ${index.symbols.slice(0, 5).join(", ")}`);
    }
  }
  const [stray] = whens;
  if (picks.length === 0 && stray) return problem(stray, "which strikes? e.g. {740..780..10}{c,p}");
  if (picks.length === 0) {
    for (const symbol of symbols) {
      const spot = index.spot(symbol);
      if (!spot) return problem(after(end), `which contracts of ${symbol}?`);
      slots.push(spot.slot);
    }
  } else {
    const found = pickedSlots(symbols, whens, picks, end, context);
    if ("kind" in found) return found;
    slots.push(...found);
  }
  if (slots.length === 0 && context.cursor !== null) slots.push(context.cursor);
  if (slots.length === 0) return problem(after(end), "unwatch what? e.g. GOOG");
  return { kind: "watch", add, slots: [...new Set(slots)].sort((a, b) => a - b) };
}

/** Every symbol with every expiry with every strike named. */
function pickedSlots(
  symbols: readonly string[],
  whens: readonly Word[],
  picks: readonly Pick[],
  end: number,
  { index, cursor }: GrammarContext,
): Slot[] | Problem {
  const at = cursor === null ? undefined : index.at(cursor)?.instrument;
  const roots = symbols.length > 0 ? symbols : [at?.symbol ?? index.roots[0] ?? ""];
  const slots: Slot[] = [];
  for (const root of roots) {
    const expiries: Expiry[] = [];
    for (const word of whens) {
      const e = findExpiry(root, word, index);
      if ("kind" in e) return e;
      expiries.push(e);
    }
    const own = at?.kind === "option" && at.symbol === root ? index.expiry(root, at.expiry) : undefined;
    if (expiries.length === 0 && own) expiries.push(own);
    if (expiries.length === 0) {
      const some = index.expiries(root).slice(0, 4);
      return problem(
        after(end),
        some.length > 0 ? `which expiry? ${some.map((e) => e.label).join(", ")}` : `no options on ${root}`,
      );
    }
    for (const e of expiries) {
      for (const { strike, type, word } of picks) {
        const found = e[type].get(strike);
        if (found) slots.push(found.slot);
        else {
          const near = nearestOf([...e[type].keys()], strike).map(formatStrike);
          const kind = type === "C" ? "call" : "put";
          return problem(
            word,
            `no ${formatStrike(strike)} ${kind} in ${e.label}; nearest ${near.join(", ")}`,
          );
        }
      }
    }
  }
  return slots;
}
