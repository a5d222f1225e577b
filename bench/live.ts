import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInPty } from "../test/harness/pty.ts";
import { bareLatencies, clean, latencies, quantile } from "./keys.ts";
import type { BenchRow } from "./row.ts";

/** Session minutes a second: the 2,192 options of the bundled day then tick about 1,000 times a second on average, a minute's ticks at once. */
const SPEED = 25;
const PANES = ["watch", "surface", "exposure", "flow", "scenarios", "chart"];

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** CPU seconds that a process has used so far, all its threads together; null where the system does not tell. */
function cpuSeconds(pid: number): number | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    // utime and stime, in ticks of 10 ms.
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return null;
  }
}

/** The whole program with every study on screen and live: keys stay quick, and the desk leaves most of a core free. */
export async function run(): Promise<BenchRow[]> {
  const bare = await bareLatencies();
  const env = clean();
  const layouts = join(env["XDG_CONFIG_HOME"] as string, "voldesk", "layouts");
  mkdirSync(layouts, { recursive: true });
  writeFileSync(join(layouts, "studies.yaml"), `panes: [${PANES.join(", ")}]\nfocus: watch\n`);
  const desk = runInPty(["replay", "--loop", "--at", "10:00"], { cols: 200, rows: 50, env });
  await desk.waitFor(/1 Positions \d+ of/);
  desk.send(`:layout studies\r`);
  await desk.waitFor(/8 Scenarios/);
  desk.send(`:speed ${SPEED}\r2`);
  await wait(4000);
  const told = /([\d.,]+)(k?)\/s/.exec(desk.screen());
  const rate = told === null ? Number.NaN : Number(told[1]?.replace(",", "")) * (told[2] === "k" ? 1000 : 1);
  const [cpu, at] = [cpuSeconds(desk.pid), performance.now()];
  const times = await latencies(desk, ["j", "k"], /main \d+\/\d+/);
  const used = cpuSeconds(desk.pid);
  const seconds = (performance.now() - at) / 1000;
  desk.kill();
  await desk.exited;
  const share = cpu === null || used === null ? Number.NaN : (100 * (used - cpu)) / seconds;
  const row = (
    name: string,
    value: number,
    unit: string,
    reach: number | null,
    ratio: number | null = null,
    ratioReach: number | null = null,
  ): BenchRow => ({
    name,
    value,
    unit,
    ratio,
    reach,
    ...(ratioReach === null ? {} : { ratioReach }),
    ok:
      reach === null || Number.isNaN(value)
        ? null
        : value <= reach || (ratio !== null && ratioReach !== null && ratio <= ratioReach),
  });
  return [
    row("events a second on the status line", rate, "", null),
    row(
      "key to paint, five studies live, p50",
      quantile(times, 0.5),
      "ms",
      3,
      quantile(times, 0.5) / quantile(bare, 0.5),
    ),
    row(
      "key to paint, five studies live, p99",
      quantile(times, 0.99),
      "ms",
      10,
      quantile(times, 0.99) / quantile(bare, 0.99),
      4,
    ),
    row("CPU of screen and desk together, of a core", share, "%", 60),
  ];
}
