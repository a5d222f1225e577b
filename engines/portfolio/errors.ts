/** Why an event was not booked or a figure could not be made. The ledger is unchanged. */
export const PortfolioCodes = {
  /** A price, quantity or amount is no decimal number, is negative where it may not be, or is out of range. */
  badNumber: "PF-001",
  unknownInstrument: "PF-002",
  /** The instrument lacks a fact that money depends on (multiplier). */
  missingFact: "PF-003",
  unknownExecution: "PF-004",
  /** The execution was sealed into a past day and can't be busted or corrected any more. */
  sealed: "PF-005",
  unknownStructure: "PF-006",
  badStructure: "PF-007",
  /** More than is held, or the wrong side. */
  notHeld: "PF-008",
  badAction: "PF-009",
} as const;
export type PortfolioCode = (typeof PortfolioCodes)[keyof typeof PortfolioCodes];

/** Refusal of one event: code, what, where; thrown inside, returned by `applyEvent`. */
export class PortfolioError extends Error {
  override readonly name = "PortfolioError";
  constructor(
    readonly code: PortfolioCode,
    message: string,
  ) {
    super(message);
  }
}
