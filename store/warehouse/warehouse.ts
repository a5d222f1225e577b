/**
 * The analytical store: one DuckDB file, one process at a time. DuckDB is loaded when the first warehouse opens.
 * Rows are replaced by key in one transaction; what a new run of the same scope lacks is deleted with it.
 */
import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { VoldeskError } from "../../config/errors.ts";
import { openError, statementError } from "./errors.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";
import { type PlainRow, rowsOf, type Table, tableOf } from "./values.ts";

export interface WarehouseOptions {
  /** Most memory, MB. */
  readonly memoryMb?: number;
  readonly threads?: number;
  readonly readOnly?: boolean;
  /** May make the file. */
  readonly create?: boolean;
}

/** Files that this process has open: DuckDB's own lock only stops others. */
const open = new Set<string>();

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

export class Warehouse {
  private constructor(
    readonly path: string,
    private readonly held: string,
    private readonly instance: DuckDBInstance,
    readonly db: DuckDBConnection,
  ) {}

  /** @throws VoldeskError WH-001 held by another, WH-002 not there, WH-003 damaged, WH-004 otherwise not to be opened. */
  static async open(path: string, options: WarehouseOptions = {}): Promise<Warehouse> {
    const { memoryMb = 1000, threads = 2, readOnly = false, create = false } = options;
    if (!existsSync(path) && (!create || readOnly)) throw openError(new Error("does not exist"), path);
    let held: string;
    try {
      mkdirSync(dirname(path), { recursive: true });
      held = join(realpathSync(dirname(path)), basename(path));
    } catch (e) {
      throw openError(e, path);
    }
    if (open.has(held)) throw openError(new Error("could not set lock"), path);
    open.add(held);
    try {
      const { DuckDBInstance } = await import("@duckdb/node-api");
      const instance = await DuckDBInstance.create(path, {
        memory_limit: `${memoryMb}MB`,
        threads: String(threads),
        access_mode: readOnly ? "READ_ONLY" : "READ_WRITE",
      });
      return new Warehouse(path, held, instance, await instance.connect());
    } catch (e) {
      open.delete(held);
      throw openError(e, path);
    }
  }

  close(): void {
    this.db.closeSync();
    this.instance.closeSync();
    open.delete(this.held);
  }

  /** @throws VoldeskError WH-005, WH-006. */
  async table(sql: string, values: readonly DuckDBValue[] = []): Promise<Table> {
    try {
      return tableOf(await this.db.runAndReadAll(sql, [...values]));
    } catch (e) {
      throw statementError(e, "the query failed");
    }
  }

  async rows(sql: string, values: readonly DuckDBValue[] = []): Promise<PlainRow[]> {
    return rowsOf(await this.table(sql, values));
  }

  /** Runs `work` whole or not at all. */
  async transaction<T>(what: string, work: () => Promise<T>): Promise<T> {
    await this.db.run("begin transaction");
    try {
      const result = await work();
      await this.db.run("commit");
      return result;
    } catch (e) {
      // A failed commit has rolled back already.
      await this.db.run("rollback").catch(() => undefined);
      throw statementError(e, what);
    }
  }

  /** Version of the shape: 0 for a file without one. */
  async version(): Promise<number> {
    const [there] = await this.rows(
      "select count(*) n from duckdb_tables() where table_name = 'schema_version'",
    );
    if (there?.["n"] === 0) return 0;
    const [row] = await this.rows("select coalesce(max(version), 0) v from schema_version");
    return Number(row?.["v"] ?? 0);
  }

  /**
   * Brings the shape to the latest version, a step a transaction, after a copy of what is there. Running it again changes nothing.
   * `nowUs` marks the steps and names the copy.
   * @throws VoldeskError WH-007 for a file of a later Voldesk.
   */
  async migrate(
    nowUs: number,
    steps: readonly Migration[] = MIGRATIONS,
  ): Promise<{ from: number; to: number; backup: string | null }> {
    const from = await this.version();
    const to = steps[steps.length - 1]?.version ?? 0;
    if (from > to)
      throw new VoldeskError(
        "WH-007",
        `the warehouse has version ${from}, this Voldesk knows ${to}`,
        "Use the newer Voldesk.",
        this.path,
      );
    const due = steps.filter((s) => s.version > from);
    const backup = due.length > 0 && from > 0 ? `${this.path}.v${from}.${Math.round(nowUs / 1e6)}.bak` : null;
    if (backup !== null) await this.backup(backup);
    for (const step of due)
      await this.transaction(`step ${step.version}`, async () => {
        await this.db.run(
          "create table if not exists schema_version (version INTEGER primary key, what VARCHAR not null, applied_at TIMESTAMP not null)",
        );
        for (const sql of step.sql) await this.db.run(sql);
        await this.db.run("insert into schema_version values (?, ?, make_timestamp(?::BIGINT))", [
          step.version,
          step.what,
          BigInt(Math.round(nowUs)),
        ]);
      });
    return { from, to, backup };
  }

  /** Copies every table into a new file. @throws VoldeskError WH-008 where that file exists, WH-005, WH-006. */
  async backup(file: string): Promise<void> {
    if (existsSync(file))
      throw new VoldeskError(
        "WH-008",
        "the file exists already",
        "Name another; nothing is written over.",
        file,
      );
    const [row] = await this.rows("select current_database() as name");
    try {
      // Not a copy of the bytes: opening the file a second time would release this process's lock on it.
      await this.db.run(`attach ${quoted(file)} as voldesk_backup`);
      await this.db.run(`copy from database "${String(row?.["name"])}" to voldesk_backup`);
    } catch (e) {
      throw statementError(e, "the backup failed");
    } finally {
      await this.db.run("detach database if exists voldesk_backup");
    }
  }

  /** Version, tables with their rows and days, size. */
  async health(): Promise<{ version: number; latest: number; tables: PlainRow[]; bytes: number | null }> {
    const { TABLES, LATEST } = await import("./migrations.ts");
    const there = new Set((await this.rows("select table_name t from duckdb_tables()")).map((r) => r["t"]));
    const tables: PlainRow[] = [];
    for (const [name, { day }] of Object.entries(TABLES)) {
      if (!there.has(name)) tables.push({ table: name, rows: null, first: null, last: null });
      else {
        const [row] = await this.rows(
          `select count(*) n, min(${day})::VARCHAR a, max(${day})::VARCHAR b from ${name}`,
        );
        tables.push({
          table: name,
          rows: row?.["n"] ?? null,
          first: row?.["a"] ?? null,
          last: row?.["b"] ?? null,
        });
      }
    }
    const [size] = await this.rows("select sum(total_blocks * block_size) b from pragma_database_size()");
    const bytes = Number(size?.["b"] ?? Number.NaN);
    return {
      version: await this.version(),
      latest: LATEST,
      tables,
      bytes: Number.isFinite(bytes) ? bytes : null,
    };
  }
}
