import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { loadPortfolio, PortfolioFileError } from "../../../config/portfolio.ts";
import type { Instrument } from "../../../engines/market/index.ts";
import {
  applyEvent,
  createLedger,
  type MarketInput,
  type MarketSource,
  marginOfBook,
  planBook,
  REG_T,
  valueBook,
} from "../../../engines/portfolio/index.ts";
import { DAY, equity, lookupOf, NOW, option, quote, us } from "./samples.ts";

const GOOG = equity("GOOG");
const C760 = option("GOOG", "2016-01-15", "C", 760);
const C780 = option("GOOG", "2016-01-15", "C", 780);
const P720 = option("GOOG", "2016-01-15", "P", 720);
const LEAP = option("GOOG", "2017-01-20", "C", 800);
const lookup = lookupOf(GOOG, C760, C780, P720, LEAP, equity("BAC"), equity("IBM"));
const file = (name: string) =>
  readFileSync(new URL(`../../../data/portfolios/${name}`, import.meta.url), "utf8");
const prior = (price: number) => ({ price, day: "2015-12-23", sessionsOld: 1, source: "end of day file" });

function opened(name = "paper-goog.yaml") {
  const loaded = loadPortfolio(file(name), name, lookup);
  const ledger = createLedger(loaded.base, lookup);
  for (const e of loaded.events) expect(applyEvent(ledger, e)).toMatchObject({ result: "applied" });
  for (const calendar of ["NYSE", "CBOE"]) {
    const e = {
      kind: "session",
      id: `open ${calendar}`,
      account: "*",
      atUs: us("2015-12-24T14:30:00Z"),
      calendar,
      day: DAY,
    } as const;
    applyEvent(ledger, e);
  }
  return ledger;
}

const MARKET = new Map<string, MarketInput>([
  [GOOG.id, quote(747.98, 748.34)],
  [C760.id, quote(8.1, 8.5, { prior: prior(8.74) })],
  [C780.id, quote(2.55, 2.75, { prior: prior(2.9) })],
  [P720.id, quote(4.5, 4.7, { prior: prior(4.8) })],
  [LEAP.id, quote(63.3, 64.7, { prior: prior(63.5) })],
]);
const source: MarketSource = {
  market: (i: Instrument) => MARKET.get(i.id) ?? null,
  spot: () => ({ price: 748.16, ageUs: 200_000, movedUs: 0 }),
  model: () => null,
  greeks: (i) => ({ delta: i.type === "C" ? 0.4 : -0.2, gamma: 0.01, theta: -73, vega: 60, rho: 10 }),
  fx: () => null,
};

test("the bundled GOOG account leaves 7,090.00 of its 100,000.00 and values to the cent", () => {
  const v = valueBook(planBook(opened()), source, { nowUs: NOW, policy: "neutral" });
  expect(v.cash).toMatchObject([{ ccy: "USD", cash: 7090, deposits: 100_000, realised: 0, fees: 0 }]);
  // 10 x (8.30 - 2.65) x 100 - 2 x 4.60 x 100 + 100 x 748.16 + 2 x 64.00 x 100
  expect(v.book.figures.value).toBe(5650 - 920 + 74816 + 12800);
  expect(v.nav).toBe(7090 + 5650 - 920 + 74816 + 12800);
  expect(v.structures[0]).toMatchObject({ units: 10, netEntry: 6.1, loose: [0, 0] });
  expect(v.structures[0]?.netMark).toBeCloseTo(5.65, 10);
  expect(v.structures[0]?.totals.figures).toMatchObject({ unrealised: -450, pnl: -450, dayPnl: -190 });
});

test("the bundled GOOG account can still trade: Reg-T margin at these marks", () => {
  const v = valueBook(planBook(opened()), source, { nowUs: NOW, policy: "neutral" });
  const m = marginOfBook(v, { account: "paper", profile: REG_T, fx: () => 1 });
  // Stock 50 %; puts value + 20 % S − 28.16 out of the money; the debit vertical and the long calls are paid for.
  const initial = 74816 / 2 + 2 * 100 * (4.6 + 0.2 * 748.16 - 28.16);
  expect(m.initial).toBeCloseTo(initial, 6);
  expect(m.available).toBeCloseTo(7090 + 74816 - initial, 6);
  expect(m.available).toBeGreaterThan(19_000);
  expect(
    m.groups[0]?.options[0]?.pairings.map((p) => [p.short.id, p.cover === null ? null : "long"]),
  ).toEqual([
    [C780.id, "long"],
    [P720.id, null],
  ]);
});

test("the stock has no prior settlement: its day P&L is unknown with that reason, the rest is known", () => {
  const v = valueBook(planBook(opened()), source, { nowUs: NOW, policy: "neutral" });
  expect(v.book.figures.dayPnl).toBeNull();
  expect(v.book.missing).toEqual([
    { figure: "dayPnl", row: "paper|EQ/GOOG/USD|desk", reason: "no prior settlement" },
  ]);
  // vertical -190, puts -2 x (4.60 - 4.80) x 100 = +40, long-dated 2 x (64.00 - 63.50) x 100 = +100
  expect(v.book.known.dayPnl).toBe(-190 + 40 + 100);
});

test("position Greeks: shares, shares per 1.00, per day, per vol point, money", () => {
  const v = valueBook(planBook(opened()), source, { nowUs: NOW, policy: "neutral" });
  const puts = v.positions.find((p) => p.instrument.id === P720.id);
  expect(puts?.figures).toMatchObject({ delta: 40, gamma: -2, theta: 40, vega: -120, rho: -20 });
  expect(puts?.figures.dollarDelta).toBeCloseTo(40 * 748.16, 6);
  expect(puts?.figures.dollarGamma1pct).toBeCloseTo((-2 * 748.16 ** 2) / 100, 6);
  const stock = v.positions.find((p) => p.instrument.id === GOOG.id);
  expect(stock?.figures).toMatchObject({ delta: 100, gamma: 0, theta: 0, vega: 0, dollarDelta: 74816 });
  expect(v.book.figures.delta).toBeNull();
});

test("the bundled BAC and IBM account leaves 44,985.00", () => {
  const ledger = opened("paper-bac-ibm.yaml");
  expect([...ledger.books.cash.values()].map((c) => c.cash)).toEqual([44_985e6]);
});

const HEAD =
  "version: 1\naccount: a\ndeposits:\n  - { ccy: USD, amount: 10, date: 2015-12-01 }\npositions:\n";
const row = (s: string) => `${HEAD}  - { ${s} }\n`;
test.each([
  ["positions: [", "PF-020", /line \d+: not readable as YAML/],
  [
    row("instrument: GOOG, qty: 0, avg: 1, opened: 2015-12-23"),
    "PF-021",
    /line 6: "positions.0.qty": must not be 0/,
  ],
  [row("instrument: GOOG, qty: 1, avg: x, opened: 2015-12-23"), "PF-021", /line 6: "positions.0.avg"/],
  [row("instrument: GOOG, qty: 1, avg: 1, opened: 2015-02-30"), "PF-021", /must be a date/],
  [row("instrument: GOOG, qty: 1, avg: 1, opened: 2015-12-23, colour: red"), "PF-021", /colour/],
  [
    row("instrument: GOOG 2016-01-15 765 C, qty: 1, avg: 1, opened: 2015-12-23"),
    "PF-022",
    /line 6: this session has no instrument/,
  ],
  [
    `${row("instrument: GOOG, qty: 1, avg: 1, opened: 2015-12-23")}  - { instrument: GOOG, qty: 1, avg: 2, opened: 2015-12-23 }\n`,
    "PF-025",
    /line 7/,
  ],
  [
    `${HEAD.replace("positions:\n", "positions: []\n")}structures:\n  - { name: x, units: 1, legs: [{ instrument: GOOG, ratio: 1 }] }\n`,
    "PF-024",
    /line 7: structure "x" names EQ\/GOOG\/USD/,
  ],
  ["", "PF-021", /not|Invalid/],
])("a bad file gets one sentence with code and place (%#)", (text, code, message) => {
  const load = () => loadPortfolio(text, "my.yaml", lookup);
  expect(load).toThrow(PortfolioFileError);
  expect(load).toThrow(message);
  expect(load).toThrow(new RegExp(`^${code} my.yaml`));
});

test("whatever is in the file: it loads and books, or one sentence of the known kind", () => {
  const texts = [file("paper-goog.yaml"), file("paper-bac-ibm.yaml")];
  const pieces = [
    "",
    "-",
    ":",
    "[",
    "{",
    "&a",
    "*a",
    "*b",
    "!!x",
    "\u0000",
    "1e400",
    "9".repeat(30),
    "0.0000000001",
    "null",
    "\t",
    "- - -",
    "~",
    "99999999",
  ];
  fc.assert(
    fc.property(
      fc.nat(1),
      fc.nat(3000),
      fc.nat(40),
      fc.constantFrom(...pieces),
      (which, from, length, piece) => {
        const text = texts[which] as string;
        const at = from % text.length;
        const spoilt = text.slice(0, at) + piece + text.slice(at + length);
        try {
          const loaded = loadPortfolio(spoilt, "my.yaml", lookup);
          const ledger = createLedger(loaded.base, lookup);
          for (const e of loaded.events) {
            const outcome = applyEvent(ledger, e);
            if (outcome.result === "refused") expect(outcome.message).toMatch(/range|structure|negative/);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(PortfolioFileError);
          expect((error as Error).message).toMatch(/^PF-02\d my\.yaml( line \d+)?: .+\.$/s);
        }
      },
    ),
    { numRuns: 2000, seed: 9 },
  );
});

test("aliases that explode are refused", () => {
  const bomb = Array.from(
    { length: 9 },
    (_, n) =>
      `a${n}: &a${n} [${
        n === 0
          ? "x"
          : Array(9)
              .fill(`*a${n - 1}`)
              .join(",")
      }]`,
  ).join("\n");
  expect(() => loadPortfolio(bomb, "my.yaml", lookup)).toThrow(
    /^PF-020 my.yaml: its aliases can't be followed/,
  );
});

test("an option without a multiplier is refused, never taken as 1", () => {
  const bad = { ...C760, multiplier: Number.NaN };
  const text = row("instrument: GOOG 15jan16 760C, qty: 1, avg: 1, opened: 2015-12-23");
  expect(() => loadPortfolio(text, "my.yaml", lookupOf(bad))).toThrow(
    /^PF-023 my.yaml line 6: the multiplier/,
  );
});
