export type NavStatus = "PASS" | "HALT" | "EMERGENCY" | "ERROR";

/**
 * The circuit breaker over NAV at the broker's own marks: |internal − broker| / broker above `halt` lets closing through only, above
 * `emergency` nothing. A broker value that is not positive, or anything not finite, is an error and halts.
 */
export function navCheck(
  internal: number,
  broker: number,
  halt = 0.005,
  emergency = 0.01,
): { readonly status: NavStatus; readonly canTrade: boolean; readonly diff: number } {
  if (!(broker > 0) || !Number.isFinite(internal) || !Number.isFinite(broker))
    return { status: "ERROR", canTrade: false, diff: 0 };
  const diff = Math.abs(internal - broker) / broker;
  const status = diff > emergency ? "EMERGENCY" : diff > halt ? "HALT" : "PASS";
  return { status, canTrade: status === "PASS", diff };
}
