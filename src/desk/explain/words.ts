import type { Explanation } from "../protocol.ts";
import type { ViewContext } from "../views/context.ts";

/** A number as it is, up to 12 significant digits; unknown is a dash. */
export function exact(x: number | null | undefined): string {
  return x === null || x === undefined || x !== x ? "–" : String(Number(x.toPrecision(12)));
}

/** With its sign, for what may be gained or lost. */
export function gain(x: number | null | undefined): string {
  return x !== null && x !== undefined && x > 0 ? `+${exact(x)}` : exact(x);
}

const two = (n: number): string => String(n).padStart(2, "0");

/** `10:32:26 ET` of an instant, in the session's zone. */
export function clock(context: ViewContext, us: number | null): string {
  if (us === null || us !== us) return "an unknown time";
  const seconds = Math.floor(us / 1e6) + context.zoneOffsetMin * 60;
  const ofDay = ((seconds % 86_400) + 86_400) % 86_400;
  return `${two(Math.floor(ofDay / 3600))}:${two(Math.floor(ofDay / 60) % 60)}:${two(ofDay % 60)} ${context.session.zone}`;
}

/** `0.4 s`, `94 s`, `12 min`. */
export function ageText(us: number | null): string {
  if (us === null) return "unknown age";
  const seconds = us / 1e6;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

/** An explanation with nothing below it unless `more` says. */
export function leaf(
  title: string,
  value: string,
  unit: string | null,
  lines: readonly string[],
  more: Partial<Explanation> = {},
): Explanation {
  return { title, value, unit, lines, inputs: [], usedBy: [], ...more };
}
