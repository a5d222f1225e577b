import { seeded } from "../../engines/stats/index.ts";
import type { Clock } from "../../src/shell/clock.ts";
import type { Faults } from "../../src/venue/faults/faults.ts";
import type { FaultRequest } from "../../src/venue/faults/kinds.ts";

export type Protocol = "alpaca" | "deribit" | "ibkr";

/** No fault sooner after the last than this share of the mean. */
const LEAST = 0.2;

type Make = (span: (least: number, most: number) => number) => readonly FaultRequest[];

/** What goes wrong on any websocket and on any REST. */
const COMMON: readonly Make[] = [
  () => [{ kind: "reset" }],
  () => [{ kind: "close", code: 1001 }],
  (span) => [{ kind: "mute", forMs: span(500, 20_000) }],
  (span) => [{ kind: "halfOpen", forMs: span(3_000, 12_000) }],
  (span) => [{ kind: "drop", share: 1, forMs: span(1_000, 20_000) }],
  (span) => [{ kind: "duplicates", share: 0.5, forMs: span(2_000, 20_000) }],
  (span) => [{ kind: "reorder", forMs: span(2_000, 20_000) }],
  (span) => [{ kind: "delay", ms: span(100, 4_000), forMs: span(1_000, 5_000) }],
  (span) => [{ kind: "fragments", pieces: 4, forMs: span(1_000, 10_000) }],
  () => [{ kind: "malformed", how: "frame", count: 1 }],
  () => [{ kind: "refuseUpgrade", status: 429, retryAfter: 3, count: 1 }, { kind: "reset" }],
  (span) => [{ kind: "clockSkew", ms: span(-3_000, 3_000), forMs: span(2_000, 15_000) }],
  (span) => [{ kind: "rest", status: 500, forMs: span(500, 4_000) }],
  (span) => [{ kind: "restSlow", ms: span(500, 4_000), forMs: span(500, 5_000) }],
  () => [{ kind: "restReset", count: 2 }],
];

/** Damaged and lost messages within a connection: to be made good by the next quote or by asking again. */
const LOSSES: readonly Make[] = [
  (span) => [{ kind: "drop", share: 0.3, forMs: span(500, 10_000) }],
  () => [{ kind: "malformed", how: "cut", count: 3 }],
  () => [{ kind: "malformed", how: "json", count: 3 }],
  () => [{ kind: "malformed", how: "type", count: 2 }],
  () => [{ kind: "malformed", how: "shape", count: 2 }],
];

const OWN: Readonly<Record<Protocol, readonly Make[]>> = {
  alpaca: [
    ...LOSSES,
    () => [{ kind: "slowClient" }],
    () => [{ kind: "partialAck", lacks: "key", count: 1 }, { kind: "reset" }],
    () => [{ kind: "partialAck", lacks: "symbol", count: 1 }, { kind: "reset" }],
    () => [{ kind: "dataBeforeAck", count: 1 }, { kind: "reset" }],
    () => [{ kind: "connectionLimit", deadMs: 4_000, forMs: 10_000 }, { kind: "reset" }],
    (span) => [{ kind: "lateTrades", ms: 3_000, share: 0.3, forMs: span(1_000, 10_000) }],
    (span) => [{ kind: "unknownKeys", forMs: span(1_000, 10_000) }],
    (span) => [{ kind: "unknownType", forMs: span(1_000, 10_000) }],
    (span) => [{ kind: "bigIds", forMs: span(1_000, 10_000) }],
    (span) => [{ kind: "emptyWords", forMs: span(1_000, 10_000) }],
    () => [{ kind: "hugeFrame", bytes: 300_000, count: 1 }],
    () => [{ kind: "correction" }],
    () => [{ kind: "cancelTrade" }],
  ],
  deribit: [
    () => [{ kind: "tokenExpiry" }],
    () => [{ kind: "tooManyRequests", count: 1 }],
    (span) => [{ kind: "unknownKeys", forMs: span(1_000, 10_000) }],
  ],
  ibkr: [
    (span) => [{ kind: "loggedOut", forMs: span(1_000, 5_000) }],
    (span) => [{ kind: "noHeartbeat", forMs: span(10_000, 40_000) }],
  ],
};

/** Puts seeded faults in, one after the other, some at once, until it is stopped. */
export function unleash(
  clock: Clock,
  faults: Faults,
  plan: { readonly protocol: Protocol; readonly seed: number; readonly faultEvery: number },
  tell: (request: FaultRequest) => void,
): () => void {
  const r = seeded(plan.seed);
  const span = (least: number, most: number): number => Math.round(least + r.uniform() * (most - least));
  const all = [...COMMON, ...OWN[plan.protocol]];
  let cancel = (): void => {};
  const next = (): void => {
    const wait = 1000 * plan.faultEvery * (LEAST - Math.log(1 - r.uniform()) * (1 - LEAST));
    cancel = clock.after(wait, () => {
      const make = all[Math.floor(r.uniform() * all.length)] as Make;
      for (const request of make(span)) {
        faults.add(request);
        tell(request);
      }
      next();
    });
  };
  next();
  return () => cancel();
}
