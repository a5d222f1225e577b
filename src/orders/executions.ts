import Big from "big.js";
import type { Micros } from "../../engines/market/index.ts";
import type { Execution, Fact, OrderState } from "../../engines/orders/index.ts";
import type { Broker } from "../brokers/broker.ts";
import { LATE_FEE, type OrderBook } from "./order-book.ts";
import type { Recorder } from "./recorder.ts";
import type { Hands } from "./world.ts";

/** A broker's clock may be so far behind ours. */
const CLOCKS_US = 60_000_000;
/** How often a broker must say that an execution is gone, a settling time apart. */
const LOOKS = 2;

/**
 * Executions of the ledger against those that the broker lists, whatever became of their orders: what nobody heard of is booked, and what the
 * broker no longer has was busted while nobody listened.
 */
export class Executions {
  /** Orders that are being asked for because of an execution that is not listed. */
  private readonly doubted = new Set<string>();
  /** Executions that were pointed out because the broker can't say what became of them. */
  private readonly pointedOut = new Set<string>();

  constructor(
    private readonly broker: Broker,
    private readonly recorder: Recorder,
    private readonly world: Hands,
    private readonly book: () => OrderBook,
  ) {}

  /** Clocks need not agree: a little more is asked for than is compared. */
  ask(sinceUs: Micros): void {
    this.broker.executionsSince((sinceUs - CLOCKS_US) as Micros, (reply) => {
      if (!reply.ok) return this.world.note("warn", `the broker did not list executions: ${reply.reason}`);
      const book = this.book();
      const facts: Fact[] = [];
      for (const { clientId, fill } of reply.value) {
        const state = clientId === null ? undefined : book.orders.get(book.byClient.get(clientId) ?? "");
        if (state !== undefined) facts.push(...this.news(state, [fill]), ...this.lateFee(state, fill));
      }
      if (facts.length > 0) this.recorder.write(facts);
      this.compare(new Set(reply.value.map(({ fill }) => fill.execId)), sinceUs);
    });
  }

  /** Facts of executions that the ledger has not got; one that corrects another takes its place. */
  news(state: OrderState, told: readonly Execution[]): Fact[] {
    const { id } = state.order;
    const { corrects } = this.broker.traits;
    return told.flatMap((fill): Fact[] => {
      if (state.fills.has(fill.execId) || state.busted.has(fill.execId)) return [];
      const known = [...state.fills.keys()];
      if (corrects !== undefined && known.some((execId) => corrects(execId, fill.execId))) return [];
      const older = corrects === undefined ? [] : known.filter((execId) => corrects(fill.execId, execId));
      return [...older.map((execId): Fact => ({ k: "bust", id, execId })), { k: "fill", id, fill }];
    });
  }

  /** A fee that was not known when its execution was booked, or was changed since. None told is no fee of nothing. */
  private lateFee(state: OrderState, { execId, fees, feeCcy }: Execution): Fact[] {
    const known = state.fills.get(execId);
    const booked = this.book().feeOf(execId) ?? known?.fees;
    if (booked === undefined || fees === "0" || fees === booked) return [];
    const { account, base } = this.book();
    const event = {
      kind: "cash" as const,
      id: `${LATE_FEE}${execId}:${fees}`,
      account,
      atUs: this.world.nowUs(),
      ccy: feeCcy,
      amount: new Big(booked).minus(fees).toFixed(),
      reason: "fee" as const,
      fx: feeCcy === base ? 1 : null,
    };
    return [{ k: "booked", event }];
  }

  private compare(listed: ReadonlySet<string>, sinceUs: Micros): void {
    for (const state of this.book().orders.values()) {
      const gone = [...state.fills.values()].filter((f) => f.us >= sinceUs && !listed.has(f.execId));
      const { id } = state.order;
      if (gone.length === 0 || this.doubted.has(id)) continue;
      this.doubted.add(id);
      this.doubt(
        state,
        gone.map((f) => f.execId),
        LOOKS,
      );
    }
  }

  /** A list may lag: only the order itself, with all its executions and twice without this one, says that it was taken back. */
  private doubt(state: OrderState, gone: readonly string[], looks: number): void {
    const { id, clientId } = state.order;
    this.broker.find(clientId, (reply) => {
      const there = new Set(reply.found === "order" ? reply.order.fills.map((f) => f.execId) : []);
      const still = gone.filter((execId) => state.fills.has(execId) && !there.has(execId));
      if (reply.found === "order" && still.length > 0 && looks > 1) {
        const again = (): void => this.doubt(state, still, looks - 1);
        return void this.world.after(this.broker.traits.settleUs / 1000, again);
      }
      this.doubted.delete(id);
      if (reply.found === "order") this.busted(state, still);
      else if (reply.found === "none") this.pointOut(id, still);
    });
  }

  private busted(state: OrderState, execIds: readonly string[]): void {
    const { id } = state.order;
    if (execIds.length === 0) return;
    this.recorder.write(execIds.map((execId) => ({ k: "bust", id, execId })));
    for (const execId of execIds)
      this.world.note("error", `${id}: execution ${execId} was taken back while nobody listened`);
  }

  /** The broker knows neither the order nor its execution any more: what it holds shows as a difference, which blocks. */
  private pointOut(id: string, execIds: readonly string[]): void {
    for (const execId of execIds) {
      if (this.pointedOut.has(execId)) continue;
      this.pointedOut.add(execId);
      this.world.note(
        "warn",
        `${id}: the broker lists neither execution ${execId} nor its order any more; its positions count`,
      );
    }
  }
}
