import { existsSync } from "node:fs";
import { join } from "node:path";
import { isCodedError, VoldeskError } from "../../config/errors.ts";
import { formatIsoMicros } from "../../engines/market/index.ts";
import { makeArtifact, writeArtifact } from "../../store/artifacts/artifact.ts";
import { canonicalJson } from "../../store/artifacts/canonical.ts";
import type { Artifact, ArtifactBody, ArtifactKind, BodyOf } from "../../store/artifacts/schemas.ts";
import { csvText, writeTable } from "../../store/export/write.ts";
import type { TableName } from "../../store/warehouse/migrations.ts";
import { type Cli, readConfig, say, VERSION } from "../context.ts";
import { nowUs, warehousePath, withWarehouse, writeHistories } from "../db.ts";
import { pathOf, type StudyInput } from "./inputs.ts";
import type { StudyOptions } from "./options.ts";
import { type Study, studyText } from "./show.ts";

/** A result: what is stored of it, and how it reads. `name` tells several of one kind, symbol and day apart. */
export interface Delivery {
  readonly artifact: Artifact;
  readonly study: Study;
  readonly name?: string;
}

export type Facts = Pick<StudyInput, "provider" | "hashes" | "findings"> & {
  readonly symbol: string;
  readonly asOf: string;
  readonly atUs: number;
  readonly assumptions: readonly string[];
  readonly ages?: Readonly<Record<string, number | null>>;
};

/** What an artifact says of a chain it was made from. */
export const factsOf = (input: StudyInput): Facts => ({
  ...input,
  symbol: input.market.symbol,
  asOf: input.market.asOf,
  atUs: input.market.chainUs,
  assumptions: [...input.market.assumptions, `rate: ${input.market.rateSource}`],
});

/** The artifact of a result, its warnings those of engine and importer. Made of its inputs alone: no clock. */
export function artifactOf<K extends ArtifactKind>(
  kind: K,
  facts: Facts,
  mode: "desk" | "compat",
  body: BodyOf<K>,
  warnings: readonly string[],
): Artifact<K> {
  return makeArtifact(kind, {
    ...body,
    generated_at: formatIsoMicros(facts.atUs).replace("+00:00", "Z"),
    as_of: facts.asOf,
    symbol: facts.symbol,
    warnings: [...new Set([...warnings, ...facts.findings])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    engine_version: VERSION,
    input_hashes: facts.hashes,
    provider: facts.provider,
    data_ages: facts.ages ?? { chain: 0 },
    mode,
    assumptions: [...facts.assumptions],
  } as unknown as ArtifactBody<K>);
}

const safe = (text: string): string => text.replace(/[^A-Za-z0-9._-]/g, "_");

/** `iv_surface/SPY/2026-08-18.json`; compat and named ones say so. */
export function artifactPath(d: Delivery): string {
  const { kind, symbol, as_of, mode } = d.artifact;
  const suffix = mode === "compat" ? ".compat" : "";
  const [dir, file] = d.name === undefined ? ["", as_of] : [as_of, safe(d.name)];
  return join(kind, safe(symbol), dir, `${file}${suffix}.json`);
}

/** Prints results, or writes them with --out, and keeps them in the warehouse with --store. */
export async function deliver(cli: Cli, found: readonly Delivery[], options: StudyOptions): Promise<void> {
  const written = options.out === undefined ? [] : await writeAll(cli, found, options);
  const store = options.store ?? (await readConfig(cli)).config.studies.store;
  const lines = store ? await storeAll(cli, found) : [];
  await indexAll(cli, written, store);
  if (options.out === undefined && !(store && found.length > 1)) print(cli, found, options);
  for (const { path } of written) say(cli, path);
  // What is piped stays whole: what was stored is told only where the result itself is for a reader.
  if (options.format === "console" || options.out !== undefined) for (const line of lines) say(cli, line);
}

function print(cli: Cli, found: readonly Delivery[], options: StudyOptions): void {
  if (options.format === "json") {
    const [only] = found;
    cli.stdout.write(
      canonicalJson(found.length === 1 && only ? only.artifact : found.map((d) => d.artifact)),
    );
  } else if (options.format === "csv") {
    const main = found[0]?.study.tables.at(-1);
    if (found.length > 1 || main === undefined)
      throw new VoldeskError("CLI-001", "several results are no one CSV", "Write them to files with --out.");
    cli.stdout.write(csvText(main));
  } else say(cli, found.map((d) => studyText(d.study)).join("\n\n"));
}

interface Written {
  readonly delivery: Delivery;
  readonly path: string;
  readonly hash: string;
  readonly bytes: number;
}

async function writeAll(cli: Cli, found: readonly Delivery[], options: StudyOptions): Promise<Written[]> {
  const dir = pathOf(cli, options.out as string);
  const done: Written[] = [];
  for (const delivery of found) {
    const path = join(dir, artifactPath(delivery));
    done.push({ delivery, path, ...writeArtifact(delivery.artifact, path) });
    if (options.format === "csv")
      for (const table of delivery.study.tables)
        await writeTable(table, "csv", path.replace(/json$/, `${table.name}.csv`));
  }
  return done;
}

/** Results into their tables; each of one symbol, day and source replaces the one before. */
export async function storeAll(cli: Cli, found: readonly Delivery[]): Promise<string[]> {
  const { resultRows } = await import("../../store/warehouse/results.ts");
  const { upsert } = await import("../../store/warehouse/upsert.ts");
  const counts = new Map<TableName, number>();
  const symbols = new Set<string>();
  await withWarehouse(cli, { create: true }, async (w) => {
    await w.migrate(nowUs());
    for (const { artifact } of found)
      for (const { table, rows } of resultRows(artifact)) {
        const { written } = await upsert(w, table, rows, nowUs());
        counts.set(table, (counts.get(table) ?? 0) + written);
        if (table === "iv_surface_tenor") for (const row of rows) symbols.add(String(row["symbol"]));
      }
    // The desk's panes read the surfaces of earlier sessions from a file a name.
    if (symbols.size > 0) await writeHistories(cli, w, [...symbols]);
  });
  return [...counts].map(([table, n]) => `stored ${n} rows in ${table}`);
}

/** Files into the index of artifacts, where there is a warehouse. One that another process holds is no reason not to have written them. */
async function indexAll(cli: Cli, written: readonly Written[], create: boolean): Promise<void> {
  if (written.length === 0 || (!create && !existsSync(await warehousePath(cli)))) return;
  const { indexRow } = await import("../../store/warehouse/results.ts");
  const { upsert } = await import("../../store/warehouse/upsert.ts");
  try {
    await withWarehouse(cli, { create }, async (w) => {
      await w.migrate(nowUs());
      const rows = written.map(({ delivery, path, hash, bytes }) =>
        indexRow(delivery.artifact, delivery.name ?? delivery.artifact.mode ?? "desk", path, hash, bytes),
      );
      await upsert(w, "artifact_index", rows, nowUs());
    });
  } catch (error) {
    if (!isCodedError(error) || error.code !== "WH-001") throw error;
    process.stderr.write(`${error.message} The files are written, the index does not know them.\n`);
  }
}
