import type { Worker } from "node:worker_threads";
import { BookReader, type Slot } from "../../engines/market/index.ts";
import type {
  Command,
  CommandResult,
  ExplainTarget,
  Explanation,
  FromDesk,
  SlotInfo,
  ToDesk,
  ViewName,
  Views,
} from "../desk/protocol.ts";
import type { DeskBoot } from "./boot.ts";
import { Brake } from "./brake.ts";
import { systemClock } from "./clock.ts";
import { deskThread, type OpenDesk } from "./desk-thread.ts";
import type { LiveBoot } from "./live/live-boot.ts";

/** How long the desk may take to put its ledger and its capture away. */
const QUIT_MS = 10_000;

export type Welcome = Extract<FromDesk, { t: "welcome" }>;
export type Fatal = Extract<FromDesk, { t: "fatal" }>;

export interface DeskListeners {
  /** Progress of opening: what is being done and the share of it that is done. */
  opening?(what: string, share: number): void;
  /** The session is over and another begins. Called once. */
  turned?(how: Extract<FromDesk, { t: "turned" }>): void;
  /** The desk is gone and says why. Called once. */
  fatal(message: Fatal): void;
}

/** The main thread's end of a desk that lives in a worker. */
export class DeskHost {
  private nextId = 1;
  private readonly views = new Map<number, (model: never) => void>();
  private readonly answers = new Map<number, (message: FromDesk) => void>();
  private readonly slots = new Map<Slot, SlotInfo>();
  private ended = false;
  /** Why trading was stopped, where the desk ended before it could tell a broker. */
  killed: string | null = null;
  private bye: () => void = () => {};
  /** Quotes as the desk writes them, read at frame time. */
  readonly book: BookReader | null;
  private readonly brake: Brake | null;

  private constructor(
    private readonly worker: Worker,
    welcome: Welcome,
    private readonly listeners: DeskListeners,
  ) {
    this.book = welcome.book === null ? null : new BookReader(welcome.book);
    this.brake = welcome.brake === null ? null : new Brake(welcome.brake);
    for (const info of welcome.slots) this.slots.set(info.slot, info);
  }

  /** Starts the desk worker and resolves when its session is open; rejects with the {@link Fatal} that stopped it. */
  static open(boot: DeskBoot | LiveBoot, listeners: DeskListeners): Promise<DeskHost> {
    const worker = deskThread();
    worker.postMessage({ t: "open", boot } satisfies OpenDesk);
    return new Promise((resolve, reject) => {
      let host: DeskHost | null = null;
      const fail = (fatal: Fatal) => {
        if (host) host.end(fatal);
        else reject(fatal);
      };
      worker.on("message", (message: FromDesk) => {
        if (message.t === "fatal") return fail(message);
        if (message.t === "opening") return listeners.opening?.(message.what, message.share);
        if (message.t === "welcome") {
          host = new DeskHost(worker, message, listeners);
          return resolve(host);
        }
        host?.receive(message);
      });
      worker.on("error", (error) => fail(crashed(error.message)));
      worker.on("exit", (code) => fail(crashed(`it left with code ${code}`)));
    });
  }

  slot(slot: Slot): SlotInfo | undefined {
    return this.slots.get(slot);
  }

  subscribe<V extends ViewName>(
    view: V,
    params: Views[V]["params"],
    show: (model: Views[V]["model"]) => void,
  ): () => void {
    const sub = this.nextId++;
    this.views.set(sub, show as (model: never) => void);
    this.post({ t: "subscribe", sub, view, params } as ToDesk);
    return () => {
      this.views.delete(sub);
      this.post({ t: "unsubscribe", sub });
    };
  }

  get killsAtOnce(): boolean {
    return this.brake !== null;
  }

  command(command: Command): Promise<CommandResult> {
    if (command.name === "kill" && !this.ended) this.brake?.pull();
    const id = this.nextId++;
    return new Promise((resolve) => {
      this.answers.set(id, (message) => {
        if (message.t === "result") resolve(message.result);
      });
      this.post({ t: "command", id, command });
    });
  }

  explain(target: ExplainTarget): Promise<Explanation | null> {
    const id = this.nextId++;
    return new Promise((resolve) => {
      this.answers.set(id, (message) => {
        if (message.t === "explained") resolve(message.explanation);
      });
      this.post({ t: "explain", id, target });
    });
  }

  /** Lets the desk finish what it must and stops it. */
  async close(): Promise<void> {
    if (this.ended) return;
    const bye = new Promise<void>((resolve) => {
      this.bye = resolve;
    });
    this.ended = true;
    this.worker.postMessage({ t: "quit" } satisfies ToDesk);
    const left = new Promise<void>((resolve) => this.worker.once("exit", () => resolve()));
    const late = new Promise<void>((resolve) => systemClock.after(QUIT_MS, resolve));
    await Promise.race([left, bye, late]);
    await this.worker.terminate();
  }

  private post(message: ToDesk): void {
    if (!this.ended) this.worker.postMessage(message);
  }

  private receive(message: FromDesk): void {
    if (message.t === "view") this.views.get(message.sub)?.(message.model as never);
    else if (message.t === "slots") for (const info of message.slots) this.slots.set(info.slot, info);
    else if (message.t === "bye") {
      this.killed = message.killed;
      this.bye();
    } else if (message.t === "turned") this.listeners.turned?.(message);
    else if (message.t === "result" || message.t === "explained") {
      this.answers.get(message.id)?.(message);
      this.answers.delete(message.id);
    }
  }

  private end(fatal: Fatal): void {
    if (this.ended) return;
    this.ended = true;
    this.listeners.fatal(fatal);
  }
}

function crashed(reason: string): Fatal {
  return {
    t: "fatal",
    code: "DSK-001",
    message: `The desk stopped: ${reason}.`,
    advice: "Start Voldesk again; the session on disk is unchanged. If it happens again, send the log.",
    exitCode: 70,
  };
}
