import { MarketError } from "./errors.ts";
import type { IsoDay } from "./ids.ts";
import type { Instrument, Leg, OptionInstrument } from "./instrument.ts";
import { expiryLabel, expiryLabelLong, formatStrike } from "./symbols.ts";

/** Structures: legs in lowest terms, and the names that traders give them. */

function gcd(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/**
 * Legs with one entry per instrument, ratios divided by their gcd, and the units that were divided out (always positive: direction is
 * in the ratios). Order of first mention. Errors: MKT-008 for ratios that are not integers, or nothing left.
 */
export function reduceLegs(legs: readonly Leg[]): { readonly legs: Leg[]; readonly units: number } {
  const ratios = new Map<Leg["instrument"], number>();
  for (const leg of legs) {
    if (!Number.isSafeInteger(leg.ratio)) {
      throw new MarketError("MKT-008", `ratio ${leg.ratio} of ${leg.instrument} is not a whole number`);
    }
    ratios.set(leg.instrument, (ratios.get(leg.instrument) ?? 0) + leg.ratio);
  }
  const left = [...ratios].filter(([, ratio]) => ratio !== 0);
  if (left.length === 0) throw new MarketError("MKT-008", "a structure without legs");
  const units = left.reduce((g, [, ratio]) => gcd(g, ratio), 0);
  return { legs: left.map(([instrument, ratio]) => ({ instrument, ratio: ratio / units })), units };
}

export type Pattern =
  | "spot"
  | "future"
  | "single"
  | "vertical"
  | "straddle"
  | "strangle"
  | "butterfly"
  | "ironButterfly"
  | "condor"
  | "ironCondor"
  | "calendar"
  | "diagonal"
  | "custom";

export interface StructureName {
  readonly pattern: Pattern;
  /** For a row under its underlying: `15jan 760/780 CV`. */
  readonly short: string;
  /** For orders: `GOOG 15jan16 760/780 call vertical`. */
  readonly long: string;
}

/** A leg with its instrument at hand; ratio in lowest terms. */
export interface NamedLeg {
  readonly instrument: Instrument;
  readonly ratio: number;
}

interface OptionLeg {
  readonly o: OptionInstrument;
  readonly ratio: number;
}

const WORD = { C: "call", P: "put" } as const;

/**
 * Name of legs in lowest terms. Verticals name the bought strike first; all others go up in strike, then in expiry. Short structures
 * carry the same name as long ones: their side is in the quantity. What fits no pattern is `custom 3 legs`.
 */
export function nameLegs(legs: readonly NamedLeg[], today: IsoDay): StructureName {
  const only = legs.length === 1 ? legs[0] : undefined;
  if (only !== undefined) return nameSingle(only.instrument, today);
  const options: OptionLeg[] = [];
  for (const { instrument, ratio } of legs) {
    if (instrument.kind !== "option") return custom(legs);
    options.push({ o: instrument, ratio });
  }
  const first = options[0]?.o;
  const alike = (x: OptionLeg): boolean =>
    x.o.symbol === first?.symbol &&
    x.o.multiplier === first.multiplier &&
    x.o.deliverable === first.deliverable;
  if (first === undefined || !options.every(alike)) return custom(legs);
  const sorted = options.toSorted(
    (a, b) => a.o.strike - b.o.strike || a.o.expiryUs - b.o.expiryUs || (a.o.type < b.o.type ? 1 : -1),
  );
  const sameExpiry = sorted.every((x) => x.o.expiryUs === first.expiryUs);
  const found = sameExpiry ? oneExpiry(sorted, today) : twoExpiries(sorted, today);
  return found ?? custom(legs);
}

function nameSingle(instrument: Instrument, today: IsoDay): StructureName {
  const { symbol } = instrument;
  if (instrument.kind === "option") {
    const what = `${formatStrike(instrument.strike)} ${instrument.type}`;
    return {
      pattern: "single",
      short: `${expiryLabel(instrument.expiry, today)} ${what}`,
      long: `${symbol} ${expiryLabelLong(instrument.expiry)} ${formatStrike(instrument.strike)} ${WORD[instrument.type]}`,
    };
  }
  if (instrument.kind === "future") {
    const short = `${symbol} ${expiryLabel(instrument.expiry, today)}`;
    return { pattern: "future", short, long: `${symbol} ${expiryLabelLong(instrument.expiry)} future` };
  }
  const stock = instrument.kind === "equity" || instrument.kind === "etf";
  return { pattern: "spot", short: stock ? "stock" : symbol, long: stock ? `${symbol} stock` : symbol };
}

function custom(legs: readonly NamedLeg[]): StructureName {
  const text = `custom ${legs.length} legs`;
  const symbols = [...new Set(legs.map((l) => l.instrument.symbol))];
  return { pattern: "custom", short: text, long: `${symbols.join("+")} ${text}` };
}

function named(
  pattern: Pattern,
  o: OptionInstrument,
  today: IsoDay,
  strikes: string,
  short: string,
  long: string,
): StructureName {
  return {
    pattern,
    short: `${expiryLabel(o.expiry, today)} ${strikes} ${short}`,
    long: `${o.symbol} ${expiryLabelLong(o.expiry)} ${strikes} ${long}`,
  };
}

function oneExpiry(legs: readonly OptionLeg[], today: IsoDay): StructureName | null {
  const [a, b] = legs;
  if (a === undefined || b === undefined) return null;
  const ratios = legs.map((l) => l.ratio).join(" ");
  const types = legs.map((l) => l.o.type).join("");
  const strikes = [...new Set(legs.map((l) => l.o.strike))];
  const text = strikes.map(formatStrike).join("/");
  const make = (pattern: Pattern, short: string, long: string): StructureName =>
    named(pattern, a.o, today, text, short, long);

  if (legs.length === 2) {
    if (types === "CC" || types === "PP") {
      if (strikes.length !== 2 || (ratios !== "1 -1" && ratios !== "-1 1")) return null;
      const bought = a.ratio > 0 ? [a, b] : [b, a];
      const pair = bought.map((l) => formatStrike(l.o.strike)).join("/");
      return named("vertical", a.o, today, pair, `${a.o.type}V`, `${WORD[a.o.type]} vertical`);
    }
    if (ratios !== "1 1" && ratios !== "-1 -1") return null;
    if (strikes.length === 1) return make("straddle", "str", "straddle");
    return types === "PC" ? make("strangle", "strg", "strangle") : null;
  }
  const oneType = types === "C".repeat(legs.length) || types === "P".repeat(legs.length);
  if (legs.length === 3 && oneType && strikes.length === 3) {
    if (ratios !== "1 -2 1" && ratios !== "-1 2 -1") return null;
    return make("butterfly", `${a.o.type} fly`, `${WORD[a.o.type]} butterfly`);
  }
  const wings = ratios === "1 -1 -1 1" || ratios === "-1 1 1 -1";
  if (legs.length !== 4 || !wings) return null;
  if (strikes.length === 4) {
    if (oneType) return make("condor", `${a.o.type} cond`, `${WORD[a.o.type]} condor`);
    return types === "PPCC" ? make("ironCondor", "iron cond", "iron condor") : null;
  }
  const body = legs[1]?.o.strike === legs[2]?.o.strike && strikes.length === 3;
  return body && types === "PPCC" ? make("ironButterfly", "iron fly", "iron butterfly") : null;
}

function twoExpiries(legs: readonly OptionLeg[], today: IsoDay): StructureName | null {
  const [near, far] = legs.toSorted((a, b) => a.o.expiryUs - b.o.expiryUs);
  if (legs.length !== 2 || near === undefined || far === undefined) return null;
  if (near.o.type !== far.o.type || near.ratio * far.ratio !== -1) return null;
  const [n, f] = [near.o, far.o];
  const label = (day: (d: IsoDay) => string): string =>
    n.strike === f.strike
      ? `${day(n.expiry)}/${day(f.expiry)} ${formatStrike(n.strike)}`
      : `${day(n.expiry)} ${formatStrike(n.strike)}/${day(f.expiry)} ${formatStrike(f.strike)}`;
  const same = n.strike === f.strike;
  return {
    pattern: same ? "calendar" : "diagonal",
    short: `${label((d) => expiryLabel(d, today))} ${n.type} ${same ? "cal" : "diag"}`,
    long: `${n.symbol} ${label(expiryLabelLong)} ${WORD[n.type]} ${same ? "calendar" : "diagonal"}`,
  };
}
