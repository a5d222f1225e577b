/** Codes of this engine. The text of a {@link MarketError} follows `what, where`; the shell adds what to do. */
export type MarketErrorCode =
  | "MKT-001" // malformed instrument id
  | "MKT-002" // malformed OCC symbol
  | "MKT-003" // value that cannot be represented in the asked form
  | "MKT-004" // unknown calendar, or a day outside its span
  | "MKT-005" // money: not exact, overflow, or currencies differ
  | "MKT-006" // price or quantity off its grid
  | "MKT-007" // unknown symbol or root, or an instrument that lacks a fact (multiplier, deliverable)
  | "MKT-008" // malformed structure
  | "MKT-009"; // malformed book snapshot

/** A refusal by this engine: a code and one sentence. */
export class MarketError extends Error {
  readonly code: MarketErrorCode;
  constructor(code: MarketErrorCode, message: string) {
    super(message);
    this.name = "MarketError";
    this.code = code;
  }
}
