import type { EventColumns, InstrumentId, Micros } from "../../engines/market/index.ts";
import type { Broker } from "../brokers/broker.ts";

/** The broker of an order session, and what it must see of the market as it is applied. */
export interface BrokerSide {
  /** The broker of a branch of the account; `lineage` says what of the branches before counts in it. */
  open(scope: string, lineage: ReadonlyMap<string, number>): Broker;
  /** Whether rows can make something happen. */
  readonly busy: boolean;
  watches(id: InstrumentId): boolean;
  /** Session time of the next thing that it does by itself, null for none. */
  dueUs(): number | null;
  /** It is this late, and nothing else happened. */
  at(us: Micros): void;
  advance(us: Micros): void;
  applied(id: InstrumentId, columns: EventColumns, row: number): void;
}

/** A broker over the wire: the market moves it, not our rows. */
export function wireSide(broker: Broker): BrokerSide {
  return {
    open: () => broker,
    busy: false,
    watches: () => false,
    dueUs: () => null,
    at: () => undefined,
    advance: () => undefined,
    applied: () => undefined,
  };
}
