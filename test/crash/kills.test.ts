import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Random, seeded } from "../../engines/stats/index.ts";
import { figure, LONG_MS, SIZE, sized } from "../harness/sizes.ts";
import { LIMIT_MS, pause } from "../harness/until.ts";
import { type Audit, audit, paperOrders, readLedger } from "./audit.ts";
import { Life, nextAt, program, remove, tempDir } from "./lives.ts";
import type { Said } from "./trader.ts";
import { filledWords, VenueProcess, venueWords } from "./venue.ts";

const KILLS = sized({ test: 25, soak: 200, nightly: 1000 });
const PAPER_KILLS = sized({ test: 5, soak: 200, nightly: 1000 });
/** Lives on one state folder, then it is settled and audited. */
const SERIES = SIZE === "test" ? 13 : 25;
/** Most that a life lasts after the press that it may die of; how many presses that is, and how long they are waited for. */
const FROM_PRESS_MS = 60;
const PRESSES = 8;
const PATIENCE_MS = 1500;
const PAPER_BASE = "paper@goog-2015-12-24";
const [VENUE_ACCOUNT, VENUE_BASE] = ["crash", "crash@venue"];

/** What a desk may be killed against. */
interface Scene {
  readonly life: string;
  options(stateDir: string): object;
  /** Something of the broker's that goes wrong under a life, now and then. */
  disturb(r: Random): Promise<void>;
  judge(stateDir: string, said: readonly Said[]): Promise<Audit>;
}

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
async function series(scene: Scene, seed: number, kills: number, sums: Sums): Promise<void> {
  const r = seeded(seed);
  const stateDir = tempDir("kill");
  const said: Said[] = [];
  let openingMs = 800;
  for (let k = 0; k < kills; k++) {
    await scene.disturb(r);
    const desk = new Life(scene.life, {
      stateDir,
      seed: seed * 1000 + k,
      settle: false,
      ...scene.options(stateDir),
    });
    // Most die while they trade, some while they open and recover.
    if (r.below(5) === 0) await pause(r.below(openingMs));
    else {
      const began = performance.now();
      await desk.until((s) => s.t === "open");
      openingMs = performance.now() - began;
      const presses = 1 + r.below(PRESSES);
      let pressed = 0;
      const enough = desk.until((s) => s.t === "pressing" && ++pressed === presses);
      // On a slow machine too it has traded.
      await Promise.race([desk.until((s) => s.t === "pressing"), pause(LIMIT_MS)]);
      await Promise.race([enough, pause(PATIENCE_MS)]);
      await pause(r.below(FROM_PRESS_MS));
    }
    await desk.kill();
    expect(desk.errors).toBe("");
    said.push(...desk.said);
    sums.kills++;
    if (desk.said.some((s) => s.t === "open")) sums.opened++;
  }
  const last = new Life(scene.life, { stateDir, seed, settle: true, ...scene.options(stateDir) });
  expect(await last.ended, last.errors).toBe(0);
  said.push(...last.said);
  const end = last.said.at(-1);
  const about = `series ${seed} (${stateDir})`;
  if (end?.t !== "settled" || end.open.length > 0 || !end.books.includes("agree"))
    sums.lost.push(`${about}: not at rest: ${JSON.stringify(end)}`);
  const found = await scene.judge(stateDir, said);
  sums.orders += found.orders;
  sums.fills += found.fills;
  sums.unsaid += found.unsaid;
  for (const what of ["duplicate", "lost", "altered"] as const)
    sums[what].push(...found[what].map((text) => `${about}: ${text}`));
  if (sums.duplicate.length + sums.lost.length + sums.altered.length === 0) remove(stateDir);
}

/** So many kills in series, two at a time; prints and checks what came of them. */
async function killed(name: string, kills: number, scene: () => Promise<Scene>): Promise<void> {
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
  const count = Math.ceil(kills / SERIES);
  const seeds = Array.from({ length: count }, (_, n) => n + 1);
  const next = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift())
      await series(await scene(), seed, Math.min(SERIES, kills - (seed - 1) * SERIES), sums);
  };
  await Promise.all([next(), next()]);
  const { duplicate, lost, altered } = sums;
  figure(
    `SIGKILL, ${name}`,
    `${sums.kills} kills (${sums.opened} while trading), ${sums.orders} orders, ${sums.fills} fills, seeds 1-${count}: ${duplicate.length} duplicate, ${lost.length} lost, ${altered.length} altered; ${sums.unsaid} keys died unwritten and unsent`,
  );
  expect({ duplicate, lost, altered }).toEqual({ duplicate: [], lost: [], altered: [] });
  // How many there are in a short life is a matter of the machine's speed.
  expect(sums.orders).toBeGreaterThan(SIZE === "test" ? 0 : kills / 3);
}

describe("a desk that is killed at random has sent nothing twice, lost nothing and changed nothing", () => {
  let paperLife: string;
  let venueLife: string;
  const venues: VenueProcess[] = [];
  beforeAll(async () => {
    paperLife = await program("test/crash/desk-life.ts");
    venueLife = await program("test/crash/venue-life.ts");
  });
  afterAll(() => {
    remove(paperLife);
    remove(venueLife);
    for (const venue of venues) venue.stop();
  });

  const paper: Scene = {
    get life() {
      return paperLife;
    },
    options: (stateDir) => ({ at: nextAt(stateDir) }),
    disturb: async () => undefined,
    judge: async (stateDir, said) => {
      const ledger = readLedger(join(stateDir, "ledger.sqlite"), "paper", PAPER_BASE);
      const twice: string[] = [];
      const theirs = paperOrders(ledger.paper, (id) => twice.push(`${id} was accepted twice`));
      const found = audit(ledger, theirs, said);
      return { ...found, duplicate: [...twice, ...found.duplicate] };
    },
  };

  it(
    `${PAPER_KILLS} times in a replay, on paper`,
    async () => {
      await killed("replay, paper broker", PAPER_KILLS, async () => paper);
    },
    LONG_MS,
  );

  /** A venue of its own for each series: its books are those of the series. */
  const atVenue = async (): Promise<Scene> => {
    const venue = await VenueProcess.start();
    venues.push(venue);
    const { setup: broker, instruments, quotes, day, offsetUs } = venue;
    return {
      life: venueLife,
      options: () => ({ broker, instruments, quotes, day, offsetUs }),
      disturb: async (r) => {
        const faults: readonly (readonly [string, object])[] = [
          ["ackLost", { when: "before" }],
          ["ackLost", {}],
          ["ackLate", { ms: 300 }],
          ["ackError", { status: 503 }],
          ["fillBeforeAck", {}],
        ];
        const fault = faults[r.below(2 * faults.length)];
        if (fault !== undefined) await venue.fault(...fault);
      },
      judge: async (stateDir, said) => {
        const ledger = readLedger(join(stateDir, "ledger.sqlite"), VENUE_ACCOUNT, VENUE_BASE);
        const theirs = await venue.orders();
        venue.stop();
        const twice = theirs.filter((t, n) => theirs.findIndex((o) => o.clientId === t.clientId) !== n);
        const found = audit(ledger, theirs, said, { words: venueWords, fills: filledWords });
        return {
          ...found,
          duplicate: [...twice.map((t) => `${t.clientId} is at the venue twice`), ...found.duplicate],
        };
      },
    };
  };

  it(
    `${KILLS} times against the venue, over Alpaca's protocol`,
    async () => {
      await killed("voldesk venue, Alpaca broker", KILLS, atVenue);
    },
    LONG_MS,
  );
});
