import { type Intent, type Side, signOf } from "./terms.ts";

/** What an account holds of a contract, and what its working orders would still sell (−) and buy (+) of it. */
export interface Held {
  readonly qty: number;
  readonly workingBuys: number;
  readonly workingSells: number;
}

export type IntentOf =
  | { readonly ok: true; readonly intent: Intent }
  /** It would go through zero; at most `closable` closes. */
  | { readonly ok: false; readonly closable: number };

/**
 * Whether a signed quantity opens or closes, from the position minus the orders that are already closing it (contracts section 6).
 * Going through zero in one leg is refused.
 */
export function intentOf(held: Held, qty: number): IntentOf {
  const against = held.qty * qty < 0;
  if (!against) return { ok: true, intent: "open" };
  const closing = qty < 0 ? Math.abs(held.workingSells) : held.workingBuys;
  const closable = Math.max(0, Math.abs(held.qty) - closing);
  return Math.abs(qty) <= closable ? { ok: true, intent: "close" } : { ok: false, closable };
}

export interface WorkingLeg {
  readonly side: Side;
  readonly ratio: number;
  readonly remaining: number;
}

/** Adds what a working order would still trade of a contract. */
export function withWorking(held: Held, leg: WorkingLeg): Held {
  const qty = signOf(leg.side) * leg.ratio * leg.remaining;
  return qty > 0
    ? { ...held, workingBuys: held.workingBuys + qty }
    : { ...held, workingSells: held.workingSells + qty };
}

/** Of a whole order: to open, to close, or both, which is a roll. */
export function orderIntent(intents: readonly Intent[]): Intent | "roll" {
  const first = intents[0] ?? "open";
  return intents.every((intent) => intent === first) ? first : "roll";
}
