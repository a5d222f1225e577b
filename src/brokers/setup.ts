import type { Instrument, InstrumentId } from "../../engines/market/index.ts";
import type { ApiKeys } from "../feeds/keys.ts";
import type { Clock } from "../shell/clock.ts";
import type { Broker } from "./broker.ts";

/** Brokers beyond the embedded paper one, which is made where its market is. */
export type RealBrokerName = "alpaca" | "ibkr" | "deribit";

/** Where a broker is and who asks: plain data, which may cross a thread or go to the guard. */
export interface BrokerSetup {
  readonly kind: RealBrokerName;
  /** Base of its REST face and of its websocket. */
  readonly rest: string;
  readonly ws: string;
  readonly keys: ApiKeys | null;
  /** Where the broker offers it: it cancels what works when the connection is lost. */
  readonly cancelOnDisconnect?: boolean;
}

/** Contracts by either name. */
export interface BrokerInstruments {
  byId(id: InstrumentId): Instrument | null;
  /** What a symbol of the vendor names, made known here where that can be; null where it cannot. */
  bySymbol(symbol: string): Instrument | null;
}

export interface BrokerOptions extends Omit<BrokerSetup, "kind"> {
  readonly clock: Clock;
  readonly instruments: BrokerInstruments;
  readonly log: (level: "info" | "warn" | "error", text: string) => void;
}

/** A broker over the wire: connects by itself and again, until it is closed. */
export interface RealBroker extends Broker {
  /** Null while orders can be sent and are heard of, else why not. */
  readonly standing: string | null;
  close(): Promise<void>;
}
