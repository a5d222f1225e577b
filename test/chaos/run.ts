/** `npm run chaos [-- --nightly] [-- --seed N]`: market days with faults, each in a process of its own; exits 1 where a figure is missed. */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type DayPlan, type DayResult, runDay } from "./day.ts";
import { nightly, small } from "./days.ts";

const PART = "--part";

const number = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
};

/** Another of these, with memory that can be asked to be swept, for one day. */
function inChild(plan: DayPlan): Promise<DayResult> {
  const args = ["--expose-gc", fileURLToPath(import.meta.url), PART, JSON.stringify(plan)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (part: Buffer) => {
    text += part.toString("utf8");
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(text) as DayResult);
      else reject(new Error(`${plan.protocol}, seed ${plan.seed}: ended with ${code}`));
    });
  });
}

async function inTurns<T, R>(list: readonly T[], width: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < list.length) {
      const k = next++;
      results[k] = await run(list[k] as T);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, list.length) }, worker));
  return results;
}

const MEMORY_MB = 150;
let missed = 0;

function figure(name: string, value: string, ok: boolean): void {
  if (!ok) missed++;
  process.stdout.write(`${name.padEnd(64)}${value.padStart(22)}  ${ok ? "met" : "MISSED"}\n`);
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

function report(plans: readonly DayPlan[], days: readonly DayResult[]): void {
  for (const [k, d] of days.entries()) {
    const { verdicts: v } = d;
    const what = `${d.protocol} ${d.hours} h, seed ${plans[k]?.seed}`;
    process.stdout.write(
      `${what}: ${d.events} events of ${d.clean}, ${d.faults} faults, ${d.gaps} gaps seen; books right ${v.right}, ahead ${v.ahead}, late ${v.late}, stale ${v.stale}, not compared ${v.unknown}; ${d.seconds.toFixed(0)} s\n`,
    );
    for (const example of v.examples) process.stdout.write(`  wrong: ${example}\n`);
  }
  const books = sum(days.map((d) => d.verdicts.right));
  const wrong = sum(days.map((d) => d.verdicts.wrong));
  const differing = sum(days.map((d) => d.hashes.of - d.hashes.same));
  const grown = Math.max(...days.map((d) => d.grownMb));
  figure("market hours", sum(days.map((d) => d.hours)).toFixed(2), true);
  figure("events", String(sum(days.map((d) => d.clean))), true);
  figure("books right at a check", String(books), books > 0);
  figure("wrong books", String(wrong), wrong === 0);
  const hashes = sum(days.map((d) => d.hashes.of));
  figure(
    `state hashes that differ on replay, of ${hashes}`,
    String(differing),
    differing === 0 && hashes > 0,
  );
  figure("memory grown after the first quarter, MB, the most", grown.toFixed(0), grown <= MEMORY_MB);
}

const part = process.argv.indexOf(PART);
if (part >= 0) {
  process.stdout.write(JSON.stringify(await runDay(JSON.parse(process.argv[part + 1] as string) as DayPlan)));
} else {
  const seed = number("--seed", 1);
  const plans = process.argv.includes("--nightly") ? nightly(seed) : small(seed);
  const began = performance.now();
  report(plans, await inTurns(plans, availableParallelism(), inChild));
  process.stdout.write(`${((performance.now() - began) / 1000).toFixed(0)} s\n`);
  if (missed > 0) process.exitCode = 1;
}
