import { afterEach, describe, expect, it } from "vitest";
import type { Command, Draft } from "../../../src/desk/protocol.ts";
import { statusView } from "../../harness/fake-desk.ts";
import { orderDesk, orderRow, orderRows, ordersView } from "../../harness/fake-orders.ts";
import { type Mounted, type MountOptions, mountScreen } from "../../harness/screen.ts";
import { figure, LONG_MS, SIZE, sized } from "../../harness/sizes.ts";

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

const drafts = (m: Mounted): Draft[] => m.desk.commands.flatMap((c) => (c.name === "stage" ? [c.draft] : []));
const edits = (m: Mounted): unknown[] =>
  m.desk.commands.flatMap((c) => (c.name === "ticket" ? [c.edit] : []));
const named = (m: Mounted, name: Command["name"]) => m.desk.commands.filter((c) => c.name === name);
const line = (m: Mounted, text: string) => m.keys(...text, "\r");
const C760 = "OPT/GOOG/2016-01-15/C/760/USD/1";
const C780 = "OPT/GOOG/2016-01-15/C/780/USD/1";

describe("staging from a row", () => {
  it("b and s on a structure trade its legs, x closes it as one order", async () => {
    const m = mount();
    await m.keys("j", "b", "\x1b", "s", "\x1b", "x");
    const legs = [
      { instrument: C760, ratio: 1 },
      { instrument: C780, ratio: -1 },
    ];
    const rest = { legs, qty: null, price: null, tif: "day", from: "S:1" };
    expect(drafts(m)).toEqual([
      { ...rest, side: "buy", purpose: "auto" },
      { ...rest, side: "sell", purpose: "auto" },
      { ...rest, side: "sell", purpose: "close" },
    ]);
  });

  it("a short position closes by buying; a watched contract that is held closes too", async () => {
    const m = mount();
    await m.keys("j", "j", "x", "\x1b", "2", "x", "\x1b", "j", "x");
    expect(drafts(m).map((d) => [d.side, d.purpose, d.from])).toEqual([
      ["buy", "close", "P:2"],
      ["sell", "close", "P:3"],
    ]);
    expect(m.line(22)).toContain("Nothing is held in");
  });

  it("chart and tape rows that are an instrument stage it; a book line says that it is none", async () => {
    const m = mount({ cols: 120, rows: 40 });
    await m.keys("3", "b", "\x1b", "1", "G", "b");
    expect(drafts(m).map((d) => d.legs[0]?.instrument)).toEqual(["EQ/GOOG/USD"]);
    expect(m.text()).toContain("No instrument here");
  });

  it("t: verticals, condors, calendars and rolls by letters and steps", async () => {
    const m = mount();
    await m.keys("2", "j", "t", "v", "l", "p", "h", "\r", "\x1b");
    await m.keys("t", "c", "\r", "\x1b", "t", "k", "}", "\r", "\x1b");
    const words = drafts(m).map((d) =>
      d.legs.map((l) => `${l.ratio} ${l.instrument.split("/").slice(2, 5).join("/")}`),
    );
    expect(words).toEqual([
      ["1 2016-01-15/P/760", "-1 2016-01-15/P/750"],
      ["1 2016-01-15/P/740", "-1 2016-01-15/P/750", "-1 2016-01-15/C/770", "1 2016-01-15/C/780"],
      ["1 2017-01-20/C/760", "-1 2016-01-15/C/760"],
    ]);
    await m.keys("1", "j", "j", "t", "r", "\r");
    expect(drafts(m).at(-1)).toMatchObject({
      purpose: "roll",
      from: "P:2",
      side: "buy",
      legs: [
        { instrument: "OPT/GOOG/2016-01-15/P/720/USD/1", ratio: 1 },
        { instrument: "OPT/GOOG/2016-02-19/P/720/USD/1", ratio: -1 },
      ],
    });
  });

  it("a desk that refuses says why, and the strip goes", async () => {
    const desk = orderDesk();
    desk.reply = () => ({ ok: false, message: "You are at 10:20, looking back." });
    const m = mount({ desk });
    await m.keys("j", "b");
    expect(m.line(22)).toContain("looking back");
    expect(m.text()).not.toContain("T1");
  });
});

describe("the ticket", () => {
  it("keys typed right after b are for the ticket", async () => {
    const m = mount();
    await m.keys("j", "b12\t");
    expect(edits(m)).toEqual([{ edit: "qty", qty: { by: "count", n: 12 } }]);
    expect(m.screen.focus).toBe("positions");
  });

  it("fields, steps, anchors, time in force, flip, drop and restore", async () => {
    const m = mount();
    await m.keys("j", "b", "k", "\x1b[5~", "\t", "j", "8", ".", "2", "9", "\x7f", "\r");
    await m.keys("\x1b", "m", "f", "d", "r", "$", "5", "0", "0", "0", "\t", "5", "\x7f", "%", "h", "D", "u");
    expect(edits(m)).toEqual([
      { edit: "step", field: "qty", steps: 1 },
      { edit: "step", field: "qty", steps: 10 },
      { edit: "step", field: "price", steps: -1 },
      { edit: "price", price: { by: "limit", price: "8.2" } },
      { edit: "price", price: { by: "anchor", anchor: "mid", offset: 0, unit: "t", follows: true } },
      { edit: "follow" },
      { edit: "tif", tif: "gtc" },
      { edit: "flip" },
      { edit: "qty", qty: { by: "money", amount: 5000 } },
      { edit: "drop" },
      { edit: "restore" },
    ]);
    expect(named(m, "preview")).toHaveLength(1);
    expect(m.line(22)).toContain('"%" is no quantity');
  });

  it("what was typed is said to the desk before the preview; refused, there is no preview", async () => {
    const desk = orderDesk();
    const { reply } = desk;
    desk.reply = (c) =>
      c.name === "ticket" ? { ok: false, message: "beyond the collar: at most 8.60" } : reply(c);
    const m = mount({ desk });
    await m.keys("j", "b", "\t", "9", "p");
    expect(named(m, "preview")).toEqual([]);
    expect(m.line(22)).toContain("beyond the collar: at most 8.60");
  });

  it("Esc keeps it staged, and Enter on it in pane 9 opens it again", async () => {
    const m = mount();
    await m.keys("j", "b", "\x1b");
    expect(m.text()).not.toContain("T1 staged");
    await m.keys("9", "\r");
    expect(m.text()).toContain("T1 staged");
    expect(named(m, "ticket")).toEqual([]);
  });

  it("e on a preview goes back to it, Esc too, and the desk hears that the preview was left", async () => {
    const m = mount();
    await m.keys("j", "b", "p", "e");
    expect(m.text()).toContain("T1 staged");
    await m.keys("p", "\x1b");
    expect(m.text()).toContain("T1 staged");
    expect(named(m, "leavePreview")).toHaveLength(2);
  });

  it("what is asked for too late does not pop up", async () => {
    const desk = orderDesk();
    const { reply } = desk;
    let answer: () => void = () => {};
    desk.reply = (c) =>
      c.name === "preview"
        ? new Promise((resolve) => {
            answer = () => resolve({ ok: true, message: null, made: "V1" });
          })
        : reply(c);
    const m = mount({ desk });
    await m.keys("j", "b", "p", "\x1b");
    answer();
    await m.keys("j");
    expect(m.text()).not.toContain("PREVIEW");
  });
});

describe("pane 9", () => {
  it("story, cancel, cancel all, reconcile, like this, amend by a line", async () => {
    const m = mount();
    await m.keys("9", "j", "\r");
    expect(m.text()).toContain("intent durable, client id");
    await m.keys("q", "x", "n");
    expect(m.text()).toContain("T2 staged");
    await m.keys("\x1b", "r", "X");
    expect(m.text()).toContain("Cancel 2 working orders?");
    await m.keys("\r", "X", "c", "e", "\x1b");
    await m.keys(":", ..."amend O7 @ 5.60 x 6", "\r");
    expect(m.desk.commands).toEqual([
      { name: "cancel", order: "O7" },
      { name: "again", order: "O7" },
      { name: "reconcile" },
      { name: "cancelAll", pattern: null },
      { name: "change", order: "O7" },
      { name: "amendTo", order: "O7", price: { by: "limit", price: "5.6" }, qty: "6" },
    ]);
  });

  it("v marks tickets into one basket and goes on to the next; the cursor passes over notes", async () => {
    const desk = orderDesk();
    desk.models.orders = ordersView({
      tickets: 2,
      rows: [
        orderRow({ id: "T1", state: "staged", note: "old" }),
        orderRow({ id: "T2", state: "staged" }),
        ...orderRows().slice(1),
      ],
    });
    const m = mount({ desk });
    await m.keys("9", "v", "v", "v", "p");
    expect(m.desk.commands).toEqual([{ name: "preview", tickets: ["T1", "T2"] }]);
    expect(m.line(22)).toContain("v marks staged tickets");
  });

  it("i asks for the cell under the cursor, and for the warnings where there is no row", async () => {
    const m = mount();
    await m.keys("9", "j", "i");
    expect(m.desk.explained.at(-1)).toEqual({ view: "orders", row: "O7", column: "id" });
    await m.keys("l", "i");
    expect(m.desk.explained.at(-1)).toEqual({ view: "orders", row: "O7", column: "state" });
    const desk = orderDesk();
    desk.models.orders = ordersView({ rows: [], warnings: ["a: b", "c: d", "e: f"] });
    const bare = mount({ desk });
    await bare.keys("9", "i");
    expect(desk.explained).toEqual([{ view: "orders", row: "", column: "warnings" }]);
  });

  it("locked: says why, in the pane and at a key", async () => {
    const desk = orderDesk();
    const locked =
      "You are at 10:20, looking back. space runs on from here as branch 2; branch 1 keeps O5–O7.";
    desk.models.orders = ordersView({ locked, branches: 2 });
    const m = mount({ desk, cols: 100 });
    await m.keys("9", "x");
    expect(m.text()).toContain("branch 1 of 2");
    expect(m.line(22)).toContain("You are at 10:20");
    expect(m.desk.commands).toEqual([]);
  });
});

describe("order lines", () => {
  it("a second Enter while a preview is asked for asks no second time", async () => {
    const m = mount();
    await m.keys("j", "b", "\r\r");
    expect(named(m, "preview")).toHaveLength(1);
    expect(m.text()).toContain("PREVIEW");
  });

  it("close and roll take side and quantity from the book", async () => {
    const m = mount();
    await line(m, ":close 720p 15jan @ mid");
    await m.keys("\x1b", "\x1b");
    await line(m, ":roll 800c 19feb 20jan17");
    expect(drafts(m)).toMatchObject([
      { side: "buy", purpose: "close", from: "P:2", price: { by: "anchor", anchor: "mid" } },
      {
        side: "buy",
        purpose: "roll",
        from: "P:4",
        legs: [{ ratio: -1 }, { instrument: "OPT/GOOG/2017-01-20/C/800/USD/1", ratio: 1 }],
      },
    ]);
    await m.keys("\x1b", "\x1b");
    await line(m, ":close 700c 15jan");
    expect(m.line(22)).toContain("Nothing is held in that");
  });

  it("condors, calendars and diagonals", async () => {
    const m = mount();
    for (const text of [
      "740/750/770/780 ic 15jan",
      "760p cal 15jan 19feb",
      "760/780 diag 15jan 19feb",
      "740/750/770/780 cond 15jan",
    ]) {
      await line(m, `:sell ${text}`);
      await m.keys("\x1b", "\x1b");
    }
    expect(
      drafts(m).map((d) => d.legs.map((l) => `${l.ratio} ${l.instrument.split("/").slice(2, 5).join("/")}`)),
    ).toEqual([
      ["1 2016-01-15/P/740", "-1 2016-01-15/P/750", "-1 2016-01-15/C/770", "1 2016-01-15/C/780"],
      ["1 2016-02-19/P/760", "-1 2016-01-15/P/760"],
      ["1 2016-02-19/C/760", "-1 2016-01-15/C/780"],
      ["1 2016-01-15/C/740", "-1 2016-01-15/C/750", "-1 2016-01-15/C/770", "1 2016-01-15/C/780"],
    ]);
  });

  it("tickets and orders by name, cancels and amends", async () => {
    const m = mount();
    await line(m, ":buy T1 5 @ 8.20");
    expect(m.text()).toContain("PREVIEW");
    expect(edits(m)).toEqual([
      { edit: "qty", qty: { by: "count", n: 5 } },
      { edit: "price", price: { by: "limit", price: "8.2" } },
    ]);
    await m.keys("\x1b", "\x1b");
    await line(m, ":sell T1");
    expect(m.line(22)).toContain("T1 is a BUY");
    for (const text of [":cancel O7", ":cancel all", ":cancel goog*", ":reduce"]) await line(m, text);
    expect(m.desk.commands.slice(-4)).toEqual([
      { name: "cancel", order: "O7" },
      { name: "cancelAll", pattern: null },
      { name: "cancelAll", pattern: "GOOG*" },
      { name: "reduce" },
    ]);
  });
});

describe("what is said", () => {
  it("fills, with the time from C to the answer; what was there at start is no news", async () => {
    const m = mount();
    expect(m.line(22)).toBe("");
    await m.keys("j", "b", "p");
    for (let i = 0; i < 8; i++) m.frame(50);
    await m.keys("C");
    m.nowMs += 34;
    m.desk.publish(
      "orders",
      ordersView({ rows: [...orderRows(), orderRow({ id: "O8", state: "working" })] }),
    );
    m.frame();
    expect(m.line(22)).toBe(" working BUY 2 15jan 760 C @8.25  O8  (84 ms after C)");
    m.desk.publish(
      "orders",
      ordersView({
        rows: [...orderRows(), orderRow({ id: "O8", state: "filled", filled: 2, avgFill: 8.3 })],
      }),
    );
    m.frame();
    expect(m.line(22)).toContain("filled BUY 2 15jan 760 C @8.30  O8");
  });

  it("an order without a known outcome is asked about at start", async () => {
    const desk = orderDesk();
    desk.models.orders = ordersView({ unknown: 1 });
    const m = mount({ desk });
    expect(m.text()).toContain("1 order has no known outcome (O6)");
    await m.keys("s");
    expect(m.text()).toContain("story of");
    await m.keys("\x1b");
    const other = mount({ desk });
    await other.keys("r");
    expect(named(other, "reconcile")).toHaveLength(1);
  });

  it("leaving with working orders asks: stay, cancel and quit, or leave them", async () => {
    const m = mount();
    await m.keys("q");
    expect(m.text()).toContain("2 orders of the replay: kept as of now");
    await m.keys("\r", "q", "c");
    expect(named(m, "cancelAll")).toHaveLength(1);
    expect(m.quits).toBe(1);
    const desk = orderDesk();
    desk.models.status = statusView({ mode: "paper", account: "paper" });
    const paper = mount({ desk });
    await paper.keys("q");
    expect(paper.text()).toContain("2 orders keep working at paper after you leave.");
    await paper.keys("\r");
    await paper.keys("\x1a");
    expect(paper.text()).toContain("2 orders would work unwatched");
    await paper.keys("\r");
    expect(paper.suspends).toBe(0);
    await paper.keys("\x1a", "z");
    expect(paper.suspends).toBe(1);
    desk.models.orders = ordersView({ working: 0 });
    const idle = mount({ desk });
    await idle.keys("\x1a");
    expect(idle.text()).toContain("alerts and recording wait until fg.");
    expect(idle.suspends).toBe(0);
  });

  it("up is typed: ACTIVE, in full; down is one key", async () => {
    const desk = orderDesk();
    desk.models.status = statusView({ trading: "halted" });
    const m = mount({ desk });
    await line(m, ":resume");
    expect(m.line(23)).toContain("Type ACTIVE to allow orders (now HALTED)");
    await line(m, "ACTIVE");
    await m.keys("R");
    expect(m.desk.commands).toEqual([{ name: "resume", typed: "ACTIVE" }, { name: "reduce" }]);
  });

  it("the mode shows four ways besides colour: word, frame, account, terminal title", async () => {
    const words = { replay: "REPLAY", paper: "PAPER", live: "LIVE" } as const;
    const edges = { replay: "┄", paper: "─", live: "═" } as const;
    for (const mode of ["replay", "paper", "live"] as const) {
      const desk = orderDesk();
      desk.models.status = statusView({ mode, account: mode === "live" ? "ibkr U···417" : mode });
      const m = mount({ desk });
      for (const keys of [["j", "b"], ["p"]]) {
        await m.keys(...keys);
        const strip = m.find(
          `${words[mode]}  ${mode === "live" ? "ibkr" : keys[0] === "p" ? "PREVIEW" : "T1"}`.replace(
            "LIVE  ibkr",
            "LIVE  ibkr U",
          ),
        );
        expect(m.line(strip.y)).toContain(edges[mode].repeat(3));
        expect(m.text()).toContain(`${words[mode]}  ctrl-x KILL`);
      }
      if (mode === "live") expect(m.line(0)).toContain("ibkr U···417");
      expect(m.controls.join("")).toContain(`[${words[mode]}] voldesk`);
    }
  });
});

/** Seeded, so that a failure can be run again. */
function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}
const KEYS = [
  ..."1234567890FLjkhlGgzmquioy/|?:rbsxtXRM+-,.<>()[]{}=vaAwendpfDC$% \t\r`",
  "\x1b",
  "\x1b[A",
  "\x1b[B",
  "\x1b[5~",
  "\x03",
  "\x0c",
  "\x7f",
  "\x1b[200~C\r\x1b[201~",
];

describe("a monkey at the order keys", () => {
  const presses = sized({ test: 2000, soak: 20_000, nightly: 100_000 });
  it(
    `presses ${presses} keys: nothing throws, nothing is sent but by C on a preview or a price that stood there`,
    async () => {
      const m = mount();
      const random = seeded(11);
      let previewShown = 0;
      let priceShown = 0;
      for (let i = 0; i < presses; i++) {
        if (i % 97 === 0) m.resize(40 + random(200), 10 + random(60));
        if (i % 31 === 0)
          m.desk.publish(
            "orders",
            ordersView({
              rows: [
                orderRow({
                  id: "O7",
                  state: "working",
                  pending: random(2) === 0 ? null : { price: 5.65, ok: true, text: null },
                }),
                ...orderRows(),
              ],
            }),
          );
        const before = m.desk.commands.length;
        const shown = m.text();
        const key = KEYS[random(KEYS.length)] as string;
        await m.keys(key);
        if (random(3) === 0) for (let t = 0; t < 400; t += 50) m.frame(50);
        for (const command of m.desk.commands.slice(before)) {
          if (command.name === "confirm") {
            expect(key).toBe("C");
            expect(shown).toContain("PREVIEW");
            expect(command.shownMs).toBeGreaterThanOrEqual(300);
            previewShown++;
          }
          if (command.name === "amendSend") {
            expect(key).toBe("C");
            expect(shown).toContain("→5.65");
            priceShown++;
          }
        }
      }
      expect(m.fatal).toBe(null);
      expect(m.paneErrors).toEqual([]);
      expect(previewShown + priceShown).toBeGreaterThan(0);
    },
    LONG_MS,
  );
});

describe("ctrl-x", () => {
  it("reaches the desk at once from any state of the screen, with a burst of models under way", async () => {
    const random = seeded(23);
    let slowest = 0;
    for (let state = 0; state < 100; state++) {
      const m = mountScreen({ desk: orderDesk(), cols: 20 + random(200), rows: 6 + random(50) });
      try {
        for (let i = random(12); i > 0; i--) await m.keys(KEYS[random(KEYS.length)] as string);
        for (let i = 0; i < 200; i++) m.desk.publish("orders", ordersView());
        const began = performance.now();
        await m.keys("\x18");
        slowest = Math.max(slowest, performance.now() - began);
        expect(m.desk.commands.at(-1)).toEqual({ name: "kill", reason: "key" });
        expect(m.paneErrors).toEqual([]);
      } finally {
        m.end();
      }
    }
    figure("ctrl-x in 100 states of the screen, under 200 models", `${slowest.toFixed(0)} ms at most`);
    if (SIZE !== "test") expect(slowest).toBeLessThan(100);
  });

  it("says so before the desk has answered, at any size", async () => {
    const desk = orderDesk();
    desk.reply = () => new Promise(() => {});
    const m = mount({ desk });
    await m.keys("\x18");
    expect(m.line(23)).toContain("KILL sent");
    expect(m.looks("KILL sent", "halted")).toBe(true);
    m.resize(40, 8);
    expect(m.text()).toContain("KILL sent");
  });
});

describe("helpers for staged tickets", () => {
  const two = () => {
    const desk = orderDesk();
    const rows = [orderRow({ id: "T1", state: "staged" }), orderRow({ id: "T2", state: "staged" })];
    desk.models.orders = ordersView({ rows });
    return desk;
  };
  const sent = (m: Mounted) =>
    m.desk.commands.filter((c) => ["net", "cross", "pair", "job", "ticket"].includes(c.name));

  it("N, P and W take the marked ones, or the one under the cursor", async () => {
    const m = mount({ desk: two() });
    await m.keys("9", "v", "j", "v", "N");
    await m.keys("P", "W");
    expect(sent(m)).toEqual([
      { name: "net", tickets: ["T1", "T2"] },
      { name: "pair", tickets: ["T2"] },
      { name: "ticket", ticket: "T2", edit: { edit: "work" } },
    ]);
  });

  it("Q opens the line with their names; the line's verbs name tickets, or take those of the pane", async () => {
    const m = mount({ desk: two() });
    await m.keys("9", "v", "j", "v", "Q");
    await line(m, "close");
    await m.keys(":");
    await line(m, "sleeve core t1");
    await m.keys(":");
    await line(m, "worth 250");
    await m.keys(":");
    await line(m, "job t2 off");
    expect(sent(m)).toEqual([
      { name: "job", tickets: ["T1", "T2"], style: "CLOSE_AUCTION" },
      { name: "ticket", ticket: "T1", edit: { edit: "sleeve", sleeve: "core" } },
      { name: "ticket", ticket: "T1", edit: { edit: "benefit", amount: 250 } },
      { name: "ticket", ticket: "T2", edit: { edit: "benefit", amount: 250 } },
      { name: "job", tickets: ["T2"], style: null },
    ]);
  });
});
