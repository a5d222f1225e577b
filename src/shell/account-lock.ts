import { LedgerFile } from "../../store/ledger/ledger.ts";
import { beat, releaseLock, takeLock, type Writer } from "../../store/ledger/lock.ts";
import { systemClock } from "./clock.ts";
import { processLives } from "./process-lives.ts";

/** One desk per broker account, whatever its state folder: a row in a file that all folders of a user share. */
export class AccountLock {
  private held: { readonly file: LedgerFile; readonly what: string } | null = null;

  constructor(
    private readonly path: string | null,
    private readonly me: Writer,
  ) {}

  /** The process that has the account, null once it is ours. @throws LedgerError where the file can't be opened. */
  take(name: string): number | null {
    if (this.path === null) return null;
    this.release();
    const file = LedgerFile.open(this.path);
    const what = `account:${name}`;
    const other = takeLock(file, what, this.me, systemClock.wallUs(), processLives);
    if (other === null) this.held = { file, what };
    else file.close();
    return other?.pid ?? null;
  }

  /** True while it is ours, or none was taken. */
  beat(): boolean {
    return this.held === null || beat(this.held.file, this.held.what, this.me, systemClock.wallUs());
  }

  release(): void {
    if (this.held === null) return;
    releaseLock(this.held.file, this.held.what, this.me);
    this.held.file.close();
    this.held = null;
  }
}
