import { formatPriceExact, type Micros, priceOf } from "../../engines/market/index.ts";
import type { Fact } from "../../engines/orders/index.ts";
import type { BrokerAccount, BrokerPosition } from "../brokers/broker.ts";
import { differencesOf, priceNow } from "./books.ts";
import type { Difference } from "./difference.ts";
import type { OrderDesk } from "./order-desk.ts";

/** Sleeve of what was traded elsewhere. */
export const EXTERNAL = "external";

/**
 * The broker's net always wins (contracts section 4): positions and cash that it has otherwise are booked as made elsewhere. A position comes in at
 * the broker's average where it tells one, else at the price of now; one without a price stays a difference.
 */
export function adoptBooks(
  desk: OrderDesk,
  positions: readonly BrokerPosition[],
  account: BrokerAccount,
  atUs: Micros = desk.world.nowUs(),
): void {
  const averages = new Map(positions.map((p) => [p.instrument, p.average ?? null]));
  const book = (differences: readonly Difference[]): void => {
    const facts = differences.flatMap((d): Fact[] => bookingOf(desk, d, averages, atUs));
    if (facts.length > 0) desk.write(facts);
    desk.overlay();
  };
  // Positions are paid for with cash: only what is left after them is cash from elsewhere.
  const moved = differencesOf(desk, positions, account).filter((d) => d.fix.kind === "position");
  book(moved);
  book(differencesOf(desk, positions, account).filter((d) => d.fix.kind === "cash"));
  desk.differences = differencesOf(desk, positions, account);
  for (const { text } of moved) desk.world.note("info", `taken over as made elsewhere: ${text}`);
}

function bookingOf(
  desk: OrderDesk,
  { fix }: Difference,
  averages: ReadonlyMap<string, string | null>,
  atUs: Micros,
): Fact[] {
  const { account } = desk.rules;
  const now = desk.world.nowUs();
  if (fix.kind === "cash") {
    const { ccy, amount } = fix;
    const reason = Number(amount) < 0 ? "withdrawal" : "deposit";
    const fx = desk.world.context().facts.baseCcy === ccy ? 1 : null;
    return [
      {
        k: "booked",
        event: { kind: "cash", id: `external:${now}:${ccy}`, account, atUs, ccy, amount, reason, fx },
      },
    ];
  }
  const instrument = desk.instrument(fix.instrument);
  const price = priceNow(desk, fix.instrument);
  const text = averages.get(fix.instrument) ?? (price === null ? null : formatPriceExact(priceOf(price)));
  if (instrument === null || text === null) return [];
  const fx = desk.world.context().facts.baseCcy === instrument.ccy ? 1 : null;
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
