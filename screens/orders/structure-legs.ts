import type { OptionType, Slot } from "../../engines/market/index.ts";
import type { Expiry } from "../command/instruments.ts";

export const KINDS = [
  "vertical",
  "straddle",
  "strangle",
  "condor",
  "fly",
  "calendar",
  "diagonal",
  "roll",
] as const;
export type Kind = (typeof KINDS)[number];

export const KIND_WORDS: Readonly<Record<Kind, string>> = {
  vertical: "vertical",
  straddle: "straddle",
  strangle: "strangle",
  condor: "iron condor",
  fly: "fly",
  calendar: "calendar",
  diagonal: "diagonal",
  roll: "roll",
};

/** Whether the kind has a later expiry of its own. */
export const hasFar = (kind: Kind): boolean => kind === "calendar" || kind === "diagonal" || kind === "roll";

/** What the wizard has come to. */
export interface Shape {
  readonly kind: Kind;
  readonly type: OptionType;
  readonly near: Expiry;
  readonly far: Expiry | null;
  /** The strike under the cursor, and how many strikes on the next leg is. */
  readonly strike: number;
  readonly width: number;
}

export interface WizardLeg {
  readonly slot: Slot;
  readonly ratio: number;
  readonly label: string;
}

/** The strike `steps` listed strikes from another, in an expiry; null past the end. */
export function strikeAt(expiry: Expiry, strike: number, steps: number): number | null {
  let at = 0;
  for (const [i, k] of expiry.strikes.entries())
    if (Math.abs(k - strike) < Math.abs((expiry.strikes[at] as number) - strike)) at = i;
  return expiry.strikes[at + steps] ?? null;
}

type Row = readonly [expiry: "near" | "far", steps: number, type: OptionType, ratio: number];

/** Legs of one unit as bought: the first is the bought one, verticals step away from the money. */
function rowsOf({ kind, type, width }: Shape): readonly Row[] {
  const out = type === "C" ? width : -width;
  switch (kind) {
    case "vertical":
      return [
        ["near", 0, type, 1],
        ["near", out, type, -1],
      ];
    case "straddle":
      return [
        ["near", 0, "C", 1],
        ["near", 0, "P", 1],
      ];
    case "strangle":
      return [
        ["near", -width, "P", 1],
        ["near", width, "C", 1],
      ];
    case "condor":
      return [
        ["near", -2 * width, "P", 1],
        ["near", -width, "P", -1],
        ["near", width, "C", -1],
        ["near", 2 * width, "C", 1],
      ];
    case "fly":
      return [
        ["near", -width, type, 1],
        ["near", 0, type, -2],
        ["near", width, type, 1],
      ];
    case "calendar":
      return [
        ["far", 0, type, 1],
        ["near", 0, type, -1],
      ];
    case "diagonal":
      return [
        ["far", 0, type, 1],
        ["near", out, type, -1],
      ];
    case "roll":
      return [
        ["near", 0, type, -1],
        ["far", width, type, 1],
      ];
  }
}

/** The contracts of a shape; a sentence when one is not listed. */
export function legsOf(shape: Shape): readonly WizardLeg[] | string {
  const legs: WizardLeg[] = [];
  for (const [when, steps, type, ratio] of rowsOf(shape)) {
    const expiry = when === "near" ? shape.near : shape.far;
    if (!expiry) return "There is no later expiry.";
    const strike = strikeAt(expiry, shape.strike, steps);
    if (strike === null) return `${expiry.label} has no strike that far: make it narrower.`;
    const found = expiry[type].get(strike);
    if (!found) return `${expiry.label} lists no ${strike} ${type === "C" ? "call" : "put"}.`;
    const label = hasFar(shape.kind) ? `${expiry.label} ${strike} ${type}` : `${strike} ${type}`;
    legs.push({ slot: found.slot, ratio, label });
  }
  return legs;
}
