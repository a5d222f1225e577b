/**
 * `npm run chaos [-- --nightly] [-- --seed N] [-- --only days|frames|reset] [-- --width N]`: market days with faults, malformed frames and a reset
 * of 3,000 symbols, each in a process of its own, as many at once as there are cores or `--width` says; exits 1 where a figure is missed.
 */
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { type DayPlan, type DayResult, runDay } from "./day.ts";
import { nightly, small } from "./days.ts";
import { corpora } from "./frames.ts";
import { type FuzzResult, fuzz, HANG_MS } from "./fuzz.ts";
import { type Resubscribed, resubscribe } from "./resubscribe.ts";

const PART = "--part";
const SYMBOLS = 3_000;
const PROVEN_S = 10;
/** What a process may grow by between its first quarter and its end, MB. */
const MEMORY_MB = 150;

type Job =
  | { readonly job: "day"; readonly plan: DayPlan }
  | { readonly job: "fuzz"; readonly corpus: number; readonly frames: number; readonly seed: number }
  | { readonly job: "resubscribe"; readonly symbols: number };

async function run(job: Job): Promise<unknown> {
  switch (job.job) {
    case "day":
      return runDay(job.plan);
    case "fuzz": {
      const corpus = corpora()[job.corpus];
      if (corpus === undefined) throw new Error(`no decoder ${job.corpus}`);
      // A frame that is no JSON costs an error: without the trace that nobody reads it is quicker by a third.
      Error.stackTraceLimit = 0;
      return fuzz(corpus, job.frames, job.seed);
    }
    case "resubscribe":
      return resubscribe(job.symbols);
  }
}

/** Another of these, with memory that can be asked to be swept, for one job. */
function inChild<T>(job: Job): Promise<T> {
  const args = ["--expose-gc", fileURLToPath(import.meta.url), PART, JSON.stringify(job)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (part: Buffer) => {
    text += part.toString("utf8");
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(text) as T);
      else reject(new Error(`${JSON.stringify(job)} ended with ${code}`));
    });
  });
}

/** `tell` hears of each as it ends. */
async function inTurns<T>(jobs: readonly Job[], width: number, tell: (result: T) => void): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < jobs.length) {
      const k = next++;
      const result = await inChild<T>(jobs[k] as Job);
      results[k] = result;
      tell(result);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, worker));
  return results;
}

let missed = 0;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function figure(name: string, value: string | number, ok: boolean): void {
  if (!ok) missed++;
  say(`${name.padEnd(64)}${String(value).padStart(14)}  ${ok ? "met" : "MISSED"}`);
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

function tellDay({ verdicts: v, ...d }: DayResult): void {
  say(
    `${d.protocol} ${d.hours} h: ${d.events} events of ${d.clean}, ${d.faults} faults, ${d.merged} quotes merged; books right ${v.right}, ahead ${v.ahead}, late ${v.late}, torn ${v.torn}, stale ${v.stale}, not compared ${v.unknown}; memory after each quarter ${d.memoryMb.map((m) => m.toFixed(0)).join(", ")} MB; ${d.seconds.toFixed(0)} s`,
  );
  for (const example of v.examples) say(`  wrong: ${example}`);
}

function reportDays(days: readonly DayResult[]): void {
  const right = sum(days.map((d) => d.verdicts.right));
  const wrong = sum(days.map((d) => d.verdicts.wrong));
  const hashes = sum(days.map((d) => d.hashes.of));
  const differing = sum(days.map((d) => d.hashes.of - d.hashes.same));
  const grown = Math.max(...days.map(({ memoryMb: m }) => (m.at(-1) ?? Number.NaN) - (m[0] ?? Number.NaN)));
  figure("market hours", sum(days.map((d) => d.hours)).toFixed(2), true);
  figure("events", sum(days.map((d) => d.clean)), true);
  figure("books right at a check", right, right > 0);
  figure("wrong books", wrong, wrong === 0);
  figure(`state hashes that differ on replay, of ${hashes}`, differing, differing === 0 && hashes > 0);
  figure("memory grown after the first quarter, MB, the most", grown.toFixed(0), grown <= MEMORY_MB);
}

function tellFuzz(f: FuzzResult): void {
  say(
    `${f.channel}: ${f.rows} rows and ${f.refused} refusals of ${f.frames} frames, the slowest ${f.slowestMs.toFixed(1)} ms; ${f.seconds.toFixed(0)} s`,
  );
  if (f.first !== null) say(`  ${f.first}`);
}

function reportFuzz(results: readonly FuzzResult[]): void {
  const grown = Math.max(...results.map((f) => f.grownMb));
  const least = Math.min(...results.map((f) => f.frames));
  const over = (pickOf: (f: FuzzResult) => number): number => sum(results.map(pickOf));
  figure("malformed frames for each decoder", least, true);
  figure(
    "throws",
    over((f) => f.throws),
    over((f) => f.throws) === 0,
  );
  figure(
    "values that are none, inside",
    over((f) => f.nans),
    over((f) => f.nans) === 0,
  );
  const slowest = Math.max(...results.map((f) => f.slowestMs));
  figure("slowest frame, ms", slowest.toFixed(1), slowest < HANG_MS);
  figure("memory grown after the first quarter, MB, the most", grown.toFixed(0), grown <= MEMORY_MB);
}

const PARTS = ["days", "frames", "reset"] as const;

function option(name: string): string | null {
  const at = process.argv.indexOf(name);
  return at < 0 ? null : (process.argv[at + 1] ?? "");
}

async function main(): Promise<void> {
  const seed = Number(option("--seed") ?? 1);
  const width = Number(option("--width") ?? availableParallelism());
  const only = option("--only");
  if (only !== null && !PARTS.some((p) => p === only)) {
    console.error(`chaos: --only ${only} is not known. Use ${PARTS.join(", ")}.`);
    process.exitCode = 64;
    return;
  }
  const wants = (name: (typeof PARTS)[number]): boolean => only === null || only === name;
  const whole = process.argv.includes("--nightly");
  const began = performance.now();
  if (wants("days")) {
    const days = (whole ? nightly(seed) : small(seed)).map((plan) => ({ job: "day", plan }) as const);
    reportDays(await inTurns<DayResult>(days, width, tellDay));
  }
  if (wants("frames")) {
    const frames = whole ? 10_000_000 : 100_000;
    const decoders = corpora().map((_, corpus) => ({ job: "fuzz", corpus, frames, seed }) as const);
    reportFuzz(await inTurns<FuzzResult>(decoders, width, tellFuzz));
  }
  // Alone, since it is a matter of time.
  if (wants("reset")) {
    const { symbols, seconds } = await inChild<Resubscribed>({ job: "resubscribe", symbols: SYMBOLS });
    figure(
      `${symbols} symbols resubscribed and proven after a reset, s`,
      seconds.toFixed(1),
      seconds <= PROVEN_S,
    );
  }
  say(`${((performance.now() - began) / 1000).toFixed(0)} s`);
  if (missed > 0) process.exitCode = 1;
}

const part = process.argv.indexOf(PART);
if (part < 0) await main();
else process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[part + 1] as string) as Job)));
