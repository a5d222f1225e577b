import Big from "big.js";
import type { InstrumentId, Micros } from "../../engines/market/index.ts";
import type { Fact } from "../../engines/orders/index.ts";
import type { BookEvent, CashMoved } from "../../engines/portfolio/index.ts";
import type { AccountActivity } from "../brokers/broker.ts";
import { EXTERNAL } from "./adopt.ts";
import type { Holder } from "./holder.ts";

const QTY = 1e8;
const DAY_US = 86_400_000_000;
/** A broker may book for a day long after it. */
const BACK_US = 30 * DAY_US;
/** More than a price has: a sum that is divided and multiplied again comes out the same. */
const PRICE_DECIMALS = 12;

/** Contracts that left in this batch, by what they deliver: their shares go to the same sleeves. */
type Left = Map<InstrumentId, { readonly strategy: string; readonly contracts: number }[]>;

/**
 * What the broker booked by itself (fees, dividends, contracts that ended) goes into the books, each once by its id, before they are compared. What
 * it booked before the books began is in them; so is everything when they are taken over.
 */
export function takeActivities(books: Holder, adopt: boolean, then: () => void): void {
  const { heardUs, begunUs } = books.book;
  const since = Math.min(heardUs ?? begunUs ?? books.nowUs(), books.nowUs()) - BACK_US;
  books.broker.activities(since as Micros, (reply) => {
    books.unread = reply === null ? null : (books.unread ?? []);
    if (reply === null) return then();
    if (!reply.ok) {
      books.note("warn", `the broker did not list what it booked itself: ${reply.reason}`);
      return then();
    }
    if (adopt || books.book.heardUs === null) baseline(books, reply.value);
    else bookNew(books, reply.value);
    then();
  });
}

/** All that is listed now is in the books already. */
function baseline(books: Holder, listed: readonly AccountActivity[]): void {
  const ids = listed.map((a) => a.id).filter((id) => !books.book.heard.has(id));
  books.unread = [];
  books.write([{ k: "heard", ids, text: `${ids.length} bookings of the broker's are in the books` }]);
}

function bookNew(books: Holder, listed: readonly AccountActivity[]): void {
  const left: Left = new Map();
  const unread: string[] = [];
  for (const activity of listed) {
    if (books.book.heard.has(activity.id)) continue;
    if (activity.instrument !== null) books.define(activity.instrument);
    const events = bookingsOf(books, activity, left);
    if (events === null) unread.push(activity.text);
    else {
      const booked = events.map((event): Fact => ({ k: "booked", event }));
      books.write([{ k: "heard", ids: [activity.id], text: activity.text }, ...booked]);
      books.note("info", `booked by the broker: ${activity.text}`);
    }
  }
  for (const text of unread)
    if (books.unread?.includes(text) !== true)
      books.note("warn", `the broker booked ${text}, which can't be booked here by itself`);
  books.unread = unread;
}

/** An activity as the books take it; null where they can't. */
function bookingsOf(books: Holder, activity: AccountActivity, left: Left): BookEvent[] | null {
  const { kind, instrument } = activity;
  if (kind === "other") return null;
  if (kind === "leave") return instrument === null ? null : leaving(books, activity, instrument, left);
  if (kind === "deliver") return instrument === null ? null : delivered(books, activity, instrument, left);
  if (kind !== "dividend") return [cash(books, activity, reasonOf(kind, activity.amount))];
  const known = instrument !== null && books.instrument(instrument)?.ccy === activity.ccy;
  return [known ? { ...cash(books, activity, "dividend"), instrument } : cash(books, activity, "financing")];
}

const reasonOf = (kind: "fee" | "financing" | "transfer", amount: string): CashMoved["reason"] =>
  kind === "transfer" ? (amount.startsWith("-") ? "withdrawal" : "deposit") : kind;

/** Booked at its own time, never in the future. */
function stamp(books: Holder, { id, us, ccy }: AccountActivity, n = 0) {
  const atUs = Math.min(us, books.nowUs()) as Micros;
  return { id: `activity:${id}${n === 0 ? "" : `:${n}`}`, account: books.account, atUs, fx: books.fx(ccy) };
}

const cash = (books: Holder, activity: AccountActivity, reason: CashMoved["reason"]): CashMoved => ({
  kind: "cash",
  ...stamp(books, activity),
  ccy: activity.ccy,
  amount: activity.amount,
  reason,
});

/** Sum per unit of underlying that a change of a position came to. */
function priceOf(books: Holder, amount: string, qty: string, id: InstrumentId): string | null {
  const instrument = books.instrument(id);
  if (instrument === null || Number(qty) === 0) return null;
  return new Big(amount).neg().div(new Big(qty).times(instrument.multiplier)).round(PRICE_DECIMALS).toFixed();
}

/** Out of the sleeves that hold it, oldest first; null where they don't hold that much. */
function leaving(books: Holder, activity: AccountActivity, id: InstrumentId, left: Left): BookEvent[] | null {
  const held = [...books.held().positions.values()].filter(
    (p) => p.account === books.account && p.instrument === id,
  );
  const all = activity.qty === "all";
  let rest = all ? -held.reduce((sum, p) => sum + p.qty, 0) : Math.round(Number(activity.qty) * QTY);
  const price = priceOf(books, activity.amount, String(rest / QTY), id);
  if (all && rest === 0) return Number(activity.amount) === 0 ? [] : null;
  const events: BookEvent[] = [];
  for (const p of held) {
    if (rest === 0 || p.qty === 0 || Math.sign(p.qty) === Math.sign(rest)) continue;
    const take = Math.sign(rest) * Math.min(Math.abs(rest), Math.abs(p.qty));
    rest -= take;
    const { strategy } = p;
    const qty = String(take / QTY);
    events.push({
      kind: "leave",
      ...stamp(books, activity, events.length),
      instrument: id,
      strategy,
      qty,
      price: price ?? "0",
    });
    const option = books.instrument(id);
    if (option?.kind === "option")
      left.set(option.underlying, [
        ...(left.get(option.underlying) ?? []),
        { strategy, contracts: Math.abs(take / QTY) },
      ]);
  }
  return price === null || rest !== 0 ? null : events;
}

/** Shares of an exercise or assignment, at what was paid for them, to the sleeves that the contracts left. */
function delivered(
  books: Holder,
  activity: AccountActivity,
  id: InstrumentId,
  left: Left,
): BookEvent[] | null {
  const price = priceOf(books, activity.amount, activity.qty, id);
  if (price === null) return null;
  const sleeves = left.get(id) ?? [{ strategy: EXTERNAL, contracts: 1 }];
  left.delete(id);
  const all = sleeves.reduce((sum, s) => sum + s.contracts, 0);
  let rest = new Big(activity.qty);
  return sleeves.map(({ strategy, contracts }, n) => {
    const part = new Big(activity.qty).times(contracts).div(all).round(0);
    const qty = n === sleeves.length - 1 ? rest : part;
    rest = rest.minus(qty);
    const { fx, ...at } = stamp(books, activity, n);
    return {
      kind: "fill",
      ...at,
      instrument: id,
      strategy,
      qty: qty.toFixed(),
      price,
      fees: "0",
      feeCcy: activity.ccy,
      ticketId: null,
      legIndex: null,
      fx,
      feeFx: fx,
    };
  });
}
