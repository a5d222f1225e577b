import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../engines/stats/index.ts";
import { figure, LONG_MS, SIZE, sized } from "../harness/sizes.ts";
import { audit, paperOrders, readLedger } from "./audit.ts";
import { Life, nextAt, pause, program, remove, tempDir } from "./lives.ts";
import type { Said } from "./trader.ts";

const KILLS = sized({ test: 25, soak: 200, nightly: 1000 });
/** Lives on one state folder, then it is settled and audited. */
const SERIES = SIZE === "test" ? 13 : 25;
/** Most that a life lasts after the press that it may die of; how many presses that is, and how long they are waited for. */
const FROM_PRESS_MS = 60;
const PRESSES = 8;
const PATIENCE_MS = 1500;
const BASE = "paper@goog-2015-12-24";

let life: string;
beforeAll(async () => {
  life = await program("test/crash/desk-life.ts");
});
afterAll(() => remove(life));

interface Sums {
  kills: number;
  opened: number;
  orders: number;
  fills: number;
  unsaid: number;
  readonly duplicate: string[];
  readonly lost: string[];
  readonly altered: string[];
}

/** Desks that are killed one after another on one state folder, one that settles, and what came of it all. */
async function series(seed: number, kills: number, sums: Sums): Promise<void> {
  const r = seeded(seed);
  const stateDir = tempDir("kill");
  const said: Said[] = [];
  let openingMs = 800;
  for (let k = 0; k < kills; k++) {
    const desk = new Life(life, { stateDir, at: nextAt(stateDir), seed: seed * 1000 + k, settle: false });
    // Most die while they trade, some while they open and recover.
    if (r.below(5) === 0) await pause(r.below(openingMs));
    else {
      const began = performance.now();
      await desk.until((s) => s.t === "open");
      openingMs = performance.now() - began;
      const presses = 1 + r.below(PRESSES);
      let pressed = 0;
      const enough = desk.until((s) => s.t === "pressing" && ++pressed === presses);
      await Promise.race([enough, pause(PATIENCE_MS)]);
      await pause(r.below(FROM_PRESS_MS));
    }
    await desk.kill();
    expect(desk.errors).toBe("");
    said.push(...desk.said);
    sums.kills++;
    if (desk.said.some((s) => s.t === "open")) sums.opened++;
  }
  const last = new Life(life, { stateDir, at: nextAt(stateDir), seed, settle: true });
  expect(await last.ended, last.errors).toBe(0);
  said.push(...last.said);
  const end = last.said.at(-1);
  const about = `series ${seed}`;
  if (end?.t !== "settled" || end.open.length > 0 || !end.books.includes("agree"))
    sums.lost.push(`${about}: not at rest: ${JSON.stringify(end)}`);
  const ledger = readLedger(join(stateDir, "ledger.sqlite"), "paper", BASE);
  const theirs = paperOrders(ledger.paper, (id) => sums.duplicate.push(`${about}: ${id} was accepted twice`));
  const found = audit(ledger, theirs, said);
  sums.orders += found.orders;
  sums.fills += found.fills;
  sums.unsaid += found.unsaid;
  for (const what of ["duplicate", "lost", "altered"] as const)
    sums[what].push(...found[what].map((text) => `${about}: ${text}`));
  if (sums.duplicate.length + sums.lost.length + sums.altered.length === 0) remove(stateDir);
}

describe("a desk that is killed", () => {
  it(
    `${KILLS} times at random has sent nothing twice, lost nothing and changed nothing (paper)`,
    async () => {
      const sums: Sums = {
        kills: 0,
        opened: 0,
        orders: 0,
        fills: 0,
        unsaid: 0,
        duplicate: [],
        lost: [],
        altered: [],
      };
      const rows = Array.from({ length: Math.ceil(KILLS / SERIES) }, (_, n) => n + 1);
      const next = async (): Promise<void> => {
        for (let seed = rows.shift(); seed !== undefined; seed = rows.shift())
          await series(seed, Math.min(SERIES, KILLS - (seed - 1) * SERIES), sums);
      };
      await Promise.all([next(), next()]);
      const { duplicate, lost, altered } = sums;
      figure(
        "SIGKILL, paper broker",
        `${sums.kills} kills (${sums.opened} while trading), ${sums.orders} orders, ${sums.fills} fills, seeds 1-${Math.ceil(KILLS / SERIES)}: ${duplicate.length} duplicate, ${lost.length} lost, ${altered.length} altered; ${sums.unsaid} keys died unwritten and unsent`,
      );
      expect({ duplicate, lost, altered }).toEqual({ duplicate: [], lost: [], altered: [] });
      expect(sums.orders).toBeGreaterThan(KILLS / 3);
    },
    LONG_MS,
  );
});
