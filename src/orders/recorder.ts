import type {
  Applied,
  Execution,
  Fact,
  FillRates,
  LedgerRecord,
  OrderFact,
} from "../../engines/orders/index.ts";
import type { LedgerFault, LedgerPort } from "./ledger-port.ts";
import type { OrderBook } from "./order-book.ts";
import type { Hands } from "./world.ts";

const ORDER_FACTS: ReadonlySet<Fact["k"]> = new Set<OrderFact["k"]>([
  "planned",
  "sending",
  "acked",
  "rejected",
  "denied",
  "unknown",
  "notThere",
  "skipped",
  "fill",
  "bust",
  "afterBust",
  "leave",
  "cancelAsked",
  "cancelRefused",
  "cancelled",
  "expired",
  "replaceAsked",
  "replaced",
  "replaceFailed",
]);

/**
 * Writes facts: stamps them, folds them into the book at hand and appends them to the ledger in one transaction. Facts of orders belong to
 * the branch, all others to the account.
 */
export class Recorder {
  private fault: LedgerFault | null = null;

  constructor(
    private readonly ledger: LedgerPort,
    private readonly world: Hands,
    private readonly target: { book: OrderBook; scope: string; readonly base: string },
    private readonly onFault: (fault: LedgerFault) => void,
    private readonly onAlarm: (record: LedgerRecord, alarm: NonNullable<Applied["alarm"]>) => void,
    /** Rates of an execution in another currency than the base, as they are now; null where it is all in the base. */
    private readonly rates: (fill: Execution) => FillRates | null,
  ) {}

  /** Why nothing can be made durable, null while it can. */
  get broken(): LedgerFault | null {
    return this.fault;
  }

  write(facts: readonly Fact[], done: (fault: LedgerFault | null) => void = () => undefined): void {
    const { world, target } = this;
    const now = { seq: world.seq(), us: world.nowUs() };
    const records = facts.map((fact): LedgerRecord => {
      const us = fact.k === "fill" ? fact.fill.us : now.us;
      const scope =
        ORDER_FACTS.has(fact.k) || fact.k === "booked" || fact.k === "heard" ? target.scope : target.base;
      const rates = fact.k === "fill" ? this.rates(fact.fill) : null;
      return { ...fact, ...(rates === null ? {} : { rates }), seq: now.seq, us, scope };
    });
    for (const record of records) {
      const { alarm } = target.book.apply(record);
      if (alarm !== null) this.onAlarm(record, alarm);
    }
    this.ledger.append(records, (fault) => {
      const first = fault !== null && this.fault === null;
      this.fault = fault;
      if (first) this.onFault(fault);
      done(fault);
    });
    world.changed();
  }
}
