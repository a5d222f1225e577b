import type { Instrument, Micros } from "../../../engines/market/index.ts";
import type { Execution, OrderLeg, Sent, Terms } from "../../../engines/orders/index.ts";
import type { BackoffLimits } from "../../feeds/backoff.ts";
import { type GatewayAnswer, GatewayError } from "../../feeds/ibkr/gateway.ts";
import { answer, notThere } from "../answers.ts";
import type {
  Answer,
  BrokerAccount,
  BrokerEvent,
  BrokerOrder,
  BrokerPosition,
  BrokerTraits,
  CancelReply,
  DryRun,
  FindReply,
  SubmitReply,
} from "../broker.ts";
import type { BrokerOptions, RealBroker } from "../setup.ts";
import { Told } from "../told.ts";
import { isRow, type Row, textOf } from "../wire-values.ts";
import { ANSWERED_YES, QuestionChain } from "./chain.ts";
import { OrderContracts } from "./contracts.ts";
import { IbkrLook } from "./look.ts";
import { OrderQueue } from "./queue.ts";
import { executionOf, type RowLeg } from "./rows.ts";
import { IbkrSession } from "./session.ts";
import { dryRunText, MOST_LEGS, type Ticket, ticketBody } from "./ticket.ts";
import { IbkrWatch, wordsOf } from "./watch.ts";

export interface IbkrBrokerOptions extends BrokerOptions {
  /** Questions of the broker's that are answered with yes. */
  readonly yes?: ReadonlySet<string>;
  /** How long an answer may take before the outcome is unknown. */
  readonly answerWithinMs?: number;
  /** How long an order may come to life after its answer was lost. */
  readonly settleMs?: number;
  /** Least time between two looks at the lists of orders and of executions, and between looks while something works. */
  readonly listEveryMs?: number;
  readonly pollMs?: number;
  /** Requests a minute where the gateway takes more than usual. */
  readonly perMinute?: number;
  readonly chance?: () => number;
  readonly backoff?: BackoffLimits;
}

const ANSWER_WITHIN_MS = 8_000;
const SETTLE_MS = 10_000;
const LIST_EVERY_MS = 5_000;

type Target = { readonly clientId: string; readonly brokerId: string | null };

export const openIbkrBroker = (options: IbkrBrokerOptions): IbkrBroker => new IbkrBroker(options);

/** Interactive Brokers by its gateway: the desk's id of an order as `cOID`, one queue of order requests for the session. */
export class IbkrBroker implements RealBroker {
  readonly traits: BrokerTraits;
  private readonly told = new Told();
  private readonly session: IbkrSession;
  private readonly contracts: OrderContracts;
  private readonly look: IbkrLook;
  private readonly watch: IbkrWatch;
  private readonly chain: QuestionChain;
  private readonly queue = new OrderQueue();

  constructor(private readonly options: IbkrBrokerOptions) {
    const { rest, ws, clock, log, instruments, listEveryMs = LIST_EVERY_MS } = options;
    this.traits = {
      name: "ibkr",
      idempotentIds: true,
      settleUs: (options.settleMs ?? SETTLE_MS) * 1000,
      replace: "price",
      maxLegs: MOST_LEGS,
      stockWithOptions: false,
      deadMan: false,
      corrects: (execId, other) => executionOf(execId) === executionOf(other) && execId > other,
    };
    this.session = new IbkrSession({
      rest,
      ws,
      clock,
      log,
      chance: options.chance ?? Math.random,
      answerWithinMs: options.answerWithinMs ?? ANSWER_WITHIN_MS,
      perMinute: options.perMinute ?? null,
      ...(options.backoff !== undefined && { backoff: options.backoff }),
      heard: (topic, args) => this.watch.heard(topic, args),
      up: () => void this.watch.catchUp(),
    });
    this.contracts = new OrderContracts(this.session.gateway);
    this.look = new IbkrLook(this.session, this.contracts, instruments, clock, listEveryMs);
    this.watch = new IbkrWatch(this.told, this.look, clock, options.pollMs ?? listEveryMs, log);
    this.chain = new QuestionChain(this.session.gateway, options.yes ?? ANSWERED_YES);
    this.session.start();
    this.watch.start();
  }

  /** Null while orders can be sent, else why not. */
  get standing(): string | null {
    return this.session.standing;
  }

  onEvent(listener: (event: BrokerEvent) => void): void {
    this.told.onEvent(listener);
  }

  submit(order: Sent, reply: (r: SubmitReply) => void): void {
    const { clientId } = order;
    this.told.sent(clientId, this.options.clock.monotonicMs());
    const answered = (r: SubmitReply): void => {
      if (r.outcome === "rejected") this.told.over(clientId);
      reply(r);
      if (r.outcome === "acked") this.told.acked(clientId, r.brokerId);
    };
    this.queue.send(
      clientId,
      async () => answered(await this.place(order)),
      (why) => answered({ outcome: "rejected", reason: why }),
    );
  }

  private async place({ clientId, terms }: Sent): Promise<SubmitReply> {
    const ticket = await this.ticket(terms).catch((error: unknown) => wordsOf(error));
    if (typeof ticket === "string") return { outcome: "rejected", reason: `${ticket}; nothing was sent` };
    const { standing, account } = this.session;
    if (standing !== null || account === null)
      return { outcome: "rejected", reason: `${standing ?? "no account"}; nothing was sent` };
    if (this.queue.stopped(clientId)) return { outcome: "rejected", reason: "cancelled before it was sent" };
    this.look.sends(clientId, ticket.legs);
    const body = { orders: [{ acctId: account, cOID: clientId, ...ticket.body }] };
    return await this.chain.run(`/iserver/account/${account}/orders`, body, () =>
      this.queue.stopped(clientId),
    );
  }

  /** What the gateway is told of an order. @throws ContractError, GatewayError */
  private async ticket(terms: Terms): Promise<Ticket> {
    const known: { readonly leg: OrderLeg; readonly instrument: Instrument; readonly conid: number }[] = [];
    if (this.session.standing !== null) throw new Error(this.session.standing);
    for (const leg of terms.legs) {
      const instrument = this.options.instruments.byId(leg.instrument);
      if (instrument === null) throw new Error(`${leg.instrument} is not known here`);
      known.push({ leg, instrument, conid: await this.contracts.conid(instrument) });
    }
    return ticketBody(terms, known, (legs: readonly RowLeg[], ccy) => this.contracts.conidex(legs, ccy));
  }

  replace(target: Target, limit: string, reply: (r: SubmitReply) => void): void {
    this.queue.change(
      async () => reply(await this.change(target, limit)),
      (why) => reply({ outcome: "rejected", reason: why }),
    );
  }

  /** The same order again with another price; what does not change is said as the broker has it. */
  private async change({ clientId }: Target, limit: string): Promise<SubmitReply> {
    const { standing, account } = this.session;
    if (standing !== null || account === null)
      return { outcome: "rejected", reason: `${standing ?? "no account"}; the new limit was not sent` };
    const row = await this.rowOf(clientId).catch((error: unknown) => wordsOf(error));
    if (typeof row === "string") return { outcome: "rejected", reason: `${row}; the new limit was not sent` };
    if (row === null) return { outcome: "rejected", reason: "no such order" };
    if (row.state !== "working") return { outcome: "rejected", reason: `it is ${row.word}` };
    const body = {
      acctId: account,
      ...(row.conidex === null ? { conid: row.legs[0]?.conid } : { conidex: row.conidex }),
      orderType: "LMT",
      side: row.side.toUpperCase(),
      price: row.conidex === null ? Math.abs(Number(limit)) : Number(limit),
      quantity: Number(row.total),
      tif: row.tif.toUpperCase(),
      outsideRTH: false,
    };
    return await this.chain.run(`/iserver/account/${account}/order/${row.orderId}`, body, () => false);
  }

  private async rowOf(clientId: string) {
    const known = this.watch.row(clientId);
    if (known !== null) return known;
    const { rows } = await this.look.orders();
    return rows.find((r) => r.ref === clientId) ?? null;
  }

  cancel(target: Target, reply: (r: CancelReply) => void): void {
    if (this.queue.callOff(target.clientId)) return reply({ outcome: "asked", reason: null });
    this.queue.urgent(
      async () => reply(await this.off(target)),
      (why) => reply({ outcome: "unknown", reason: why }),
    );
  }

  private async off({ clientId, brokerId }: Target): Promise<CancelReply> {
    try {
      const number =
        brokerId ?? this.told.brokerId(clientId) ?? (await this.rowOf(clientId))?.orderId ?? null;
      if (number === null) return { outcome: "refused", reason: "no such order at the broker" };
      const { account } = this.session;
      if (account === null) return { outcome: "unknown", reason: this.session.standing ?? "no account" };
      const path = `/iserver/account/${account}/order/${number}`;
      return cancelAnswer(await this.session.gateway.exchange("DELETE", path, null));
    } catch (error) {
      const unsent = error instanceof GatewayError && error.unsent ? "; nothing was sent" : "";
      return { outcome: "unknown", reason: `${wordsOf(error)}${unsent}` };
    }
  }

  find(clientId: string, reply: (r: FindReply) => void): void {
    this.look.byRef(clientId).then(
      (order) =>
        reply(
          order === null
            ? notThere(this.told, clientId, this.options.clock.monotonicMs(), this.traits.settleUs)
            : { found: "order", order },
        ),
      (error: unknown) => reply({ found: "unanswered", reason: wordsOf(error) }),
    );
  }

  openOrders(reply: (r: Answer<readonly BrokerOrder[]>) => void): void {
    answer(this.look.open(), wordsOf, reply);
  }

  executionsSince(
    us: Micros,
    reply: (r: Answer<readonly { clientId: string | null; fill: Execution }[]>) => void,
  ): void {
    const since = this.look.executions().then((all) => all.filter(({ fill }) => fill.us >= us));
    answer(
      since.then((all) => all.map(({ ref, fill }) => ({ clientId: ref, fill }))),
      wordsOf,
      reply,
    );
  }

  /** The gateway lists executions only: fees, dividends and interest show in the cash alone. */
  activities(_since: Micros, reply: (r: null) => void): void {
    reply(null);
  }

  positions(reply: (r: Answer<readonly BrokerPosition[]>) => void): void {
    answer(this.look.positions(), wordsOf, reply);
  }

  account(reply: (r: Answer<BrokerAccount>) => void): void {
    answer(this.look.account(), wordsOf, reply);
  }

  /** The broker's what-if: commission, margin and equity after it. No order comes of it. */
  dryRun(terms: Terms, reply: (r: Answer<DryRun> | null) => void): void {
    answer(this.whatIf(terms), wordsOf, reply);
  }

  private async whatIf(terms: Terms): Promise<DryRun> {
    const ticket = await this.ticket(terms);
    const { account, gateway } = this.session;
    const body = { orders: [{ acctId: account, ...ticket.body }] };
    const { value } = await gateway.exchange("POST", `/iserver/account/${account}/orders/whatif`, body);
    const text = isRow(value) ? dryRunText(value) : null;
    if (text === null) throw new Error("the broker's what-if can't be read");
    return { text, us: this.options.clock.wallUs() as Micros };
  }

  async close(): Promise<void> {
    this.watch.close();
    this.queue.close();
    this.look.close();
    this.session.close();
  }
}

function cancelAnswer({ status, value }: GatewayAnswer): CancelReply {
  const row: Row = isRow(value) ? value : {};
  const error = textOf(row["error"]);
  if (status < 500 && error !== null) return { outcome: "refused", reason: error };
  if (status >= 200 && status < 300 && textOf(row["msg"]) !== null) return { outcome: "asked", reason: null };
  return { outcome: "unknown", reason: error ?? `the answer can't be read (HTTP ${status})` };
}
