import { VoldeskError } from "../../../config/errors.ts";
import type { Micros } from "../../../engines/market/index.ts";
import type { Execution, Sent, Terms } from "../../../engines/orders/index.ts";
import type { BackoffLimits } from "../../feeds/backoff.ts";
import { deribitName } from "../../feeds/deribit/names.ts";
import { answer, notThere } from "../answers.ts";
import type {
  AccountActivity,
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
import { decimalOf, type Row, rowOf } from "../wire-values.ts";
import { DeribitLink } from "./link.ts";
import { DeribitLook } from "./look.ts";
import { cancelFailure, submitFailure, wordsOf } from "./outcome.ts";
import { type OrderRow, orderRow, tradeRows } from "./rows.ts";
import { DeribitWatch } from "./watch.ts";

export interface DeribitBrokerOptions extends BrokerOptions {
  /** How long an answer may take before the outcome is unknown. */
  readonly answerWithinMs?: number;
  /** How long Deribit may hold a request back before it throws it away. */
  readonly validMs?: number;
  /** Time between two looks at orders that work, should a message of them be lost. */
  readonly pollMs?: number;
  /** Time between two proofs that the sign-in is good. */
  readonly proofMs?: number;
  /** Looks a minute where Deribit takes more than usual. */
  readonly perMinute?: number;
  readonly chance?: () => number;
  readonly backoff?: BackoffLimits;
}

const ANSWER_WITHIN_MS = 10_000;
const POLL_MS = 10_000;
const VALID_MS = 4_000;
/** Beyond the time that a request is valid for: what the clocks and the books of both sides may be off. */
const SETTLE_MS = 2_000;
const CURRENCIES = ["BTC", "ETH", "USDC"] as const;
const TIFS: Readonly<Record<string, string>> = {
  day: "good_til_day",
  gtc: "good_til_cancelled",
  ioc: "immediate_or_cancel",
};

/** @throws VoldeskError FEED-001 without keys. */
export function openDeribitBroker(options: DeribitBrokerOptions): DeribitBroker {
  return new DeribitBroker(options);
}

/** Deribit: single legs of inverse options over one JSON-RPC socket, the desk's id of an order as its label. */
export class DeribitBroker implements RealBroker {
  readonly traits: BrokerTraits;
  private readonly told = new Told();
  private readonly link: DeribitLink;
  private readonly look: DeribitLook;
  private readonly watch: DeribitWatch;
  private readonly validMs: number;

  constructor(private readonly options: DeribitBrokerOptions) {
    const { keys, rest, ws, clock, log, cancelOnDisconnect = false } = options;
    if (keys === null)
      throw new VoldeskError(
        "FEED-001",
        "orders need the keys of an account",
        "Set DERIBIT_CLIENT_ID and DERIBIT_CLIENT_SECRET, in the environment or in deribit.keys.",
        "deribit",
      );
    this.validMs = options.validMs ?? VALID_MS;
    const settleMs = this.validMs + (options.validMs === undefined ? SETTLE_MS : 100);
    this.traits = {
      name: "deribit",
      idempotentIds: false,
      settleUs: settleMs * 1000,
      replace: "price",
      maxLegs: 1,
      stockWithOptions: false,
      deadMan: cancelOnDisconnect,
    };
    this.link = new DeribitLink({
      rest,
      ws,
      keys,
      clock,
      log,
      cancelOnDisconnect,
      chance: options.chance ?? Math.random,
      answerWithinMs: options.answerWithinMs ?? ANSWER_WITHIN_MS,
      ...(options.backoff !== undefined && { backoff: options.backoff }),
      perMinute: options.perMinute ?? null,
      proofMs: options.proofMs,
      heard: (channel, data) => this.watch.heard(channel, data),
      up: () => void this.watch.catchUp(),
    });
    this.look = new DeribitLook(this.link, CURRENCIES);
    this.watch = new DeribitWatch(this.told, this.look, clock, options.pollMs ?? POLL_MS, log);
    this.link.connect();
    this.watch.start();
  }

  /** Null while orders can be sent, else why not. */
  get standing(): string | null {
    return this.link.standing;
  }

  onEvent(listener: (event: BrokerEvent) => void): void {
    this.told.onEvent(listener);
  }

  submit(order: Sent, reply: (r: SubmitReply) => void): void {
    const { clientId, terms } = order;
    const params = this.params(clientId, terms);
    if (typeof params === "string") return reply({ outcome: "rejected", reason: params });
    this.look.sends(clientId, params.instrument_name.split("-")[0] ?? "");
    this.told.sent(clientId, this.options.clock.monotonicMs());
    this.link.order(this.buys(terms) ? "private/buy" : "private/sell", params).then(
      (result) => this.placed(clientId, result, reply),
      (error: unknown) => {
        const failure = submitFailure(error);
        if (failure.outcome === "rejected") this.told.over(clientId);
        reply(failure);
      },
    );
  }

  /** What Deribit is asked for, or in words why it can't be. */
  private params(label: string, terms: Terms): OrderParams | string {
    const [leg, ...more] = terms.legs;
    if (leg === undefined || more.length > 0 || Math.abs(leg.ratio) !== 1)
      return "Deribit takes one contract an order here; send the legs one by one";
    if (leg.instrument.startsWith("DERIBIT/"))
      return `${leg.instrument.slice(8)} is no inverse option on BTC or ETH, which is all that the books here can hold; trade it on Deribit's own screen`;
    const instrument = this.options.instruments.byId(leg.instrument);
    const name = instrument === null ? null : deribitName(instrument);
    if (name === null) return `Deribit does not list ${leg.instrument}`;
    if (instrument?.kind === "crypto")
      return `${name} is settled in its coin, which the books here can't hold; trade it on Deribit's own screen`;
    const time_in_force = TIFS[terms.tif];
    if (time_in_force === undefined) return `Deribit has no "${terms.tif}"`;
    return {
      instrument_name: name,
      amount: Number(terms.qty),
      type: "limit",
      price: Math.abs(Number(terms.limit)),
      label,
      time_in_force,
      valid_until: Math.floor(this.link.serverMs() + this.validMs),
    };
  }

  private placed(clientId: string, result: unknown, reply: (r: SubmitReply) => void): void {
    const row = orderRow(rowOf(result)?.["order"]);
    if (row === null) return reply({ outcome: "unknown", reason: "the answer can't be read" });
    if (row.state === "rejected") {
      this.told.over(clientId);
      return reply({ outcome: "rejected", reason: row.reason ?? "rejected by Deribit" });
    }
    reply({ outcome: "acked", brokerId: row.orderId });
    this.watch.trades(tradeRows(rowOf(result)?.["trades"]));
    this.watch.order({ ...row, label: clientId });
  }

  replace(
    target: { readonly clientId: string; readonly brokerId: string | null },
    limit: string,
    reply: (r: SubmitReply) => void,
  ): void {
    this.edit(target, limit).then(reply, (error: unknown) => reply(submitFailure(error)));
  }

  /** Deribit takes the whole size with a new price, so that is looked up first. */
  private async edit(
    target: { readonly clientId: string; readonly brokerId: string | null },
    limit: string,
  ): Promise<SubmitReply> {
    const row = await this.known(target).catch((error: unknown) => wordsOf(error));
    if (row === null) return { outcome: "rejected", reason: "no such order" };
    if (typeof row === "string") return { outcome: "rejected", reason: `${row}; the new limit was not sent` };
    if (row.state !== "working") return { outcome: "rejected", reason: `it is ${row.state}` };
    const result = await this.link.order("private/edit", {
      order_id: row.orderId,
      amount: Number(row.amount),
      price: Math.abs(Number(limit)),
    });
    const edited = orderRow(rowOf(result)?.["order"]);
    if (edited === null) return { outcome: "unknown", reason: "the answer can't be read" };
    this.watch.trades(tradeRows(rowOf(result)?.["trades"]));
    return { outcome: "acked", brokerId: edited.orderId };
  }

  private async known(target: {
    readonly clientId: string;
    readonly brokerId: string | null;
  }): Promise<OrderRow | null> {
    const id = target.brokerId ?? this.told.brokerId(target.clientId);
    if (id !== null) return await this.look.state(id);
    const found = await this.look.byLabel(target.clientId);
    return found === null ? null : await this.look.state(found.brokerId);
  }

  cancel(
    target: { readonly clientId: string; readonly brokerId: string | null },
    reply: (r: CancelReply) => void,
  ): void {
    this.off(target).then(reply, (error: unknown) => reply(cancelFailure(error)));
  }

  private async off(target: {
    readonly clientId: string;
    readonly brokerId: string | null;
  }): Promise<CancelReply> {
    const order_id = target.brokerId ?? this.told.brokerId(target.clientId);
    if (order_id === null) {
      const n = await this.link.cancel("private/cancel_by_label", { label: target.clientId });
      if (typeof n !== "number") return { outcome: "unknown", reason: "the answer can't be read" };
      return n > 0
        ? { outcome: "asked", reason: null }
        : { outcome: "refused", reason: "no such open order" };
    }
    const row = orderRow(await this.link.cancel("private/cancel", { order_id }));
    if (row === null) return { outcome: "unknown", reason: "the answer can't be read" };
    this.watch.soon(target.clientId, order_id);
    return { outcome: "asked", reason: null };
  }

  find(clientId: string, reply: (r: FindReply) => void): void {
    this.look.byLabel(clientId).then(
      (order) => {
        if (order === null)
          return reply(notThere(this.told, clientId, this.options.clock.monotonicMs(), this.traits.settleUs));
        reply({ found: "order", order });
      },
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
    const rows = this.look.executions(us);
    answer(
      rows.then((all) => all.map(({ label, fill }) => ({ clientId: label, fill }))),
      wordsOf,
      reply,
    );
  }

  activities(since: Micros, reply: (r: Answer<readonly AccountActivity[]>) => void): void {
    answer(this.look.activities(since), wordsOf, reply);
  }

  positions(reply: (r: Answer<readonly BrokerPosition[]>) => void): void {
    answer(this.look.positions(), wordsOf, reply);
  }

  account(reply: (r: Answer<BrokerAccount>) => void): void {
    const { hostname } = new URL(this.options.ws);
    const paper = hostname === "test.deribit.com" ? true : hostname.endsWith("deribit.com") ? false : null;
    answer(this.look.account(paper), wordsOf, reply);
  }

  /** What the order would bind as margin, and the prices that are let in now. No order comes of it. */
  dryRun(terms: Terms, reply: (r: Answer<DryRun> | null) => void): void {
    answer(this.margins(terms), wordsOf, reply);
  }

  private async margins(terms: Terms): Promise<DryRun> {
    const params = this.params("", terms);
    if (typeof params === "string") throw new Error(params);
    const { instrument_name, amount, price } = params;
    const row = rowOf(await this.link.call("private/get_margins", { instrument_name, amount, price }));
    const text = row === null ? null : marginText(row, this.buys(terms), instrument_name.split("-")[0] ?? "");
    if (text === null) throw new Error("Deribit's margins can't be read");
    return { text, us: this.options.clock.wallUs() as Micros };
  }

  private buys({ side, legs: [leg] }: Terms): boolean {
    return (side === "buy") === (leg?.ratio ?? 1) > 0;
  }

  async close(): Promise<void> {
    this.watch.close();
    this.link.close();
  }
}

type OrderParams = Readonly<Record<string, unknown>> & { readonly instrument_name: string };

/** `initial margin 0.0219949 BTC · prices from 0.0005 to 0.412`; null where it says nothing. */
function marginText(row: Row, buys: boolean, ccy: string): string | null {
  const margin = decimalOf(row[buys ? "buy" : "sell"]);
  if (margin === null) return null;
  const [low, high] = [decimalOf(row["min_price"]), decimalOf(row["max_price"])];
  const band = low === null || high === null ? "" : ` · prices from ${low} to ${high}`;
  return `initial margin ${margin} ${ccy}${band}`;
}
