import { expect, test } from "vitest";
import {
  applyEvent,
  copyLedger,
  createLedger,
  type Ledger,
  money,
  openPositions,
  qty,
  sealLedger,
  toUnits,
} from "../../../engines/portfolio/index.ts";
import { book, fillOf, tryBook } from "./book.ts";
import { equity, fxPair, lookupOf, NOW, option } from "./samples.ts";

const ABC = equity("ABC");
const CALL = option("ABC", "2016-01-15", "C", 50);
const PUT = option("ABC", "2016-01-15", "P", 50);
const CASH_CALL = option("IDX", "2016-01-15", "C", 1000, {
  settlement: { time: "AM", how: "cash" },
  style: "european",
});
const NEW_CALL = option("ABC", "2016-01-15", "C", 25, { deliverable: 2 });
const ODD = option("ABC", "2016-01-15", "P", 50, { deliverable: 2, multiplier: 150 });
const BTC = option("BTC", "2016-01-29", "C", 400, {
  ccy: "BTC" as never,
  multiplier: 1,
  premiumStyle: "inverse",
  settlement: { time: "PM", how: "cash" },
});
const EURUSD = fxPair("EURUSD");
const open = () => createLedger("USD", lookupOf(ABC, CALL, PUT, CASH_CALL, NEW_CALL, ODD, BTC, EURUSD));
const held = (l: Ledger) => openPositions(l).map((p) => [p.instrument, p.qty / 1e8, toUnits(p.cost)]);
const cash = (l: Ledger, ccy = "USD") => toUnits(l.books.cash.get(`A|${ccy}`)?.cash ?? money("0"));
const realised = (l: Ledger) => toUnits(l.books.cash.get("A|USD")?.realised ?? money("0"));

test("FIFO: the oldest lot is closed first, a fill through zero opens the other side", () => {
  const l = open();
  book(l, fillOf(ABC, "100", "10"));
  book(l, fillOf(ABC, "100", "12"));
  book(l, fillOf(ABC, "-150", "13"));
  expect(realised(l)).toBe(100 * 3 + 50 * 1);
  expect(held(l)).toEqual([[ABC.id, 50, 600]]);
  const outcome = book(l, fillOf(ABC, "-80", "14", { fees: "1.25" }));
  expect(realised(l)).toBe(350 + 50 * 2);
  expect(held(l)).toEqual([[ABC.id, -30, -420]]);
  expect(outcome).toMatchObject({ changes: [{ before: { qty: 50 }, after: { qty: -30 } }] });
  expect(cash(l)).toBe(-1000 - 1200 + 1950 + 1120 - 1.25);
});

test("strategies and accounts hold their own positions", () => {
  const l = open();
  book(l, fillOf(ABC, "100", "10", { strategy: "a" }));
  book(l, fillOf(ABC, "-40", "11", { strategy: "b" }));
  book(l, fillOf(ABC, "7", "12", { account: "B" }));
  expect(openPositions(l).map((p) => [p.account, p.strategy, p.qty / 1e8])).toEqual([
    ["A", "a", 100],
    ["A", "b", -40],
    ["B", "", 7],
  ]);
});

test("amounts are exact: a tenth bought ten times, a third of a coin", () => {
  const l = open();
  for (let k = 0; k < 10; k++) book(l, fillOf(ABC, "0.1", "0.1"));
  expect(cash(l)).toBe(-0.1);
  expect(qty("0.33333333")).toBe(33333333);
  expect(() => qty("0.333333333")).toThrow(/more than 8 decimals/);
  expect(() => money("1e16")).toThrow(/outside the exact range/);
});

test("a bust is as if the execution had never been; a correction as if it had been so from the start", () => {
  const l = open();
  book(l, fillOf(ABC, "100", "10", { id: "x1" }));
  book(l, fillOf(ABC, "100", "12", { id: "x2" }));
  book(l, fillOf(ABC, "-100", "13", { id: "x3" }));
  book(l, { kind: "bust", execId: "x1" });
  expect(realised(l)).toBe(100);
  expect(held(l)).toEqual([]);
  book(l, { kind: "correct", execId: "x2", qty: "120", price: "11.5" });
  expect(realised(l)).toBe(150);
  expect(held(l)).toEqual([[ABC.id, 20, 230]]);
  expect(tryBook(l, fillOf(ABC, "100", "10", { id: "x1" }))).toEqual({ result: "duplicate" });
});

test("a bust under an exercise drops the exercise and says so", () => {
  const l = open();
  book(l, fillOf(CALL, "2", "3", { id: "x1" }));
  book(l, {
    kind: "exercise",
    id: "ex",
    instrument: CALL.id,
    strategy: "",
    contracts: "2",
    settlement: null,
  });
  expect(book(l, { kind: "bust", execId: "x1" })).toMatchObject({ dropped: ["ex"] });
  expect([held(l), cash(l)]).toEqual([[], 0]);
});

test.each([
  [fillOf(equity("NONE"), "1", "1"), "PF-002", /unknown instrument EQ\/NONE\/USD/],
  [fillOf(ABC, "0", "1"), "PF-001", /quantity 0/],
  [fillOf(ABC, "1", "one"), "PF-001", /"one" is not a decimal number/],
  [fillOf(ABC, "1", "1", { fees: "0.0000001" }), "PF-001", /more than 6 decimals/],
  [{ kind: "bust", execId: "nope" } as const, "PF-004", /unknown execution nope/],
  [{ kind: "cash", ccy: "USD", amount: "-1", reason: "deposit" } as const, "PF-001", /wrong sign/],
  [
    { kind: "exercise", instrument: CALL.id, strategy: "", contracts: "1", settlement: null } as const,
    "PF-008",
    /not held/,
  ],
  [
    {
      kind: "split",
      account: "*",
      instrument: ABC.id,
      numerator: 0,
      denominator: 1,
      cashInLieu: null,
    } as const,
    "PF-009",
    /ratio/,
  ],
  [
    { kind: "variation", account: "*", instrument: ABC.id, settlement: "1" } as const,
    "PF-009",
    /no daily variation/,
  ],
  [{ kind: "dissolve", structure: "S" } as const, "PF-006", /unknown structure S/],
])("a bad event is refused with code and sentence and changes nothing (%#)", (e, code, message) => {
  const l = open();
  book(l, fillOf(ABC, "10", "10"));
  const before = JSON.stringify([...l.books.positions, ...l.books.cash]);
  const outcome = tryBook(l, e);
  expect(outcome).toMatchObject({ result: "refused", code });
  expect((outcome as { message: string }).message).toMatch(message);
  expect(JSON.stringify([...l.books.positions, ...l.books.cash])).toBe(before);
});

test("an option without a multiplier is an error, never 1", () => {
  const bad = { ...CALL, multiplier: Number.NaN };
  const l = createLedger("USD", lookupOf(bad));
  expect(tryBook(l, fillOf(bad, "1", "1"))).toMatchObject({ result: "refused", code: "PF-003" });
});

test("expiry: out of the money leaves at 0, in the money delivers at the strike, cash-settled pays", () => {
  const l = open();
  book(l, fillOf(CALL, "2", "3"));
  book(l, fillOf(PUT, "-1", "2"));
  book(l, fillOf(CASH_CALL, "-1", "20"));
  book(l, { kind: "expire", account: "*", instrument: CALL.id, settlement: "50.01" });
  expect(held(l).slice(-1)).toEqual([[ABC.id, 200, 10_000]]);
  book(l, { kind: "expire", account: "*", instrument: PUT.id, settlement: "50.01" });
  book(l, { kind: "expire", account: "*", instrument: CASH_CALL.id, settlement: "1012.34" });
  expect(held(l)).toEqual([[ABC.id, 200, 10_000]]);
  expect(realised(l)).toBeCloseTo(-600 + 200 + 2000 - 1234, 9);
  expect(cash(l)).toBeCloseTo(-600 + 200 + 2000 - 1234 - 10_000, 9);
});

test("less than a cent in the money is not exercised", () => {
  const l = open();
  book(l, fillOf(CALL, "1", "3"));
  book(l, { kind: "expire", account: "*", instrument: CALL.id, settlement: "50.009" });
  expect(held(l)).toEqual([]);
});

test("assignment of one of three short puts brings the shares at the strike", () => {
  const l = open();
  book(l, fillOf(PUT, "-3", "2"));
  book(l, { kind: "assign", instrument: PUT.id, strategy: "", contracts: "1", settlement: null });
  expect(held(l)).toEqual([
    [PUT.id, -2, -400],
    [ABC.id, 100, 5000],
  ]);
  expect(realised(l)).toBe(200);
});

test("an inverse option pays in coin: (S − K) / S", () => {
  const l = open();
  book(l, fillOf(BTC, "2", "0.05"));
  book(l, { kind: "expire", account: "*", instrument: BTC.id, settlement: "500" });
  expect(cash(l, "BTC")).toBeCloseTo(-0.1 + 2 * 0.2, 9);
});

test("split 3:2 keeps the cost, a fraction is paid out; the option becomes its adjusted successor", () => {
  const l = open();
  book(l, fillOf(ABC, "101", "30"));
  const split = book(l, {
    kind: "split",
    account: "*",
    instrument: ABC.id,
    numerator: 3,
    denominator: 2,
    cashInLieu: "21",
  });
  expect(split).toMatchObject({ changes: [{ before: { qty: 101 }, after: { qty: 151 } }] });
  expect(cash(l)).toBe(-3030 + 10.5);
  expect(held(l)[0]?.[2]).toBeCloseTo(3030 - 10, 6);
  book(l, fillOf(CALL, "3", "4"));
  const adjusted = book(l, {
    kind: "adjust",
    account: "*",
    from: CALL.id,
    to: NEW_CALL.id,
    numerator: 2,
    denominator: 1,
  });
  expect(adjusted).toMatchObject({
    changes: [
      { before: null, after: { qty: 6 } },
      { before: { qty: 3 }, after: null },
    ],
  });
  expect(held(l)[1]).toEqual([NEW_CALL.id, 6, 1200]);
});

test("an odd split changes the multiplier: 150 shares per contract, exercised into 150", () => {
  const l = open();
  book(l, fillOf(PUT, "1", "4"));
  book(l, { kind: "adjust", account: "*", from: PUT.id, to: ODD.id, numerator: 1, denominator: 1 });
  book(l, { kind: "exercise", instrument: ODD.id, strategy: "", contracts: "1", settlement: null });
  expect(held(l)).toEqual([[ABC.id, -150, -7500]]);
});

test("a currency pair is a position paid in its quote currency; a conversion moves cash only", () => {
  const l = open();
  book(l, fillOf(EURUSD, "100000", "1.10565"));
  expect(cash(l)).toBe(-110_565);
  book(l, {
    kind: "convert",
    soldCcy: "USD",
    sold: "1100",
    boughtCcy: "EUR",
    bought: "1000",
    soldFx: 1,
    boughtFx: 1.1,
  });
  expect([cash(l), cash(l, "EUR")]).toEqual([-111_665, 1000]);
});

test("a copy lives its own life; a seal keeps ids known", () => {
  const l = open();
  book(l, fillOf(ABC, "10", "10", { id: "x1" }));
  const copy = copyLedger(l);
  book(l, fillOf(ABC, "5", "10"));
  expect([held(l)[0]?.[1], held(copy)[0]?.[1]]).toEqual([15, 10]);
  sealLedger(copy);
  const again = { ...fillOf(ABC, "10", "10", { id: "x1" }), account: "A", atUs: NOW } as never;
  expect(applyEvent(copy, again)).toEqual({ result: "duplicate" });
});
