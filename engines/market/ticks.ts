import { MarketError } from "./errors.ts";
import { type Price, priceNumber, priceOf } from "./exact.ts";
import type { TickStep } from "./instrument.ts";

/**
 * Price grids. A grid is a list of steps ascending by price, first at 0; within a step prices are multiples of its tick. All work is done on
 * integers of 1e-8, so 0.15 is three ticks of 0.05. Negative prices (nets of packages) mirror the grid.
 */

interface ExactStep {
  readonly from: number;
  readonly tick: number;
  /** Start of the next step, Infinity for the last. */
  readonly until: number;
}

function exactStep(steps: readonly TickStep[], i: number): ExactStep {
  const step = steps[i];
  if (step === undefined) throw new MarketError("MKT-006", "a price grid without steps");
  const tick = priceOf(step.tick);
  if (!(tick > 0)) throw new MarketError("MKT-006", `a tick of ${step.tick}`);
  const next = steps[i + 1];
  return { from: priceOf(step.from), tick, until: next === undefined ? Infinity : priceOf(next.from) };
}

function stepOf(steps: readonly TickStep[], size: number): ExactStep {
  let i = steps.length - 1;
  while (i > 0 && priceOf(steps[i]?.from ?? 0) > size) i--;
  return exactStep(steps, Math.max(i, 0));
}

/** Tick in force at a price, in price units. Errors: MKT-006 for NaN or an empty grid. */
export function tickAt(steps: readonly TickStep[], price: number): number {
  return priceNumber(stepOf(steps, Math.abs(priceOf(price))).tick as Price);
}

function roundUnits(steps: readonly TickStep[], size: number, up: boolean): number {
  const { from, tick, until } = stepOf(steps, size);
  const multiple = Math.floor(size / tick) * tick;
  // The border of a step is a price of the grid even where it is no multiple of the new tick.
  const down = Math.max(multiple, from);
  return down === size || !up ? down : Math.min(multiple + tick, until);
}

/** The nearest price on the grid at or below (`down`) or at or above (`up`) a price. */
export function roundToGrid(steps: readonly TickStep[], price: number, direction: "down" | "up"): number {
  const units = priceOf(price);
  const up = (direction === "up") === units >= 0;
  const rounded = roundUnits(steps, Math.abs(units), up) * (units < 0 ? -1 : 1);
  return priceNumber((rounded === 0 ? 0 : rounded) as Price);
}

/** An order price on the grid, rounded to the patient side: a buy down, a sell up. Errors: MKT-006 for NaN. */
export function roundToTick(steps: readonly TickStep[], price: number, side: "buy" | "sell"): number {
  return roundToGrid(steps, price, side === "buy" ? "down" : "up");
}

export function isOnGrid(steps: readonly TickStep[], price: number): boolean {
  const size = Math.abs(priceOf(price));
  return roundUnits(steps, size, false) === size;
}

/** `count` grid steps up (or down, negative), across borders of steps. A price between ticks first moves to the next one on that side. */
export function stepTicks(steps: readonly TickStep[], price: number, count: number): number {
  if (!Number.isInteger(count) || Math.abs(count) > 100_000) {
    throw new MarketError("MKT-006", `a move of ${count} ticks`);
  }
  const direction = count < 0 ? "down" : "up";
  let at = price;
  for (let k = 0; k < Math.abs(count); k++) {
    const next = roundToGrid(steps, at, direction);
    if (next !== priceNumber(priceOf(at))) {
      at = next;
      continue;
    }
    // From a grid price: the finer tick of the two sides of a border, then on to the grid.
    const nudge = (priceOf(at) + (count < 0 ? -1 : 1)) as Price;
    at = roundToGrid(steps, priceNumber(nudge), direction);
  }
  return at;
}

/** Width of `high - low` in ticks of the grid between them; fractions where an end lies between ticks. 0 when `high` is not above `low`. */
export function ticksBetween(steps: readonly TickStep[], low: number, high: number): number {
  const [a, b] = [priceOf(low), priceOf(high)];
  if (b <= a) return 0;
  if (a < 0) {
    return b <= 0
      ? ticksBetween(steps, -high, -low)
      : ticksBetween(steps, 0, -low) + ticksBetween(steps, 0, high);
  }
  let ticks = 0;
  for (let i = 0; i < steps.length; i++) {
    const { from, tick, until } = exactStep(steps, i);
    const part = Math.min(b, until) - Math.max(a, from);
    if (part > 0) ticks += part / tick;
  }
  return ticks;
}

/**
 * Decimals that a price of this grid needs, so that a column of one class lines up: those of the finest tick at prices from 1 up
 * (0.05 and 0.10 both show two), or of the price's own tick below 1.
 */
export function gridDecimals(steps: readonly TickStep[], price: number | null): number {
  let decimals = 0;
  const own = price !== null && Math.abs(price) < 1 ? tickAt(steps, price) : null;
  if (own !== null) decimals = decimalsOf(own);
  for (let i = 0; i < steps.length; i++) {
    const { tick, until } = exactStep(steps, i);
    if (until > 1e8) decimals = Math.max(decimals, decimalsOf(priceNumber(tick as Price)));
  }
  return decimals;
}

function decimalsOf(tick: number): number {
  let units = priceOf(tick) as number;
  let decimals = 8;
  while (decimals > 0 && units % 10 === 0) {
    units /= 10;
    decimals--;
  }
  return decimals;
}

/** Text of a market price: `decimals` places, one more where that shows half a tick (748.155). NaN and null are the caller's `–`. */
export function formatPrice(price: number, decimals: number): string {
  const scaled = price * 10 ** decimals;
  const half = Math.abs(scaled - Math.trunc(scaled) - (price < 0 ? -0.5 : 0.5)) < 1e-6;
  const text = half ? `${price.toFixed(decimals + 1)}` : price.toFixed(decimals);
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
