import { dirname, join } from "node:path";
import { Command } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { expandPath } from "../config/paths.ts";
import type { Warehouse } from "../store/warehouse/warehouse.ts";
import { historyFolder } from "./boot.ts";
import { type Cli, columns, readConfig, say, sayJson } from "./context.ts";

/** File of the warehouse as the settings have it. */
export async function warehousePath(cli: Cli): Promise<string> {
  const { config, paths } = await readConfig(cli);
  const given = config.warehouse.path;
  return given === ""
    ? join(paths.stateDir, "warehouse.duckdb")
    : expandPath(given, cli.home, dirname(paths.configFile));
}

/** Opens the warehouse of the settings and closes it after `work`. */
export async function withWarehouse<T>(
  cli: Cli,
  how: { readonly create?: boolean; readonly readOnly?: boolean },
  work: (w: Warehouse) => Promise<T>,
): Promise<T> {
  const { config } = await readConfig(cli);
  const path = await warehousePath(cli);
  const { Warehouse } = await import("../store/warehouse/warehouse.ts");
  const { memoryMb, threads } = config.warehouse;
  const w = await Warehouse.open(path, { memoryMb, threads, ...how });
  try {
    return await work(w);
  } finally {
    w.close();
  }
}

export const nowUs = (): number => Date.now() * 1000;

type Json = { readonly json?: boolean };

interface WrittenHistory {
  readonly symbol: string;
  readonly surfaces: number;
  readonly candles: number;
  /** Null where the warehouse has nothing of the name. */
  readonly file: string | null;
}

/** Writes the history files of names, of all that the warehouse knows when none is given. */
export async function writeHistories(
  cli: Cli,
  w: Warehouse,
  symbols: readonly string[],
): Promise<WrittenHistory[]> {
  const { paths } = await readConfig(cli);
  const { historyOf, historySymbols } = await import("../store/history/from-warehouse.ts");
  const { writeHistory } = await import("../store/history/file.ts");
  const dir = historyFolder(paths.stateDir);
  const out: WrittenHistory[] = [];
  for (const symbol of symbols.length > 0 ? symbols : await historySymbols(w)) {
    const history = await historyOf(w, symbol);
    out.push({
      symbol,
      surfaces: history?.surface?.days.length ?? 0,
      candles: history?.daily?.days.length ?? 0,
      file: history === null ? null : writeHistory(dir, history),
    });
  }
  return out;
}

/** `db init | migrate | health | backup | history | query`. */
export function dbCommand(cli: Cli): Command {
  const command = new Command("db").description("the warehouse: make, check, copy and ask it");
  const tell = (json: boolean | undefined, value: unknown, text: () => string): void =>
    json === true ? sayJson(cli, value) : say(cli, text());

  const migrate = async (create: boolean, { json }: Json): Promise<void> => {
    const done = await withWarehouse(cli, { create }, async (w) => ({
      path: w.path,
      ...(await w.migrate(nowUs())),
    }));
    const kept = done.backup === null ? "" : `, a copy of what was there is ${done.backup}`;
    tell(json, done, () =>
      done.from === done.to
        ? `${done.path}: version ${done.to}, nothing to do`
        : `${done.path}: version ${done.to}, was ${done.from}${kept}`,
    );
  };
  command
    .command("init")
    .description("make the warehouse, or bring it to the newest shape")
    .option("--json", "as JSON")
    .action((options: Json) => migrate(true, options));
  command
    .command("migrate")
    .description("bring an existing warehouse to the newest shape, after a copy")
    .option("--json", "as JSON")
    .action((options: Json) => migrate(false, options));
  command
    .command("health")
    .description("version, tables, rows and days")
    .option("--json", "as JSON")
    .action(async ({ json }: Json) => {
      const health = await withWarehouse(cli, { readOnly: true }, async (w) => ({
        path: w.path,
        ...(await w.health()),
      }));
      const ok = health.version === health.latest;
      if (!ok) cli.exitCode = 1;
      tell(json, { ok, ...health }, () => {
        const rows = health.tables.map((t) =>
          ["table", "rows", "first", "last"].map((k) => String(t[k] ?? "–")),
        );
        const state = ok ? "newest" : `behind ${health.latest}: run \`voldesk db migrate\``;
        return `${health.path}: version ${health.version} (${state})\n${columns([["table", "rows", "first", "last"], ...rows])}`;
      });
    });
  command
    .command("backup")
    .description("copy the warehouse into a new file")
    .argument("<file>", "a file that is not there yet")
    .option("--json", "as JSON")
    .action(async (file: string, { json }: Json) => {
      const to = expandPath(file, cli.home, cli.cwd);
      await withWarehouse(cli, {}, (w) => w.backup(to));
      tell(json, { file: to }, () => `${to}: copied`);
    });
  command
    .command("history")
    .description(
      "write what the desk's panes show of earlier sessions: a file a name, of all names when none is given",
    )
    .argument("[symbols...]")
    .option("--json", "as JSON")
    .action(async (symbols: string[], { json }: Json) => {
      const files = await withWarehouse(cli, { readOnly: true }, async (w) =>
        writeHistories(cli, w, symbols),
      );
      tell(json, files, () =>
        columns([
          ["symbol", "surfaces", "candles", "file"],
          ...files.map((f) => [
            f.symbol,
            `${f.surfaces}`,
            `${f.candles}`,
            f.file ?? "nothing in the warehouse",
          ]),
        ]),
      );
    });
  command
    .command("export")
    .description("tables as Parquet files in a folder, which any program reads while the warehouse is open")
    .argument("<dir>", "folder; files of the same name are replaced when the new ones are whole")
    .option("--tables <names...>", "some of them only")
    .option("--json", "as JSON")
    .action(async (dir: string, { json, tables }: Json & { tables?: string[] }) => {
      const { isTable, TABLES } = await import("../store/warehouse/migrations.ts");
      const { exportParquet } = await import("../store/warehouse/parquet.ts");
      const wanted = tables ?? Object.keys(TABLES);
      const names = wanted.filter(isTable);
      const odd = wanted.find((t) => !isTable(t));
      if (odd !== undefined)
        throw new VoldeskError(
          "CLI-004",
          `there is no table ${odd}`,
          `There are ${Object.keys(TABLES).join(", ")}.`,
        );
      const to = expandPath(dir, cli.home, cli.cwd);
      const done = await withWarehouse(cli, { readOnly: true }, (w) => exportParquet(w, to, names));
      tell(json, done, () => done.map((d) => `${d.file}: ${d.rows} rows`).join("\n"));
    });
  command
    .command("query")
    .description("ask by SQL; nothing can be changed")
    .argument("<sql>", "one statement")
    .option("--json", "as JSON")
    .option("--limit <rows>", "most rows printed", "1000")
    .option("--from <dir>", "ask the Parquet files of `db export` instead: they are never locked")
    .action(async (sql: string, { json, limit, from }: Json & { limit: string; from?: string }) => {
      const most = Number(limit);
      if (!Number.isInteger(most) || most < 1)
        throw new VoldeskError(
          "CLI-004",
          `--limit ${limit} is no number of rows`,
          "Give a whole number from 1.",
        );
      const { queryParquet } = await import("../store/warehouse/parquet.ts");
      const { memoryMb } = (await readConfig(cli)).config.warehouse;
      const { columns: names, rows } =
        from === undefined
          ? await withWarehouse(cli, { readOnly: true }, (w) => w.table(sql))
          : await queryParquet(expandPath(from, cli.home, cli.cwd), sql, memoryMb);
      const shown = rows.slice(0, most);
      tell(json, { columns: names, rows: shown, total: rows.length }, () => {
        const table = columns([names, ...shown.map((r) => r.map((v) => (v === null ? "–" : String(v))))]);
        return rows.length > most ? `${table}\n… ${rows.length - most} more rows` : table;
      });
    });
  return command;
}
