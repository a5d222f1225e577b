import { type AxisKind, formatAxis, parseAxis } from "../../../engines/scenario/index.ts";

/** Axes as the pane asks the desk for them: percent of spot, vol points, calendar days. */
export interface Axes {
  readonly spot: readonly number[];
  readonly vol: readonly number[];
  readonly days: readonly number[];
}

export const DEFAULT_AXES: Axes = { spot: [-10, -5, -2, 0, 2, 5, 10], vol: [-5, 0, 5], days: [0, 7, 30] };

/** The most values the desk computes on each axis, 0 included. */
const MOST: Readonly<Record<AxisKind, number>> = { spot: 15, vol: 11, days: 8 };

const KINDS: readonly (readonly [AxisKind, RegExp])[] = [
  ["spot", /%/],
  ["vol", /vp/i],
  ["days", /d/i],
];

export const axesText = (axes: Axes): string =>
  `${formatAxis("spot", axes.spot)}; ${formatAxis("vol", axes.vol)}; ${formatAxis("days", axes.days)}`;

/**
 * Axes typed as `-10%,0,+10%; -5vp,0,+5vp; 0,7,22d`: each part says by its unit what it is, a part left out stays as it was. A string is why
 * not.
 */
export function readAxes(text: string, now: Axes): Axes | string {
  let axes = now;
  for (const part of text.split(";")) {
    if (part.trim() === "") continue;
    const kind = KINDS.find(([, unit]) => unit.test(part))?.[0];
    if (kind === undefined)
      return `SCN-002 axes: "${part.trim()}" has no unit. Type % for spot, vp for vol, d for days, as in ${axesText(now)}.`;
    const got = parseAxis(kind, part);
    if (!got.ok) return got.error.message;
    if (got.values.length > MOST[kind])
      return `SCN-003 axes: ${got.values.length} values for ${kind}, at most ${MOST[kind]} with 0. Type fewer.`;
    axes = { ...axes, [kind]: got.values };
  }
  return axes;
}
