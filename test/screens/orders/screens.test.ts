import { afterEach, describe, expect, it } from "vitest";
import { statusView } from "../../harness/fake-desk.ts";
import { legView, orderDesk, ordersView, previewView, ticketView } from "../../harness/fake-orders.ts";
import { type Mounted, type MountOptions, mountScreen } from "../../harness/screen.ts";

let mounted: Mounted[] = [];
function mount(options: Partial<MountOptions> = {}): Mounted {
  const m = mountScreen({ desk: orderDesk(), ...options });
  mounted.push(m);
  return m;
}
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
});

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

describe("what orders look like", () => {
  it.each(SIZES)("ticket under its row at %ix%i", async (cols, rows) => {
    const m = mount({ cols, rows });
    await m.keys("j", "b");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
  });
  it.each(SIZES)("preview of a spread at %ix%i", async (cols, rows) => {
    const m = mount({ cols, rows });
    await m.keys("j", "b", "p");
    m.frame(400);
    m.frame();
    expect(`\n${m.text()}\n`).toMatchSnapshot();
  });
  it.each(SIZES)("orders at %ix%i", async (cols, rows) => {
    const m = mount({ cols, rows });
    await m.keys("9");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
  });

  it("live, with a quantity to type, a guard that denies and one that asks, in ASCII", async () => {
    const desk = orderDesk();
    desk.models.status = statusView({ mode: "live", account: "ibkr U...417", trading: "active" });
    desk.models.preview = previewView({
      mode: "live",
      mustType: "10",
      canConfirm: false,
      guards: [
        ...previewView().guards,
        {
          code: "SIZE",
          verdict: "deny",
          text: "SIZE 12 of 10",
          fixes: ["Lower quantity to 10"],
          used: 1.2,
          accepted: false,
        },
        {
          code: "OI",
          verdict: "confirm",
          text: "open interest unknown",
          fixes: [],
          used: null,
          accepted: false,
        },
      ],
    });
    const m = mount({ desk, ascii: true });
    await m.keys("j", "b", "p");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
    expect(m.text()).not.toContain("C confirm and send");
    await m.keys("1", "2");
    expect(desk.commands.slice(-2)).toEqual([
      { name: "fix", preview: "V1", fix: 0 },
      { name: "accept", preview: "V1", guard: "OI" },
    ]);
  });

  it("a structure, its legs signed, and a credit", async () => {
    const desk = orderDesk();
    desk.models.ticket = ticketView({
      side: "sell",
      what: "GOOG 15jan 760/780 call vertical",
      limit: 5.65,
      legs: [legView({ qty: -2 }), legView({ label: "780 C", qty: 2 })],
      warning: "would cross: marketable",
    });
    const m = mount({ desk });
    await m.keys("2", "j", "t", "v");
    expect(m.text()).toContain("GOOG vertical");
    expect(m.text()).toContain("+1 760 C  -1 770 C");
    await m.keys("l", "}", "r");
    expect(m.text()).toContain("-1 760 C  +1 780 C");
    await m.keys("\r");
    expect(`\n${m.text()}\n`).toMatchSnapshot();
    expect(m.text()).toContain("5.65 credit");
  });

  it("HALTED and REDUCING take the hint row at any size", async () => {
    const desk = orderDesk();
    desk.models.orders = ordersView({
      trading: "halted",
      tradingReason: "10:34:02 by key. 3 cancels sent: 2 done, 1 unknown (O6)",
    });
    const m = mount({ desk, cols: 120 });
    expect(m.line(23)).toContain("HALTED (10:34:02 by key. 3 cancels sent: 2 done, 1 unknown (O6))");
    expect(m.looks("HALTED (10:34", "halted")).toBe(true);
    m.resize(50, 12);
    expect(m.text()).toContain("HALTED");
  });
});
