import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import type { LedgerRecord } from "../../engines/orders/index.ts";
import { LedgerError } from "./errors.ts";
import { LEDGER_STEPS, LEDGER_VERSION } from "./schema.ts";

type Db = InstanceType<typeof Database>;

/** All that the folder holds, and the last numbers given. */
export interface KeptLog {
  readonly records: readonly LedgerRecord[];
  readonly paper: readonly { readonly scope: string; readonly body: string }[];
  readonly lastOrder: number;
  readonly lastTicket: number;
}

/**
 * The ledger of a state folder: an append-only log in SQLite, write-ahead log and full sync, so that an append that returned is on disk. It
 * throws what SQLite throws; nothing is swallowed.
 */
export class LedgerFile {
  private readonly insert;
  private readonly insertRun;
  private readonly insertOrder;
  private readonly insertFill;
  private readonly insertPaper;
  private readonly commit: (records: readonly LedgerRecord[], wallUs: number) => void;
  private readonly commitPaper: (scope: string, bodies: readonly string[]) => void;

  private constructor(readonly db: Db) {
    this.insert = db.prepare(
      "insert into log (scope, kind, ref, us, wall_us, body) values (?, ?, ?, ?, ?, ?)",
    );
    this.insertRun = db.prepare(
      "insert or ignore into runs (run_id, scope, intents_hash, us) values (?, ?, ?, ?)",
    );
    this.insertOrder = db.prepare(
      "insert into orders (client_order_id, order_id, run_id, ordinal, scope) values (?, ?, ?, ?, ?)",
    );
    this.insertFill = db.prepare(
      "insert or ignore into fills (scope, execution_id, order_id) values (?, ?, ?)",
    );
    this.insertPaper = db.prepare("insert into paper_log (scope, body) values (?, ?)");
    this.commit = db.transaction((records: readonly LedgerRecord[], wallUs: number) => {
      for (const record of records) this.write(record, wallUs);
    });
    this.commitPaper = db.transaction((scope: string, bodies: readonly string[]) => {
      for (const body of bodies) this.insertPaper.run(scope, body);
    });
  }

  /** Opens or makes the file. An older shape is copied aside first and then brought up to date. @throws LedgerError */
  static open(path: string): LedgerFile {
    mkdirSync(dirname(path), { recursive: true });
    const existed = existsSync(path);
    let db: Db | null = null;
    try {
      db = new Database(path);
      db.pragma("journal_mode = WAL");
      db.pragma("synchronous = FULL");
      db.pragma("foreign_keys = ON");
      db.pragma("busy_timeout = 2000");
      migrate(db, path, existed);
      return new LedgerFile(db);
    } catch (error) {
      db?.close();
      if (error instanceof LedgerError) throw error;
      const code = (error as { code?: string }).code ?? "unreadable";
      throw new LedgerError(
        code === "SQLITE_NOTADB" || code === "SQLITE_CORRUPT" ? "LDG-002" : "LDG-001",
        `the ledger can't be opened (${code})`,
        "Orders stay locked until it can; look at the disk and the rights of the folder.",
        path,
      );
    }
  }

  /** A look at the ledger for who only reads: nothing is made or changed. @throws LedgerError */
  static read(path: string): LedgerFile {
    try {
      return new LedgerFile(new Database(path, { readonly: true, fileMustExist: true }));
    } catch {
      throw new LedgerError(
        "LDG-005",
        "there is no ledger",
        "It is made when the desk first opens; --state-dir names another folder.",
        path,
      );
    }
  }

  /** One transaction; when it returns the records are on disk. */
  append(records: readonly LedgerRecord[], wallUs: number): void {
    this.commit(records, wallUs);
  }

  appendPaper(scope: string, bodies: readonly string[]): void {
    this.commitPaper(scope, bodies);
  }

  /** Everything that was ever written, oldest first. */
  load(): KeptLog {
    const records = this.db.prepare("select body from log order by n").pluck().all() as string[];
    const paper = this.db.prepare("select scope, body from paper_log order by n").all() as KeptLog["paper"];
    const last = (sql: string) => Number(this.db.prepare(sql).pluck().get() ?? 0);
    return {
      records: records.map((body) => JSON.parse(body) as LedgerRecord),
      paper,
      lastOrder: last("select max(cast(substr(order_id, 2) as integer)) from orders"),
      lastTicket: last("select max(cast(substr(ref, 2) as integer)) from log where kind = 'ticket'"),
    };
  }

  close(): void {
    this.db.close();
  }

  private write(record: LedgerRecord, wallUs: number): void {
    const { scope, k, us } = record;
    this.insert.run(scope, k, refOf(record), us, wallUs, JSON.stringify(record));
    if (k === "planned") {
      const { order } = record;
      this.insertRun.run(order.runId, scope, order.previewHash, us);
      this.insertOrder.run(order.clientId, order.id, order.runId, order.ordinal, scope);
    } else if (k === "fill") this.insertFill.run(scope, record.fill.execId, record.id);
  }
}

/** Order or ticket that a record is about. */
function refOf(record: LedgerRecord): string | null {
  if (record.k === "planned") return record.order.id;
  if (record.k === "ticket") return record.ticket.id;
  if (record.k === "ticketOver") return record.ticket;
  return "id" in record ? record.id : null;
}

function migrate(db: Db, path: string, existed: boolean): void {
  const version = db.pragma("user_version", { simple: true }) as number;
  if (version === LEDGER_VERSION) return;
  if (version > LEDGER_VERSION)
    throw new LedgerError(
      "LDG-003",
      `the ledger was written by a newer Voldesk (shape ${version}, this one knows ${LEDGER_VERSION})`,
      "Use the newer Voldesk.",
      path,
    );
  if (existed && version > 0) {
    const copy = `${path}.shape${version}`;
    if (!existsSync(copy)) db.prepare("vacuum into ?").run(copy);
  }
  db.transaction(() => {
    for (const step of LEDGER_STEPS) if (step.version > version) for (const sql of step.sql) db.exec(sql);
    db.pragma(`user_version = ${LEDGER_VERSION}`);
  }).immediate();
}
