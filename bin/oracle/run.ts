import { type Adapter, type Answer, isRecord, type OracleFile } from "./adapter.ts";

/** What came of one file. */
export type Outcome =
  | {
      readonly kind: "ran";
      readonly engine: string;
      readonly passed: number;
      readonly failed: number;
      /** The case furthest from its reference; null in a file without cases. */
      readonly worst: Answer | null;
    }
  | { readonly kind: "no_engine" }
  | { readonly kind: "not_an_oracle"; readonly reason: string };

/** Runs the text of an oracle file through the adapter that recognises it; `each` sees every answer in order. */
export function runOracle(
  text: string,
  adapters: readonly Adapter[],
  each: (answer: Answer) => void = () => {},
): Outcome {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return { kind: "not_an_oracle", reason: "not JSON" };
  }
  if (!isRecord(file)) return { kind: "not_an_oracle", reason: "not a JSON object" };
  const adapter = adapters.find((a) => a.recognises(file as OracleFile));
  if (!adapter) {
    const known = isRecord(file["header"]) || typeof file["engine"] === "string";
    return known ? { kind: "no_engine" } : { kind: "not_an_oracle", reason: "neither header nor engine" };
  }
  let passed = 0;
  let failed = 0;
  let worst: Answer | null = null;
  for (const answer of adapter.run(file)) {
    if (answer.ratio <= 1) passed++;
    else failed++;
    if (!worst || answer.ratio > worst.ratio) worst = answer;
    each(answer);
  }
  return { kind: "ran", engine: adapter.name, passed, failed, worst };
}

/** One line on one file. */
export function report(name: string, o: Outcome): string {
  if (o.kind === "no_engine") return `${name}: no engine yet`;
  if (o.kind === "not_an_oracle") return `${name}: not an oracle file, ${o.reason}`;
  const counts = `${name}: ${o.engine}: ${o.passed} passed, ${o.failed} failed`;
  if (!o.worst) return counts;
  const ratio = Number.isFinite(o.worst.ratio) ? `${Number(o.worst.ratio.toPrecision(3))}` : "infinite";
  return `${counts}, worst ${ratio} of the tolerance (case ${o.worst.id}${o.worst.at ? `, ${o.worst.at}` : ""})`;
}
