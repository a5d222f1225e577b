import type { InstrumentId } from "../../../engines/market/index.ts";
import type { LedgerRecord } from "../../../engines/orders/index.ts";
import type { TicketBody } from "../../orders/ticket-body.ts";

/** Every contract that records of a ledger name, each once, in the order of first mention. */
export function namedIn(records: readonly LedgerRecord[]): Set<InstrumentId> {
  const named = new Set<InstrumentId>();
  for (const record of records) for (const id of idsOf(record)) named.add(id);
  return named;
}

function idsOf(record: LedgerRecord): readonly InstrumentId[] {
  switch (record.k) {
    case "planned":
      return record.order.terms.legs.map((leg) => leg.instrument);
    case "ticket":
      return (record.ticket.body as TicketBody).legs.map((leg) => leg.instrument as InstrumentId);
    case "fill":
      return [record.fill.instrument];
    case "booked":
      return "instrument" in record.event ? [record.event.instrument] : [];
    default:
      return [];
  }
}
