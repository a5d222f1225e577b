import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { BrokerSetup } from "../../brokers/setup.ts";
import { readDeed, type WatchedOrder, writeBeat } from "../../guard/beat.ts";
import type { GuardBoot } from "../../guard/run.ts";
import { builtFile } from "../built.ts";
import type { Clock } from "../clock.ts";

export interface DeadManOptions {
  readonly setup: BrokerSetup;
  readonly stateDir: string;
  /** The account's name in the ledger; it does not stand in the name of the file. */
  readonly base: string;
  readonly silentMs: number;
  readonly clock: Clock;
  readonly orders: () => readonly WatchedOrder[];
  readonly note: (level: "info" | "warn" | "error", text: string) => void;
  /** The guard cancelled while this desk was away. */
  readonly woken: (text: string) => void;
}

const BEAT_MS = 1_000;

export const beatFile = (stateDir: string, base: string): string =>
  join(stateDir, "guard", `${createHash("sha256").update(base).digest("hex").slice(0, 12)}.json`);

/** The desk's side of `guard`: keeps one running and tells it once a second that the desk lives and what it has at work. */
export class DeadMan {
  private readonly file: string;
  private child: ChildProcess | null = null;
  private cancel: (() => void) | null = null;
  /** Begins with the wall, so that no number of an earlier desk comes again. */
  private n: number;
  private heard: number | null;
  private told = "";
  private failed = false;
  private over = false;

  constructor(private readonly o: DeadManOptions) {
    this.file = beatFile(o.stateDir, o.base);
    this.n = Math.floor(o.clock.wallUs() / 1000);
    this.heard = readDeed(this.file)?.n ?? null;
    this.beat();
    this.start();
  }

  /** The desk is left: whatever it leaves at work is left on purpose. */
  close(): void {
    this.over = true;
    this.cancel?.();
    this.write(true);
    this.child?.removeAllListeners();
    this.child?.unref();
  }

  /** Something changed: an order that was just written down is told of before it can be at the broker. */
  touch(): void {
    if (!this.over && keyOf(this.o.orders()) !== this.told) this.write(false);
  }

  private beat(): void {
    this.cancel?.();
    this.cancel = this.o.clock.after(BEAT_MS, () => this.beat());
    this.hear();
    this.write(false);
  }

  private hear(): void {
    const deed = readDeed(this.file);
    if (deed === null || deed.n === this.heard) return;
    this.heard = deed.n;
    this.o.woken(`guard: ${deed.text}`);
  }

  private write(ended: boolean): void {
    const orders = this.o.orders();
    this.told = keyOf(orders);
    try {
      writeBeat(this.file, { pid: process.pid, n: ++this.n, ended, orders });
      this.failed = false;
    } catch (error) {
      if (!this.failed)
        this.o.note("error", `the guard can't be told that this desk lives: ${(error as Error).message}`);
      this.failed = true;
    }
  }

  private start(): void {
    if (this.over) return;
    const boot: GuardBoot = { setup: this.o.setup, beatFile: this.file, silentMs: this.o.silentMs };
    const program = builtFile("guard-process.js");
    const child = spawn(process.execPath, [program], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
    this.child = child;
    child.once("error", (error) => this.o.note("error", `the guard does not start: ${error.message}`));
    child.once("exit", () => {
      if (this.over) return;
      this.o.note("warn", "the guard has ended and is started again");
      this.o.clock.after(BEAT_MS, () => this.start());
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.write(`${JSON.stringify(boot)}\n`);
    child.unref();
  }
}

const keyOf = (orders: readonly WatchedOrder[]): string =>
  orders.map((o) => `${o.clientId} ${o.brokerId}`).join();
