import { guardRule, type Setting } from "../setting-kinds.ts";

/** What guards do with what they find. Those that are not here are fixed. */
export const GUARD_SETTINGS = {
  "guards.fatFinger": guardRule(
    ["deny", "confirm", "warn", "off"],
    "Guard of a limit far on the patient side.",
  ),
  "guards.size": guardRule(["deny", "confirm"], "Guard of the size of an order."),
  "guards.premium": guardRule(["deny", "confirm"], "Guard of the premium paid."),
  "guards.delta": guardRule(["deny", "confirm", "warn", "off"], "Guard of an order's $ delta."),
  "guards.loss": guardRule(["deny", "confirm", "warn"], "Guard of an order's worst loss."),
  "guards.name": guardRule(["deny", "confirm", "warn", "off"], "Guard of the worst loss on one underlying."),
  "guards.margin": guardRule(["deny", "confirm"], "Guard of the buying power after an order."),
  "guards.duplicate": guardRule(["deny", "confirm", "warn"], "Guard of an order equal to a young one."),
  "guards.rate": guardRule(["deny", "confirm"], "Guard of orders in a minute."),
  "guards.turnover": guardRule(["deny", "confirm", "warn", "off"], "Guard of the day's turnover."),
  "guards.greeks": guardRule(["deny", "confirm", "warn", "off"], "Guard of the book's vega after an order."),
  "guards.dayLoss": guardRule(["deny", "confirm"], "Guard of the day's loss."),
  "guards.liquidity": guardRule(
    ["deny", "confirm", "warn", "off"],
    "Guard of an option's spread, volume, open interest and displayed size.",
  ),
  "guards.contract": guardRule(
    ["deny", "confirm", "warn"],
    "Guard of an option's multiplier and deliverable.",
  ),
  "guards.fair": guardRule(
    ["deny", "confirm", "warn", "off"],
    "Guard of an offer over 2 vol points above the model.",
  ),
  "guards.expiry": guardRule(["deny", "confirm", "warn"], "Guard of an option's or future's last day."),
  "guards.assign": guardRule(
    ["deny", "confirm", "warn", "off"],
    "Guard of shorts that may be assigned early.",
  ),
  "guards.cost": guardRule(
    ["deny", "confirm", "warn", "off"],
    "Gate of expected cost against the benefit that `:worth` tells. With auto it speaks of tickets that have one only.",
  ),
  "guards.adv": guardRule(
    ["deny", "confirm", "warn", "off"],
    "Guard of an order over 1 % of a stock's usual day of volume.",
  ),
} as const satisfies Record<string, Setting>;
