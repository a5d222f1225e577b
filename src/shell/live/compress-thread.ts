import { Worker } from "node:worker_threads";
import { builtFile } from "../built.ts";

export interface ToCompressor {
  readonly id: number;
  /** A record of frames compressed, or the checksum of a block of the tape. */
  readonly what: "record" | "sum";
  /** In shared memory: handed over without a copy. */
  readonly body: Uint8Array;
}
export interface FromCompressor {
  readonly id: number;
  readonly answer: Uint8Array | number;
}

type Done = (answer: Uint8Array | number | null) => void;

/** The thread that compresses and sums a recording. Where it is gone each body is answered with null, and the recorder does it in place. */
export class CompressThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Done>();
  private nextId = 1;
  private gone = false;

  constructor() {
    this.worker = new Worker(builtFile("compress-worker.js"));
    this.worker.on("message", ({ id, answer }: FromCompressor) => this.answer(id, answer));
    this.worker.on("error", () => this.end());
    this.worker.on("exit", () => this.end());
    // It never keeps a desk alive that has nothing else to do.
    this.worker.unref();
  }

  readonly compress = (body: Buffer, done: (record: Uint8Array | null) => void): void =>
    this.ask("record", body, (answer) => done(typeof answer === "number" ? null : answer));

  readonly sum = (body: Buffer, done: (crc: number | null) => void): void =>
    this.ask("sum", body, (answer) => done(typeof answer === "number" ? answer : null));

  close(): void {
    void this.worker.terminate();
  }

  private ask(what: ToCompressor["what"], body: Buffer, done: Done): void {
    if (this.gone) return done(null);
    const id = this.nextId++;
    this.waiting.set(id, done);
    this.worker.postMessage({ id, what, body } satisfies ToCompressor);
  }

  private answer(id: number, answer: Uint8Array | number | null): void {
    const done = this.waiting.get(id);
    this.waiting.delete(id);
    done?.(answer);
  }

  private end(): void {
    this.gone = true;
    for (const id of [...this.waiting.keys()]) this.answer(id, null);
  }
}
