import type { Instrument } from "../../engines/market/index.ts";
import { candlesBefore } from "../desk/history.ts";
import type { ViewContext } from "../desk/views/context.ts";

/** Sessions over which a usual day is taken, and fewest that tell one. */
const SESSIONS = 20;
const LEAST_SESSIONS = 5;

/** Mean daily volume of the last sessions before this one, of an order in one stock or fund; null for others, and without a history that tells it. */
export function dayVolumeOf(context: ViewContext, instruments: readonly Instrument[]): number | null {
  const [only, more] = instruments;
  if (only === undefined || more !== undefined || (only.kind !== "equity" && only.kind !== "etf"))
    return null;
  const daily = candlesBefore(context.facts.history.of(only.symbol), context.session.day);
  const volumes = [...(daily?.volume.slice(-SESSIONS) ?? [])].filter((v) => v > 0);
  if (volumes.length < LEAST_SESSIONS) return null;
  return volumes.reduce((sum, v) => sum + v, 0) / volumes.length;
}
