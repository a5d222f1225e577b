import { parseArgs } from "node:util";
import { memoryDisk, sqliteDisk } from "./ledgers.ts";
import { Simulation } from "./sim.ts";

/** `npm run sim -- --seed 7 --crash 40,90 [--full 0.2] [--sqlite] [--runs 100]`: one seed and the next ones, each told in one line. */
const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    crash: { type: "string", default: "" },
    full: { type: "string", default: "0" },
    runs: { type: "string", default: "1" },
    sqlite: { type: "boolean", default: false },
  },
});
const crashAt = values.crash === "" ? [] : values.crash.split(",").map(Number);
for (let seed = Number(values.seed); seed < Number(values.seed) + Number(values.runs); seed++) {
  const disk = values.sqlite ? sqliteDisk() : memoryDisk();
  const { faults, calls, orders, crashes } = new Simulation({
    seed,
    crashAt,
    disk,
    fullDisk: Number(values.full),
  }).run();
  disk.dispose();
  const end = faults.length === 0 ? "nothing lost, doubled or altered" : faults.join("; ");
  console.log(`seed ${seed}: ${orders} orders, ${calls} calls, ${crashes} crashes: ${end}`);
  if (faults.length > 0) process.exitCode = 1;
}
