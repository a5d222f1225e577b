import { afterAll, describe, expect, it } from "vitest";
import type { FollowRow } from "../../../src/desk/protocol.ts";
import { frameDesk } from "../../harness/fake-desk.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";

const open: Mounted[] = [];
afterAll(() => {
  for (const m of open) m.end();
});

const row = (slot: number, changes: Partial<FollowRow>): FollowRow => ({
  slot: slot as never,
  label: `SYM${slot}`,
  state: "live",
  how: "streamed",
  reason: null,
  why: "watch",
  channel: "opra",
  quality: 0,
  trading: "open",
  ageMs: 400,
  lagMs: 12,
  ...changes,
});

function desk() {
  const d = frameDesk();
  d.models.follows = {
    counts: { streamed: 2, snapshot: 1, none: 1 },
    rows: [
      row(0, { quality: 2 }),
      row(1, { state: "gap", ageMs: 9_000, lagMs: null }),
      row(2, { state: "snapshot", how: "snapshot", why: "rest", reason: "opra streams at most 200" }),
      row(3, { state: "unknown", how: "none", ageMs: null, reason: "dropped: others are needed first" }),
      row(4, { trading: "halted", label: "HALTED" }),
    ],
  };
  d.models.feeds = {
    counters: [],
    feeds: ["sip", "opra"].map((name) => ({
      name,
      state: "live" as const,
      dataAgeMs: 200,
      pingAgeMs: 900,
      lagMs: 12,
      eventsPerSecond: 40,
      subscribed: 4,
      desired: 5,
      limit: 200,
      note: null,
      troubles: [{ us: 1450971237e6, text: `trouble of ${name}`, times: 3 }],
      counters: [{ name: "gaps", value: 2 }],
    })),
  };
  return d;
}

async function shown() {
  const d = desk();
  const m = mountScreen({ desk: d, cols: 140, rows: 30 });
  open.push(m);
  await m.keys("F", "z");
  return { d, m };
}

describe("F", () => {
  it("lists each instrument with its state, its place in the budget and the reason", async () => {
    const { m } = await shown();
    await m.keys("m");
    m.frame();
    const text = m.text();
    expect(text).toContain("stream 2  snapshot 1  none 1");
    expect(text).toMatch(/SYM0 +● live +stream .*indicative/);
    expect(text).toMatch(/SYM1 +◐ gap +stream +9\.?0?s +–/);
    expect(text).toMatch(/SYM2 +. snapshot +snapshot .*opra streams at most 200/);
    expect(text).toMatch(/SYM3 +\? unknown +none +– .*dropped: others are needed first/);
    expect(text).toMatch(/HALTED .*halted/);
  });

  it("filters by any word of a row and sorts by the column of the cursor", async () => {
    const { m } = await shown();
    await m.keys("m", "/", "g", "a", "p", "\r");
    m.frame();
    expect(m.text()).toContain("SYM1");
    expect(m.text()).not.toContain("SYM0");
    await m.keys("\x1b");
    await m.keys("o", "o");
    m.frame();
    const lines = m.text().split("\n");
    const at = (label: string) => lines.findIndex((l) => l.includes(label));
    expect(at("SYM3")).toBeLessThan(at("SYM0"));
  });

  it("Enter shows one channel with its troubles and counters, r connects that one again, Esc goes back", async () => {
    const { d, m } = await shown();
    await m.keys("j", "\r");
    m.frame();
    expect(m.text()).toContain("trouble of opra x3");
    expect(m.text()).toContain("gaps 2");
    await m.keys("r");
    expect(d.commands.at(-1)).toEqual({ name: "reconnect", channel: "opra" });
    await m.keys("\x1b");
    m.frame();
    expect(m.text()).toContain("Enter a channel");
  });
});
