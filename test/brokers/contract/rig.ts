import type { Instrument, InstrumentId } from "../../../engines/market/index.ts";
import type { Mode, Terms } from "../../../engines/orders/index.ts";
import type { BrokerInstruments, RealBroker } from "../../../src/brokers/setup.ts";
import type { FaultRequest } from "../../../src/venue/faults/kinds.ts";
import type { Venue } from "../../../src/venue/venue.ts";

/** What is ordered in the tests: far below the market it rests, well above it is filled at once. */
export interface Wanted {
  readonly legs: readonly { readonly instrument: InstrumentId; readonly ratio: number }[];
  readonly low: string;
  readonly high: string;
  /** Text of `n` times the smallest order that can be partly filled: `n` contracts, shares, lots. */
  readonly qty: (n: number) => string;
}

/** An order as the venue itself has it. */
export interface VenueOrder {
  readonly status: "working" | "filled" | "cancelled" | "rejected" | "expired";
  /** In the order's units. */
  readonly filled: number;
}

/**
 * All that the contract needs to know of one broker: how to connect to its venue, what to trade there, and the venue's own truth by a way
 * that does not lead through the broker under test. One adapter for each broker.
 */
export interface BrokerRig {
  readonly name: string;
  readonly venue: Venue;
  /** Where faults of this protocol's orders are named, and where those of any of its requests and sockets. */
  readonly orders: string;
  readonly mode: Mode;
  readonly account: string;
  /** What the desk's market is made of. The first is traded as `single`. */
  readonly instruments: readonly Instrument[];
  readonly single: Wanted;
  /** Null where the broker takes no packages. */
  readonly pack: Wanted | null;
  /** Terms that the venue refuses with a positive no. */
  readonly refused: Partial<Terms>;
  /** A new connection, ready to trade. */
  open(): Promise<RealBroker>;
  /** So much time passes for its brokers, ms. */
  later(ms: number): void;
  /** Every first order (not what replaced it) under a client id, with what became of it; null: of the whole account. */
  at(clientId: string | null): Promise<readonly VenueOrder[]>;
  /** A resting order made by somebody else; its broker id. */
  external(): Promise<string>;
  /** Faults that this protocol needs in place of the usual ones, by the name of the outcome; null where it can't come to that. */
  readonly outcomes?: Readonly<Record<string, readonly FaultRequest[] | null>>;
  close(): Promise<void>;
}

/** Contracts by id, as a desk would hand them to a broker. */
export function instrumentsOf(all: readonly Instrument[]): BrokerInstruments {
  return { byId: (id) => all.find((i) => i.id === id) ?? null, bySymbol: () => null };
}

let serial = 0;
/** 40 digits, as client ids of the desk are; never the same twice. */
export const newClientId = (): string =>
  `${(++serial).toString(16)}${Math.round(performance.timeOrigin * 1000).toString(16)}`.padStart(40, "0");

export function termsOf(rig: BrokerRig, wanted: Wanted, change: Partial<Terms> = {}): Terms {
  const legs = wanted.legs.map((leg) => ({ ...leg, intent: "open" as const }));
  return {
    account: rig.account,
    mode: rig.mode,
    side: "buy",
    legs,
    qty: wanted.qty(1),
    limit: wanted.low,
    tif: "day",
    strategy: "manual",
    ...change,
  };
}
