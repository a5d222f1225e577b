import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { codeOf } from "../../config/errors.ts";
import { answerAsk, openAsks } from "../../store/ledger/asks.ts";
import { Backlog } from "../../store/ledger/backlog.ts";
import { LedgerFile } from "../../store/ledger/ledger.ts";
import { beat, releaseLock, takeLock, type Writer } from "../../store/ledger/lock.ts";
import { AccountLock } from "./account-lock.ts";
import { systemClock } from "./clock.ts";
import type { FromLedger, LedgerBoot, ToLedger } from "./ledger-client.ts";
import { processLives } from "./process-lives.ts";

/** The ledger's thread: SQLite and nothing else. The desk waits for an order's record only, and never on this thread. */
const port = parentPort;
if (port === null) throw new Error("ledger-worker runs as a worker thread");
const say = (message: FromLedger) => port.postMessage(message);

const BEAT_MS = 5_000;
const ASK_MS = 200;
/** An ask older than this found nobody in time: it is not done later. */
const ASK_LIFE_US = 10_000_000;
const { path, accounts } = workerData as LedgerBoot;
const me: Writer = { owner: randomUUID(), pid: process.pid, host: hostname() };

function open(): void {
  const ledger = LedgerFile.open(path);
  const held = takeLock(ledger, "folder", me, systemClock.wallUs(), processLives);
  say({ t: "open", kept: ledger.load(), heldBy: held === null ? null : held.pid });
  if (held !== null) return ledger.close();
  ledger.makeRoom();
  const account = new AccountLock(accounts, me);
  let ours = true;
  /** Something was written since the last look at the asks. */
  let busy = false;
  const backlog = new Backlog(ledger);
  const pulse = (): void => {
    trying(() => {
      ours = beat(ledger, "folder", me, systemClock.wallUs()) && account.beat();
    });
    stop = systemClock.after(BEAT_MS, pulse);
  };
  let stop = systemClock.after(BEAT_MS, pulse);
  const told = new Set<number>();
  const listen = (): void => {
    trying(() => {
      if (ours) backlog.retry(systemClock.wallUs());
    });
    trying(() => {
      if (!busy) ledger.tidy();
      busy = false;
      for (const ask of openAsks(ledger, systemClock.wallUs() - ASK_LIFE_US)) {
        if (told.has(ask.n)) continue;
        told.add(ask.n);
        say({ t: "ask", ask });
      }
    });
    deaf = systemClock.after(ASK_MS, listen);
  };
  let deaf = systemClock.after(ASK_MS, listen);
  port?.on("message", (message: ToLedger) => {
    if (message.t === "answer") return trying(() => answerAsk(ledger, message.n, message.text));
    if (message.t === "account") return say({ t: "account", heldBy: account.take(message.name) });
    if (message.t === "close") {
      account.release();
      stop();
      deaf();
      trying(() => releaseLock(ledger, "folder", me));
      ledger.close();
      return port?.close();
    }
    busy = true;
    say({ t: "done", id: message.id, fault: ours ? written(backlog, message) : LOST });
  });
}

const LOST = { code: "LDG-004", message: "another Voldesk has taken this state folder or account" };

function written(backlog: Backlog, message: Extract<ToLedger, { id: number }>) {
  try {
    backlog.append(message.t === "append" ? { records: message.records } : message, systemClock.wallUs());
    return null;
  } catch (error) {
    const { code, message: text } = error as { code?: string; message: string };
    return { code: code ?? "LDG-001", message: text };
  }
}

/** What fails here fails at the next append too, and that one is told. */
function trying(work: () => void): void {
  try {
    work();
  } catch {
    // Told there.
  }
}

try {
  open();
} catch (error) {
  const code = codeOf(error);
  const { message } = error as Error;
  // The system's own words name a file at most.
  const plain = `the ledger ${path} can't be opened (${message}); make its folder one that can be written, or name another with --state`;
  say({ t: "failed", fault: { code: code ?? "LDG-001", message: code === null ? plain : message } });
  port.close();
}
