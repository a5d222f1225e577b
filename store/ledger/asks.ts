import type { LedgerFile } from "./ledger.ts";

/** What another process may ask of the desk that holds the lock: `kill`, `resume ACTIVE`, `cancelAll GOOG*`, `reconcile`. */
export interface Ask {
  readonly n: number;
  readonly name: string;
  readonly arg: string | null;
}

export function putAsk(ledger: LedgerFile, name: string, arg: string | null, nowUs: number): number {
  const done = ledger.db.prepare("insert into asks (name, arg, us) values (?, ?, ?)").run(name, arg, nowUs);
  return Number(done.lastInsertRowid);
}

export function openAsks(ledger: LedgerFile, sinceUs: number): Ask[] {
  return ledger.db
    .prepare("select n, name, arg from asks where answer is null and us >= ? order by n")
    .all(sinceUs) as Ask[];
}

export function answerAsk(ledger: LedgerFile, n: number, answer: string): void {
  ledger.db.prepare("update asks set answer = ? where n = ?").run(answer, n);
}

export function askAnswer(ledger: LedgerFile, n: number): string | null {
  const found = ledger.db.prepare("select answer from asks where n = ?").pluck().get(n);
  return typeof found === "string" ? found : null;
}

/** The process that writes here now, null for none. */
export function writerOf(
  ledger: LedgerFile,
): { readonly pid: number; readonly host: string; readonly sinceUs: number } | null {
  const row = ledger.db
    .prepare("select pid, host, since_us as sinceUs from writer where what = 'folder'")
    .get();
  return (row as { pid: number; host: string; sinceUs: number } | undefined) ?? null;
}
