import type { Instrument, InstrumentId } from "../../engines/market/index.ts";
import type { LedgerRecord, OrderState, TradingState } from "../../engines/orders/index.ts";
import { applyEvent, createLedger } from "../../engines/portfolio/index.ts";
import type { Broker, BrokerOrder } from "../brokers/broker.ts";
import { differencesBetween, netBooks } from "./books.ts";
import { Branches } from "./branches.ts";
import type { Difference } from "./difference.ts";
import type { LedgerPort } from "./ledger-port.ts";
import type { OrderBook } from "./order-book.ts";
import { Recorder } from "./recorder.ts";
import { askable, Sender } from "./sender.ts";
import type { Hands } from "./world.ts";

export interface AloneStart {
  readonly account: string;
  /** `PA3XY@alpaca` */
  readonly base: string;
  readonly records: readonly LedgerRecord[];
  readonly ledger: LedgerPort;
  readonly broker: Broker;
  readonly hands: Hands;
  readonly baseCcy: string;
  readonly instrument: (id: InstrumentId) => Instrument | null;
}

const ROUND_MS = 1_000;

/**
 * The orders of an account without a desk: what the command line may do while none runs. It clears up what is unknown, cancels and sets the trading
 * state; it judges nothing and can send no order.
 */
export class AccountAlone {
  readonly book: OrderBook;
  /** Working orders at the broker that the ledger knows nothing of. */
  others: readonly BrokerOrder[] = [];
  private readonly sender: Sender;
  private readonly recorder: Recorder;

  constructor(private readonly s: AloneStart) {
    const { account, base, records, hands, broker, ledger, baseCcy } = s;
    const branches = new Branches(account, baseCcy, base, [...records]);
    const branch = Math.max(1, branches.newest);
    this.book = branches.fold(branch);
    const note = (text: string): void => hands.note("error", text);
    this.recorder = new Recorder(
      ledger,
      hands,
      { book: this.book, scope: branches.scopeOf(branch), base },
      (fault) => note(`the ledger can't be written: ${fault.message}`),
      (record, alarm) => note(`${"id" in record ? record.id : ""}: ${alarm} fill was booked`),
    );
    this.sender = new Sender(broker, this.recorder, hands, () => this.book);
  }

  /** The broker's positions and cash against what the ledger booked; a sentence where it did not answer. */
  differences(): Promise<readonly Difference[] | string> {
    const { broker, account, baseCcy, instrument } = this.s;
    const books = createLedger(baseCcy, (id) => instrument(id) ?? undefined);
    for (const { event } of this.book.booked) applyEvent(books, event);
    return new Promise((resolve) =>
      broker.account((told) =>
        broker.positions((positions) => {
          if (!told.ok) return resolve(told.reason);
          if (!positions.ok) return resolve(positions.reason);
          resolve(
            differencesBetween(netBooks(books.books, account), positions.value, told.value, {
              broker: broker.traits.name,
              bookings: this.book.booked.length,
              worth: () => null,
              cashWorth: () => null,
            }),
          );
        }),
      ),
    );
  }

  setState(state: TradingState, reason: string): void {
    this.recorder.write([{ k: "state", state, reason }]);
  }

  cancel(state: OrderState, by: string): void {
    this.sender.cancel(state, by);
  }

  cancelOther(other: BrokerOrder): void {
    this.sender.cancelOther(other);
  }

  /** Asks about every order that may live at the broker until `settled`, for at most `ms`. */
  async clearUp(ms: number, settled: (open: readonly OrderState[]) => boolean): Promise<boolean> {
    const { hands, broker } = this.s;
    const [first] = this.book.orders.values();
    if (first !== undefined) this.sender.executions.ask(first.plannedUs);
    const pause = (wait: number) => new Promise<void>((resolve) => void hands.after(wait, resolve));
    for (let spent = 0; ; spent += ROUND_MS) {
      for (const state of [...this.book.orders.values()].filter(askable)) {
        if (state.status === "SENDING")
          this.recorder.write([
            { k: "unknown", id: state.order.id, reason: "the desk stopped before an answer came" },
          ]);
        this.sender.resolve(state.order.id, 1);
      }
      broker.openOrders((open) => {
        if (open.ok)
          this.others = open.value.filter(
            (o) => o.status === "working" && (o.clientId === null || !this.book.byClient.has(o.clientId)),
          );
      });
      await pause(ROUND_MS);
      if (settled(this.book.live())) return true;
      if (spent >= ms) return false;
    }
  }
}
