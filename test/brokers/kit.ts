import {
  buildInstrument,
  type Instrument,
  type InstrumentId,
  type IsoDay,
} from "../../engines/market/index.ts";
import type { Sent, Terms } from "../../engines/orders/index.ts";
import type {
  Answer,
  Broker,
  BrokerEvent,
  BrokerOrder,
  CancelReply,
  FindReply,
  SubmitReply,
} from "../../src/brokers/broker.ts";
import type { BrokerInstruments } from "../../src/brokers/setup.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";
import { pause } from "../venue/client.ts";

/** Contracts of the shipped catalog by their ids, as of a day. */
export function catalogInstruments(day: string): BrokerInstruments {
  const catalog = shippedCatalog();
  const known = new Map<InstrumentId, Instrument | null>();
  const byId = (id: InstrumentId): Instrument | null => {
    let found = known.get(id);
    if (found === undefined) {
      try {
        found = buildInstrument(catalog, id, day as IsoDay);
      } catch {
        found = null;
      }
      known.set(id, found);
    }
    return found;
  };
  return { byId, bySymbol: () => null };
}

/** A promise of the one answer; a second one fails the test that asked. */
function once<T>(ask: (reply: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    let answers = 0;
    ask((value) => {
      if (++answers > 1) throw new Error(`answered ${answers} times`);
      resolve(value);
    });
    setTimeout(() => reject(new Error("never answered")), 8_000).unref();
  });
}

/** A broker with promises for answers, and all that it said. */
export class Desk {
  readonly events: BrokerEvent[] = [];

  constructor(readonly broker: Broker) {
    broker.onEvent((e) => this.events.push(e));
  }

  submit = (clientId: string, terms: Terms): Promise<SubmitReply> =>
    once((r) => this.broker.submit({ clientId, terms } as Sent, r));
  cancel = (clientId: string, brokerId: string | null = null): Promise<CancelReply> =>
    once((r) => this.broker.cancel({ clientId, brokerId }, r));
  replace = (clientId: string, brokerId: string | null, limit: string): Promise<SubmitReply> =>
    once((r) => this.broker.replace({ clientId, brokerId, attempt: 1 }, limit, r));
  find = (clientId: string): Promise<FindReply> => once((r) => this.broker.find(clientId, r));
  positions = () =>
    value(once<Answer<readonly { instrument: string; qty: string }[]>>((r) => this.broker.positions(r)));
  account = () => value(once<Parameters<Parameters<Broker["account"]>[0]>[0]>((r) => this.broker.account(r)));
  open = () => value(once<Answer<readonly BrokerOrder[]>>((r) => this.broker.openOrders(r)));
  executions = (us: number) =>
    value(
      once<Parameters<Parameters<Broker["executionsSince"]>[1]>[0]>((r) =>
        this.broker.executionsSince(us as never, r),
      ),
    );
  dryRun = (terms: Terms) =>
    once<Parameters<Parameters<Broker["dryRun"]>[1]>[0]>((r) => this.broker.dryRun(terms, r));

  /** The order, once it is found. */
  async found(clientId: string): Promise<BrokerOrder> {
    return until(async () => {
      const reply = await this.find(clientId);
      return reply.found === "order" ? reply.order : null;
    });
  }

  /** Events of an order, of a kind. */
  of<K extends BrokerEvent["k"]>(k: K, clientId: string): Extract<BrokerEvent, { k: K }>[] {
    return this.events.filter(
      (e): e is Extract<BrokerEvent, { k: K }> => e.k === k && "clientId" in e && e.clientId === clientId,
    );
  }

  heard<K extends BrokerEvent["k"]>(k: K, clientId: string): Promise<Extract<BrokerEvent, { k: K }>> {
    return until(
      () => this.of(k, clientId)[0] ?? null,
      `${k} of ${clientId}; heard ${JSON.stringify(this.events)}`,
    );
  }
}

async function value<T>(answer: Promise<Answer<T>>): Promise<T> {
  const got = await answer;
  if (!got.ok) throw new Error(got.reason);
  return got.value;
}

/** Waits until something is there. */
export async function until<T>(look: () => Promise<T | null> | T | null, what = "it"): Promise<T> {
  for (let i = 0; i < 400; i++) {
    const found = await look();
    if (found !== null && found !== false) return found;
    await pause(15);
  }
  throw new Error(`waited in vain for ${what}`);
}
