/** The shape of an instrument as it is kept in a session. */
import * as z from "zod";

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
