/** The shape of an instrument as it is kept in a session. */
import * as z from "zod";
import type { Instrument } from "../../engines/market/index.ts";

const listed = {
  id: z.string().min(1),
  symbol: z.string().min(1),
  ccy: z.string().min(1),
  calendar: z.string().min(1),
  ticks: z.array(z.strictObject({ from: z.number(), tick: z.number().positive() })).min(1),
};
const day = z.iso.date();

export const instrumentSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...listed,
    kind: z.enum(["equity", "etf", "index", "fx", "crypto"]),
    multiplier: z.literal(1),
  }),
  z.strictObject({
    ...listed,
    kind: z.literal("future"),
    underlying: z.string().nullable(),
    multiplier: z.number().positive(),
    lastTradeUs: z.number(),
    expiryUs: z.number(),
    expiry: day,
  }),
  z.strictObject({
    ...listed,
    kind: z.literal("option"),
    underlying: z.string().min(1),
    type: z.enum(["C", "P"]),
    strike: z.number(),
    expiry: day,
    style: z.enum(["european", "american"]),
    settlement: z.strictObject({ time: z.enum(["AM", "PM"]), how: z.enum(["cash", "physical"]) }),
    lastTradeUs: z.number(),
    expiryUs: z.number(),
    multiplier: z.number().positive(),
    premiumStyle: z.enum(["upfront", "futures", "inverse"]),
    deliverable: z.int().positive(),
  }),
]);

const OPTION_KEYS = [
  "id",
  "symbol",
  "ccy",
  "calendar",
  "ticks",
  "kind",
  "underlying",
  "type",
  "strike",
  "expiry",
  "style",
  "settlement",
  "lastTradeUs",
  "expiryUs",
  "multiplier",
  "premiumStyle",
  "deliverable",
] as const;
const OPTION_KEY_SET: ReadonlySet<string> = new Set(OPTION_KEYS);
/** A day of this century that exists in every year: 29 February is left to the schema. */
const CERTAIN_DAY =
  /^20\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)$/;
const TEXTS = ["id", "symbol", "ccy", "calendar", "underlying"] as const;
const NUMBERS = ["strike", "lastTradeUs", "expiryUs", "multiplier", "deliverable"] as const;

/**
 * True for an option that {@link instrumentSchema} takes, by plain comparisons: a chain has thousands of them, and zod's first look at
 * each costs a tenth of a second at the start. What this is not sure of (a rare date, an odd key) is left to the schema.
 */
export function isPlainOption(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const x = value as Record<string, unknown>;
  if (x.kind !== "option") return false;
  const keys = Object.keys(x);
  if (keys.length !== OPTION_KEYS.length || !keys.every((key) => OPTION_KEY_SET.has(key))) return false;
  for (const name of TEXTS) if (typeof x[name] !== "string" || x[name] === "") return false;
  for (const name of NUMBERS) if (!Number.isFinite(x[name])) return false;
  if (!((x.multiplier as number) > 0 && Number.isSafeInteger(x.deliverable) && (x.deliverable as number) > 0))
    return false;
  if (typeof x.expiry !== "string" || !CERTAIN_DAY.test(x.expiry)) return false;
  const known =
    (x.type === "C" || x.type === "P") &&
    (x.style === "american" || x.style === "european") &&
    (x.premiumStyle === "upfront" || x.premiumStyle === "futures" || x.premiumStyle === "inverse");
  return known && isSettlement(x.settlement) && isTickTable(x.ticks);
}

function isSettlement(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 2) return false;
  const { time, how } = value as Record<string, unknown>;
  return (time === "AM" || time === "PM") && (how === "cash" || how === "physical");
}

function isTickTable(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((step: unknown) => {
    if (typeof step !== "object" || step === null || Object.keys(step).length !== 2) return false;
    const { from, tick } = step as Record<string, unknown>;
    return Number.isFinite(from) && Number.isFinite(tick) && (tick as number) > 0;
  });
}

/** The instruments of a session, each as the schema says. */
export const instrumentsSchema = z.array(z.unknown()).transform((rows, context): Instrument[] => {
  for (const [slot, row] of rows.entries()) {
    if (isPlainOption(row)) continue;
    const parsed = instrumentSchema.safeParse(row);
    if (!parsed.success)
      context.addIssue({ code: "custom", message: `instrument ${slot}: ${parsed.error.message}` });
  }
  return rows as Instrument[];
});
