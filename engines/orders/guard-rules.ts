import type { GuardCode, GuardRule, Severity } from "./guard-types.ts";

/**
 * Severities that a setting may give a guard. A guard that is not here is fixed: it guards against orders that are not what they seem
 * (state, account, quotes, grid, collar, intent, unknown outcomes), and no setting weakens it.
 */
export const SETTABLE = {
  FATFINGER: ["deny", "confirm", "warn", "off"],
  SIZE: ["deny", "confirm"],
  PREMIUM: ["deny", "confirm"],
  DELTA: ["deny", "confirm", "warn", "off"],
  LOSS: ["deny", "confirm", "warn"],
  NAME: ["deny", "confirm", "warn", "off"],
  MARGIN: ["deny", "confirm"],
  DUPLICATE: ["deny", "confirm", "warn"],
  RATE: ["deny", "confirm"],
  TURNOVER: ["deny", "confirm", "warn", "off"],
  GREEKS: ["deny", "confirm", "warn", "off"],
  DAYLOSS: ["deny", "confirm"],
  LIQUIDITY: ["deny", "confirm", "warn", "off"],
  CONTRACT: ["deny", "confirm", "warn"],
  FAIR: ["deny", "confirm", "warn", "off"],
  EXPIRY: ["deny", "confirm", "warn"],
  ASSIGN: ["deny", "confirm", "warn", "off"],
  COST: ["deny", "confirm", "warn", "off"],
  ADV: ["deny", "confirm", "warn", "off"],
} as const satisfies Partial<Record<GuardCode, readonly Severity[]>>;
export type SettableGuard = keyof typeof SETTABLE;

/** `deny`, `warn opening`, `off manual`, `auto closing automatic`. Null where it says nothing that can be meant. */
export function readRule(text: string): GuardRule | null {
  const [severity, ...scope] = text.split(" ");
  if (severity === undefined || !/^(auto|deny|confirm|warn|off)$/.test(severity)) return null;
  const one = <T extends string>(words: readonly T[]): T | null =>
    words.find((w) => scope.includes(w)) ?? null;
  const orders = one(["opening", "closing"]);
  const by = one(["manual", "automatic"]);
  if (scope.length !== Number(orders !== null) + Number(by !== null)) return null;
  return { severity: severity === "auto" ? null : (severity as Severity), orders, by };
}
