import type { BenchRow } from "./row.ts";

type Subject = readonly [string, () => Promise<{ run(): Promise<BenchRow[]> }>];

function figure(x: number | null): string {
  return x === null ? "–" : x >= 100 ? x.toFixed(0) : x.toPrecision(3);
}

/** Runs the subjects one after another and prints a table: figure, reach, ratio to the subject's bare baseline, verdict. */
export async function report(subjects: readonly Subject[]): Promise<void> {
  const line = (cells: readonly string[]): void => {
    const [name = "", ...rest] = cells;
    process.stdout.write(`${name.padEnd(58)}${rest.map((c) => c.padStart(12)).join("")}\n`);
  };
  for (const [subject, load] of subjects) {
    line([subject, "figure", "reach", "ratio", "reach", ""]);
    const { run } = await load();
    for (const r of await run()) {
      const verdict = r.ok === null ? "" : r.ok ? "met" : "MISSED";
      const reach = r.reach === null ? "–" : `${figure(r.reach)} ${r.unit}`;
      line([
        `  ${r.name}`,
        `${figure(r.value)} ${r.unit}`,
        reach,
        figure(r.ratio),
        figure(r.ratioReach ?? null),
        verdict,
      ]);
    }
  }
}
