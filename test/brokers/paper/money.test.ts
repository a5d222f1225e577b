import { describe, expect, it } from "vitest";
import { PAPER_FEES } from "../../../config/fees.ts";
import type { Instrument, InstrumentId, IsoDay, Micros } from "../../../engines/market/index.ts";
import {
  feesOn,
  type KnownLeg,
  type LedgerRecord,
  type LegQuote,
  type PlannedOrder,
  type Sent,
  type Terms,
} from "../../../engines/orders/index.ts";
import {
  applyEvent,
  type BookEvent,
  createLedger,
  type Ledger,
  moneyIdentity,
  openPositions,
  planBook,
} from "../../../engines/portfolio/index.ts";
import { type Random, seeded } from "../../../engines/stats/index.ts";
import { PaperBooks } from "../../../src/brokers/paper/books.ts";
import { PaperBroker, type PaperMarket } from "../../../src/brokers/paper/paper.ts";
import type { PaperRecord } from "../../../src/brokers/paper/records.ts";
import { OrderBook } from "../../../src/orders/order-book.ts";
import { DoubleEntry } from "../../engines/portfolio/double-entry.ts";
import { equity, future, fxPair, lookupOf, option, us } from "../../engines/portfolio/samples.ts";
import { figure, LONG_MS, sized } from "../../harness/sizes.ts";

const EVENTS = sized({ test: 6_000, soak: 1_000_000, nightly: 5_000_000 });
const SEED = 41;
const ACCOUNT = "paper";
const STRATEGY = "desk";
const START = us("2016-01-04T15:00:00Z");
const HOUR = 3_600_000_000;
/** Steps of one life: some days beyond the last expiry. */
const STEPS = 400;
const STEP_US = HOUR / 2;

const eur = { ccy: "EUR" as never };
const abc = equity("ABC");
const WORLD: readonly Instrument[] = [
  abc,
  equity("EUN", "EUR"),
  option("ABC", "2016-01-08", "C", 50),
  option("ABC", "2016-01-08", "P", 50),
  option("ABC", "2016-01-08", "C", 55),
  option("EUN", "2016-01-08", "P", 40, {
    ...eur,
    settlement: { time: "PM", how: "cash" },
    style: "european",
    multiplier: 10,
  }),
  future("ES", "2016-01-09", 50),
  future("FESX", "2016-01-09", 10, "EUR"),
  fxPair("EURUSD"),
];
const lookup = lookupOf(...WORLD);
const find = (id: string): Instrument => lookup(id as InstrumentId) as Instrument;
const PACKS: readonly (readonly [number, number])[] = [
  [2, 4],
  [2, 3],
];

/** Quotes that a seed moves, and the time. */
class Tape implements PaperMarket {
  us = START;
  readonly mids = new Map<string, number>();

  constructor(private readonly r: Random) {
    for (const i of WORLD) this.mids.set(i.id, this.fair(i));
  }

  private fair(i: Instrument): number {
    const base = { equity: 50, option: 2.5, future: 2000, fx: 1.1 }[i.kind as "equity"] ?? 50;
    return base * (0.8 + 0.4 * this.r.uniform());
  }

  move(): void {
    this.us = (this.us + STEP_US) as Micros;
    for (const i of WORLD) if (this.r.below(3) === 0) this.mids.set(i.id, this.fair(i));
  }

  nowUs(): Micros {
    return this.us;
  }
  legs(terms: Terms): readonly KnownLeg[] {
    return terms.legs.map((leg) => ({ instrument: find(leg.instrument), ratio: leg.ratio }));
  }
  quote(id: InstrumentId): LegQuote {
    const tick = find(id).ticks[0]?.tick ?? 0.01;
    const mid = Math.round((this.mids.get(id) as number) / tick) * tick;
    const size = 1 + this.r.below(6);
    return {
      bid: mid - tick,
      ask: mid + tick,
      bidSize: size,
      askSize: size,
      ageUs: 0,
      maxAgeUs: 1e6,
      quality: 0 as never,
      status: "open" as never,
    };
  }
  spot(id: InstrumentId): number {
    return Math.round((this.mids.get(id) as number) * 100) / 100;
  }
  closeUs(): Micros {
    return (this.us + 8 * HOUR) as Micros;
  }
}

const rulesOn = (day: string) => ({
  account: ACCOUNT,
  latencyUs: 0,
  fees: feesOn(PAPER_FEES, day as IsoDay),
});

const DEPOSITS: readonly BookEvent[] = ["USD", "EUR"].map((ccy) => ({
  kind: "cash",
  id: `deposit ${ccy}`,
  account: ACCOUNT,
  atUs: START,
  ccy,
  amount: "1000000",
  reason: "deposit",
  fx: 1,
}));

function deposited(): Ledger {
  const ledger = createLedger("USD", lookup);
  for (const deposit of DEPOSITS) applyEvent(ledger, deposit);
  return ledger;
}

function termsOf(r: Random, tape: Tape): Terms {
  const pack = r.below(4) === 0 ? PACKS[r.below(PACKS.length)] : undefined;
  const indexes = pack ?? [r.below(WORLD.length)];
  const side = r.below(2) === 0 ? "buy" : "sell";
  const legs = indexes.map((n, k) => ({
    instrument: (WORLD[n] as Instrument).id,
    ratio: k === 0 ? 1 : -1,
    intent: "open" as const,
  }));
  // Reaching into the market, so that most of it trades at once and some of it rests.
  const net = legs.reduce((sum, leg) => sum + leg.ratio * (tape.mids.get(leg.instrument) as number), 0);
  const reach = (r.uniform() - 0.3) * 0.2 * Math.max(1, Math.abs(net)) * (side === "buy" ? 1 : -1);
  return {
    account: ACCOUNT,
    mode: "paper",
    side,
    legs,
    qty: String(1 + r.below(12)),
    limit: (net + reach).toFixed(2),
    tif: "gtc",
    strategy: STRATEGY,
  };
}

/** One life of the broker, the desk's bookings of what it says, and a slow model of the same. Gives how many bookings there were. */
function play(seed: number): number {
  const r = seeded(seed);
  const tape = new Tape(r);
  const kept: PaperRecord[] = [];
  const store = {
    append: (records: readonly PaperRecord[], done: (fault: null) => void) => {
      for (const one of records) kept.push(JSON.parse(JSON.stringify(one)) as PaperRecord);
      done(null);
    },
  };
  const own = deposited();
  const open = (ledger: Ledger) =>
    new PaperBroker(store, tape, rulesOn("2016-01-04"), new PaperBooks(ledger, ACCOUNT), kept.slice());
  const broker = open(own);
  const book = new OrderBook(ACCOUNT, "USD");
  const desk = deposited();
  const model = new DoubleEntry(find);
  for (const deposit of DEPOSITS) model.apply(deposit);
  const stamp = () => ({ seq: 0, us: tape.us, scope: "s" });
  let booked = 0;
  const orders = new Map<string, string>();
  const tell = (record: LedgerRecord): void => {
    book.apply(record);
    for (; booked < book.booked.length; booked++) {
      const { event } = book.booked[booked] as { event: BookEvent };
      expect(applyEvent(desk, event).result, JSON.stringify(event)).not.toBe("refused");
      model.apply(event);
    }
  };
  broker.onEvent((event) => {
    if (event.k === "booked") return tell({ ...event, ...stamp() });
    if (event.k === "fill")
      tell({ k: "fill", id: orders.get(event.clientId) as string, fill: event.fill, ...stamp() });
  });
  for (let step = 0; step < STEPS; step++) {
    tape.move();
    broker.advance(tape.us);
    for (const i of WORLD) if (r.below(2) === 0) broker.quoted(i.id);
    const terms = termsOf(r, tape);
    const alive = terms.legs.every((leg) => {
      const i = find(leg.instrument);
      return !("expiryUs" in i) || i.expiryUs > tape.us;
    });
    if (alive) submit(broker, terms, `c${seed}-${step}`, tell, orders, stamp);
    if (step % 20 === 0) check(own, desk, model, tape);
  }
  check(own, desk, model, tape);
  // The same log gives the same books after a restart.
  const again = deposited();
  open(again);
  expect(money(again)).toEqual(money(own));
  expect(held(again)).toEqual(held(own));
  return booked;
}

function submit(
  broker: PaperBroker,
  terms: Terms,
  clientId: string,
  tell: (record: LedgerRecord) => void,
  orders: Map<string, string>,
  stamp: () => { seq: number; us: Micros; scope: string },
): void {
  const id = `O${clientId}`;
  orders.set(clientId, id);
  const order = {
    id,
    clientId,
    runId: id,
    ordinal: 0,
    ticket: null,
    terms,
    what: "",
    underlying: null,
    previewHash: "",
    multiplier: 1,
    arrivalMid: null,
    groups: terms.legs.map(() => null),
    makes: null,
  } satisfies PlannedOrder;
  tell({ k: "planned", order, ...stamp() });
  broker.submit({ clientId, terms } as Sent, () => undefined);
}

const money = (l: Ledger): string[] =>
  [...l.books.cash.values()]
    .map((c) => `${c.ccy} ${c.cash} ${c.fees} ${c.realised}`)
    .toSorted((a, b) => (a < b ? -1 : 1));
const held = (l: Ledger): string[] =>
  openPositions(l)
    .map((p) => `${p.instrument} ${p.qty}`)
    .toSorted((a, b) => (a < b ? -1 : 1));

/** Millionths here, 10^-30 in the model; a tenth of a cent apart is apart. */
const apart = (a: number, b: bigint): boolean => {
  const d = BigInt(a) * 10n ** 24n - b;
  return (d < 0n ? -d : d) >= 10n ** 27n;
};

function check(own: Ledger, desk: Ledger, model: DoubleEntry, tape: Tape): void {
  expect(money(desk), "the desk's money is the broker's").toEqual(money(own));
  expect(held(desk), "what the desk holds is what the broker has").toEqual(held(own));
  for (const x of moneyIdentity(planBook(own), (row) => tape.spot(row.instrument.id)))
    expect(x.explained, `identity in ${x.ccy}`).toBe(x.have);
  for (const c of own.books.cash.values()) {
    expect(
      apart(c.cash, model.balance("cash", c.ccy)),
      `cash ${c.ccy} ${c.cash} ${model.balance("cash", c.ccy)}`,
    ).toBe(false);
    expect(apart(c.fees, model.balance("fees", c.ccy)), `fees ${c.ccy}`).toBe(false);
    expect(apart(c.realised, -model.balance("realised", c.ccy)), `realised ${c.ccy}`).toBe(false);
  }
}

describe("money of the paper account", () => {
  it(
    `adds up to the cent over ${EVENTS} bookings of partial fills, packages, expiry, exercise, futures and two currencies`,
    () => {
      let events = 0;
      let seed = SEED;
      for (; events < EVENTS; seed++) events += play(seed);
      figure(
        "money identity through the paper broker, its books against the desk's and against double entry",
        `${events} bookings, seeds ${SEED}-${seed - 1}: to the cent`,
      );
    },
    LONG_MS,
  );
});
