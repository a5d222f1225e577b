import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import type { LedgerRecord } from "../../engines/orders/index.ts";
import { LedgerError } from "./errors.ts";
import { LEDGER_STEPS, LEDGER_VERSION } from "./schema.ts";

type Db = InstanceType<typeof Database>;

/** What one append holds: records of the desk, or of the embedded broker. */
export type LedgerPart =
  | { readonly records: readonly LedgerRecord[] }
  | { readonly scope: string; readonly bodies: readonly string[] };

/** A commit writes each page that it touches, eight for an order: small pages are a quarter of the bytes. Of new files only. */
const PAGE_BYTES = 1024;
/** Room kept in the write-ahead log: a commit that overwrites need not wait for the file to grow. */
const LOG_BYTES = 4 << 20;
/** Commits after which the log is worth moving into the database at the next idle moment, and pages at which a commit does it itself. */
const TIDY_COMMITS = 100;
const TIDY_PAGES = 16_000;

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
  private readonly commit: (parts: readonly LedgerPart[], wallUs: number) => void;
  private untidied = 0;

  private constructor(
    readonly db: Db,
    readonly path: string,
  ) {
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
    this.commit = db.transaction((parts: readonly LedgerPart[], wallUs: number) => {
      for (const part of parts) {
        if ("records" in part) for (const record of part.records) this.write(record, wallUs);
        else for (const body of part.bodies) this.insertPaper.run(part.scope, body);
      }
    });
  }

  /** Opens or makes the file. An older shape is copied aside first and then brought up to date. @throws LedgerError */
  static open(path: string): LedgerFile {
    mkdirSync(dirname(path), { recursive: true });
    const existed = existsSync(path);
    let db: Db | null = null;
    try {
      db = new Database(path);
      if (!existed) db.pragma(`page_size = ${PAGE_BYTES}`);
      db.pragma("journal_mode = WAL");
      db.pragma("synchronous = FULL");
      db.pragma("foreign_keys = ON");
      db.pragma("busy_timeout = 2000");
      db.pragma(`wal_autocheckpoint = ${TIDY_PAGES}`);
      migrate(db, path, existed);
      return new LedgerFile(db, path);
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
      return new LedgerFile(new Database(path, { readonly: true, fileMustExist: true }), path);
    } catch {
      throw new LedgerError(
        "LDG-005",
        "there is no ledger",
        "It is made when the desk first opens; --state-dir names another folder.",
        path,
      );
    }
  }

  append(records: readonly LedgerRecord[], wallUs: number): void {
    this.appendAll([{ records }], wallUs);
  }

  /** One transaction; when it returns all is on disk. */
  appendAll(parts: readonly LedgerPart[], wallUs: number): void {
    this.commit(parts, wallUs);
    this.untidied++;
  }

  /**
   * Lengthens the write-ahead log by zeros, which SQLite passes over as it does over remains of older commits. Nobody writes meanwhile: the
   * lock of a transaction is held. False where the disk has no room to spare: commits are slower then and as safe.
   */
  makeRoom(): boolean {
    const wal = `${this.path}-wal`;
    if (!existsSync(wal)) return false;
    const fd = openSync(wal, "r+");
    try {
      return this.db.transaction(() => lengthened(fd, LOG_BYTES)).immediate();
    } catch {
      return false;
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Moves what the write-ahead log collected into the database. Called when nobody waits: a commit need not do it then. The first commit
   * after that begins the log anew, which syncs its header besides the commit; this is that commit, so that no order pays two syncs.
   */
  tidy(): void {
    if (this.untidied < TIDY_COMMITS) return;
    this.untidied = 0;
    this.db.pragma("wal_checkpoint(PASSIVE)");
    this.db.pragma(`user_version = ${LEDGER_VERSION}`);
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

/** True where the file has the length that was asked; where the disk has no room for it the file is left as it was. */
function lengthened(fd: number, bytes: number): boolean {
  const { size } = fstatSync(fd);
  const more = bytes - size;
  if (more <= 0) return true;
  let done = 0;
  try {
    done = writeSync(fd, Buffer.alloc(more), 0, more, size);
    fsyncSync(fd);
  } finally {
    if (done < more) ftruncateSync(fd, size);
  }
  return done === more;
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
