import { readFileSync } from "node:fs";
import * as pty from "@lydell/node-pty";
import { describe, expect, it } from "vitest";
import { freshHome } from "../bin/program.ts";

/** Minutes to run; `npm run soak` takes an hour, `VOLDESK_SOAK=3 npx vitest run test/soak` three minutes. */
const MINUTES = Number(process.env["VOLDESK_SOAK"] ?? 0);
const SAMPLE_MS = 5000;
const PAGE_BYTES = 4096;
const MOST_MB = 300;
/** Noise of a garbage-collected heap between two quarters of a run. */
const NOISE = 1.1;

const residentMb = (pid: number): number =>
  (Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES) / 1e6;
const median = (xs: readonly number[]): number =>
  xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)] ?? Number.NaN;
const count = (text: string, part: string): number => text.split(part).length - 1;

describe.runIf(MINUTES > 0)("soak: the bundled session in a loop, on the screen", () => {
  it(
    "does not grow, stays under 300 MB and never clears the screen again",
    async () => {
      const args = ["bin/voldesk.js", "replay", "--loop", "--speed", "100"];
      const env = {
        PATH: process.env["PATH"] ?? "",
        HOME: freshHome(),
        LANG: "C.UTF-8",
        COLORTERM: "truecolor",
      };
      const run = pty.spawn(process.execPath, args, { name: "xterm-256color", cols: 200, rows: 50, env });
      let [bytes, clears, ended] = [0, 0, false];
      run.onData((data) => {
        bytes += data.length;
        clears += count(data, "\x1b[2J") + count(data, "\x1b[3J");
      });
      run.onExit(() => {
        ended = true;
      });
      const samples: number[] = [];
      try {
        const until = Date.now() + MINUTES * 60_000;
        while (Date.now() < until && !ended) {
          await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
          if (!ended) samples.push(residentMb(run.pid));
        }
        expect(ended, "it ended by itself").toBe(false);
      } finally {
        if (!ended) run.kill("SIGKILL");
      }
      const quarter = Math.floor(samples.length / 4);
      const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(3 * quarter)].map(median);
      const rate = Math.round(bytes / (MINUTES * 60) / 1000);
      process.stdout.write(
        `soak: ${MINUTES} min, ${early} MB then ${late} MB, most ${Math.max(...samples)} MB, ${rate} kB/s\n`,
      );
      expect(late as number).toBeLessThan((early as number) * NOISE);
      expect(Math.max(...samples)).toBeLessThan(MOST_MB);
      expect(clears, "whole-screen clears, the one at the start included").toBe(1);
    },
    MINUTES * 60_000 + 60_000,
  );
});
