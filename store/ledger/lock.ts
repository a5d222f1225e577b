import type { LedgerFile } from "./ledger.ts";

/** Who writes: one row per state folder and per broker account. */
export interface Writer {
  readonly owner: string;
  readonly pid: number;
  readonly host: string;
}
interface Row extends Writer {
  readonly since_us: number;
  readonly beat_us: number;
}

/** A writer on another host that has not beaten for this long is gone. On this host its process is asked for. */
const SILENT_US = 30_000_000;

/** Takes the lock, or says who has it. A lock whose process is gone, or that is this process's own, is taken over. */
export function takeLock(
  ledger: LedgerFile,
  what: string,
  me: Writer,
  nowUs: number,
  lives: (pid: number, sinceUs: number) => boolean,
): Writer | null {
  const { db } = ledger;
  return db
    .transaction((): Writer | null => {
      const held = db
        .prepare("select owner, pid, host, since_us, beat_us from writer where what = ?")
        .get(what) as Row | undefined;
      if (held !== undefined && held.pid !== me.pid && standing(held, me, nowUs, lives)) return held;
      db.prepare(
        "insert or replace into writer (what, owner, pid, host, since_us, beat_us) values (?, ?, ?, ?, ?, ?)",
      ).run(what, me.owner, me.pid, me.host, nowUs, nowUs);
      return null;
    })
    .immediate();
}

function standing(
  held: Row,
  me: Writer,
  nowUs: number,
  lives: (pid: number, sinceUs: number) => boolean,
): boolean {
  return held.host === me.host ? lives(held.pid, held.since_us) : nowUs - held.beat_us < SILENT_US;
}

/** True while the lock is still ours: whoever lost it must stop writing. */
export function beat(ledger: LedgerFile, what: string, me: Writer, nowUs: number): boolean {
  const done = ledger.db
    .prepare("update writer set beat_us = ? where what = ? and owner = ?")
    .run(nowUs, what, me.owner);
  return done.changes === 1;
}

export function releaseLock(ledger: LedgerFile, what: string, me: Writer): void {
  ledger.db.prepare("delete from writer where what = ? and owner = ?").run(what, me.owner);
}
