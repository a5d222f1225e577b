/** Why a typed axis was not taken: code, what, what to do. */
export interface AxisError {
  readonly code: "SCN-001";
  readonly message: string;
}
export type AxisResult =
  | { readonly ok: true; readonly values: readonly number[] }
  | { readonly ok: false; readonly error: AxisError };

/** The kinds of axis and the unit each is typed in: percent of spot, vol points, calendar days. */
export type AxisKind = "spot" | "vol" | "days";

/** The most values one axis may have. */
export const MAX_AXIS = 41;

interface AxisRule {
  readonly unit: string;
  readonly word: string;
  readonly example: string;
  readonly min: number;
  readonly max: number;
}

const RULES: Readonly<Record<AxisKind, AxisRule>> = {
  spot: { unit: "%", word: "spot moves", example: "-10%,-5%,0,+5%", min: -99.9, max: 1000 },
  vol: { unit: "vp", word: "vol moves", example: "-5vp,0,+5vp", min: -500, max: 500 },
  days: { unit: "d", word: "days", example: "0,7,22d", min: 0, max: 3650 },
};

const ITEM = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)([a-z%]*)$/;

/**
 * Values of a typed axis, ascending, without repeats, 0 always among them. The unit is stated: `%` of spot, `vp` vol points, `d` calendar days,
 * on any value of the list (then it holds for the bare ones too); a lone 0 needs none. Separators are commas or blanks. Anything else,
 * a value out of range or more than {@link MAX_AXIS} values is an error value, never a guess.
 */
export function parseAxis(kind: AxisKind, text: string): AxisResult {
  const rule = RULES[kind];
  const items = text
    .replaceAll("−", "-")
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((s) => s !== "");
  if (items.length === 0) return refuse(rule, "nothing typed");
  const values: number[] = [0];
  let stated = false;
  for (const item of items) {
    const m = ITEM.exec(item);
    if (m === null) return refuse(rule, `"${item}" is no number`);
    const unit = m[3] ?? "";
    if (unit !== "" && unit !== rule.unit) return refuse(rule, `"${item}" has unit "${unit}"`);
    stated ||= unit !== "";
    const value = Number(m[2]) * (m[1] === "-" ? -1 : 1) + 0;
    if (!(value >= rule.min && value <= rule.max))
      return refuse(rule, `"${item}" is outside ${rule.min} to ${rule.max}`);
    values.push(value);
  }
  if (!stated && values.some((v) => v !== 0)) return refuse(rule, `no unit in "${text.trim()}"`);
  const axis = tidyAxis(values);
  if (axis.length > MAX_AXIS) return refuse(rule, `${axis.length} values, at most ${MAX_AXIS}`);
  return { ok: true, values: axis };
}

function refuse(rule: AxisRule, what: string): AxisResult {
  const message = `SCN-001 ${rule.word}: ${what}. Type them in ${rule.unit}, as in ${rule.example}.`;
  return { ok: false, error: { code: "SCN-001", message } };
}

/** Ascending, each value once, 0 included, −0 as 0. */
export function tidyAxis(values: readonly number[]): number[] {
  return [...new Set([0, ...values.map((v) => v + 0)])].sort((a, b) => a - b);
}

/** The axis as it would be typed: `-10%,-5%,0%,+5%`. Reading it back gives the same values. */
export function formatAxis(kind: AxisKind, values: readonly number[]): string {
  const sign = kind === "days" ? "" : "+";
  return values.map((v) => `${v > 0 ? sign : ""}${v}${RULES[kind].unit}`).join(",");
}
