import { afterEach, describe, expect, it } from "vitest";
import type { InstrumentId, Micros, OptionInstrument, Slot } from "../../../engines/market/index.ts";
import type { PackageView } from "../../../src/desk/protocol.ts";
import { chainView, FakeDesk, NOW_US, statusView } from "../../harness/fake-desk.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";

let at: Mounted | null = null;
afterEach(() => at?.end());

const GOOG = "EQ/GOOG/USD" as InstrumentId;
const option = (strike: number, type: "C" | "P"): OptionInstrument =>
  ({
    kind: "option",
    id: `OPT/GOOG/2016-01-15/${type}/${strike}/USD/0`,
    symbol: "GOOG",
    underlying: GOOG,
    expiry: "2016-01-15",
    expiryUs: NOW_US + 22 * 86_400e6,
    strike,
    type,
    multiplier: 100,
    ticks: [{ from: 0, tick: 0.05 }],
    ccy: "USD",
  }) as unknown as OptionInstrument;

const PACKAGE: PackageView = {
  name: "15jan 750/770 CV",
  long: "GOOG 15jan16 750/770 call vertical",
  pattern: "vertical",
  legs: [],
  units: 1,
  net: { bid: 5.35, mid: 5.65, ask: 5.95 },
  deltaPerShare: 0.21,
  delta: 21,
  gamma: 0.1,
  theta: -11,
  vega: 24,
  dollarDelta: 15_700,
  dollarGamma1pct: 100,
  maxLoss: -5.65,
  maxLossUnbounded: false,
  maxGain: 14.35,
  maxGainUnbounded: false,
  breakEvens: [765.65],
  horizon: "15jan",
  modelled: false,
  reason: null,
  decimals: 2,
};

function open(cols = 120, rows = 40, shown: PackageView = PACKAGE): Mounted {
  const desk = new FakeDesk();
  for (const type of ["C", "P"] as const)
    for (let i = 0; i < 11; i++) desk.quote(desk.list(option(700 + 10 * i, type)), 5 + i, 5.4 + i);
  desk.models.status = statusView();
  desk.models.chain = chainView(GOOG, 0);
  desk.models.package = shown;
  at = mountScreen({ desk, cols, rows });
  return at;
}
const packages = (m: Mounted) =>
  m.desk.subscriptions.filter((s) => s.view === "package").map((s) => s.params as { legs: unknown });
const call = (strike: number, ratio: number) => ({ instrument: option(strike, "C").id, ratio });

describe("legs put together in the chain", () => {
  it("come by + and -, again for the ratio, and go by Backspace", async () => {
    const m = open();
    await m.keys("4", "z", "+", "j", "j", "-", "-");
    expect(packages(m)).toEqual([{ legs: [call(750, 1), call(770, -2)] }]);
    expect(m.text()).toMatch(/\+1 +» 750/);
    await m.keys("+");
    expect(packages(m)).toEqual([{ legs: [call(750, 1), call(770, -1)] }]);
    await m.keys("\x7f");
    expect(packages(m)).toEqual([{ legs: [call(750, 1)] }]);
    await m.keys("\x7f");
    expect(packages(m)).toEqual([]);
    expect(m.text()).not.toContain("legs");
  });
  it("stand below with name, net market, ends, break-even and Δ", async () => {
    const m = open();
    await m.keys("4", "z", "+", "j", "j", "-");
    const y = m.find("legs +1").y;
    expect(m.line(y)).toContain("legs +1 750 C  -1 770 C  15jan 750/770 CV");
    expect(m.line(y + 1)).toContain(
      "net 5.35 | 5.65 | 5.95  Δ .21  max loss 5.65  gain 14.35  break-even 765.65  at 15jan",
    );
  });
  it("say unbounded, credit and what is not known", async () => {
    const unbounded = {
      ...PACKAGE,
      net: { bid: -1.3, mid: -1.2, ask: -1.1 },
      maxLoss: null,
      maxLossUnbounded: true,
    };
    const m = open(120, 40, unbounded);
    await m.keys("4", "z", "-");
    expect(m.text()).toContain("net -1.30 | -1.20 | -1.10 credit");
    expect(m.text()).toContain("max loss unbounded");
    m.end();
    const none = { bid: null, mid: null, ask: null };
    const n = open(120, 40, {
      ...PACKAGE,
      net: none,
      maxLoss: null,
      maxGain: null,
      breakEvens: [],
      reason: "a leg has no two-sided market",
    });
    await n.keys("4", "z", "+");
    expect(n.text()).toMatch(
      /net – \| – \| –.*max loss –.*gain –.*break-even –.*a leg has no two-sided market/,
    );
  });
  it("keep every figure whole at 60 columns: the last words go", async () => {
    const m = open(60, 24);
    await m.keys("4", "+");
    expect(m.line(m.find("net 5.35").y)).toContain(
      "net 5.35 | 5.65 | 5.95  Δ .21  max loss 5.65  gain 14.35",
    );
  });
  it("become a ticket by p, in lowest terms", async () => {
    const m = open();
    await m.keys("4", "+", "+", "j", "-", "-", "p");
    expect(m.desk.commands.at(-1)).toMatchObject({
      name: "stage",
      draft: {
        legs: [call(750, 1), call(760, -1)],
        side: "buy",
        purpose: "auto",
        qty: { by: "count", n: 2 },
      },
    });
  });
  it("say what to do when there are none", async () => {
    const m = open();
    await m.keys("4", "p");
    expect(m.text()).toContain("No legs yet: + adds a long one");
    expect(m.desk.commands).toEqual([]);
  });
  it("go by Esc, and stay while the expiry turns", async () => {
    const m = open();
    await m.keys("4", "+", "{");
    expect(m.text()).toContain("legs +1 750 C");
    await m.keys("\x07");
    expect(m.text()).not.toContain("legs +1");
  });
});

describe("columns of the chain", () => {
  it("lose open interest first, then YOU to the sign beside the strike, then sizes", async () => {
    const seen: string[] = [];
    for (const cols of [110, 88, 72]) {
      const m = open(cols, 24);
      await m.keys("4", "z");
      seen.push(m.line(m.find("STRIKE").y));
      m.end();
    }
    expect(seen[0]).toMatch(/OI.*YOU/);
    expect(seen[1]).not.toContain("OI");
    expect(seen[2]).not.toMatch(/ x /);
    expect(seen[2]).toMatch(/Δ.*IV%.*BID.*ASK.*STRIKE.*BID.*ASK.*IV%/);
  });
  it("calls a quote stale by the session's own limit", async () => {
    const m = open();
    const nowUs = (NOW_US + 20e6) as Micros;
    m.desk.quote(6 as Slot, 4, 4.4);
    m.desk.publish("status", statusView({ nowUs, quoteMaxAgeUs: 90e6 }));
    await m.keys("4", "z");
    expect(m.looks("4.00", "bid")).toBe(true);
    m.desk.publish("status", statusView({ nowUs, quoteMaxAgeUs: 5e6 }));
    m.desk.publish("chain", chainView(GOOG, 0));
    m.frame();
    expect(m.looks("4.00", "stale")).toBe(true);
  });
  it("can be hidden", async () => {
    const m = open(120, 40);
    await m.keys("4", "z", "|", "g", "g", "j", "\r", "\x07");
    expect(m.line(m.find("STRIKE").y).indexOf("Δ")).toBeGreaterThan(60);
  });
});
