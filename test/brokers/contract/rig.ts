import type { Instrument, InstrumentId } from "../../../engines/market/index.ts";
import type { Mode, Sent, Terms } from "../../../engines/orders/index.ts";
import type {
  Answer,
  BrokerEvent,
  CancelReply,
  FindReply,
  SubmitReply,
} from "../../../src/brokers/broker.ts";
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

export const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

/** Waits until `found` gives something. */
export async function until<T>(
  what: string,
  found: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  withinMs = 6_000,
): Promise<T> {
  for (const end = performance.now() + withinMs; ; ) {
    const value = await found();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(10);
  }
}

/** A broker as a test talks to it: calls as promises that know how often they were answered, and all events. */
export class Caller {
  readonly events: BrokerEvent[] = [];
  /** Calls that were answered more than once. */
  readonly answeredAgain: string[] = [];

  constructor(readonly broker: RealBroker) {
    broker.onEvent((event) => this.events.push(event));
  }

  private call<T>(name: string, run: (reply: (value: T) => void) => void): Promise<T> {
    let answers = 0;
    return new Promise((resolve) =>
      run((value) => {
        if (++answers > 1) this.answeredAgain.push(name);
        resolve(value);
      }),
    );
  }

  submit = (clientId: string, terms: Terms): Promise<SubmitReply> =>
    this.call("submit", (r) => this.broker.submit({ clientId, terms } as Sent, r));
  find = (clientId: string): Promise<FindReply> => this.call("find", (r) => this.broker.find(clientId, r));
  cancel = (clientId: string, brokerId: string | null): Promise<CancelReply> =>
    this.call("cancel", (r) => this.broker.cancel({ clientId, brokerId }, r));
  replace = (clientId: string, brokerId: string, limit: string, attempt = 1): Promise<SubmitReply> =>
    this.call("replace", (r) => this.broker.replace({ clientId, brokerId, attempt }, limit, r));
  openOrders = () => this.ok("openOrders", this.broker.openOrders.bind(this.broker));
  positions = () => this.ok("positions", this.broker.positions.bind(this.broker));
  account = () => this.ok("account", this.broker.account.bind(this.broker));
  executions = (us: number) =>
    this.ok("executionsSince", (r: (a: Answer<readonly Traded[]>) => void) =>
      this.broker.executionsSince(us as never, r),
    );

  /** The value of an answer, or an error with its reason. */
  private async ok<T>(name: string, run: (reply: (r: Answer<T>) => void) => void): Promise<T> {
    const answer = await this.call(name, run);
    if (!answer.ok) throw new Error(`${name}: ${answer.reason}`);
    return answer.value;
  }

  of<K extends BrokerEvent["k"]>(clientId: string, k: K): Extract<BrokerEvent, { k: K }>[] {
    return this.events.filter(
      (e): e is Extract<BrokerEvent, { k: K }> => e.k === k && "clientId" in e && e.clientId === clientId,
    );
  }

  event<K extends BrokerEvent["k"]>(clientId: string, k: K) {
    return until(`${k} of ${clientId}`, () => this.of(clientId, k)[0]);
  }

  /** Executions that were told of, each once. */
  fills(clientId: string) {
    return [...new Map(this.of(clientId, "fill").map(({ fill }) => [fill.execId, fill])).values()];
  }
}

type Traded = Parameters<Parameters<RealBroker["executionsSince"]>[1]>[0] extends infer A
  ? A extends { readonly ok: true; readonly value: readonly (infer R)[] }
    ? R
    : never
  : never;
