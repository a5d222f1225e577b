import { parseQty } from "../../../engines/market/index.ts";
import { canonicalPrice, canonicalQty, type Execution, type Tif } from "../../../engines/orders/index.ts";
import type { BrokerOrder, FindReply } from "../broker.ts";
import type { BrokerInstruments } from "../setup.ts";
import { type Chain, type Chains, legsOf, logicalId } from "./chains.ts";
import type { Reads } from "./reads.ts";
import { idOfSymbol } from "./symbols.ts";
import type { WireFill, WireOrder } from "./wire.ts";

const ENDS: Readonly<Record<string, BrokerOrder["status"]>> = {
  filled: "filled",
  canceled: "cancelled",
  expired: "expired",
  rejected: "rejected",
};
export const statusOf = (order: WireOrder): BrokerOrder["status"] => ENDS[order.status] ?? "working";

const TIFS: ReadonlySet<string> = new Set<Tif>(["day", "gtc", "ioc", "opg", "cls"]);
/** Longest chain of replacements that is followed. */
const MOST_LINKS = 200;

/** Looks orders up by REST: chains from their first link to the last, with the executions of all. */
export class Lookup {
  constructor(
    private readonly reads: Reads,
    private readonly chains: Chains,
    private readonly instruments: BrokerInstruments,
  ) {}

  /** By client id among all orders; where that finds none, among the newest, so that one failing index is not the last word. */
  async find(clientId: string): Promise<FindReply> {
    const first = (await this.reads.byClientId(clientId)) ?? (await this.amongNewest(clientId));
    return first === null ? { found: "none" } : this.follow(first);
  }

  private async amongNewest(clientId: string): Promise<WireOrder | null> {
    const mine = (await this.reads.newest()).filter((o) => logicalId(o.clientId).clientId === clientId);
    return mine.find((o) => o.clientId === clientId) ?? mine.at(-1) ?? null;
  }

  /** From any link to the last. */
  async follow(first: WireOrder): Promise<FindReply> {
    const links = [first];
    let last = first;
    this.chains.note(first);
    while (last.status === "replaced" && links.length < MOST_LINKS) {
      const next = last.replacedBy === null ? null : await this.reads.order(last.replacedBy);
      if (next === null) return unanswered("it was replaced, and what replaced it is not told");
      this.chains.note(next);
      links.push((last = next));
    }
    const filled = links.some((o) => parseQty(o.filledQty) > 0);
    return this.reply(last, filled ? await this.reads.fills(Math.min(...links.map((o) => o.createdUs))) : []);
  }

  /** What is said of the last link, with the account's fills at hand. */
  private reply(last: WireOrder, rows: readonly WireFill[]): FindReply {
    if (last.status === "pending_replace") return unanswered("a replacement is on its way");
    const chain = this.chains.note(last);
    const fills = this.fillsIn(rows, chain);
    const told = fills.filter((f) => f.legIndex === 0).reduce((sum, f) => sum + Math.abs(parseQty(f.qty)), 0);
    const wanted = parseQty(last.filledQty) * Math.abs(chain.legs[0]?.ratio ?? 1);
    if (told < wanted) return unanswered("its executions are not listed yet");
    if (statusOf(last) !== "working") chain.ended = true;
    return { found: "order", order: this.told(last, fills) };
  }

  /** Many at once: those that are open out of one list, the others one by one. A minute's look at all orders must not eat the minute's calls. */
  async findAll(clientIds: readonly string[]): Promise<FindReply[]> {
    const { orders, rows } = await this.openWithFills();
    const open = new Map(orders.map((o) => [this.chains.note(o).clientId, o]));
    const replies: FindReply[] = [];
    for (const clientId of clientIds) {
      const order = open.get(clientId);
      replies.push(order === undefined ? await this.find(clientId) : this.reply(order, rows));
    }
    return replies;
  }

  private fillsIn(rows: readonly WireFill[], chain: Chain): Execution[] {
    return this.chains.listed(rows).flatMap((one) => (one.chain === chain ? one.fill : []));
  }

  /** Every open order of the account, with its executions so far. */
  async open(): Promise<BrokerOrder[]> {
    const { orders, rows } = await this.openWithFills();
    return orders.map((order) => this.told(order, this.fillsIn(rows, this.chains.note(order))));
  }

  private async openWithFills(): Promise<{ orders: WireOrder[]; rows: WireFill[] }> {
    const orders = await this.reads.open();
    for (const order of orders) await this.adopt(order);
    const partly = orders.filter((o) => parseQty(o.filledQty) > 0);
    const since = partly.map((o) => this.chains.note(o).createdUs);
    return { orders, rows: since.length === 0 ? [] : await this.reads.fills(Math.min(...since)) };
  }

  /** Takes in an order with those that it replaced, back to the first, whose client id is the order's. */
  async adopt(order: WireOrder): Promise<Chain> {
    const back: WireOrder[] = [order];
    for (let at = order; at.replaces !== null && this.chains.of(at.replaces) === undefined; ) {
      const before = await this.reads.order(at.replaces);
      if (before === null || back.length >= MOST_LINKS) break;
      back.push((at = before));
    }
    for (const link of back.reverse()) this.chains.note(link);
    return this.chains.note(order);
  }

  /** Some a little older may be among them: the vendor's times of one execution differ. */
  async executionsSince(us: number): Promise<{ clientId: string | null; fill: Execution }[]> {
    const rows = await this.reads.fills(us);
    for (const row of rows) {
      const order = this.chains.of(row.orderId) === undefined ? await this.reads.order(row.orderId) : null;
      if (order !== null) await this.adopt(order);
    }
    return this.chains.listed(rows).map(({ chain, fill }) => ({ clientId: chain.clientId, fill }));
  }

  told(order: WireOrder, fills: readonly Execution[]): BrokerOrder {
    return {
      clientId: this.chains.of(order.id)?.clientId ?? order.clientId,
      brokerId: order.id,
      status: statusOf(order),
      terms: this.termsOf(order),
      fills,
      reason: null,
    };
  }

  /** Its terms as they went out; a package always as bought. Null for an order of a kind that is not placed from here. */
  private termsOf(order: WireOrder): BrokerOrder["terms"] {
    const { qty, limit, tif } = order;
    if (qty === null || limit === null || !TIFS.has(tif)) return null;
    const single = order.legs.length === 0;
    const legs = legsOf(order).flatMap(({ symbol, ratio, intent }) => {
      const instrument = idOfSymbol(symbol, this.instruments);
      return instrument === null ? [] : [{ instrument, ratio: single ? 1 : ratio, intent }];
    });
    if (legs.length !== Math.max(1, order.legs.length)) return null;
    const side = single ? (order.side ?? "buy") : "buy";
    return { side, legs, qty: canonicalQty(qty), limit: canonicalPrice(limit), tif: tif as Tif };
  }
}

const unanswered = (reason: string): FindReply => ({ found: "unanswered", reason });
