import type { Instrument, InstrumentId } from "../../engines/market/index.ts";
import type { LedgerRecord, OrderState, TradingState } from "../../engines/orders/index.ts";
import { applyEvent, createLedger } from "../../engines/portfolio/index.ts";
import type { Broker, BrokerOrder } from "../brokers/broker.ts";
import { takeActivities } from "./activities.ts";
import { adoptBooks } from "./adopt.ts";
import { ratesOf } from "./booking.ts";
import { differencesAt } from "./books.ts";
import { Branches } from "./branches.ts";
import type { Difference } from "./difference.ts";
import type { Holder } from "./holder.ts";
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
      (fill) => ratesOf(fill, s.instrument(fill.instrument)?.ccy ?? null, baseCcy, () => null),
    );
    this.sender = new Sender(broker, this.recorder, hands, () => this.book);
  }

  /**
   * What the broker booked by itself is booked, then its positions and cash are held against the books; with `adopt` what it has otherwise is
   * taken over first. A sentence where it did not answer.
   */
  compare(adopt: boolean): Promise<readonly Difference[] | string> {
    const { broker } = this.s;
    const books = this.holder();
    return new Promise((resolve) =>
      takeActivities(books, adopt, () =>
        broker.account((told) =>
          broker.positions((positions) => {
            if (!told.ok) return resolve(told.reason);
            if (!positions.ok) return resolve(positions.reason);
            resolve((adopt ? adoptBooks : differencesAt)(books, positions.value, told.value));
          }),
        ),
      ),
    );
  }

  /** The books that the ledger alone makes: no market, so no rates but the base's own and no prices. */
  private holder(): Holder {
    const { broker, account, baseCcy, instrument, hands } = this.s;
    const ledger = createLedger(baseCcy, (id) => instrument(id) ?? undefined);
    let booked = 0;
    const follow = (): void => {
      for (; booked < this.book.booked.length; booked++) {
        const event = this.book.booked[booked]?.event;
        if (event === undefined) continue;
        const done = applyEvent(ledger, event);
        if (done.result === "refused") hands.note("error", `booking ${event.id}: ${done.message}`);
      }
    };
    follow();
    return {
      broker,
      account,
      baseCcy,
      book: this.book,
      unread: [],
      nowUs: () => hands.nowUs(),
      instrument,
      define: () => undefined,
      held: () => ledger.books,
      fx: (ccy) => (ccy === baseCcy ? 1 : null),
      price: () => null,
      write: (facts) => {
        this.recorder.write(facts);
        follow();
      },
      note: (level, text) => hands.note(level, text),
    };
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
