import { describe, expect, it } from "vitest";
import { figure, LONG_MS, sized } from "../harness/sizes.ts";
import { sqliteDisk } from "./ledgers.ts";
import { Simulation } from "./sim.ts";

/** Sampled crash points; the nightly run dies at every call of so many seeds. */
const SAMPLED = sized({ test: 500, soak: 10_000, nightly: 0 });
const WHOLE_SEEDS = sized({ test: 1, soak: 20, nightly: 1500 });
const REAL = sized({ test: 8, soak: 500, nightly: 5000 });
const FULL = sized({ test: 60, soak: 1000, nightly: 10_000 });

/** Rounds without a change that are rest in the end; each tenth life and all of the soak's go on for all of two minutes. */
const STILL = sized({ test: 5, soak: 0, nightly: 0 });
const rest = (n: number) => (STILL === 0 || n % 10 === 0 ? {} : { stillRounds: STILL });

/** Where the desk dies in run `n`: once, sometimes twice, anywhere in a run of about a hundred calls. */
const pointsOf = (n: number): number[] =>
  n % 5 === 0 ? [1 + ((n * 7) % 90), 20 + ((n * 13) % 120)] : [1 + ((n * 7) % 110)];

function faultsOf(n: number, result: ReturnType<Simulation["run"]>, how: string): string[] {
  return result.faults.map((fault) => `npm run sim -- --seed ${n} ${how}: ${fault}`);
}

const NOTHING = { runs: 0, orders: 0, crashes: 0, sends: 0, kills: 0, amends: 0, parts: 0 };
type Sums = typeof NOTHING;

/** One life with its crashes; what was broken in it. */
function lifeOf(n: number, crashAt: readonly number[], sums: Sums, at = n): string[] {
  const result = new Simulation({ seed: n, crashAt, ...rest(at) }).run();
  sums.runs++;
  sums.orders += result.orders;
  sums.crashes += result.crashes;
  sums.sends += result.sends;
  sums.kills += result.kills;
  sums.amends += result.amends;
  sums.parts += result.parts;
  return faultsOf(n, result, `--crash ${crashAt.join()}`);
}

describe("orders under crashes and bad answers", () => {
  const told = (faults: readonly string[], sums: Sums) =>
    `${sums.runs} runs, ${sums.crashes} crashes, ${sums.orders} orders (${sums.amends} in another's place, ${sums.parts} second parts): ${faults.length} duplicate, lost or altered`;

  it.runIf(SAMPLED > 0)(
    `no order is lost, doubled or altered at ${SAMPLED} crash points`,
    () => {
      const faults: string[] = [];
      const sums = { ...NOTHING };
      for (let n = 1; n <= SAMPLED; n++) faults.push(...lifeOf(n, pointsOf(n), sums));
      figure(
        "kill key in the simulation, also right behind a confirm",
        `${sums.kills} kills among ${sums.sends} sends: 0 sent while halted`,
      );
      figure(`crash points, sampled (seeds 1-${SAMPLED})`, told(faults, sums));
      expect(faults).toEqual([]);
      expect(sums.orders).toBeGreaterThan(SAMPLED);
      expect(sums.crashes).toBeGreaterThan(SAMPLED * 0.5);
      expect(Math.min(sums.amends, sums.parts)).toBeGreaterThan(SAMPLED * 0.02);
    },
    LONG_MS,
  );

  it("nor where one once was: a bust that executions overtook, and then the order's end", () => {
    expect(lifeOf(7803, [62], { ...NOTHING })).toEqual([]);
  });

  it(
    `nor at any call at all of ${WHOLE_SEEDS} lives`,
    () => {
      const faults: string[] = [];
      const sums = { ...NOTHING };
      for (let n = 1; n <= WHOLE_SEEDS; n++) {
        const { calls } = new Simulation({ seed: n, crashAt: [] }).run();
        for (let at = 1; at <= calls; at++) faults.push(...lifeOf(n, [at], sums, at));
      }
      figure(`crash points, every call of seeds 1-${WHOLE_SEEDS}`, told(faults, sums));
      expect(faults).toEqual([]);
      expect(sums.crashes).toBe(sums.runs);
    },
    LONG_MS,
  );

  it(
    "the same on the real database, closed and opened again at each crash",
    () => {
      const faults: string[] = [];
      for (let n = 1; n <= REAL; n++) {
        const disk = sqliteDisk();
        const crashAt = pointsOf(n);
        faults.push(
          ...faultsOf(
            n,
            new Simulation({ seed: n, crashAt, disk, ...rest(n) }).run(),
            `--sqlite --crash ${crashAt.join()}`,
          ),
        );
        disk.dispose();
      }
      expect(faults).toEqual([]);
    },
    LONG_MS,
  );

  it(
    "a disk that is full now and then sends nothing that it did not record",
    () => {
      const faults: string[] = [];
      for (let n = 1; n <= FULL; n++)
        faults.push(
          ...faultsOf(
            n,
            new Simulation({ seed: n, crashAt: [], fullDisk: 0.2, ...rest(n) }).run(),
            "--full 0.2",
          ),
        );
      expect(faults).toEqual([]);
    },
    LONG_MS,
  );

  it("one seed gives one run", () => {
    const run = () => new Simulation({ seed: 7, crashAt: [40] }).run();
    expect(run()).toEqual(run());
  });
});
