import { describe, expect, it } from "vitest";
import { sqliteDisk } from "./ledgers.ts";
import { Simulation } from "./sim.ts";

const SOAK = Number(process.env["VOLDESK_SOAK"] ?? 0) > 0;
const POINTS = SOAK ? 10_000 : 500;

/** Where the desk dies in run `n`: once, sometimes twice, anywhere in a run of about a hundred calls. */
const pointsOf = (n: number): number[] =>
  n % 5 === 0 ? [1 + ((n * 7) % 90), 20 + ((n * 13) % 120)] : [1 + ((n * 7) % 110)];

function faultsOf(n: number, result: ReturnType<Simulation["run"]>, how: string): string[] {
  return result.faults.map((fault) => `npm run sim -- --seed ${n} ${how}: ${fault}`);
}

describe("orders under crashes and bad answers", () => {
  it(`no order is lost, doubled or altered at ${POINTS} crash points`, () => {
    const faults: string[] = [];
    let [orders, crashes] = [0, 0];
    for (let n = 1; n <= POINTS; n++) {
      const crashAt = pointsOf(n);
      const result = new Simulation({ seed: n, crashAt }).run();
      orders += result.orders;
      crashes += result.crashes;
      faults.push(...faultsOf(n, result, `--crash ${crashAt.join()}`));
    }
    expect(faults).toEqual([]);
    expect(orders).toBeGreaterThan(POINTS);
    expect(crashes).toBeGreaterThan(POINTS * 0.5);
  }, 3_600_000);

  it("the same on the real database, closed and opened again at each crash", () => {
    const faults: string[] = [];
    for (let n = 1; n <= (SOAK ? 500 : 8); n++) {
      const disk = sqliteDisk();
      const crashAt = pointsOf(n);
      faults.push(
        ...faultsOf(
          n,
          new Simulation({ seed: n, crashAt, disk }).run(),
          `--sqlite --crash ${crashAt.join()}`,
        ),
      );
      disk.dispose();
    }
    expect(faults).toEqual([]);
  }, 3_600_000);

  it("a disk that is full now and then sends nothing that it did not record", () => {
    const faults: string[] = [];
    for (let n = 1; n <= (SOAK ? 1000 : 60); n++)
      faults.push(
        ...faultsOf(n, new Simulation({ seed: n, crashAt: [], fullDisk: 0.2 }).run(), "--full 0.2"),
      );
    expect(faults).toEqual([]);
  }, 3_600_000);

  it("one seed gives one run", () => {
    const run = () => new Simulation({ seed: 7, crashAt: [40] }).run();
    expect(run()).toEqual(run());
  });
});
