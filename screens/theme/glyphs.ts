import type { Mode } from "../../src/desk/protocol.ts";

/** Lines of a pane's frame. */
export interface FrameGlyphs {
  readonly h: string;
  readonly v: string;
  readonly tl: string;
  readonly tr: string;
  readonly bl: string;
  readonly br: string;
}

/** Every glyph a painter uses beyond letters and digits, each one cell wide. */
export interface Glyphs {
  readonly up: string;
  readonly down: string;
  readonly flat: string;
  readonly live: string;
  readonly gap: string;
  readonly stale: string;
  readonly closed: string;
  readonly unknown: string;
  readonly folded: string;
  readonly open: string;
  readonly ellipsis: string;
  readonly none: string;
  readonly separator: string;
  readonly estimated: string;
  readonly caret: string;
  readonly run: string;
  readonly pause: string;
  readonly warn: string;
  readonly atm: string;
  /** Eighths of a cell, empty to full. */
  readonly eighths: readonly string[];
  /** Horizontal bar, empty to full. */
  readonly bar: readonly string[];
  readonly frames: Readonly<Record<Mode, FrameGlyphs>>;
}

export const UNICODE: Glyphs = {
  up: "▲",
  down: "▼",
  flat: "=",
  live: "●",
  gap: "◐",
  stale: "◌",
  closed: "○",
  unknown: "?",
  folded: "▸",
  open: "▾",
  ellipsis: "…",
  none: "–",
  separator: "│",
  estimated: "~",
  caret: "▏",
  run: "▶",
  pause: "⏸",
  warn: "⚠",
  atm: "»",
  eighths: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
  bar: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
  frames: {
    replay: { h: "┄", v: "┆", tl: "┌", tr: "┐", bl: "└", br: "┘" },
    paper: { h: "─", v: "│", tl: "┌", tr: "┐", bl: "└", br: "┘" },
    live: { h: "═", v: "║", tl: "╔", tr: "╗", bl: "╚", br: "╝" },
  },
};

export const ASCII: Glyphs = {
  up: "^",
  down: "v",
  flat: "=",
  live: "*",
  gap: "%",
  stale: "o",
  closed: "O",
  unknown: "?",
  folded: ">",
  open: "v",
  ellipsis: "~",
  none: "-",
  separator: "|",
  estimated: "~",
  caret: "_",
  run: ">",
  pause: "=",
  warn: "!",
  atm: ">",
  eighths: [" ", "_", "_", ".", "-", "-", "=", "#", "#"],
  bar: [" ", "-", "-", "-", "-", "=", "=", "#", "#"],
  frames: {
    replay: { h: ".", v: ":", tl: ".", tr: ".", bl: ".", br: "." },
    paper: { h: "-", v: "|", tl: "+", tr: "+", bl: "+", br: "+" },
    live: { h: "=", v: "#", tl: "#", tr: "#", bl: "#", br: "#" },
  },
};
