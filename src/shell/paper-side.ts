import { type EventColumns, type InstrumentId, Kind, type Micros } from "../../engines/market/index.ts";
import type { FeeRow, KnownLeg } from "../../engines/orders/index.ts";
import { copyLedger } from "../../engines/portfolio/index.ts";
import { PaperBooks } from "../brokers/paper/books.ts";
import { PaperBroker } from "../brokers/paper/paper.ts";
import type { PaperRecord } from "../brokers/paper/records.ts";
import type { Desk } from "../desk/desk.ts";
import { knownLegs, legQuote } from "../orders/market.ts";
import type { BrokerSide } from "./broker-side.ts";
import type { OrderLog } from "./order-log.ts";

export interface PaperSideOptions {
  readonly desk: Desk;
  readonly log: OrderLog;
  readonly account: string;
  readonly fees: readonly FeeRow[];
  readonly latencyUs: number;
  readonly quoteMaxAgeUs: number;
  readonly nowUs: () => Micros;
  readonly closeUs: (legs: readonly KnownLeg[], sinceUs: Micros) => Micros;
}

/** The embedded broker over a desk's own market: matches against the rows as they are applied. */
export class PaperSide implements BrokerSide {
  /** Session time as the broker sees it: that of the row being applied, or of the clock between rows. */
  private us: Micros;
  private broker: PaperBroker | null = null;
  private readonly kept: { scope: string; record: PaperRecord }[];

  constructor(private readonly o: PaperSideOptions) {
    this.us = o.nowUs();
    this.kept = [...o.log.kept.paper];
  }

  open(scope: string, lineage: ReadonlyMap<string, number>): PaperBroker {
    const { desk, account, fees, latencyUs, quoteMaxAgeUs, closeUs, log } = this.o;
    const kept = this.kept.filter(({ scope: from, record }) => record.us <= (lineage.get(from) ?? -1));
    this.broker = new PaperBroker(
      {
        append: (records, done) => {
          for (const record of records) this.kept.push({ scope, record });
          log.appendPaper(scope, records, done);
        },
      },
      {
        nowUs: () => this.us,
        legs: (terms) => knownLegs(desk, terms.legs),
        spot: (id) => {
          const slot = desk.slot(id);
          const price = slot === null ? Number.NaN : desk.book.spot(slot);
          return price > 0 ? price : null;
        },
        quote: (id) => legQuote(desk, id, this.us, quoteMaxAgeUs),
        closeUs,
      },
      { latencyUs, fees, account },
      new PaperBooks(copyLedger(desk.ledger), account),
      kept.map(({ record }) => record),
    );
    return this.broker;
  }

  get busy(): boolean {
    return this.broker?.busy ?? false;
  }
  watches(id: InstrumentId): boolean {
    return this.broker?.watches(id) ?? false;
  }
  dueUs(): number | null {
    return this.broker?.dueUs() ?? null;
  }
  at(us: Micros): void {
    this.us = us;
  }
  advance(us: Micros): void {
    this.us = us;
    this.broker?.advance(us);
  }
  applied(id: InstrumentId, columns: EventColumns, row: number): void {
    if (columns.kind[row] === Kind.trade)
      this.broker?.traded(id, columns.a[row] as number, columns.b[row] as number);
    this.broker?.quoted(id);
  }
}
