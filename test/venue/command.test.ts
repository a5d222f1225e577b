import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FAULT_KINDS } from "../../src/venue/faults/kinds.ts";
import { freshHome, voldesk } from "../bin/program.ts";

function start(args: readonly string[]): {
  ready: Promise<string>;
  end: (signal: NodeJS.Signals) => Promise<number | null>;
} {
  const child = spawn(process.execPath, ["bin/voldesk.js", "venue", ...args], {
    env: { PATH: process.env["PATH"], HOME: freshHome() },
  });
  const ready = new Promise<string>((done) => child.stdout.once("data", (d: Buffer) => done(d.toString())));
  return {
    ready,
    end: (signal) =>
      new Promise((done) => {
        child.on("close", (code) => done(code));
        child.kill(signal);
      }),
  };
}

describe("voldesk venue", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "says once that it is ready, with its ports, and ends on %s",
    async (signal) => {
      const venue = start(["--seed", "9", "--day", "2026-11-20", "--at", "11:00", "--speed", "2"]);
      const line = await venue.ready;
      const m =
        /^venue ready http:\/\/127\.0\.0\.1:(\d+) https:\/\/127\.0\.0\.1:(\d+) .*day=2026-11-20 time=2026-11-20T16:00:00Z speed=2 seed=9\n$/.exec(
          line,
        );
      expect(m).not.toBeNull();
      const state = await fetch(`http://127.0.0.1:${m?.[1]}/_venue/state`);
      expect(await state.json()).toMatchObject({ speed: 2 });
      expect(await venue.end(signal)).toBe(0);
    },
  );

  it.each([
    [["--port", "99999"], /^CLI-004 .*--port/],
    [["--day", "2041-11-21"], /^MKT-004 2041-11-21 is outside the calendars/],
    [["--at", "noon"], /^CLI-004 --at: "noon"/],
    [["--symbols", "ZZZ"], /^CLI-004 --symbols: the venue has no ZZZ/],
    [["--script", "/nowhere.yaml"], /^VEN-003 \/nowhere\.yaml/],
  ])("%j is one clear sentence", (args, message) => {
    const { err, out } = voldesk(["venue", ...args]);
    expect(out).toBe("");
    expect(err).toMatch(message);
  });

  it("lists every fault", () => {
    const { out, code } = voldesk(["venue", "--faults"]);
    expect(code).toBe(0);
    for (const kind of Object.keys(FAULT_KINDS)) expect(out).toMatch(new RegExp(`^${kind} `, "m"));
  });

  it("names the entry of a script that is wrong, and a port that is taken", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "venue-")), "faults.yaml");
    writeFileSync(file, "- { at: +1s, fault: flood }\n");
    expect(voldesk(["venue", "--script", file]).err).toMatch(
      /^VEN-002 .*faults\.yaml: entry 0: no fault "flood"/,
    );
    const first = start([]);
    const port = /port=(\d+)/.exec(await first.ready)?.[1] as string;
    const second = voldesk(["venue", "--port", port]);
    expect(second.err).toMatch(/^VEN-001 127\.0\.0\.1:\d+: somebody listens there already/);
    expect(second.code).toBe(69);
    await first.end("SIGTERM");
  });
});
