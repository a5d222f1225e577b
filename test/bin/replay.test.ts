import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { freshHome, ONE_CLEAR_LINE, voldesk } from "./program.ts";

interface Result {
  readonly session: string;
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly stateHash: string;
  readonly hashes: readonly { readonly seq: number; readonly hash: string }[];
  readonly nav: number | null;
}
const headless = (args: readonly string[] = []): Result =>
  JSON.parse(voldesk(["replay", "--headless", "--json", ...args]).out) as Result;

describe("replay --headless", () => {
  it("plays the bundled session and gives the same state every time", () => {
    const [a, b] = [headless(), headless(["goog-2015-12-24", "--set", "desk.hashEvents=50000"])];
    expect(a.session).toBe("goog-2015-12-24");
    expect(a.events).toBeGreaterThan(500_000);
    expect(a.eventsPerSecond).toBeGreaterThan(0);
    expect(a.nav).toBeGreaterThan(50_000);
    expect(b.stateHash).toBe(a.stateHash);
    // As often as the settings say, and the same at the same place.
    expect(b.hashes).toHaveLength(Math.floor(b.events / 50_000));
    expect(a.hashes.length).toBeGreaterThan(2);
    for (const at of b.hashes) {
      const other = a.hashes.find(({ seq }) => seq === at.seq);
      if (other !== undefined) expect(other).toEqual(at);
    }
  });

  it("says that a session holds no events", () => {
    const home = freshHome();
    const [frame, out] = [join(home, "one.json"), join(home, "empty")];
    writeFileSync(
      frame,
      JSON.stringify({ params: { channel: "platform_state", data: { timestamp: 1_704_200_000_000 } } }),
    );
    const made = voldesk([
      "captures",
      "import",
      "frames",
      frame,
      "--venue",
      "deribit",
      "--day",
      "2024-01-02",
      "--out",
      out,
    ]);
    expect(made.code).toBe(0);
    const { code, err } = voldesk(["replay", out, "--headless"]);
    expect(code).toBe(65);
    expect(err).toMatch(/^CAP-018 The session holds no events, /);
    expect(err).toMatch(ONE_CLEAR_LINE);
  });

  it("prints the same for a reader without --json", () => {
    const { code, out } = voldesk(["replay", "bac-ibm-2013-10-08", "--headless"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^events +[\d,]+$/m);
    expect(out).toMatch(/^rate +[\d,]+ events\/s$/m);
    expect(out).toMatch(/^NAV +[\d.]+ USD$/m);
    expect(out).toMatch(/^state +node\d+:[0-9a-f]{64}$/m);
  });

  it.each([
    ["a session that is not there", ["nosuch"], 66],
    ["a session given by a folder that is none", ["/tmp"], 66],
  ])("refuses %s", (_name, args, exit) => {
    const { code, out, err } = voldesk(["replay", "--headless", ...args]);
    expect({ code, out }).toEqual({ code: exit, out: "" });
    expect(err).toMatch(ONE_CLEAR_LINE);
  });

  it("refuses a portfolio that is missing or names an unknown instrument, with line and advice", () => {
    const file = join(freshHome(), "paper.yaml");
    const missing = voldesk(["replay", "--headless", "--set", `portfolio.file=${file}`]);
    expect(missing.err).toMatch(/^PF-020 /);
    expect(missing.code).toBe(66);
    writeFileSync(
      file,
      "version: 1\naccount: paper\nbase: USD\ndeposits:\n  - { ccy: USD, amount: 1000, date: 2015-12-01 }\n" +
        "positions:\n  - { instrument: NOPE, qty: 1, avg: 1, opened: 2015-12-23 }\n",
    );
    const unknown = voldesk(["replay", "--headless", "--set", `portfolio.file=${file}`]);
    expect(unknown.err).toMatch(/^PF-022 .*line 7.*NOPE/);
    expect(unknown.code).toBe(65);
  });
});

describe("snapshot", () => {
  const frame = (...args: string[]): string[] => voldesk(["snapshot", ...args]).out.split("\n");

  it("prints one frame of the desk of the asked size and time", () => {
    const lines = frame("--at", "10:35", "--size", "120x40");
    expect(lines).toHaveLength(41);
    expect(Math.max(...lines.map((l) => [...l].length))).toBe(120);
    expect(lines[0]).toContain("REPLAY");
    expect(lines[0]).toContain("10:35:00 ET");
    expect(lines.join("\n")).toMatch(/760\/780 CV +\+10 +6\.10 +\d/);
  });

  it("prints any pane, small sizes and ASCII", () => {
    expect(frame("--screen", "watch").join("\n")).toContain("2 Watch");
    expect(frame("--size", "52x14").join(" ")).toContain("needs 60x15");
    expect(frame("--size", "1x1")).toHaveLength(2);
    expect(frame("--set", "screen.ascii=true").join("")).toMatch(/^[\x20-\x7eΔΓΘβσ–%]*$/u);
  });

  it("takes a quote as stale after the age that the settings say", () => {
    const at = ["--plain", "--session", "bac-ibm-2013-10-08", "--at", "11:20:50"];
    const bac = (...more: string[]) => frame(...at, ...more).find((l) => l.startsWith("BAC, quantity"));
    expect(bac()).not.toContain("stale");
    expect(bac("--set", "marks.tickAgeMs=100")).toContain("stale");
  });

  it("says the same in sentences for a screen reader", () => {
    const { out, code } = voldesk(["snapshot", "--plain", "--at", "10:35"]);
    expect(code).toBe(0);
    expect(out).toContain("replay of goog-2015-12-24, 2015-12-24 10:35:00 ET, feed live.");
    expect(out).toMatch(/^15jan16 760\/780 CV, quantity 10, marked [\d.]+ by \w+/m);
    // No frames; lines are drawn by the chart alone.
    expect(out).not.toMatch(/[┌┐└┘┄┆]/);
  });
});
