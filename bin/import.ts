import { Command, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { type IsoDay, isIsoDay, type Zone } from "../engines/market/index.ts";
import type { ImportReport } from "../store/imports/report.ts";
import type { TableName } from "../store/warehouse/migrations.ts";
import type { StoreRow } from "../store/warehouse/upsert.ts";
import { type Cli, say, sayJson } from "./context.ts";
import { nowUs, withWarehouse, writeHistories } from "./db.ts";
import { addMarketImports } from "./import-market.ts";

interface Flags {
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly provider?: string;
  readonly symbol?: string;
  readonly day?: string;
  readonly mapping?: string;
  readonly zone?: Zone;
  readonly adjusted?: boolean;
}

interface Read {
  readonly report: ImportReport;
  readonly table: TableName;
  readonly rows: readonly StoreRow[];
}

function dayFlag(day: string | undefined): IsoDay | undefined {
  if (day === undefined || isIsoDay(day)) return day;
  throw new VoldeskError("CLI-004", `--day ${day} is no day`, "Write it as YYYY-MM-DD.");
}

async function readChainFile(file: string, f: Flags): Promise<Read> {
  const { readChain } = await import("../store/imports/chain.ts");
  const { chainRows } = await import("../store/warehouse/rows.ts");
  const day = dayFlag(f.day);
  const chain = readChain(file, {
    ...(f.symbol === undefined ? {} : { symbol: f.symbol }),
    ...(day === undefined ? {} : { asOf: day }),
    ...(f.mapping === undefined ? {} : { mapping: f.mapping }),
  });
  return { report: chain.report, table: "option_chains", rows: chainRows(chain, f.provider ?? chain.format) };
}

async function readCandleFile(file: string, daily: boolean, f: Flags): Promise<Read> {
  const { readCandles } = await import("../store/imports/bars.ts");
  const { barRows, dailyRows } = await import("../store/warehouse/rows.ts");
  const found = readCandles(file, daily, {
    symbol: f.symbol,
    zone: f.zone,
    day: dayFlag(f.day),
    adjusted: f.adjusted,
  });
  const provider = f.provider ?? "file";
  return daily
    ? { report: found.report, table: "daily", rows: dailyRows(found, provider) }
    : { report: found.report, table: "bars", rows: barRows(found, provider) };
}

async function readFuturesFile(file: string, f: Flags): Promise<Read> {
  const { readFutures } = await import("../store/imports/futures.ts");
  const { futureRows } = await import("../store/warehouse/rows.ts");
  const found = readFutures(file, f.symbol);
  return { report: found.report, table: "vol_futures", rows: futureRows(found, f.provider ?? "file") };
}

/** Tables whose rows panes read from a file, so that a desk needs no database. */
const IN_HISTORY: ReadonlySet<TableName> = new Set(["daily", "vol_futures"]);

async function run(
  cli: Cli,
  files: readonly string[],
  f: Flags,
  read: (file: string) => Promise<Read>,
): Promise<void> {
  const { reportLines } = await import("../store/imports/report.ts");
  const found: Read[] = [];
  for (const file of files) found.push(await read(file));
  const stored: (number | null)[] = found.map(() => null);
  if (f.dryRun !== true)
    await withWarehouse(cli, { create: true }, async (w) => {
      const { upsert } = await import("../store/warehouse/upsert.ts");
      await w.migrate(nowUs());
      for (const [i, { table, rows }] of found.entries()) {
        // A history comes in pieces: one piece does not make the others stale. A chain of a day is whole.
        const done = await upsert(w, table, rows, nowUs(), { keepStale: table !== "option_chains" });
        stored[i] = done.written;
      }
      const names = found.flatMap(({ table, rows }) =>
        IN_HISTORY.has(table) ? rows.map((r) => `${r["symbol"]}`) : [],
      );
      if (names.length > 0) await writeHistories(cli, w, [...new Set(names)]);
    });
  if (f.json === true) {
    sayJson(
      cli,
      found.map(({ report, table }, i) => ({ ...report, table, stored: stored[i] })),
    );
    return;
  }
  for (const [i, { report, table }] of found.entries()) {
    const kept = stored[i] === null ? "nothing stored (--dry-run)" : `${stored[i]} rows stored in ${table}`;
    say(cli, [...reportLines(report), `  ${kept}`].join("\n"));
  }
}

/** `import chain | bars | daily | futures | ticks`: files into the warehouse, with a report of rows taken, mended and refused. */
export function importCommand(cli: Cli): Command {
  const command = new Command("import").description(
    "files into the warehouse (chains, bars, daily candles, vol futures) or the market file (rates, fx, dividends)",
  );
  const kind = (name: string, help: string): Command =>
    command
      .command(name)
      .description(help)
      .argument("<files...>", "CSV or JSON, plain or gzip")
      .option("--symbol <symbol>", "underlying or symbol, where the file does not tell")
      .option("--provider <name>", "name of the source in the warehouse")
      .option("--day <YYYY-MM-DD>", "trade date, where the file does not tell")
      .option("--dry-run", "read and report, store nothing")
      .option("--json", "as JSON");
  const zones = ["America/New_York", "America/Chicago", "Europe/Berlin", "UTC"];
  kind("chain", "option chains: Cboe, yfinance, Deribit, OKX, Lean, OptionsDX, ORATS, or any by a mapping")
    .option("--mapping <file>", "YAML that names the columns")
    .action((files: string[], f: Flags) => run(cli, files, f, (file) => readChainFile(file, f)));
  kind("bars", "intraday candles")
    .addOption(new Option("--zone <zone>", "zone of the times of day").choices(zones))
    .action((files: string[], f: Flags) => run(cli, files, f, (file) => readCandleFile(file, false, f)));
  kind("daily", "daily candles")
    .option("--adjusted", "prices are adjusted for splits and dividends")
    .action((files: string[], f: Flags) => run(cli, files, f, (file) => readCandleFile(file, true, f)));
  kind("futures", "daily settlements of VIX or VSTOXX futures, by expiry or as a strip of ranks").action(
    (files: string[], f: Flags) => run(cli, files, f, (file) => readFuturesFile(file, f)),
  );
  addMarketImports(cli, command);
  command
    .command("ticks")
    .description("ticks are sessions: see `voldesk captures import`")
    .argument("[files...]")
    .allowUnknownOption()
    .action(() => {
      throw new VoldeskError(
        "CLI-001",
        "ticks become a session, not rows of the warehouse",
        "Use `voldesk captures import`.",
      );
    });
  return command;
}
