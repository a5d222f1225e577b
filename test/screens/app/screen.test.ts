import { afterEach, describe, expect, it } from "vitest";
import type { Slot } from "../../../engines/market/index.ts";
import { conflicts, KEYMAP } from "../../../screens/keys/keymap.ts";
import { frameDesk, NOW_US, positionRows, statusView } from "../../harness/fake-desk.ts";
import { type Mounted, type MountOptions, mountScreen } from "../../harness/screen.ts";

let mounted: Mounted[] = [];
function mount(options: Partial<MountOptions> = {}): Mounted {
  const m = mountScreen({ desk: frameDesk(), ...options });
  mounted.push(m);
  return m;
}
afterEach(() => {
  for (const m of mounted) m.end();
  mounted = [];
});

describe("keys", () => {
  it("no key means two things in one place", () => {
    expect(conflicts()).toEqual([]);
    const broken = [
      ...KEYMAP,
      { action: "zap", keys: ["j"], where: "pane", group: "SEE", help: "" } as const,
    ];
    expect(conflicts(broken)).not.toEqual([]);
  });

  it("binds nothing that terminals, tmux or readline take", () => {
    const taken = /^(ctrl-[bashqijm\\]|alt-.*|f\d+|(shift|ctrl)-(up|down|left|right))$/;
    expect(KEYMAP.flatMap((b) => [...b.keys]).filter((k) => taken.test(k))).toEqual([]);
  });

  it("says once what does nothing", async () => {
    const m = mount();
    await m.keys("T");
    expect(m.line(22)).toBe(" T does nothing here (? shows what does)");
    m.frame(5000);
    m.frame();
    expect(m.line(22)).toBe("");
  });

  it("moves between panes by number, Tab and backtick", async () => {
    const m = mount();
    expect(m.screen.focus).toBe("positions");
    await m.keys("2");
    expect(m.screen.focus).toBe("watch");
    await m.keys("`");
    expect(m.screen.focus).toBe("positions");
    await m.keys("\t", "\x1b[Z", "L");
    expect(m.screen.focus).toBe("log");
    await m.keys("z");
    expect(m.text()).not.toContain("Positions");
    await m.keys("\x1b");
    expect(m.text()).toContain("1 Positions");
  });

  it("ctrl-x reaches the desk from anywhere", async () => {
    const m = mount();
    const kill = { name: "kill", reason: "key" };
    await m.keys("\x18");
    await m.keys("/", "g", "\x18");
    await m.keys("\x1b", "?", "\x18", "q", "q", "\x18");
    m.resize(20, 5);
    await m.keys("\x18");
    expect(m.desk.commands.filter((c) => c.name === "kill")).toEqual([kill, kill, kill, kill, kill]);
  });

  it("Enter takes the safe answer, and ctrl-c twice asks", async () => {
    const m = mount();
    await m.keys("q");
    expect(m.text()).toContain("Quit Voldesk?");
    await m.keys("\r");
    expect(m.quits).toBe(0);
    await m.keys("\x03");
    expect(m.text()).not.toContain("Quit Voldesk?");
    await m.keys("\x03");
    expect(m.text()).toContain("Quit Voldesk?");
    await m.keys("q");
    expect(m.quits).toBe(1);
  });

  it("a paste is no key", async () => {
    const m = mount();
    await m.keys("\x1b[200~q\rq\x1b[201~");
    expect(m.text()).not.toContain("Quit");
    await m.keys("/", "\x1b[200~720\r\x1b[201~");
    expect(m.text()).toContain("1 of 4");
  });

  it("replay keys send commands; the jump reads times", async () => {
    const m = mount();
    await m.keys(" ", "]", "[", ".", "<", ")", "g", "1", "0:40\r", "g", "o", "\r", "g", "+", "5m\r");
    const at = (hhmm: number) => ({ name: "jump", to: { us: NOW_US + hhmm * 60e6 } });
    expect(m.desk.commands).toEqual([
      { name: "pause" },
      { name: "speed", speed: 15 },
      { name: "speed", speed: 4 },
      { name: "step", by: "event", count: 1 },
      { name: "step", by: "second", count: -1 },
      { name: "step", by: "minute", count: 1 },
      at(6),
      { name: "jump", to: { us: NOW_US - 3840e6 } },
      at(5),
    ]);
    await m.keys("g", "9", "9:99\r");
    expect(m.line(22)).toContain('"99:99" is no time');
  });

  it("rows have their numbers from the key that opens the command line until it is left", async () => {
    const m = mount();
    expect(m.text()).not.toContain(" :2 ");
    await m.keys(":");
    expect(m.text()).toContain(" :2 ");
    await m.keys("\x1b");
    expect(m.text()).not.toContain(" :2 ");
  });

  it("help lists what works here, and finds", async () => {
    const m = mount();
    await m.keys("?");
    expect(m.text()).toContain("? Help: Positions");
    await m.keys("\t");
    expect(m.text()).toContain("? Help: Watch");
    await m.keys("\x1b[Z");
    expect(m.text()).toContain("? Help: Positions");
    expect(m.text()).toContain("o sort");
    expect(m.text()).not.toContain("new ticket like this");
    await m.keys("/", "k", "i", "l", "l", "\r");
    expect(m.text()).toContain("ctrl-x KILL: cancel all, block");
    expect(m.text()).not.toContain("o sort");
    await m.keys("\x1b");
    expect(m.text()).not.toContain("Help");
  });

  it("explain opens, goes deeper and copies", async () => {
    const m = mount();
    m.desk.explanation = {
      title: "mark of 15jan 760/780 CV",
      value: "5.65",
      unit: null,
      lines: ["mid of its legs"],
      inputs: [
        {
          title: "760 C",
          value: "8.30",
          unit: null,
          lines: ["mid of 8.10 and 8.50"],
          inputs: [],
          usedBy: [],
        },
      ],
      usedBy: ["P&L"],
    };
    await m.keys("j", "l", "l", "l", "i");
    expect(m.desk.explained).toEqual([{ view: "positions", row: "S:1", column: "mark" }]);
    expect(m.text()).toContain("mid of its legs");
    await m.keys("\r");
    expect(m.text()).toContain("mid of 8.10 and 8.50");
    await m.keys("y");
    const copied = Buffer.from(
      m.controls.find((c) => c.includes("]52;"))?.slice(7, -1) ?? "",
      "base64",
    ).toString();
    expect(copied).toBe(
      "mark of 15jan 760/780 CV: 5.65\n  mid of its legs\n  760 C: 8.30\n    mid of 8.10 and 8.50",
    );
    await m.keys("\x1b", "\x1b");
    expect(m.text()).not.toContain("explain:");
    await m.keys("Y");
    const row = m.controls.filter((c) => c.includes("]52;c;")).at(-1) ?? "";
    const words = Buffer.from(row.slice(row.indexOf(";c;") + 3, -1), "base64").toString("utf8");
    expect(words).toMatch(/^STRUCTURE 15jan 760\/780 CV\tQTY \+10\t/);
    expect(m.text()).toContain("copied STRUCTURE 15jan 760/780 CV  QTY +10");
  });
});

describe("looks", () => {
  it("modes differ in word, frame, account and title", () => {
    for (const [mode, word, frame, account] of [
      ["replay", "REPLAY", "┌┄", "replay"],
      ["paper", "PAPER", "┌─", "paper"],
      ["live", "LIVE", "╔═", "ibkr U···417"],
    ] as const) {
      const m = mount({ cols: 140, rows: 40 });
      m.desk.publish("status", statusView({ mode, account }));
      m.frame();
      expect(m.line(0).trim().startsWith(word)).toBe(true);
      expect(m.line(2).startsWith(frame)).toBe(true);
      expect(m.controls).toContain(`\x1b]2;[${word}] voldesk\x07`);
      expect(m.looks(word, `mode.${mode}`)).toBe(true);
      if (mode === "live") expect(m.line(0)).toContain(account);
      // Time can be paused in a replay alone.
      expect(m.line(39).includes("space pause")).toBe(mode === "replay");
    }
  });

  it("HALTED takes the hint row until resumed", () => {
    const m = mount();
    m.desk.publish("status", statusView({ trading: "halted" }));
    m.frame();
    expect(m.line(23)).toContain("HALTED");
    expect(m.looks("HALTED: orders", "halted")).toBe(true);
    m.desk.publish("status", statusView());
    m.frame();
    expect(m.line(23)).toContain("ctrl-x KILL");
  });

  it("unknown is a dash, estimated has ~, stale is dimmed with its glyph", () => {
    const m = mount();
    expect(m.text()).toContain("12.58~");
    const rows = positionRows().map((r) => (r.key === "P:2" ? { ...r, stale: true } : r));
    m.desk.publish("positions", { nowUs: NOW_US, rows, total: 4 });
    m.frame();
    expect(m.text()).toContain("4.60◌");
    expect(m.looks("4.60◌", "stale")).toBe(true);
    expect(m.text()).toMatch(/stock.*–/);
  });

  it("ASCII and mono show the same words", () => {
    const m = mount({ ascii: true, theme: "mono" });
    expect(m.text()).toMatch(/^[\x20-\x7e\n]*$/);
    expect(m.text()).toContain("1 Positions");
  });
});

describe("a terminal that draws ambiguous glyphs wide", () => {
  it("gets ASCII, and is told so", async () => {
    const m = mount();
    await m.keys("\x1b[1;2R");
    expect(m.text()).toContain("▶");
    await m.keys("\x1b[1;3R");
    expect(m.line(22)).toContain("two cells wide");
    expect(m.text()).toMatch(/^[\x20-\x7e\n]*$/);
  });
});

describe("waiting", () => {
  it("says for what and how long, then what to do; r asks again", async () => {
    const desk = frameDesk();
    delete desk.models.positions;
    const m = mount({ desk });
    expect(m.text()).not.toContain("asking");
    m.frame(400);
    expect(m.text()).toContain("asking the desk for positions… 0 s");
    m.frame(3000);
    expect(m.text()).toContain("positions… 3 s");
    m.frame(8000);
    expect(m.text()).toContain("No answer yet. r asks again");
    desk.models.positions = { nowUs: NOW_US, rows: positionRows(), total: 4 };
    await m.keys("r");
    expect(m.text()).toContain("15jan 720 P");
  });
});

describe("live data", () => {
  it("a quote in the shared book reaches the screen with the next frame, few bytes", () => {
    const m = mount();
    expect(m.frame()).toBe("");
    m.desk.quote(0 as Slot, 748.01, 748.33, NOW_US + 1e6);
    const bytes = m.frame();
    expect(m.text()).toContain("748.01");
    expect(m.looks("▲", "text")).toBe(true);
    expect(bytes.length).toBeLessThan(200);
    // The flash ends by itself.
    expect(m.frame(200)).not.toBe("");
    expect(m.frame(200)).toBe("");
  });

  it("subscribes what is on screen and nothing else", async () => {
    const m = mount();
    const views = () => m.desk.subscriptions.map((s) => s.view).sort();
    expect(views()).toContain("watch");
    await m.keys("z");
    expect(views()).not.toContain("watch");
    m.end();
    mounted = mounted.filter((x) => x !== m);
    expect(views()).toEqual([]);
  });

  it("a pane that throws says so, and Enter starts it anew", async () => {
    const m = mount();
    m.desk.publish("positions", { nowUs: NOW_US, rows: [null as never], total: 1 });
    m.frame();
    expect(m.text()).toContain("This pane failed (E-PANE-1).");
    expect(m.text()).toContain("748.33");
    expect(m.paneErrors.length).toBe(1);
    m.desk.models.positions = { nowUs: NOW_US, rows: positionRows(), total: 4 };
    await m.keys("\r");
    expect(m.text()).toContain("15jan 720 P");
  });
});

describe("sizes", () => {
  it.each([
    [60, 15],
    [80, 24],
    [88, 30],
    [120, 40],
    [200, 50],
    [300, 80],
  ])("%ix%i fills the screen without gaps", (cols, rows) => {
    const m = mount({ cols, rows });
    const lines = m.text().split("\n");
    expect(lines.length).toBe(rows);
    for (let y = 2; y < rows - 2; y++)
      expect([...(lines[y] ?? "")].length, `row ${y}`).toBeGreaterThan(cols * 0.3);
    expect(lines[2]).toMatch(/┐$/);
    expect(lines[2]?.length).toBe(cols);
  });

  it("survives any resize", () => {
    const m = mount();
    for (const [c, r] of [
      [1, 1],
      [0, 0],
      [500, 3],
      [59, 15],
      [60, 14],
      [61, 15],
      [3, 200],
      [120, 40],
    ] as const) {
      m.resize(c, r);
      expect(m.fatal).toBe(null);
    }
    expect(m.text()).toContain("1 Positions");
    m.resize(52, 14);
    expect(m.text().replace(/\n/g, " ")).toContain("Voldesk needs 60x15, this is 52x14.");
  });
});
