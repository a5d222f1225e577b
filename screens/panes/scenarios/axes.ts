import { type AxisKind, formatAxis, parseAxis } from "../../../engines/scenario/index.ts";

/** Axes as the pane asks the desk for them: percent of spot, vol points, calendar days. */
export interface Axes {
  readonly spot: readonly number[];
  readonly vol: readonly number[];
  readonly days: readonly number[];
  /** The moves are an index's, and each name's by its beta. */
  readonly index: boolean;
  /** Vol moves scaled by √(30 d / T). */
  readonly sqrtTime: boolean;
}

export const DEFAULT_AXES: Axes = {
  spot: [-10, -5, -2, 0, 2, 5, 10],
  vol: [-5, 0, 5],
  days: [0, 7, 30],
  index: false,
  sqrtTime: false,
};

/** The most values the desk computes on each axis, 0 included. */
const MOST: Readonly<Record<AxisKind, number>> = { spot: 15, vol: 11, days: 8 };

const KINDS: readonly (readonly [AxisKind, RegExp])[] = [
  ["spot", /%/],
  ["vol", /vp/i],
  ["days", /d/i],
];

export const axesText = (axes: Axes): string =>
  `${axes.index ? "index " : ""}${formatAxis("spot", axes.spot)}; ${formatAxis("vol", axes.vol)}${axes.sqrtTime ? " sqrtT" : ""}; ${formatAxis("days", axes.days)}`;

/** `sqrtT` or `parallel` behind the vols; `index` or `spot` before the moves. */
const WORDS = /\b(sqrtt|parallel|index|spot)\b/gi;

/**
 * Axes typed as `-10%,0,+10%; -5vp,0,+5vp; 0,7,22d`: each part says by its unit what it is, a part left out stays as it was. `index` before the
 * moves makes them the index's, `spot` each name's own; `sqrtT` scales vol moves by term, `parallel` does not. A string is why not.
 */
export function readAxes(text: string, now: Axes): Axes | string {
  let axes = now;
  for (const part of text.split(";")) {
    if (part.trim() === "") continue;
    const words = (part.match(WORDS) ?? []).map((w) => w.toLowerCase());
    const values = part.replace(WORDS, " ");
    if (words.includes("index") || words.includes("spot")) axes = { ...axes, index: words.includes("index") };
    if (words.includes("sqrtt") || words.includes("parallel"))
      axes = { ...axes, sqrtTime: words.includes("sqrtt") };
    if (values.trim() === "" && words.length > 0) continue;
    const kind = KINDS.find(([, unit]) => unit.test(values))?.[0];
    if (kind === undefined)
      return `SCN-002 axes: "${part.trim()}" has no unit. Type % for spot, vp for vol, d for days, as in ${axesText(now)}.`;
    const got = parseAxis(kind, values);
    if (!got.ok) return got.error.message;
    if (got.values.length > MOST[kind])
      return `SCN-003 axes: ${got.values.length} values for ${kind}, at most ${MOST[kind]} with 0. Type fewer.`;
    axes = { ...axes, [kind]: got.values };
  }
  return axes;
}
