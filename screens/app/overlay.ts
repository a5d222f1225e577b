import type { ExplainTarget, Explanation, Mode } from "../../src/desk/protocol.ts";
import { type Binding, type KeyGroup, keyLabel } from "../keys/keymap.ts";
import type { Canvas } from "../kit/canvas.ts";
import { textWidth } from "../terminal/width.ts";
import type { Role } from "../theme/roles.ts";
import { modeFrame } from "../theme/theme.ts";

type HelpBinding = Pick<Binding, "keys" | "group" | "help">;

/** Something that lies over the panes: painted, or (dialogs) laid out by Ink with a painted frame. */
export type Overlay =
  | {
      readonly kind: "help";
      readonly pane: string;
      readonly bindings: readonly HelpBinding[];
      query: string;
      top: number;
    }
  | { readonly kind: "explain"; readonly target: ExplainTarget | null; trail: readonly ExplainLevel[] }
  | ListOverlay
  | Dialog;

/** Rows to choose from, asked for anew at each painting. */
export interface ListOverlay {
  readonly kind: "list";
  readonly title: string;
  readonly empty: string;
  readonly foot: string;
  readonly rows: () => readonly ListRow[];
  cursor: number;
  readonly onOpen?: (index: number) => void;
  readonly onDrop?: (index: number) => void;
  readonly onAgain?: (index: number) => void;
}
export interface ListRow {
  readonly lead: string;
  readonly text: string;
  readonly role: Role;
}

export interface ExplainLevel {
  readonly explanation: Explanation;
  cursor: number;
}

/** A question: the title asks, buttons are verbs with their letter, Enter takes the safe one. */
export interface Dialog {
  readonly kind: "dialog";
  readonly question: string;
  readonly lines: readonly string[];
  readonly choices: readonly DialogChoice[];
}
export interface DialogChoice {
  readonly key: string;
  readonly verb: string;
  readonly safe: boolean;
  readonly run: () => void;
}

export const choiceLine = (dialog: Dialog): string =>
  dialog.choices.map((c) => `[${c.key}] ${c.verb}`).join("   ");

/** Size that an overlay wants, frame included, in a body of cols x rows. */
export function overlaySize(
  overlay: Overlay,
  cols: number,
  rows: number,
): { readonly w: number; readonly h: number } {
  switch (overlay.kind) {
    case "help": {
      const lines = helpLines(overlay, Math.min(cols, 110) - 4).length;
      return { w: Math.min(cols, 110), h: Math.min(rows, lines + 2) };
    }
    case "explain": {
      const level = overlay.trail.at(-1);
      const w = cols >= 120 ? Math.min(72, cols >> 1) : cols;
      const lines = level ? explainLines(level.explanation, w - 4).length + 1 : 3;
      return { w, h: Math.min(cols >= 120 ? rows : Math.ceil(rows / 2), lines + 2) };
    }
    case "list": {
      const rows_ = overlay.rows();
      const widest = Math.max(60, overlay.empty.length, ...rows_.map((r) => textWidth(r.text) + 6));
      return { w: Math.min(cols, widest + 4), h: Math.min(rows, Math.max(1, rows_.length) + 2) };
    }
    case "dialog": {
      const widest = Math.max(
        textWidth(overlay.question) + 4,
        textWidth(choiceLine(overlay)),
        ...overlay.lines.map(textWidth),
      );
      return { w: Math.min(cols, widest + 6), h: Math.min(rows, overlay.lines.length + 4) };
    }
  }
}

// ---- help ---------------------------------------------------------------------------------------

const GROUPS: readonly KeyGroup[] = ["MOVE", "SEE", "TRADE", "REPLAY", "ANY"];

/** Rows of help: keys that work here, by group, as many to a row as fit; with a query, one row for each match. */
function helpLines(
  help: { readonly bindings: readonly HelpBinding[]; readonly query: string },
  width: number,
): HelpLine[] {
  const entries = help.bindings.map((b) => ({
    group: b.group,
    keys: b.keys.map(keyLabel).join(" "),
    words: b.help,
  }));
  const query = help.query.toLowerCase();
  if (query !== "") {
    return entries
      .filter((e) => `${e.keys} ${e.words}`.toLowerCase().includes(query))
      .map((e) => ({ group: e.group, items: [e] }));
  }
  const lines: HelpLine[] = [];
  for (const group of GROUPS) {
    let items: HelpItem[] = [];
    let used = 8;
    for (const e of entries.filter((x) => x.group === group)) {
      const size = textWidth(e.keys) + textWidth(e.words) + 3;
      if (items.length > 0 && used + size > width) {
        lines.push({ group, items });
        items = [];
        used = 8;
      }
      items.push(e);
      used += size;
    }
    if (items.length > 0) lines.push({ group, items });
  }
  return lines;
}

interface HelpItem {
  readonly keys: string;
  readonly words: string;
}
interface HelpLine {
  readonly group: KeyGroup;
  readonly items: readonly HelpItem[];
}

function paintHelp(canvas: Canvas, help: Overlay & { kind: "help" }): void {
  const { s } = canvas.theme;
  const lines = helpLines(help, canvas.w - 2);
  help.top = Math.max(0, Math.min(help.top, lines.length - canvas.h));
  let last = "";
  for (let y = 0; y < canvas.h; y++) {
    const line = lines[help.top + y];
    if (!line) break;
    if (line.group !== last) canvas.text(1, y, line.group, s.header);
    last = line.group;
    let x = 9;
    for (const item of line.items) {
      x = canvas.text(x, y, item.keys, s.key);
      x = canvas.text(x + 1, y, item.words, s.text) + 2;
    }
  }
  if (lines.length === 0) canvas.text(1, 0, `no key matches "${help.query}"`, s.dim);
}

// ---- explain ------------------------------------------------------------------------------------

type ExplainLine =
  | { readonly kind: "value" | "text" | "used"; readonly text: string }
  | { readonly kind: "input"; readonly text: string; readonly input: number; readonly more: boolean };

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  if (line !== "") lines.push(line);
  return lines;
}

function explainLines(e: Explanation, width: number): ExplainLine[] {
  const value = `${e.value}${e.unit === null ? "" : ` ${e.unit}`}`;
  const lines: ExplainLine[] = value === "" ? [] : [{ kind: "value", text: value }];
  for (const text of e.lines) for (const part of wrap(text, width)) lines.push({ kind: "text", text: part });
  for (const [i, input] of e.inputs.entries()) {
    lines.push({
      kind: "input",
      text: `${input.title}  ${input.value}${input.unit === null ? "" : ` ${input.unit}`}`,
      input: i,
      more: input.inputs.length > 0 || input.lines.length > 0,
    });
  }
  if (e.usedBy.length > 0) {
    for (const part of wrap(`used by  ${e.usedBy.join(", ")}`, width))
      lines.push({ kind: "used", text: part });
  }
  return lines;
}

/** The same as text, for the clipboard: inputs indented below what they explain. */
export function explainText(e: Explanation, indent = ""): string {
  const own = [
    `${indent}${e.title}: ${e.value}${e.unit === null ? "" : ` ${e.unit}`}`,
    ...e.lines.map((l) => `${indent}  ${l}`),
  ];
  return [...own, ...e.inputs.map((i) => explainText(i, `${indent}  `))].join("\n");
}

function paintExplain(canvas: Canvas, level: ExplainLevel): void {
  const { s, g } = canvas.theme;
  const lines = explainLines(level.explanation, canvas.w - 2);
  const at = lines.findIndex((l) => l.kind === "input" && l.input === level.cursor);
  const top = Math.max(0, Math.min(at - canvas.h + 2, lines.length - canvas.h));
  for (let y = 0; y < canvas.h; y++) {
    const line = lines[top + y];
    if (!line) break;
    switch (line.kind) {
      case "value":
        canvas.text(1, y, line.text, s.title);
        break;
      case "text":
        canvas.text(1, y, line.text, s.text);
        break;
      case "used":
        canvas.text(1, y, line.text, s.dim);
        break;
      case "input":
        canvas.text(1, y, line.more ? g.folded : " ", s.dim);
        canvas.cut(3, y, canvas.w - 4, line.text, s.text);
        if (line.input === level.cursor) canvas.ground(0, y, canvas.w, 1, s.select);
        break;
    }
  }
}

function paintList(canvas: Canvas, list: ListOverlay): void {
  const { s } = canvas.theme;
  const rows = list.rows();
  if (rows.length === 0) canvas.cut(1, 0, canvas.w - 2, list.empty, s.dim);
  list.cursor = Math.max(0, Math.min(list.cursor, rows.length - 1));
  const top = Math.max(0, list.cursor - canvas.h + 1);
  for (let y = 0; y < canvas.h; y++) {
    const row = rows[top + y];
    if (!row) break;
    const x = canvas.text(1, y, row.lead.padEnd(4), s.key);
    canvas.cut(x + 1, y, canvas.w - x - 2, row.text, s[row.role]);
    if (top + y === list.cursor) canvas.ground(0, y, canvas.w, 1, s.select);
  }
}

const FOOT: Readonly<Record<Exclude<Overlay["kind"], "list">, string>> = {
  help: "/ search  Tab other panes  Esc close",
  explain: "j k input  Enter deeper  y copy  p pin  Esc back",
  dialog: "",
};

function titleOf(overlay: Overlay): string {
  if (overlay.kind === "help") return `? Help: ${overlay.pane}`;
  if (overlay.kind === "dialog") return overlay.question;
  if (overlay.kind === "list") return overlay.title;
  return `i explain: ${overlay.trail.map((l) => l.explanation.title).join(" > ")}`;
}

/** Frame, title and content of what lies over the panes; a dialog's text is there already, from Ink. */
export function paintOverlay(canvas: Canvas, overlay: Overlay | null, mode: Mode): void {
  if (!overlay) return;
  const { s } = canvas.theme;
  if (overlay.kind !== "dialog") canvas.clear();
  const inside = canvas.box(modeFrame(canvas.theme, mode), s.focus);
  canvas.cut(2, 0, canvas.w - 4, ` ${titleOf(overlay)} `, s.focus);
  const foot = overlay.kind === "list" ? overlay.foot : FOOT[overlay.kind];
  if (foot !== "") canvas.cut(2, canvas.h - 1, canvas.w - 4, ` ${foot} `, s.dim);
  if (overlay.kind === "help") paintHelp(inside, overlay);
  if (overlay.kind === "list") paintList(inside, overlay);
  const level = overlay.kind === "explain" ? overlay.trail.at(-1) : undefined;
  if (level) paintExplain(inside, level);
}
