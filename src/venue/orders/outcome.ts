import type { VenueContext } from "../context.ts";
import type { Reply } from "../net/http.ts";

/** How far an event runs ahead of the answer that it overtakes. */
const EVENT_LEAD_MS = 100;

/**
 * What a client hears of an order that it sent, when something is to go wrong with that. `make` makes the order and its regular reply; it is
 * not called where the request gets lost on its way.
 */
export function withOutcome(
  context: VenueContext,
  path: string,
  make: () => Reply,
  unavailable: Reply,
): Reply {
  const { faults } = context;
  const lost = faults.take("ackLost", path)?.params["when"];
  if (lost === "before") return { status: 0, reset: true };
  const later = faults.take("orderLater", path)?.params["ms"] as number | undefined;
  if (later !== undefined) {
    context.clock.after(later, () => void make());
    return unavailable;
  }
  const eventFirst = faults.has("fillBeforeAck", path);
  const reply = make();
  if (lost === "after") return { status: 0, reset: true };
  const failed = faults.take("ackError", path)?.params["status"] as number | undefined;
  if (failed !== undefined) return { status: failed, body: { message: "internal server error occurred" } };
  const late = faults.take("ackLate", path)?.params["ms"] as number | undefined;
  const afterMs = late ?? (eventFirst ? EVENT_LEAD_MS : null);
  return afterMs === null ? reply : { ...reply, afterMs };
}
