import { BookRow, type IsoDay, type Slot } from "../../engines/market/index.ts";
import { complete } from "../command/complete.ts";
import { parseLine } from "../command/grammar.ts";
import { IndexCache, type InstrumentIndex } from "../command/instruments.ts";
import { readBack } from "../command/readback.ts";
import type { GrammarContext } from "../command/statement.ts";
import type { OrderTarget } from "../orders/target.ts";
import { parseJump } from "./actions.ts";
import { alertTarget } from "./alerts.ts";
import { BUILT_IN_NAMES } from "./layouts.ts";
import type { BelowField } from "./pane.ts";
import { LIVE_SETTINGS, runStatement } from "./run-statement.ts";
import type { ScreenFace } from "./screen-face.ts";

const indexes = new WeakMap<ScreenFace["desk"], IndexCache>();
const quoteRow = new BookRow();

function quoteOf(screen: ScreenFace, slot: Slot): { bid: number; ask: number } | null {
  if (!screen.desk.book?.read(slot, quoteRow)) return null;
  const { bid, ask } = quoteRow;
  return bid > 0 && ask > 0 ? { bid, ask } : null;
}

/** What the words of a line may refer to, where the screen is now. */
export function grammarContext(screen: ScreenFace, ownLayouts = screen.store.layoutNames()): GrammarContext {
  let cache = indexes.get(screen.desk);
  if (!cache) {
    cache = new IndexCache();
    indexes.set(screen.desk, cache);
  }
  const pane = screen.panes.pane(screen.focus);
  const { status } = screen;
  const index = cache.get(screen.desk, (status?.day ?? "1970-01-01") as IsoDay);
  return {
    index,
    get target() {
      return alertTarget(screen, index);
    },
    cursor: pane?.rowSlot?.(null) ?? null,
    row: (n) => pane?.rowSlot?.(n) ?? null,
    structure: (n) => structureAt(pane?.orderTarget?.(n) ?? null, index),
    jump: (words) => {
      const to = status === null ? "The session is not open yet." : parseJump(words, status);
      return typeof to === "string" ? to : null;
    },
    quote: (slot) => quoteOf(screen, slot),
    settings: LIVE_SETTINGS,
    layouts: [...new Set([...BUILT_IN_NAMES, ...ownLayouts])],
  };
}

/** What a row trades, where that is a structure: the legs of one unit. */
function structureAt(
  target: OrderTarget | null,
  index: InstrumentIndex,
): ReturnType<GrammarContext["structure"]> {
  if (target === null || target.legs.length < 2) return null;
  const legs = target.legs.flatMap(({ instrument, ratio }) => {
    const slot = index.slotOf(instrument);
    return slot === null ? [] : [{ slot, ratio }];
  });
  return legs.length < target.legs.length ? null : { legs, label: target.label };
}

function below(text: string, context: GrammarContext): BelowField {
  if (text.trim() === "")
    return { text: "a verb, then words in any order; Tab offers some, Esc leaves", caret: null };
  const parsed = parseLine(text, context);
  if ("kind" in parsed) return { text: parsed.message, caret: parsed.from };
  return { text: parsed.map((s) => readBack(s, context)).join("  then  "), caret: null };
}

/** Opens the command line. A line that can't be read stays, with the caret under the word. */
export function openCommandLine(screen: ScreenFace, text = ""): void {
  const ownLayouts = screen.store.layoutNames();
  const context = (): GrammarContext => grammarContext(screen, ownLayouts);
  screen.openPrompt({
    label: ":",
    text,
    history: screen.store.history,
    complete: (line, cursor) => complete(line, cursor, context()),
    below: (line) => below(line, context()),
    onDone: (line) => runCommandLine(screen, line),
  });
}

export function runCommandLine(screen: ScreenFace, text: string): void {
  const line = text.trim();
  if (line === "") return;
  const context = grammarContext(screen);
  const parsed = parseLine(text, context);
  if ("kind" in parsed) {
    openCommandLine(screen, text);
    return;
  }
  screen.store.addHistory(line);
  for (const statement of parsed) runStatement(screen, statement, context);
}
