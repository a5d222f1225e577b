import { Worker } from "node:worker_threads";
import type { LedgerRecord } from "../../engines/orders/index.ts";
import type { Ask } from "../../store/ledger/asks.ts";
import type { KeptLog } from "../../store/ledger/ledger.ts";
import type { PaperRecord } from "../brokers/paper/records.ts";
import type { LedgerFault } from "../orders/ledger-port.ts";
import { builtFile } from "./built.ts";
import type { OrderLog } from "./order-log.ts";

export interface LedgerBoot {
  readonly path: string;
  /** File of the locks of broker accounts, one for all state folders of a user; null where no broker is traded with. */
  readonly accounts: string | null;
}
export type ToLedger =
  | { readonly t: "append"; readonly id: number; readonly records: readonly LedgerRecord[] }
  | { readonly t: "paper"; readonly id: number; readonly scope: string; readonly bodies: readonly string[] }
  | { readonly t: "answer"; readonly n: number; readonly text: string }
  | { readonly t: "account"; readonly name: string }
  | { readonly t: "close" };
export type FromLedger =
  | { readonly t: "open"; readonly kept: KeptLog; readonly heldBy: number | null }
  | { readonly t: "ask"; readonly ask: Ask }
  | { readonly t: "account"; readonly heldBy: number | null }
  | { readonly t: "failed"; readonly fault: LedgerFault }
  | { readonly t: "done"; readonly id: number; readonly fault: LedgerFault | null };

/** The desk's end of the ledger's thread. Every append is answered once, with a fault if the thread is gone. */
export class LedgerClient implements OrderLog {
  private nextId = 1;
  private asked: (ask: Ask) => void = () => undefined;
  private locked: ((heldBy: number | null) => void) | null = null;
  private gone: LedgerFault | null = null;
  private readonly waiting = new Map<number, (fault: LedgerFault | null) => void>();

  private constructor(
    private readonly worker: Worker,
    readonly kept: OrderLog["kept"],
    readonly readOnly: string | null,
  ) {
    worker.on("message", (message: FromLedger) => {
      if (message.t === "done") this.answer(message.id, message.fault);
      if (message.t === "ask") this.asked(message.ask);
      if (message.t === "account") this.locked?.(message.heldBy);
    });
    worker.on("error", (error) => this.fail(`the ledger stopped: ${error.message}`));
    worker.on("exit", () => this.fail("the ledger has stopped"));
  }

  /** Reads the ledger at `path` and takes its lock; calls back once. */
  static open(boot: LedgerBoot, opened: (log: OrderLog | LedgerFault) => void): void {
    const worker = new Worker(builtFile("ledger-worker.js"), { workerData: boot });
    let told = false;
    const tell = (answer: OrderLog | LedgerFault): void => {
      if (!told) opened(answer);
      told = true;
    };
    worker.once("message", (message: FromLedger) => {
      if (message.t === "failed") tell(message.fault);
      if (message.t !== "open") return;
      const { records, paper, lastOrder, lastTicket } = message.kept;
      const read = paper.map(({ scope, body }) => ({ scope, record: JSON.parse(body) as PaperRecord }));
      const busy =
        message.heldBy === null
          ? null
          : `another Voldesk (process ${message.heldBy}) trades from this state folder`;
      tell(new LedgerClient(worker, { records, paper: read, lastOrder, lastTicket }, busy));
    });
    worker.once("error", (error) => tell({ code: "LDG-001", message: error.message }));
  }

  append(records: readonly LedgerRecord[], done: (fault: LedgerFault | null) => void): void {
    this.ask((id) => ({ t: "append", id, records }), done);
  }

  appendPaper(
    scope: string,
    records: readonly PaperRecord[],
    done: (fault: LedgerFault | null) => void,
  ): void {
    const bodies = records.map((record) => JSON.stringify(record));
    this.ask((id) => ({ t: "paper", id, scope, bodies }), done);
  }

  /** Another process asks something of this desk; the answer goes back to it. */
  onAsk(answer: (ask: Ask) => string): void {
    this.asked = (ask) => {
      this.worker.postMessage({ t: "answer", n: ask.n, text: answer(ask) } satisfies ToLedger);
    };
  }

  lockAccount(name: string, done: (heldBy: number | null) => void): void {
    // A desk that may only look takes no lock.
    if (this.readOnly !== null) return done(null);
    this.locked = done;
    this.worker.postMessage({ t: "account", name } satisfies ToLedger);
  }

  close(): Promise<void> {
    if (this.gone !== null) return Promise.resolve();
    const ended = new Promise<void>((resolve) => this.worker.once("exit", () => resolve()));
    this.worker.postMessage({ t: "close" } satisfies ToLedger);
    return ended;
  }

  private ask(message: (id: number) => ToLedger, done: (fault: LedgerFault | null) => void): void {
    if (this.gone !== null) return done(this.gone);
    const id = this.nextId++;
    this.waiting.set(id, done);
    this.worker.postMessage(message(id));
  }

  private answer(id: number, fault: LedgerFault | null): void {
    const done = this.waiting.get(id);
    this.waiting.delete(id);
    done?.(fault);
  }

  private fail(message: string): void {
    this.gone ??= { code: "LDG-001", message };
    for (const id of [...this.waiting.keys()]) this.answer(id, this.gone);
  }
}
