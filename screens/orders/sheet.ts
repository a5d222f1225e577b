import type { Canvas } from "../kit/canvas.ts";
import { textWidth } from "../terminal/width.ts";
import type { Role } from "../theme/roles.ts";

/** A piece of text and what it means. */
export type Piece = readonly [text: string, role: Role];

export interface SheetLine {
  readonly pieces: readonly Piece[];
  /** Null must be on screen; otherwise how early the line is left out when rows are short (the highest first). */
  readonly rank: number | null;
  /** The line is under the cursor. */
  readonly selected?: boolean;
}

/** What a mode shows: words in the top edge, lines, words in the bottom edge. */
export interface Sheet {
  readonly title: readonly Piece[];
  readonly lines: readonly SheetLine[];
  readonly foot: readonly Piece[];
}

export const must = (pieces: readonly Piece[]): SheetLine => ({ pieces, rank: null });
export const may = (rank: number, pieces: readonly Piece[]): SheetLine => ({ pieces, rank });

const widthOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, [text]) => sum + textWidth(text), 0);

/** Pieces too long for a line, at blanks. */
function words(pieces: readonly Piece[]): Piece[][] {
  return pieces.flatMap(([text, role]) =>
    text.split(" ").flatMap((word): Piece[][] => (word === "" ? [] : [[[word, role]]])),
  );
}

/**
 * Groups of pieces on as many lines as they need, no group torn apart unless it is longer than a line. Further lines are indented by
 * `hang`.
 */
export function wrapGroups(
  groups: readonly (readonly Piece[])[],
  width: number,
  hang = 3,
  gap = "  ",
): Piece[][] {
  const lines: Piece[][] = [];
  let line: Piece[] = [];
  let used = 0;
  const put = (group: readonly Piece[], between: string): void => {
    const w = widthOf(group);
    if (line.length > 0 && used + between.length + w > width) {
      lines.push(line);
      line = [];
      used = 0;
    }
    if (line.length === 0 && lines.length > 0) {
      line.push([" ".repeat(hang), "text"]);
      used = hang;
    } else if (line.length > 0) {
      line.push([between, "frame"]);
      used += between.length;
    }
    line.push(...group);
    used += w;
  };
  for (const group of groups) {
    if (group.length === 0) continue;
    if (widthOf(group) + hang <= width) put(group, gap);
    else for (const [i, word] of words(group).entries()) put(word, i === 0 ? gap : " ");
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

/** Lines in `rows`: those that may go go, the highest ranks first. `whole` says whether all that must be seen is there and uncut. */
export function fitLines(
  lines: readonly SheetLine[],
  rows: number,
  width: number,
): { readonly lines: readonly SheetLine[]; readonly whole: boolean } {
  let kept = lines;
  while (kept.length > rows) {
    const worst = kept.reduce((most, l) => Math.max(most, l.rank ?? -1), -1);
    if (worst < 0) break;
    const at = kept.findLastIndex((l) => l.rank === worst);
    kept = kept.filter((_, i) => i !== at);
  }
  const shown = kept.slice(0, rows);
  const whole =
    shown.length === kept.length && shown.every((l) => l.rank !== null || widthOf(l.pieces) <= width);
  return { lines: shown, whole };
}

export function paintPieces(
  canvas: Canvas,
  x: number,
  y: number,
  pieces: readonly Piece[],
  end = canvas.w,
): void {
  let at = x;
  for (const [text, role] of pieces) {
    if (at >= end) return;
    at = canvas.cut(at, y, end - at, text, canvas.theme.s[role]);
  }
}

/** Lines inside a frame, and words in its edges. */
export function paintLines(canvas: Canvas, lines: readonly SheetLine[]): void {
  for (const [y, line] of lines.entries()) {
    paintPieces(canvas, 1, y, line.pieces);
    if (line.selected) canvas.ground(0, y, canvas.w, 1, canvas.theme.s.select);
  }
}
