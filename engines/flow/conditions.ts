import { Print } from "./types.ts";

/**
 * OPRA trade message types: cancels A C E G; late or out of sequence B D F H; reopening J and crosses c d; packages, stock-tied trades
 * and compression f to u. Automatic I, sweeps S, auctions a b, floor e and extended hours v are ordinary prints.
 * Source: OPRA binary data recipient specification, message category "a".
 */
const OPRA: Readonly<Record<string, Print>> = {
  A: Print.cancel,
  C: Print.cancel,
  E: Print.cancel,
  G: Print.cancel,
  B: Print.late,
  D: Print.late,
  F: Print.late,
  H: Print.late,
  J: Print.notCrossing,
  c: Print.notCrossing,
  d: Print.notCrossing,
};
const PACKAGES = "fghijklmnopqrstu";

/** What an OPRA message type letter means for direction; an unknown letter is an ordinary print. */
export function opraPrint(code: string): Print {
  if (code.length === 1 && PACKAGES.includes(code)) return Print.multiLeg;
  return OPRA[code] ?? Print.regular;
}
