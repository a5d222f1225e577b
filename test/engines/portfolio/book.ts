/** Short hands for booking events in tests. */
import { expect } from "vitest";
import type { Instrument, Micros } from "../../../engines/market/index.ts";
import { applyEvent, type BookEvent, type Ledger, type Outcome } from "../../../engines/portfolio/index.ts";

let serial = 0;
type Loose = { kind: BookEvent["kind"] } & Record<string, unknown>;

/** Applies an event with an id, account A and no FX rate unless given. */
export function tryBook(l: Ledger, e: Loose): Outcome {
  return applyEvent(l, {
    id: `t${serial++}`,
    account: "A",
    atUs: 1 as Micros,
    fx: null,
    ...e,
  } as unknown as BookEvent);
}
/** The same, and it must be booked. */
export function book(l: Ledger, e: Loose): Outcome {
  const outcome = tryBook(l, e);
  expect(outcome).toMatchObject({ result: "applied" });
  return outcome;
}
export function fillOf(
  i: Instrument,
  qty: string,
  price: string,
  extra: Record<string, unknown> = {},
): Loose {
  const plain = { strategy: "", fees: "0", feeCcy: i.ccy, ticketId: null, legIndex: null, feeFx: null };
  return { kind: "fill", instrument: i.id, qty, price, ...plain, ...extra };
}
