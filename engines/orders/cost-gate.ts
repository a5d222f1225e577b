export type Regime = "normal" | "elevated" | "crisis";
const FACTOR: Readonly<Record<Regime, number>> = { normal: 1, elevated: 1.5, crisis: 2.5 };

/** One trade that a rebalance would like. Money in base currency; costs in bps of the traded notional. */
export interface GateInput {
  readonly current: number;
  readonly target: number;
  readonly nav: number;
  readonly regime: Regime;
  /** What the trade saves over its horizon: less tracking error or risk budget, in base currency. Null: unknown. */
  readonly benefit: number | null;
  readonly slippageBps: number;
  readonly commissionBps: number;
  /** Per year; counts only where the sale opens or adds to a short. Null: unknown, which is not available. */
  readonly borrowBps: number | null;
  readonly horizonDays: number;
  /** Days to the next ex-date, null for none known. */
  readonly exDividendDays: number | null;
  /** Reasons that let it through whatever it costs; a failed reconciliation is none. */
  readonly override: "limit breach" | "emergency" | "FX band" | "hedge" | "manual" | null;
}
export interface GateAnswer {
  readonly trade: boolean;
  readonly drift: number;
  /** Base currency; null where unknown. */
  readonly cost: number | null;
  readonly benefit: number | null;
  readonly reason: string;
}

export const MIN_DRIFT = 0.002;
const BENEFIT_TIMES = 1.5;
const DIVIDEND_BPS = 5;

/**
 * Trades where it is worth its cost: drift = |target − current| / NAV at least 0.2 % x regime, benefit at least 1.5 x regime x cost. What
 * reduces risk is let through: a crisis must not block the way out.
 */
export function costGate(i: GateInput): GateAnswer {
  const traded = i.target - i.current;
  const drift = Math.abs(traded) / i.nav;
  const reduces = Math.abs(i.target) < Math.abs(i.current) && i.target * i.current >= 0;
  const factor = FACTOR[i.regime];
  const answer = (
    trade: boolean,
    reason: string,
    cost: number | null,
    benefit: number | null,
  ): GateAnswer => ({
    trade,
    drift,
    cost,
    benefit,
    reason,
  });
  if (!Number.isFinite(drift)) return answer(false, "NAV or target unknown", null, i.benefit);
  if (i.override !== null) return answer(true, i.override, null, i.benefit);
  if (drift < MIN_DRIFT * factor) return answer(false, "drift too small", 0, 0);
  if (reduces) return answer(true, "reduces risk", null, i.benefit);
  const bps = costBps(i, traded);
  if (bps === null) return answer(false, "borrow unknown", null, i.benefit);
  const cost = (Math.abs(traded) * bps) / 1e4;
  if (i.benefit === null) return answer(false, "benefit unknown", cost, null);
  const worth = i.benefit >= BENEFIT_TIMES * factor * cost;
  return answer(worth, worth ? "worth its cost" : "costs more than it saves", cost, i.benefit);
}

function costBps(i: GateInput, traded: number): number | null {
  const shortens = traded < 0 && i.target < 0;
  if (shortens && i.borrowBps === null) return null;
  const borrow = shortens ? ((i.borrowBps as number) * i.horizonDays) / 365 : 0;
  const dividend = i.target < 0 && i.exDividendDays !== null && i.exDividendDays <= 3 ? DIVIDEND_BPS : 0;
  return i.slippageBps + 0.5 * i.commissionBps + borrow + dividend;
}
