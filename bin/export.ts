import { execFile } from "node:child_process";
import { extname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { expandPath } from "../config/paths.ts";
import type { InstrumentId } from "../engines/market/index.ts";
import {
  type Asked,
  collect,
  EXPORTS,
  type ExportName,
  type ExportSource,
} from "../src/desk/export/collect.ts";
import type { ExportTable } from "../src/desk/export/table.ts";
import type { DeskHost } from "../src/shell/host.ts";
import { csvText, FORMATS, type Format, jsonText, writeTable } from "../store/export/write.ts";
import { deskBoot } from "./boot.ts";
import { type Cli, readConfig, say } from "./context.ts";

interface ExportOptions {
  readonly session?: string;
  readonly at?: string;
  readonly format?: Format;
  readonly out?: string;
  readonly underlying?: string;
  readonly minutes: number;
}

const MAX_MINUTES = 1440;

function parseMinutes(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 1 || n > MAX_MINUTES)
    throw new InvalidArgumentError(`Whole minutes, 1 to ${MAX_MINUTES}.`);
  return n;
}

/** The format that was asked for, or the one that the file's name ends in, or CSV. */
function formatOf(asked: Format | undefined, out: string | undefined): Format {
  const ending = out === undefined ? "" : extname(out).slice(1).toLowerCase();
  return asked ?? FORMATS.find((f) => f === ending) ?? "csv";
}

/** `GOOG` or `EQUITY/GOOG`, as the session knows it. @throws VoldeskError EXP-004. */
function underlyingOf(source: ExportSource, text: string | undefined): InstrumentId | null {
  if (text === undefined) return null;
  const wanted = text.toUpperCase();
  const known: string[] = [];
  for (let slot = 0; ; slot++) {
    const instrument = source.instrument(slot as never);
    if (instrument === undefined) break;
    if (instrument.kind === "option") continue;
    if (instrument.id.toUpperCase() === wanted || instrument.symbol.toUpperCase() === wanted)
      return instrument.id;
    known.push(instrument.symbol);
  }
  throw new VoldeskError(
    "EXP-004",
    `there is no "${text}" in this session`,
    `It has ${known.join(", ")}.`,
    "--underlying",
  );
}

async function run(cli: Cli, what: ExportName, options: ExportOptions): Promise<void> {
  const format = formatOf(options.format, options.out);
  const file = options.out === undefined || options.out === "-" ? null : options.out;
  if (file === null && format === "parquet")
    throw new VoldeskError(
      "CLI-001",
      "Parquet needs a file",
      "Name one with --out, e.g. --out chain.parquet.",
    );
  const loaded = await readConfig(cli);
  const { EXPORT_PRINTS, sessionSource } = await import("../src/shell/export-source.ts");
  const source = sessionSource(deskBoot(cli, loaded, { session: options.session, at: options.at }));
  const underlying = underlyingOf(source, options.underlying);
  const table = await collect(what, source, {
    underlying,
    barMinutes: options.minutes,
    prints: EXPORT_PRINTS,
  });
  if (table === null)
    throw new VoldeskError(
      "EXP-004",
      `there is no ${what} in this session`,
      "`voldesk captures info` shows what a session holds.",
      options.session ?? null,
    );
  if (file === null) return say(cli, format === "csv" ? csvText(table) : jsonText(table));
  const path = resolve(cli.cwd, expandPath(file, cli.home, cli.cwd));
  await writeTable(table, format, path);
  say(
    cli,
    `${path}: ${counted(table)}${what === "tape" && table.rows.length >= EXPORT_PRINTS ? ", the newest" : ""}`,
  );
}

/** Writes what the desk of a screen shows now, or its whole session. @throws an error with one sentence. */
export async function exportFromScreen(
  cli: Cli,
  host: DeskHost,
  session: string,
  request: {
    readonly what: ExportName | "session";
    readonly format: Format;
    readonly file: string;
    readonly asked: Asked;
  },
): Promise<string> {
  const { what, format } = request;
  const path = resolve(cli.cwd, expandPath(request.file, cli.home, cli.cwd));
  if (what === "session") {
    // Seconds of work: in a process of its own, so that keys never wait for it.
    const words = ["captures", "export", session, format === "json" ? "--json-list" : `--${format}`, path];
    const done = promisify(execFile)(process.execPath, [join(cli.root, "bin", "voldesk.js"), ...words]);
    const { stdout } = await done.catch((error: { stderr?: string }) => {
      throw new Error(error.stderr?.trim().split("\n")[0] || "the export did not start");
    });
    return stdout.trim();
  }
  const { EXPORT_PRINTS, hostSource } = await import("../src/shell/export-source.ts");
  const choice = { underlying: null, barMinutes: 1, prints: EXPORT_PRINTS, asked: request.asked };
  const table = await collect(what, hostSource(host), choice);
  if (table === null) throw new VoldeskError("EXP-004", `there is no ${what} here`, "Nothing was written.");
  await writeTable(table, format, path);
  return `${path}: ${counted(table)}`;
}

const counted = (table: ExportTable): string =>
  table.rows.length === 1 ? "1 row" : `${table.rows.length} rows`;

/** `export positions|chain|tape|bars [--session name] [--at time] [--format csv|json|parquet] [--out file]`. */
export function exportCommand(cli: Cli): Command {
  return new Command("export")
    .addArgument(new Argument("<what>", "what to export").choices(EXPORTS))
    .option("--session <name>", "name or folder of a recorded session")
    .option("--at <time>", "exchange time, e.g. 10:35; the session's end unless given")
    .addOption(new Option("--format <format>", "by the file's name, else csv").choices(FORMATS))
    .option("--out <file>", "file to write; csv and json go to the terminal without it")
    .option("--underlying <symbol>", "of this underlying only")
    .addOption(new Option("--minutes <n>", "width of the bars").argParser(parseMinutes).default(1))
    .addHelpText(
      "after",
      "\nRaw figures at full precision, units in the column names, times in ISO with their offset, empty or null for the unknown." +
        "\nA file is written whole or not at all. `voldesk captures export` writes every event of a session.",
    )
    .action((what: ExportName, options: ExportOptions) => run(cli, what, options));
}
