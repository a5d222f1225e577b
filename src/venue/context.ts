import type { Clock } from "../shell/clock.ts";
import type { Faults } from "./faults/faults.ts";
import type { Hub } from "./hub.ts";
import type { VenueMarket } from "./market/types.ts";
import type { Plan } from "./plan.ts";
import type { SessionClock } from "./session-clock.ts";
import type { Stats } from "./stats.ts";

/** Key and secret that the venue knows; any other pair is refused. Null takes whatever comes. */
export interface Credentials {
  readonly key: string;
  readonly secret: string;
}

/** What the three protocols share. */
export interface VenueContext {
  readonly clock: Clock;
  readonly session: SessionClock;
  readonly market: VenueMarket;
  readonly hub: Hub;
  readonly faults: Faults;
  readonly stats: Stats;
  readonly plan: Plan;
  /** Requests a second that the IBKR gateway takes. */
  readonly gatewayRate: number;
  readonly credentials: Credentials | null;
  /** Seeded; for what needs no fixed place in time, such as which message a fault hits. */
  readonly chance: () => number;
}

/** Something of the market as it is told: a skewed clock stamps it wrong, and changes nothing else. */
export function told<T extends { readonly us: number }>(context: VenueContext, item: T): T {
  const skew = context.faults.take("clockSkew", "", true);
  return skew === null ? item : { ...item, us: item.us + Math.round((skew.params["ms"] as number) * 1000) };
}

/** The venue's time as it is told: the session's, with the skew of a fault. */
export function toldUs(context: VenueContext): number {
  const skew = context.faults.take("clockSkew", "", true);
  return context.session.nowUs() + (skew === null ? 0 : (skew.params["ms"] as number) * 1000);
}
