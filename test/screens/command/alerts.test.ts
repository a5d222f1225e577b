import { afterEach, describe, expect, it } from "vitest";
import { parseLine } from "../../../screens/command/grammar.ts";
import { readBack } from "../../../screens/command/readback.ts";
import type { GrammarContext } from "../../../screens/command/statement.ts";
import { FakeDesk, frameDesk, NOW_US, statusView } from "../../harness/fake-desk.ts";
import { type Mounted, type MountOptions, mountScreen } from "../../harness/screen.ts";
import { contextOf, listedContracts } from "./contracts.ts";

let mounted: Mounted[] = [];
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
});
function mount(options: Partial<MountOptions> & { desk: FakeDesk }): Mounted {
  const m = mountScreen(options);
  mounted.push(m);
  return m;
}

function said(line: string, part: Partial<GrammarContext> = {}): string {
  const context = contextOf(part);
  const parsed = parseLine(line, context);
  if ("kind" in parsed) return `${" ".repeat(parsed.from)}^ ${parsed.message}`;
  return parsed.map((s) => readBack(s, context)).join("; ");
}

describe("alert", () => {
  it("reads contracts, the book and prices, and says back what it will watch", () => {
    expect(said("alert 15J760C iv > 20")).toBe("ALERT GOOG 15jan 760 C iv > 20, once");
    expect(said("alert goog 15jan 760c iv>20 again")).toBe("ALERT GOOG 15jan 760 C iv > 20, each time");
    expect(said("alert Δ book < -500")).toBe("ALERT BOOK delta < -500.00, once");
    expect(said("alert GOOG crosses 741.3")).toBe("ALERT GOOG price crosses 741.30, once");
    expect(
      said("alert age > 2m", {
        target: { subject: { of: "row", key: "s:1" }, label: "15jan 760/780 CV", field: null },
      }),
    ).toBe("ALERT 15jan 760/780 CV age > 120s, once");
    expect(said("alert GOOG crosses 741.3 then stage buy 2 760c 15jan @ 8.25")).toBe(
      "ALERT GOOG price crosses 741.30, once, then stage BUY 2 GOOG 15 Jan 2016 760 call, limit 8.25, day",
    );
    expect(said("alert off A3")).toBe("ALERT drop A3");
  });

  it("says what it can't read, under the word", () => {
    expect(said("alert book spread > 1")).toBe("                  ^ BOOK has no spread to watch");
    expect(said("alert > 20")).toContain("of what? GOOG, 15J760C, book");
    expect(said("alert GOOG 741")).toContain("compared how?");
    expect(said("alert GOOG crosses")).toContain("which level?");
    expect(said("alert GOOG crosses 741 then buy 760c 15jan")).toContain("stages and never sends");
    expect(said("alert 765c 15jan iv > 20")).toContain("no 765c in 15jan");
  });
});

describe("alerts on the screen", () => {
  it("a on a number opens the line for it; Enter sets it", async () => {
    const desk = frameDesk();
    const m = mount({ desk });
    await m.keys("j", "l", "l", "l", "l", "l", "a");
    expect(m.line(22)).toBe(" :alert day >");
    await m.keys("\x15", ..."alert GOOG crosses 741.3\r");
    expect(desk.commands.at(-1)).toMatchObject({
      name: "alert",
      op: "add",
      wish: {
        subject: { of: "instrument", id: "EQ/GOOG/USD" },
        field: "price",
        op: "crosses",
        level: 741.3,
        again: false,
      },
    });
  });

  it("a firing is said once, rings when asked to, and moves no focus", async () => {
    const desk = frameDesk();
    const m = mount({ desk, signal: "osc9" });
    desk.publish("alerts", { rows: [], firings: [{ n: 1, us: NOW_US, text: "A1 old" }], problem: null });
    m.frame();
    expect(m.line(22)).toBe("");
    const fired = { n: 2, us: NOW_US, text: "A1 GOOG price 741.4 crosses 741.30" };
    desk.publish("alerts", {
      rows: [],
      firings: [{ n: 1, us: NOW_US, text: "A1 old" }, fired],
      problem: null,
    });
    desk.publish("alerts", { rows: [], firings: [fired], problem: null });
    m.frame();
    expect(m.line(22)).toBe(" A1 GOOG price 741.4 crosses 741.30");
    expect(m.controls).toContain("\x1b]9;A1 GOOG price 741.4 crosses 741.30\x07");
    expect(m.screen.focus).toBe("positions");
  });

  it("A lists them; x drops and r arms the one under the cursor", async () => {
    const desk = frameDesk();
    const row = { now: "18.1", times: 0, firedUs: null, again: false, stage: null } as const;
    desk.models.alerts = {
      rows: [
        { ...row, id: "A1", text: "GOOG 15jan 760 C iv > 20", state: "armed" },
        { ...row, id: "A2", text: "BOOK day < -5000", state: "fired", times: 1, firedUs: NOW_US },
      ],
      firings: [],
      problem: null,
    };
    const m = mount({ desk });
    await m.keys("A", "j");
    expect(m.text()).toContain("A1   GOOG 15jan 760 C iv > 20  now 18.1  once");
    expect(m.text()).toContain("BOOK day < -5000  now 18.1  once fired 10:34:00");
    await m.keys("r", "x");
    expect(desk.commands.slice(-2)).toEqual([
      { name: "alert", op: "rearm", id: "A2" },
      { name: "alert", op: "drop", id: "A2" },
    ]);
    await m.keys("\x1b");
    expect(m.screen.overlay).toBeNull();
  });

  it("the list grows with its rows: a firing's time is whole when it comes while the list is open", async () => {
    const desk = frameDesk();
    const row = {
      id: "A1",
      text: "GOOG 15jan 760 C spread > 0.55, looked at since",
      now: "0.30",
      times: 0,
      firedUs: null,
      again: false,
      stage: null,
      state: "armed",
    } as const;
    desk.models.alerts = { rows: [row], firings: [], problem: null };
    const m = mount({ desk, cols: 120, rows: 40 });
    await m.keys("A");
    expect(m.text()).toContain("now 0.30  once");
    const fired = { ...row, times: 1, firedUs: NOW_US, state: "fired" as const };
    desk.publish("alerts", { rows: [fired], firings: [], problem: null });
    m.frame();
    expect(m.text()).toContain("now 0.30  once fired 10:34:00");
  });

  it("then stage goes with the alert as a ticket to be staged", async () => {
    const desk = new FakeDesk(128);
    for (const { instrument } of listedContracts()) desk.quote(desk.list(instrument), 8.1, 8.5);
    desk.models.status = statusView();
    const m = mount({ desk });
    await m.keys(...":alert GOOG > 750 then stage sell 760/780 cv 15jan @ mid\r");
    const command = desk.commands.at(-1);
    expect(command).toMatchObject({
      name: "alert",
      wish: {
        stage: {
          draft: {
            side: "sell",
            price: { by: "anchor", anchor: "mid" },
            legs: [{ ratio: 1 }, { ratio: -1 }],
          },
        },
      },
    });
    expect(desk.commands.every((c) => c.name === "alert")).toBe(true);
  });
});

describe("bookmarks", () => {
  it("are listed in the order of the session, and gone to", async () => {
    const desk = frameDesk();
    const at = (s: number) => (NOW_US + s * 1e6) as typeof NOW_US;
    desk.models.status = statusView({ bookmarks: [at(60), at(-600)] });
    const m = mount({ desk });
    await m.keys("g", "m");
    expect(m.text()).toContain("1    10:24:00 ET");
    expect(m.text()).toContain("2    10:35:00 ET");
    await m.keys("j", "\r");
    expect(desk.commands.at(-1)).toEqual({ name: "jump", to: { us: at(60) } });
    await m.keys(...":go m1\r");
    expect(desk.commands.at(-1)).toEqual({ name: "jump", to: { us: at(-600) } });
  });
});
