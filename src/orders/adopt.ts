import { formatPriceExact, type Micros, priceOf } from "../../engines/market/index.ts";
import type { Fact } from "../../engines/orders/index.ts";
import type { BrokerAccount, BrokerPosition } from "../brokers/broker.ts";
import { differencesAt } from "./books.ts";
import type { Difference } from "./difference.ts";
import type { Holder } from "./holder.ts";

/** Sleeve of what was traded elsewhere. */
export const EXTERNAL = "external";

/**
 * The broker's net always wins (contracts section 4): positions and cash that it has otherwise are booked as made elsewhere. A position comes in at
 * the broker's average where it tells one, else at the price of now; one without a price stays a difference. Gives what is left of them.
 */
export function adoptBooks(
  books: Holder,
  positions: readonly BrokerPosition[],
  account: BrokerAccount,
  atUs: Micros = books.nowUs(),
): Difference[] {
  const averages = new Map(positions.map((p) => [p.instrument, p.average ?? null]));
  const book = (differences: readonly Difference[]): void => {
    const facts = differences.flatMap((d): Fact[] => bookingOf(books, d, averages, atUs));
    if (facts.length > 0) books.write(facts);
  };
  // Positions are paid for with cash: only what is left after them is cash from elsewhere.
  const moved = differencesAt(books, positions, account).filter((d) => d.fix.kind === "position");
  book(moved);
  book(differencesAt(books, positions, account).filter((d) => d.fix.kind === "cash"));
  for (const { text } of moved) books.note("info", `taken over as made elsewhere: ${text}`);
  return differencesAt(books, positions, account);
}

function bookingOf(
  books: Holder,
  { fix }: Difference,
  averages: ReadonlyMap<string, string | null>,
  atUs: Micros,
): Fact[] {
  const { account } = books;
  const now = books.nowUs();
  if (fix.kind === "cash") {
    const { ccy, amount } = fix;
    const reason = Number(amount) < 0 ? "withdrawal" : "deposit";
    const fx = books.fx(ccy);
    return [
      {
        k: "booked",
        event: { kind: "cash", id: `external:${now}:${ccy}`, account, atUs, ccy, amount, reason, fx },
      },
    ];
  }
  const instrument = books.instrument(fix.instrument);
  const price = books.price(fix.instrument);
  const text = averages.get(fix.instrument) ?? (price === null ? null : formatPriceExact(priceOf(price)));
  if (instrument === null || text === null) return [];
  const fx = books.fx(instrument.ccy);
  return [
    {
      k: "booked",
      event: {
        kind: "fill",
        id: `external:${now}:${fix.instrument}`,
        account,
        atUs,
        instrument: fix.instrument,
        strategy: EXTERNAL,
        qty: fix.qty,
        price: text,
        fees: "0",
        feeCcy: instrument.ccy,
        ticketId: null,
        legIndex: null,
        fx,
        feeFx: fx,
      },
    },
  ];
}
