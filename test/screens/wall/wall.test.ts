import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { historyCurve, priceCurves } from "../../../screens/wall/curves.ts";
import { History, onGrid } from "../../../screens/wall/history.ts";
import { labelPoints } from "../../../screens/wall/parts.ts";
import { placesOf } from "../../../screens/wall/places.ts";
import { plain } from "../../../screens/wall/streams.ts";
import type { ChartView } from "../../../src/desk/protocol.ts";
import { type PtyOptions, type PtyRun, RESTORED, runInPty } from "../../harness/pty.ts";

const runs: PtyRun[] = [];
afterEach(() => {
  for (const run of runs.splice(0)) run.kill();
});
function wall(args: readonly string[] = [], options: PtyOptions = {}): PtyRun {
  const run = runInPty(["wall", ...args], { cols: 120, rows: 40, ...options });
  runs.push(run);
  return run;
}
const navOf = (screen: string): string | undefined => /NAV ([\d,]+) USD/.exec(screen)?.[1];

describe("the value axis", () => {
  it("has room for its longest label, also below zero", () => {
    const plot = { times: ["10:34"], curves: [{ name: "", values: [0] }] };
    expect(labelPoints({ ...plot, low: -1248, high: 56 }, 4)).toBe(10);
    expect(labelPoints({ ...plot, low: 746.5, high: 748 }, 4)).toBe(12);
  });
});

describe("the wall in a real terminal", () => {
  it("shows NAV, P&L, a price chart, positions and feeds of the bundled session, and moves", async () => {
    // A name that knows eight colours, or that blessed has no entry for, must not turn frames black on black.
    const run = wall(["--speed", "100"], { env: { TERM: "tmux" } });
    const first = await run.waitFor(/NAV [\d,]+ USD/);
    expect(first).toMatch(/REPLAY .*100x.*24Dec15/);
    const later = await run.waitFor(/GOOG 1m 7\d\d\.\d+ VWAP 7\d\d\.\d\d[\s\S]*[⠁-⣿]{3}[\s\S]*BOOK/);
    for (const part of ["Day P&L", "Positions 5", "Margin used", "760/780 CV", "capture", "Watch", "Log"])
      expect(later).toContain(part);
    expect(await run.waitFor(/\d{3}⡇.*[⠁-⣿]/)).toBeTruthy();
    expect(navOf(first)).toBeDefined();
    await expect.poll(() => navOf(run.screen())).not.toBe(navOf(first));
    expect(run.raw).toMatch(/\x1b\[(?:90|38;5;\d+)m/);
    expect(run.raw).not.toMatch(/\x1b\[30m/);
  });

  it("does nothing on order, kill, pause and speed keys; q leaves with code 0 and the terminal as it was", async () => {
    const run = wall(["--speed", "60"]);
    await run.waitFor(/NAV [\d,]+ USD/);
    run.send("bstxC\r \x18][:kill\r1490\x1b[200~q\x1b[201~");
    run.resize(80, 24);
    await run.waitFor(/└─+┘\s*$/);
    const still = await run.waitFor(/▶ 60x|Thu 24Dec15/);
    expect(still).not.toMatch(/paused|HALTED|ticket/i);
    run.resize(40, 10);
    await run.waitFor(/The wall needs 60x15, this is 40x10/);
    run.resize(120, 40);
    await run.waitFor(/▶ 60x[\s\S]*Positions 5/);
    run.send("q");
    expect((await run.exited).code).toBe(0);
    expect(await run.restored()).toEqual(RESTORED);
  });

  it("keeps to no colours under NO_COLOR, and leaves the terminal whole on a signal", async () => {
    const run = wall(["--at", "9:45"], { env: { NO_COLOR: "1" } });
    await run.waitFor(/NAV [\d,]+ USD[\s\S]*[█░]{3}/);
    const colours = [...run.raw.matchAll(/\x1b\[([\d;]*)m/g)]
      .flatMap(([, params]) => (params ?? "").split(";"))
      .filter((p) => Number(p) >= 30);
    expect(colours).toEqual([]);
    run.signal("SIGTERM");
    expect((await run.exited).code).toBe(143);
    expect(await run.restored()).toEqual(RESTORED);
  });

  it("says what to do without a terminal", async () => {
    const { spawnSync } = await import("node:child_process");
    const done = spawnSync(process.execPath, ["bin/voldesk.js", "wall"], { encoding: "utf8" });
    expect(done.status).toBe(2);
    expect(done.stderr).toMatch(/^CLI-003 the output is no terminal\. Run it in a terminal/);
    expect(done.stdout).toBe("");
  });
});

describe("what the wall is made of", () => {
  it("covers the whole screen without overlaps at every size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 320 }), fc.integer({ min: 1, max: 100 }), (cols, rows) => {
        const places = placesOf(cols, rows);
        if (cols < 60 || rows < 15) {
          expect(places).toEqual([]);
          return;
        }
        const cells = new Uint8Array(cols * rows);
        for (const { x, y, w, h } of places)
          for (let j = y; j < y + h; j++) for (let i = x; i < x + w; i++) (cells[j * cols + i] as number)++;
        for (const { w, h, part } of places)
          if (part !== "head") expect(w >= 12 && h >= 3, `${part} ${w}x${h}`).toBe(true);
        cells.forEach((n, at) => {
          if (n !== 1) expect.fail(`cell ${at % cols},${Math.floor(at / cols)} is painted ${n} times`);
        });
      }),
      { numRuns: 60 },
    );
  });

  it("keeps a bounded history in order, without the unknown, and begins anew when time goes back", () => {
    const history = new History();
    for (let s = 0; s < 100_000; s++) history.add(s * 1e6, s % 7 === 0 ? null : s);
    const { samples } = history;
    expect(samples.length).toBeLessThan(720);
    expect(samples.at(-1)).toEqual({ us: 99_999e6, value: 99_999 });
    for (let i = 1; i < samples.length; i++)
      expect((samples[i] as { us: number }).us).toBeGreaterThan((samples[i - 1] as { us: number }).us);
    history.add(5e6, 42);
    expect(history.samples).toEqual([{ us: 5e6, value: 42 }]);
  });

  it("puts samples on an even grid of time, each the last value known by then", () => {
    const grid = onGrid(
      [
        { us: 0, value: 1 },
        { us: 90, value: 2 },
        { us: 100, value: 3 },
      ],
      11,
    );
    expect(grid.map((s) => s.value)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3]);
    expect(grid.at(-1)?.us).toBe(100);
    expect(historyCurve("NAV", [], 0, 50)).toBeNull();
  });

  it("draws the VWAP only where it is known, and the price alone where nothing traded", () => {
    const column = (...v: number[]) => Float64Array.from(v);
    const view = (vwap: Float64Array): ChartView =>
      ({
        label: "GOOG",
        barMinutes: 1,
        bars: { startUs: column(0, 60e6, 120e6), close: column(10, 11, 12) },
        vwap,
        zoneOffsetMin: -300,
        decimals: 2,
      }) as unknown as ChartView;
    expect(priceCurves(view(column(Number.NaN, 10.5, 11)), 100)?.curves).toEqual([
      { name: "GOOG", values: [11, 12] },
      { name: "VWAP", values: [10.5, 11] },
    ]);
    expect(priceCurves(view(column(Number.NaN, Number.NaN, Number.NaN)), 100)).toMatchObject({
      curves: [{ values: [10, 11, 12] }],
      times: ["19:00", "19:01", "19:02"],
    });
  });

  it("takes colours out of a sequence and leaves the rest of it", () => {
    expect(plain("\x1b[1;38;5;208;7;48;2;1;2;3mx\x1b[0m\x1b[31;44mred\x1b[m\x1b[2J")).toBe(
      "\x1b[1;7mx\x1b[0mred\x1b[m\x1b[2J",
    );
  });
});
