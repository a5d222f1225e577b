import type { Instrument, InstrumentId, Micros } from "../../engines/market/index.ts";
import type { Fact } from "../../engines/orders/index.ts";
import type { Ledger } from "../../engines/portfolio/index.ts";
import type { Broker } from "../brokers/broker.ts";
import type { OrderBook } from "./order-book.ts";
import type { OrderDesk } from "./order-desk.ts";

/** Books of one account, as the broker's are compared with and booked into: those of a desk, or of its ledger while no desk runs. */
export interface Holder {
  readonly broker: Broker;
  readonly account: string;
  readonly baseCcy: string;
  readonly book: OrderBook;
  /** What the broker booked by itself and these books can't take, in words; null where it does not tell what it books. */
  unread: readonly string[] | null;
  nowUs(): Micros;
  instrument(id: InstrumentId): Instrument | null;
  /** Makes a contract known here. */
  define(id: InstrumentId): void;
  /** Sleeve by sleeve, quantities scaled. */
  held(): Ledger["books"];
  /** Base currency per unit of another; null where that is not known. */
  fx(ccy: string): number | null;
  /** Price of one contract now, per unit of underlying; null unknown. */
  price(id: InstrumentId): number | null;
  /** Facts are in the books when this is done. */
  write(facts: readonly Fact[]): void;
  note(level: "info" | "warn" | "error", text: string): void;
}

/** A desk's books, with the market of now. */
export function holderOf(desk: OrderDesk): Holder {
  const { world } = desk;
  return {
    broker: desk.broker,
    account: desk.rules.account,
    baseCcy: world.context().facts.baseCcy,
    get book() {
      return desk.book;
    },
    get unread() {
      return desk.unread;
    },
    set unread(texts) {
      desk.unread = texts;
    },
    nowUs: () => world.nowUs(),
    instrument: (id) => desk.instrument(id),
    define: (id) => void world.define(id),
    held: () => world.context().desk.held.books,
    fx: (ccy) => {
      const context = world.context();
      return ccy === context.facts.baseCcy ? 1 : context.source().fx(ccy);
    },
    price: (id) => priceNow(desk, id),
    write: (facts) => {
      desk.write(facts);
      desk.overlay();
    },
    note: (level, text) => world.note(level, text),
  };
}

/** Price of one contract now, per unit of underlying: the mid, else what the book is marked at; null where neither is known. */
function priceNow(desk: OrderDesk, id: InstrumentId): number | null {
  const context = desk.world.context();
  const slot = context.desk.slot(id);
  const instrument = slot === null ? undefined : context.desk.instruments[slot];
  if (slot === null || instrument === undefined) return null;
  const { bid, ask } = context.desk.book;
  const mid = ((bid[slot] as number) + (ask[slot] as number)) / 2;
  if (mid === mid) return mid;
  const source = context.source();
  return instrument.kind === "option"
    ? (source.value(instrument)?.price ?? null)
    : (source.spot(id)?.price ?? null);
}
