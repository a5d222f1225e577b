import { afterEach, describe, expect, it } from "vitest";
import type { InstrumentId } from "../../../engines/market/index.ts";
import { memoryStore, type ScreenStore } from "../../../screens/app/store.ts";
import type { LegView, OrderRow } from "../../../src/desk/protocol.ts";
import { frameDesk, NOW_US, positionRows } from "../../harness/fake-desk.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";

let at: Mounted | null = null;
afterEach(() => at?.end());

const split = { delta: -1122, gamma: 6, theta: -62, vega: -41, trades: 0, dividends: 0, rest: -24 };
function open(cols = 200, rows = 40, store?: ScreenStore): Mounted {
  const desk = frameDesk();
  const list = positionRows().map((r) =>
    r.kind === "book" || r.kind === "underlying" ? { ...r, split } : r,
  );
  desk.models.positions = { nowUs: NOW_US, rows: list, total: 4 };
  at = mountScreen({ desk, cols, rows, ...(store && { store }) });
  return at;
}
const book = (m: Mounted): string => m.line(m.find(" BOOK").y);

describe("day P&L by cause in the pane", () => {
  it("stands in columns that add up to the day", async () => {
    const m = open();
    await m.keys("z", "m");
    const header = m.line(m.find("STRUCTURE").y);
    expect(header).toMatch(/DAY.*byΔ.*byΓ.*byΘ.*byV.*rest/);
    expect(book(m)).toMatch(/-1,243.*-1,122 +\+6 +-62 +-41 .*-24/);
  });
  it("finds room at 80 columns when asked why", async () => {
    const m = open(80, 24);
    await m.keys("m");
    expect(m.line(m.find("STRUCTURE").y)).toMatch(/DAY.*byΔ.*byV/);
    expect(m.text()).toContain("day P&L by cause");
  });
});

describe("columns", () => {
  it("are hidden and shown by a list, and stay so", async () => {
    const store = memoryStore();
    const m = open(200, 50, store);
    expect(m.text()).toContain("BID");
    await m.keys("|", "j", "j", "j", "\r");
    expect(m.text()).toContain("[ ] BID");
    await m.keys("\x07");
    const header = (x: Mounted) => x.line(x.find("STRUCTURE").y).slice(0, 110);
    expect(header(m)).not.toContain("BID");
    m.end();
    const again = open(200, 50, store);
    expect(header(again)).not.toContain("BID");
    expect(header(again)).toContain("ASK");
  });
  it("cannot lose the one that says what a row is", async () => {
    const m = open();
    await m.keys("|", "g", "g", "\r", "\x07");
    expect(m.text()).toContain("STRUCTURE");
  });
  it("keep the order they were sorted by", async () => {
    const store = memoryStore();
    const m = open(120, 40, store);
    await m.keys("o");
    expect(m.text()).toContain("▲STRUCTURE");
    m.end();
    expect(open(120, 40, store).text()).toContain("▲STRUCTURE");
  });
});

describe("marked rows", () => {
  it("have a total of their own below, until Esc", async () => {
    const m = open();
    await m.keys("j", "v", "v");
    const line = m.line(m.find("MARKED 2").y);
    expect(line).toContain("-515");
    expect(m.text()).toMatch(/\* ▸ 15jan 760\/780 CV/);
    await m.keys("\x07");
    expect(m.text()).not.toContain("MARKED");
  });
  it("count once what is in a marked row already", async () => {
    const m = open();
    await m.keys("v", "v");
    expect(m.line(m.find("MARKED 1").y)).toContain("-1,243");
  });
  it("leave a total unknown where a part is", async () => {
    const m = open();
    await m.keys("j", "j", "j", "v", "v");
    const total = m.line(m.find("MARKED").y);
    expect(total).toContain("MARKED 2");
    expect(total).toContain("–");
  });
  it("explain their total", async () => {
    const m = open();
    await m.keys("j", "v", "v", "G", "i");
    expect(m.desk.explained.at(-1)).toMatchObject({ view: "positions", row: "marked:S:1\tP:2" });
  });
});

describe("units", () => {
  it("go from shares to money, part of the NAV and beta-weighted, with a reason where no beta is known", async () => {
    const m = open();
    await m.keys("u");
    expect(book(m)).toContain("+419k");
    await m.keys("u");
    expect(m.line(m.find("STRUCTURE").y)).toContain("Δ%");
    expect(book(m)).toContain("+414.0%");
    await m.keys("u");
    expect(m.line(m.find("STRUCTURE").y)).toContain("Δβ$");
    expect(m.text()).toContain("No beta of these names");
    await m.keys("i");
    expect(m.desk.explained.at(-1)?.column).not.toBe("dollarDelta");
  });
});

describe("what-if", () => {
  const leg = (qty: number): LegView =>
    ({ instrument: "OPT/GOOG/2016-01-15/C/760/USD/0" as InstrumentId, label: "760 C", qty }) as LegView;
  it("says that nothing is staged", async () => {
    const m = open();
    await m.keys("w");
    expect(m.text()).toContain("WHAT-IF");
    expect(m.text()).toContain("No staged tickets");
    await m.keys("w");
    expect(m.text()).not.toContain("WHAT-IF");
  });
  it("adds the legs of staged tickets to the book, in a frame of its own", async () => {
    const m = open();
    const row = { id: "T1", state: "staged", side: "buy", qty: 2, what: "GOOG 15jan 760 C", legs: [leg(2)] };
    m.desk.models.orders = { rows: [row as unknown as OrderRow] } as never;
    m.desk.models.package = { dollarDelta: 55_000, dollarGamma1pct: 900, theta: -57, vega: 100 } as never;
    await m.keys("w");
    m.frame();
    expect(m.desk.subscriptions.find((s) => s.view === "package")?.params).toEqual({
      legs: [{ instrument: leg(2).instrument, ratio: 2 }],
    });
    const y = m.find("WHAT-IF").y;
    expect(m.line(y)).toContain("T1 BUY 2 GOOG 15jan 760 C");
    expect(m.line(y + 2)).toContain("+418,970");
    expect(m.line(y + 3)).toContain("+55,000");
    expect(m.line(y + 4)).toContain("+473,970");
    const more = { ...row, id: "T2", legs: [leg(2), leg(1)] };
    m.desk.publish("orders", { rows: [more as unknown as OrderRow] } as never);
    expect(m.desk.subscriptions.find((s) => s.view === "package")?.params).toMatchObject({
      legs: [{ ratio: 2 }, { ratio: 1 }],
    });
    expect(m.line(y + 1)).toMatch(/·.*Δ\$.*Γ\$\/1%.*Θ\$\/d.*V\$\/vp/);
  });
});
