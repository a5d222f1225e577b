import type { Instrument, Micros } from "../../../engines/market/index.ts";
import type { Execution, Terms } from "../../../engines/orders/index.ts";
import {
  applyEvent,
  type BookEvent,
  type Ledger,
  openPositions,
  toContracts,
  toUnits,
} from "../../../engines/portfolio/index.ts";
import type { BrokerAccount, BrokerPosition } from "../broker.ts";

/** The paper broker's own books: what its account holds by its own log, whatever the desk believes. */
export class PaperBooks {
  constructor(
    private readonly ledger: Ledger,
    private readonly account: string,
  ) {}

  fill(terms: Terms, fill: Execution): void {
    const { execId: id, instrument, qty, price, fees, feeCcy, us: atUs } = fill;
    this.book({
      kind: "fill",
      id,
      account: this.account,
      atUs,
      instrument,
      strategy: terms.strategy,
      qty,
      price,
      fees,
      feeCcy,
      ticketId: null,
      legIndex: null,
      fx: null,
      feeFx: null,
    });
  }

  book(event: BookEvent): void {
    applyEvent(this.ledger, event);
  }

  positions(): BrokerPosition[] {
    const net = new Map<BrokerPosition["instrument"], number>();
    for (const p of this.held()) net.set(p.instrument, (net.get(p.instrument) ?? 0) + toContracts(p.qty));
    return [...net]
      .filter(([, n]) => n !== 0)
      .map(([instrument, n]) => ({ instrument, qty: String(n), mark: null, average: null }));
  }

  cash(): BrokerAccount["cash"] {
    return [...this.ledger.books.cash.values()]
      .filter((c) => c.account === this.account)
      .map((c) => ({ ccy: c.ccy, amount: String(toUnits(c.cash)) }));
  }

  /** Contracts held whose life is over, each once. */
  expired(nowUs: Micros): Instrument[] {
    const ids = new Set(this.held().map((p) => p.instrument));
    return [...ids].flatMap((id) => {
      const i = this.ledger.lookup(id);
      return i !== undefined && (i.kind === "option" || i.kind === "future") && i.expiryUs <= nowUs
        ? [i]
        : [];
    });
  }

  private held() {
    return openPositions(this.ledger).filter((p) => p.account === this.account);
  }
}
