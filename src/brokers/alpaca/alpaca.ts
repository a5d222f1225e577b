import type { Micros } from "../../../engines/market/index.ts";
import type { Execution, Sent, Terms } from "../../../engines/orders/index.ts";
import type { ApiKeys } from "../../feeds/keys.ts";
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
import { Account } from "./account.ts";
import { readActivity } from "./activities.ts";
import { Audit } from "./audit.ts";
import { Chains } from "./chains.ts";
import { Finder } from "./finder.ts";
import { Lookup } from "./lookup.ts";
import { Reads } from "./reads.ts";
import { Replacing } from "./replacing.ts";
import { orderBody } from "./request.ts";
import { Sends } from "./sends.ts";
import { TradeStream } from "./stream.ts";
import { type AlpacaTuning, TUNING } from "./tuning.ts";
import { Updates } from "./updates.ts";
import { readOrder } from "./wire.ts";

/** The vendor's code for a client id that an order has already. */
const DUPLICATE = 40010001;

/** Alpaca's trading API: orders and account by REST, what happens to them by the stream of order events. */
export class AlpacaBroker implements RealBroker {
  readonly traits: BrokerTraits;
  /** Once the account has answered and order events are heard. */
  readonly ready: Promise<void>;
  private readonly chains: Chains;
  private readonly reads: Reads;
  private readonly sends: Sends;
  private readonly lookup: Lookup;
  private readonly finder: Finder;
  private readonly account_: Account;
  private readonly stream: TradeStream;
  private readonly audit: Audit;
  private readonly replacing: Replacing;
  private readonly sentMs = new Map<string, number>();
  /** When the cancel of an order was taken, by its broker id: taken is not done. */
  private readonly cancelMs = new Map<string, number>();
  private readonly keys: ApiKeys;
  private listener: (event: BrokerEvent) => void = () => undefined;
  private cancelPoll: (() => void) | null = null;

  constructor(
    private readonly options: BrokerOptions,
    private readonly tuning: AlpacaTuning,
  ) {
    const { rest, ws, clock, instruments } = options;
    // A local venue takes any pair; the vendor refuses this one, and then nothing is sent.
    this.keys = options.keys ?? { id: "voldesk", secret: "voldesk", from: "none" };
    this.traits = {
      name: "Alpaca",
      idempotentIds: true,
      settleUs: tuning.settleMs * 1000,
      replace: "single",
      maxLegs: 4,
      stockWithOptions: false,
      deadMan: false,
    };
    this.chains = new Chains(instruments, clock);
    this.reads = new Reads({
      tradingUrl: rest,
      credentials: this.keys,
      clock,
      perMinute: tuning.readsPerMinute,
    });
    this.sends = new Sends(rest, this.keys, tuning.answerMs);
    this.lookup = new Lookup(this.reads, this.chains, instruments);
    this.finder = new Finder(this.lookup);
    this.account_ = new Account(this.reads, rest, instruments, clock, tuning.chance);
    const { reads, sends, lookup, chains } = this;
    this.replacing = new Replacing({ reads, sends, lookup, chains, clock, withinMs: tuning.replaceMs });
    const tell = (event: BrokerEvent): void => this.listener(event);
    const log = (level: "info" | "warn" | "error", text: string): void =>
      options.log(level, this.hushed(`Alpaca: ${text}`));
    const settled = (clientId: string): boolean => this.settled(clientId);
    this.audit = new Audit({
      reads,
      lookup,
      chains,
      clock,
      settled,
      tell,
      log,
      certainMs: 2 * tuning.settleMs,
    });
    const updates = new Updates(chains, {
      tell,
      log,
      audit: (_why, then) => this.audit.request(then),
      replacement: (orderId, done) => this.replacing.outcome(orderId, done),
    });
    let heard: () => void = () => undefined;
    const hears = new Promise<void>((resolve) => {
      heard = resolve;
    });
    this.stream = new TradeStream({
      url: `${ws}/stream`,
      keys: this.keys,
      clock,
      ...tuning,
      update: (update) => updates.handle(update),
      listening: () => {
        this.audit.request();
        heard();
      },
      log,
    });
    const known = new Promise<void>((resolve) => this.account_.verify(resolve));
    this.ready = Promise.all([hears, known]).then(() => undefined);
    this.stream.connect();
    this.poll();
  }

  get standing(): string | null {
    const { trouble } = this.account_;
    const deaf = this.stream.trouble;
    return (
      this.reads.denied ??
      trouble ??
      (deaf === null ? null : `order events are not heard (${deaf}); only closing orders go out`)
    );
  }

  onEvent(listener: (event: BrokerEvent) => void): void {
    this.listener = listener;
  }

  // ---- what changes something: once, never again ------------------------------------------------------

  submit(order: Sent, reply: (r: SubmitReply) => void): void {
    const { clientId, terms } = order;
    const body = orderBody(clientId, terms);
    const refused = typeof body === "string" ? body : this.refusal(terms);
    if (refused !== null || typeof body === "string")
      return later({ outcome: "rejected", reason: `not sent: ${refused}` }, reply);
    this.sentMs.set(clientId, this.options.clock.monotonicMs());
    this.chains.expect(clientId).ended = false;
    once(this.place(clientId, body), lost, reply);
  }

  /** Why nothing is sent, null where it may be. Decided at once: what waits could go out after the kill key. */
  private refusal(terms: Terms): string | null {
    const { paper, trouble } = this.account_;
    if (paper === null || trouble !== null) return trouble ?? "the account did not answer yet";
    if (terms.mode !== (paper ? "paper" : "live"))
      return `this is a ${paper ? "paper" : "live"} account, the order is for ${terms.mode}`;
    const opens = terms.legs.some((leg) => leg.intent === "open");
    const deaf = opens ? this.stream.trouble : null;
    return deaf === null ? null : `order events are not heard (${deaf}); only closing orders go out`;
  }

  private async place(clientId: string, body: object): Promise<SubmitReply> {
    const sent = await this.sends.once("POST", "/v2/orders", body);
    if (sent.how === "lost") return lost(this.hushed(sent.reason));
    if (sent.how === "refused") {
      // There is one: sent before, by whomever. What became of it is for a look-up.
      if (sent.code === DUPLICATE && sent.reason.includes("client_order_id")) return lost(sent.reason);
      this.chains.expect(clientId).ended = true;
      return { outcome: "rejected", reason: this.hushed(`${sent.reason} (HTTP ${sent.status})`) };
    }
    const order = readOrder(sent.body);
    if (order === null || order.clientId !== clientId) return lost("an answer that is not about this order");
    this.chains.note(order);
    if (order.status === "rejected") return { outcome: "rejected", reason: "rejected at Alpaca" };
    return { outcome: "acked", brokerId: order.id };
  }

  replace(
    target: { readonly clientId: string; readonly brokerId: string | null; readonly attempt: number },
    limit: string,
    reply: (r: SubmitReply) => void,
  ): void {
    const hush = (r: SubmitReply): SubmitReply =>
      r.outcome === "acked" ? r : { ...r, reason: this.hushed(r.reason) };
    once(this.replacing.replace(target, limit), lost, (r) => reply(hush(r)));
  }

  cancel(
    target: { readonly clientId: string; readonly brokerId: string | null },
    reply: (r: CancelReply) => void,
  ): void {
    once<CancelReply>(
      this.end(target),
      (reason) => ({ outcome: "unknown", reason: this.hushed(reason) }),
      reply,
    );
  }

  private async end(target: {
    readonly clientId: string;
    readonly brokerId: string | null;
  }): Promise<CancelReply> {
    const known = this.chains.get(target.clientId)?.ids.at(-1) ?? target.brokerId;
    const first = known === null ? null : await this.cancelLink(known);
    if (first !== null && first.outcome !== "refused") return first;
    // Another link of the chain may be the one that works.
    const found = await this.lookup.find(target.clientId);
    if (found.found === "none") return { outcome: "refused", reason: "Alpaca has no such order" };
    if (found.found === "unanswered") return first ?? { outcome: "unknown", reason: found.reason };
    const { order } = found;
    if (order.status !== "working") return { outcome: "refused", reason: `it is ${order.status}` };
    return order.brokerId === known && first !== null ? first : this.cancelLink(order.brokerId);
  }

  private async cancelLink(id: string): Promise<CancelReply> {
    const sent = await this.sends.once("DELETE", `/v2/orders/${id}`);
    if (sent.how === "done") {
      this.cancelMs.set(id, this.options.clock.monotonicMs());
      return { outcome: "asked", reason: null };
    }
    return { outcome: sent.how === "refused" ? "refused" : "unknown", reason: this.hushed(sent.reason) };
  }

  // ---- what only asks ---------------------------------------------------------------------------------

  find(clientId: string, reply: (r: FindReply) => void): void {
    const found = this.finder
      .find(clientId)
      .then((r): FindReply => (r.found === "none" && !this.settled(clientId) ? TOO_EARLY : r));
    once<FindReply>(found, (reason) => ({ found: "unanswered", reason: this.hushed(reason) }), reply);
  }

  /** Whether a "no such order" counts: not while the order may still be on its way. */
  private settled(clientId: string): boolean {
    const sentMs = this.sentMs.get(clientId);
    return sentMs === undefined || this.options.clock.monotonicMs() - sentMs >= this.tuning.settleMs;
  }

  openOrders(reply: (r: Answer<readonly BrokerOrder[]>) => void): void {
    this.answer(this.lookup.open(), reply);
  }

  executionsSince(
    us: Micros,
    reply: (r: Answer<readonly { clientId: string | null; fill: Execution }[]>) => void,
  ): void {
    this.answer(this.lookup.executionsSince(us), reply);
  }

  activities(since: Micros, reply: (r: Answer<readonly AccountActivity[]>) => void): void {
    const { instruments } = this.options;
    const read = this.reads
      .booked(since)
      .then((rows) => rows.flatMap((row) => readActivity(row, instruments) ?? []));
    this.answer(read, reply);
  }

  positions(reply: (r: Answer<readonly BrokerPosition[]>) => void): void {
    this.answer(this.account_.positions(), reply);
  }

  account(reply: (r: Answer<BrokerAccount>) => void): void {
    this.answer(this.account_.read(), reply);
  }

  /** Alpaca has none. */
  dryRun(_terms: Terms, reply: (r: Answer<DryRun> | null) => void): void {
    later(null, reply);
  }

  private answer<T>(work: Promise<T>, reply: (r: Answer<T>) => void): void {
    once<Answer<T>>(
      work.then((value): Answer<T> => ({ ok: true, value })),
      (reason) => ({ ok: false, reason: this.hushed(reason) }),
      reply,
    );
  }

  async close(): Promise<void> {
    this.cancelPoll?.();
    this.audit.close();
    this.account_.close();
    this.stream.close();
    this.sends.close();
    this.reads.close();
  }

  private poll(): void {
    this.cancelPoll = this.options.clock.after(this.tuning.pollMs, () => {
      if (this.chains.live().length > 0) this.audit.request();
      this.remindOfCancels();
      this.poll();
    });
  }

  private remindOfCancels(): void {
    const { clock, log } = this.options;
    for (const [id, sinceMs] of this.cancelMs) {
      const chain = this.chains.of(id);
      const waits = chain !== undefined && !chain.ended;
      if (waits && clock.monotonicMs() - sinceMs < this.tuning.cancelMs) continue;
      this.cancelMs.delete(id);
      if (waits) log("warn", `Alpaca: ${chain.clientId} is not cancelled yet, it may still be filled`);
    }
  }

  /** No answer or error of a library may carry the keys on. */
  private hushed(text: string): string {
    const { id, secret, from } = this.keys;
    return from === "none" ? text : text.replaceAll(secret, "(secret)").replaceAll(id, "(key)");
  }
}

const TOO_EARLY: FindReply = { found: "unanswered", reason: "it may still be on its way" };
const lost = (reason: string): SubmitReply => ({ outcome: "unknown", reason });

/** Answers exactly once, whatever becomes of the work. */
function once<T>(work: Promise<T>, failed: (reason: string) => NoInfer<T>, reply: (r: T) => void): void {
  void work
    .catch((error: unknown) => failed(error instanceof Error ? error.message : String(error)))
    .then(reply);
}

function later<T>(value: T, reply: (r: T) => void): void {
  queueMicrotask(() => reply(value));
}

export function openAlpacaBroker(options: BrokerOptions, tuning: Partial<AlpacaTuning> = {}): AlpacaBroker {
  return new AlpacaBroker(options, { ...TUNING, ...tuning });
}
