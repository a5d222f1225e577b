import type { Sent, Terms } from "../../engines/orders/index.ts";
import type {
  Answer,
  BrokerEvent,
  BrokerOrder,
  CancelReply,
  DryRun,
  FindReply,
  SubmitReply,
} from "../../src/brokers/broker.ts";
import type { RealBroker } from "../../src/brokers/setup.ts";
import { LIMIT_MS, until } from "../harness/until.ts";

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
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${name} was never answered`)), LIMIT_MS);
      run((value) => {
        if (++answers > 1) this.answeredAgain.push(name);
        clearTimeout(late);
        resolve(value);
      });
    });
  }

  submit = (clientId: string, terms: Terms): Promise<SubmitReply> =>
    this.call("submit", (r) => this.broker.submit({ clientId, terms } as Sent, r));
  find = (clientId: string): Promise<FindReply> => this.call("find", (r) => this.broker.find(clientId, r));
  cancel = (clientId: string, brokerId: string | null = null): Promise<CancelReply> =>
    this.call("cancel", (r) => this.broker.cancel({ clientId, brokerId }, r));
  replace = (clientId: string, brokerId: string, limit: string, attempt = 1): Promise<SubmitReply> =>
    this.call("replace", (r) => this.broker.replace({ clientId, brokerId, attempt }, limit, r));
  openOrders = () => this.ok("openOrders", this.broker.openOrders.bind(this.broker));
  positions = () => this.ok("positions", this.broker.positions.bind(this.broker));
  account = () => this.ok("account", this.broker.account.bind(this.broker));
  executions = (us: number) =>
    this.ok("executionsSince", (r: Parameters<RealBroker["executionsSince"]>[1]) =>
      this.broker.executionsSince(us as never, r),
    );

  dryRun = (terms: Terms): Promise<Answer<DryRun> | null> =>
    this.call("dryRun", (r) => this.broker.dryRun(terms, r));

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

  /** The first of a kind, now or later. */
  event<K extends BrokerEvent["k"]>(clientId: string, k: K) {
    return until(
      `${k} of ${clientId}`,
      () => this.of(clientId, k)[0],
      () => this.events.slice(-10),
    );
  }

  /** The order, once it is found. */
  async found(clientId: string): Promise<BrokerOrder> {
    let reply: FindReply | null = null;
    const look = async () => {
      reply = await this.find(clientId);
      return reply.found === "order" && reply.order;
    };
    return until(`${clientId} by its id`, look, () => reply);
  }

  /** Executions that were told of, each once. */
  fills(clientId: string) {
    return [...new Map(this.of(clientId, "fill").map(({ fill }) => [fill.execId, fill])).values()];
  }

  /** Waits until so many of each leg, signed, were executed, in one execution or several. */
  filled(clientId: string, ...legs: readonly number[]) {
    const done = (leg: number): number =>
      this.fills(clientId).reduce((sum, f) => sum + (f.legIndex === leg ? Number(f.qty) : 0), 0);
    return until(
      `${legs.join(" and ")} of ${clientId}`,
      () => legs.every((qty, leg) => done(leg) === qty),
      () => this.events.slice(-10),
    );
  }
}
