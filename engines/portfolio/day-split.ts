/**
 * Day P&L by cause: what the move of the underlying, its curvature, time and vol explain of what was held at the prior close, what the
 * day's own fills and dividends made, and the rest. In integer millionths of the base currency like all figures, so that the parts of a
 * row and the rows of a total add up to the last digit.
 */
import type { RawGreeks } from "./leaf.ts";
import type { LegValue } from "./value.ts";

/** In the order shown. `rest` is what the others leave: higher orders, cross terms, marks that are not the model's. */
export const SPLIT_PARTS = ["delta", "gamma", "theta", "vega", "trades", "dividends", "rest"] as const;
export type SplitPart = (typeof SPLIT_PARTS)[number];
export type DaySplit = Readonly<Record<SplitPart, number>>;

/** An option at the prior settlement, and how far its inputs have moved since. */
export interface OptionMove {
  /** Per share at the prior close: theta per year, vega per 1.00 of vol. */
  readonly greeks: RawGreeks;
  readonly dSpot: number;
  /** Years that passed. */
  readonly years: number;
  readonly dSigma: number;
}

const SCALE = 1e6;
const whole = (x: number): number => Math.round(x * SCALE) + 0;

/**
 * Parts of one leg's day P&L, in base currency. Of what was held at the prior close, H = quantity x multiplier:
 * delta H·Δ·dS, gamma H·Γ·dS²/2, theta H·Θ·dt, vega H·V·dσ with the Greeks of the prior close; a share has H·(mark − prior) as delta.
 * trades = (now held − H) x mark + what the day's fills paid or received. Without `option` an option's move is all rest. Null where the
 * day P&L itself is unknown.
 */
export function splitDay(leg: LegValue, option: OptionMove | null): DaySplit | null {
  const { dayPnl } = leg.figures;
  const { openQty, openMultiplier, prior, flow, dividends, fx } = leg.day;
  if (dayPnl === null) return null;
  const rate = fx ?? 0;
  const mark = leg.mark.price ?? 0;
  const held = openQty * openMultiplier * rate;
  const now = leg.qty * leg.instrument.multiplier * rate;
  const g = option?.greeks;
  const isOption = leg.instrument.kind === "option";
  const move = isOption
    ? option === null
      ? 0
      : option.dSpot * option.greeks.delta
    : mark - (prior?.price ?? mark);
  const parts = {
    delta: whole(held * move),
    gamma: whole(option && g ? (held * g.gamma * option.dSpot ** 2) / 2 : 0),
    theta: whole(option && g ? held * g.theta * option.years : 0),
    vega: whole(option && g ? held * g.vega * option.dSigma : 0),
    trades: whole((now - held) * mark + flow * rate),
    dividends: whole(dividends * rate),
  };
  const explained = Object.values(parts).reduce((sum, x) => sum + x, 0);
  return scaled({ ...parts, rest: whole(dayPnl) - explained });
}

/** Sum of rows, part by part; null where one is unknown. */
export function sumSplits(rows: readonly (DaySplit | null)[]): DaySplit | null {
  const sums = { delta: 0, gamma: 0, theta: 0, vega: 0, trades: 0, dividends: 0, rest: 0 };
  for (const row of rows) {
    if (row === null) return null;
    for (const part of SPLIT_PARTS) sums[part] += whole(row[part]);
  }
  return scaled(sums);
}

function scaled(sums: DaySplit): DaySplit {
  const out = { ...sums };
  for (const part of SPLIT_PARTS) out[part] = sums[part] / SCALE + 0;
  return out;
}
