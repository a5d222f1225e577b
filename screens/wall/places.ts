export const MIN_COLS = 60;
export const MIN_ROWS = 15;

export type WallPart =
  | "head"
  | "price"
  | "nav"
  | "pnl"
  | "term"
  | "exposure"
  | "positions"
  | "used"
  | "delta"
  | "watch"
  | "feeds"
  | "log";

export interface Place {
  readonly part: WallPart;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Parts side by side in `weights`, over the whole width without a gap. */
function row(y: number, h: number, cols: number, parts: readonly (readonly [WallPart, number])[]): Place[] {
  const total = parts.reduce((sum, [, weight]) => sum + weight, 0);
  let done = 0;
  return parts.map(([part, weight]) => {
    const x = Math.round((done / total) * cols);
    done += weight;
    return { part, x, y, w: Math.round((done / total) * cols) - x, h };
  });
}

/** Least rows for the term structure and the exposure by strike. */
const STUDY_ROWS = 38;

/** What stands where on a wall of this size, by rule: watch, feeds, log and the P&L curve need 100x30, term structure and exposure 100x38. None below 60x15. */
export function placesOf(cols: number, rows: number): readonly Place[] {
  if (cols < MIN_COLS || rows < MIN_ROWS) return [];
  const head = row(0, 1, cols, [["head", 1]]);
  const room = rows - 1;
  if (cols < 100 || rows < 30) {
    const charts = Math.ceil(room * 0.52);
    const below = 1 + charts;
    const h = rows - below;
    const side = Math.max(22, Math.round(cols * 0.3));
    const split = Math.floor(h / 2);
    return [
      ...head,
      ...row(1, charts, cols, [
        ["price", 1],
        ["nav", 1],
      ]),
      { part: "positions", x: 0, y: below, w: cols - side, h },
      { part: "used", x: cols - side, y: below, w: side, h: split },
      { part: "delta", x: cols - side, y: below + split, w: side, h: h - split },
    ];
  }
  const studied = rows >= STUDY_ROWS;
  const charts = Math.round(room * (studied ? 0.3 : 0.42));
  const studies = studied ? Math.round(room * 0.24) : 0;
  const middle = Math.round(room * (studied ? 0.26 : 0.34));
  const top = 1 + charts + studies;
  const below = top + middle;
  const side = Math.round(cols * 0.26);
  return [
    ...head,
    ...row(1, charts, cols, [
      ["price", 2],
      ["nav", 1],
      ["pnl", 1],
    ]),
    ...(studied
      ? row(1 + charts, studies, cols, [
          ["term", 1],
          ["exposure", 1],
        ])
      : []),
    { part: "positions", x: 0, y: top, w: cols - side, h: middle },
    { part: "used", x: cols - side, y: top, w: side, h: 4 },
    { part: "delta", x: cols - side, y: top + 4, w: side, h: middle - 4 },
    ...row(below, rows - below, cols, [
      ["watch", 5],
      ["feeds", 4],
      ["log", 5],
    ]),
  ];
}
