import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { memoryStore } from "../../../screens/app/store.ts";
import { KEYMAP } from "../../../screens/keys/keymap.ts";
import { remap } from "../../../screens/keys/remap.ts";
import { statusView } from "../../harness/fake-desk.ts";
import { guard, orderDesk, orderRow, orderRows, ordersView, previewView } from "../../harness/fake-orders.ts";
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

/** A screen with a preview painted just now. */
async function previewed(options: Partial<MountOptions> = {}): Promise<Mounted> {
  const m = mount(options);
  await m.keys("j", "b", "p");
  return m;
}
const sent = (m: Mounted) => m.desk.commands.filter((c) => c.name === "confirm");
/** It stands for so long: frames go on as they do. */
function stand(m: Mounted, ms: number): void {
  for (let t = 0; t < ms; t += 50) m.frame(50);
}

describe("C", () => {
  it("counts only when the preview has stood written for 300 ms, and says what was shown", async () => {
    const m = await previewed();
    expect(m.text()).toContain("C in a moment");
    await m.keys("C");
    expect(sent(m)).toEqual([]);
    expect(m.line(22)).toContain("stood for 0.3 s");
    stand(m, 250);
    expect(m.text()).toContain("C confirm and send");
    await m.keys("C");
    expect(sent(m)).toMatchObject([{ preview: "V1", hash: "7f3ac0de", typedQty: null }]);
    const [first] = sent(m);
    expect(first?.name === "confirm" && first.shownMs).toBeGreaterThanOrEqual(300);
    expect(first?.name === "confirm" && first.screenHash).toMatch(/^[0-9a-f]{16}$/);
    expect(m.text()).not.toContain("PREVIEW");
  });

  it("does not count while the frame is not on the terminal", async () => {
    const m = mount();
    await m.keys("j", "b");
    m.holdWrites = true;
    await m.keys("p");
    stand(m, 1000);
    await m.keys("C");
    expect(sent(m)).toEqual([]);
    m.holdWrites = false;
    stand(m, 350);
    await m.keys("C");
    expect(sent(m)).toHaveLength(1);
  });

  it("a resize, a repaint, moved quotes and a worse verdict start the time anew; renewed quotes do not", async () => {
    const m = await previewed();
    const refused = async (act: () => void | Promise<void>): Promise<void> => {
      stand(m, 400);
      await act();
      m.frame();
      await m.keys("C");
      expect(sent(m)).toEqual([]);
    };
    await refused(() => m.resize(90, 30));
    await refused(() => m.keys("\x0c"));
    await refused(() =>
      m.desk.publish(
        "preview",
        previewView({ state: "moved", message: "Quotes moved: mid 5.65 → 5.80. Read again, then confirm" }),
      ),
    );
    expect(m.text()).toContain("Quotes moved: mid 5.65 → 5.80. Read again, then C");
    await refused(() =>
      m.desk.publish(
        "preview",
        previewView({ guards: [guard({ verdict: "warn", text: "fresh 1.9 of 2 s" })] }),
      ),
    );
    stand(m, 400);
    const row = previewView().rows[0];
    if (!row) throw new Error("no row");
    m.desk.publish(
      "preview",
      previewView({
        guards: [guard({ verdict: "warn", text: "fresh 1.8 of 2 s" })],
        endsInMs: 4000,
        rows: [{ ...row, net: { bid: 5.4, mid: 5.65, ask: 5.9 } }],
      }),
    );
    m.frame();
    await m.keys("C");
    expect(sent(m)).toHaveLength(1);
  });

  it("a double press sends one, in one lump or two", async () => {
    const m = await previewed();
    stand(m, 400);
    await m.keys("CC");
    expect(sent(m)).toHaveLength(1);
    await m.keys("C", "C");
    expect(sent(m)).toHaveLength(1);
  });

  it("a desk that is slow to answer hears one C, and none after its answer was lost", async () => {
    const desk = orderDesk();
    const { reply } = desk;
    desk.reply = (c) => (c.name === "confirm" ? Promise.reject(new Error("gone")) : reply(c));
    const m = await previewed({ desk });
    stand(m, 400);
    await m.keys("C");
    stand(m, 400);
    await m.keys("C");
    expect(sent(m)).toHaveLength(1);
    expect(m.text()).toContain("did not answer");
  });

  it("a refusal by the desk may be answered by another C, after reading", async () => {
    const desk = orderDesk();
    const { reply } = desk;
    let refuse = true;
    desk.reply = (c) =>
      c.name === "confirm" && refuse
        ? { ok: false, message: "Quotes moved. Read again, then confirm" }
        : reply(c);
    const m = await previewed({ desk });
    stand(m, 400);
    await m.keys("C");
    refuse = false;
    await m.keys("C");
    expect(sent(m)).toHaveLength(1);
    stand(m, 400);
    await m.keys("C");
    expect(sent(m)).toHaveLength(2);
  });

  it("a paste can't confirm, with its marks or without, nor keys typed ahead", async () => {
    const m = await previewed();
    stand(m, 400);
    await m.keys("\x1b[200~C\x1b[201~");
    await m.keys("xC", "C\r", "b5pC");
    expect(sent(m)).toEqual([]);
    const other = mount();
    await other.keys("j", "bpC");
    expect(sent(other)).toEqual([]);
  });

  it("Enter, Space and y never send", async () => {
    const m = await previewed();
    stand(m, 400);
    await m.keys("\r", " ", "y", "Y", "\r");
    expect(sent(m)).toEqual([]);
    expect(m.line(22)).toContain("Only C sends.");
    expect(m.text()).toContain("PREVIEW");
  });

  it("a screen that stood still drops it", async () => {
    const m = await previewed();
    stand(m, 400);
    m.nowMs += 2000;
    await m.keys("C");
    expect(sent(m)).toEqual([]);
    expect(m.line(22)).toContain("stood still");
  });

  it("is not there while rows that must be read are off the screen", async () => {
    const m = await previewed({ rows: 15, cols: 60 });
    stand(m, 400);
    expect(m.text()).not.toContain("C confirm and send");
    expect(m.text()).toContain("Not all of it is visible");
    await m.keys("C");
    expect(sent(m)).toEqual([]);
    m.resize(60, 24);
    stand(m, 400);
    await m.keys("C");
    expect(sent(m)).toHaveLength(1);
  });

  it("is not there below a question or an explanation, and their time does not count", async () => {
    const m = await previewed();
    stand(m, 400);
    await m.keys("i");
    expect(m.text()).toContain("guards of preview 7f3a");
    stand(m, 400);
    await m.keys("C");
    expect(sent(m)).toEqual([]);
    await m.keys("i");
    await m.keys("\x1b");
    await m.keys("C");
    expect(sent(m)).toEqual([]);
  });

  it("LIVE above the set size waits for the quantity to be typed", async () => {
    const desk = orderDesk();
    desk.models.status = statusView({ mode: "live", account: "ibkr U···417" });
    desk.models.preview = previewView({ mode: "live", mustType: "10" });
    const m = await previewed({ desk });
    stand(m, 400);
    expect(m.text()).toContain("LIVE: type the quantity");
    await m.keys("C", "1", "C");
    expect(sent(m)).toEqual([]);
    await m.keys("2", "\x7f", "0", "C");
    expect(sent(m)).toMatchObject([{ typedQty: "10" }]);
  });

  it("is not there on a preview that is over; p previews again", async () => {
    const desk = orderDesk();
    desk.models.preview = previewView({ state: "over", canConfirm: false, endsInMs: 0 });
    const m = await previewed({ desk });
    stand(m, 400);
    expect(m.text()).toContain("Preview is over. p previews again.");
    expect(m.text()).not.toContain("C confirm");
    await m.keys("C", "p");
    expect(sent(m)).toEqual([]);
    expect(desk.commands.filter((c) => c.name === "preview")).toHaveLength(2);
  });

  it("no order and no price sends without it: any other keys, any order of them", async () => {
    const keys = KEYMAP.filter((b) => ["ticket", "preview", "structure"].includes(b.where))
      .flatMap((b): readonly string[] => b.keys)
      .filter((k) => k.length === 1 && k !== "C");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...keys, "\r", " ", "\x1b", "\t", "9", "5", "+", "-", "x", "X"), {
          maxLength: 30,
        }),
        async (pressed) => {
          const m = mountScreen({ desk: orderDesk() });
          try {
            for (const key of pressed) {
              await m.keys(key);
              m.frame(400);
            }
            expect(m.desk.commands.filter((c) => c.name === "confirm" || c.name === "amendSend")).toEqual([]);
            expect(m.paneErrors).toEqual([]);
          } finally {
            m.end();
          }
        },
      ),
      { numRuns: 15, seed: 5 },
    );
  });
});

describe("a price on the row", () => {
  const collected = (ok: boolean) =>
    ordersView({
      rows: [
        orderRow({
          id: "O7",
          state: "working",
          qty: 10,
          limit: 5.6,
          pending: { price: 5.65, ok, text: ok ? null : "outside the collar: 5.80" },
        }),
        ...orderRows().slice(2),
      ],
    });

  it("collects by + and -, and C sends what has stood there", async () => {
    const m = mount();
    await m.keys("9", "j", "+", "+", "-");
    expect(m.desk.commands).toEqual([
      { name: "amend", order: "O7", steps: 1 },
      { name: "amend", order: "O7", steps: 1 },
      { name: "amend", order: "O7", steps: -1 },
    ]);
    m.desk.publish("orders", collected(true));
    m.frame();
    expect(m.text()).toContain("5.60→5.65");
    expect(m.text()).toContain("C sends 5.65, Esc forgets it");
    await m.keys("C");
    expect(m.desk.commands.at(-1)).toMatchObject({ name: "amend" });
    stand(m, 350);
    await m.keys("xC");
    expect(m.desk.commands.some((c) => c.name === "amendSend")).toBe(false);
    await m.keys("C");
    expect(m.desk.commands.at(-1)).toEqual({ name: "amendSend", order: "O7" });
  });

  it("outside the collar C does nothing, and Esc forgets it", async () => {
    const m = mount();
    m.desk.publish("orders", collected(false));
    await m.keys("9");
    stand(m, 400);
    expect(m.text()).toContain("outside the collar: 5.80");
    await m.keys("C", "\x1b");
    expect(m.desk.commands).toEqual([{ name: "amendForget", order: "O7" }]);
  });
});

/** Keys of the user in place of the built-in ones. */
function withKeys(file: unknown): Partial<MountOptions> {
  const keymap = remap(file);
  if ("problems" in keymap) throw new Error(keymap.problems.join("; "));
  return { store: { ...memoryStore(), loadKeys: () => ({ keymap, problem: null, own: true }) } };
}

describe("another key that confirms", () => {
  it("is named in the preview, and C does nothing any more", async () => {
    const m = await previewed(withKeys({ "preview.confirm": "S" }));
    expect(m.text()).toContain("S in a moment");
    stand(m, 400);
    expect(m.text()).toContain("S confirm and send");
    await m.keys("C");
    expect(sent(m)).toEqual([]);
    expect(m.line(22)).toContain("C does nothing in a preview");
    await m.keys("\r");
    expect(m.line(22)).toContain("Only S sends.");
    await m.keys("S");
    expect(sent(m)).toHaveLength(1);
  });

  it("counts only when the preview was read, by itself, and on a screen that moves", async () => {
    const m = await previewed(withKeys({ "preview.confirm": "S" }));
    await m.keys("S");
    expect(m.line(22)).toContain("S counts when this has stood for 0.3 s");
    stand(m, 400);
    await m.keys("xS", "S\r", "\x1b[200~S\x1b[201~");
    expect(sent(m)).toEqual([]);
    m.resize(90, 30);
    m.frame();
    await m.keys("S");
    expect(sent(m)).toEqual([]);
    stand(m, 400);
    m.nowMs += 2000;
    await m.keys("S");
    expect(sent(m)).toEqual([]);
    stand(m, 400);
    await m.keys("SS", "S");
    expect(sent(m)).toHaveLength(1);
  });

  it("LIVE above the set size still waits for the quantity", async () => {
    const desk = orderDesk();
    desk.models.status = statusView({ mode: "live", account: "ibkr U···417" });
    desk.models.preview = previewView({ mode: "live", mustType: "10" });
    const m = await previewed({ desk, ...withKeys({ "preview.confirm": "S" }) });
    stand(m, 400);
    expect(m.text()).toContain("then S");
    await m.keys("S", "1", "S");
    expect(sent(m)).toEqual([]);
    await m.keys("0", "S");
    expect(sent(m)).toMatchObject([{ typedQty: "10" }]);
  });
});

describe("keys of a ticket and the structure menu", () => {
  it("can be others: what they do, the hints and the help follow", async () => {
    const m = mount({
      cols: 120,
      ...withKeys({ "ticket.flip": "w", "ticket.money": "t", "ticket.preview": "v" }),
    });
    await m.keys("j", "b");
    expect(m.text()).toContain("w flip");
    await m.keys("r");
    expect(m.line(22)).toContain("r does nothing in a ticket");
    await m.keys("w", "?");
    expect(m.text()).toContain("w flip the side");
    expect(m.text()).toContain("t quantity by money");
    expect(m.text()).not.toContain("r flip");
    await m.keys("\x1b", "t", "5", "0", "0", "v");
    const edits = m.desk.commands.flatMap((c) => (c.name === "ticket" ? [c.edit] : []));
    expect(edits).toEqual([{ edit: "flip" }, { edit: "qty", qty: { by: "money", amount: 500 } }]);
    expect(m.text()).toContain("PREVIEW");
  });

  it("stand in the structure menu as they are set", async () => {
    const m = mount(withKeys({ "structure.condor": "i", "structure.wider": "w" }));
    await m.keys("j", "t");
    expect(m.text()).toContain("i iron condor");
    await m.keys("c");
    expect(m.text()).not.toContain("net ");
    await m.keys("i");
    expect(m.text()).toContain("h w width");
  });

  it("a preview and a story name theirs", async () => {
    const m = await previewed(withKeys({ "preview.renew": "R", "preview.edit": "T", "story.close": "w" }));
    expect(m.text()).toContain("R again");
    await m.keys("?");
    expect(m.text()).toContain("R preview again");
    await m.keys("\x1b", "T", "\x1b", "9", "j", "\r");
    expect(m.text()).toContain("story of");
    await m.keys("w");
    expect(m.text()).not.toContain("story of");
  });

  it("KILL is heard in all of them, on its own key and on another", async () => {
    for (const [file, key] of [
      [{}, "\x18"],
      [{ kill: "ctrl-t" }, "\x14"],
    ] as const) {
      const m = await previewed(withKeys(file));
      await m.keys(key);
      expect(m.desk.commands.map((c) => c.name)).toContain("kill");
    }
  });
});
