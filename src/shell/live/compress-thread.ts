import { Worker } from "node:worker_threads";
import { builtFile } from "../built.ts";

export interface ToCompressor {
  readonly id: number;
  /** In shared memory: handed over without a copy. */
  readonly body: Uint8Array;
}
export interface FromCompressor {
  readonly id: number;
  readonly packed: Uint8Array;
}

/** The thread that compresses a recording. Where it is gone each body is answered with null, and the recorder compresses in place. */
export class CompressThread {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, (packed: Uint8Array | null) => void>();
  private nextId = 1;
  private gone = false;

  constructor() {
    this.worker = new Worker(builtFile("compress-worker.js"));
    this.worker.on("message", ({ id, packed }: FromCompressor) => this.answer(id, packed));
    this.worker.on("error", () => this.end());
    this.worker.on("exit", () => this.end());
    // It never keeps a desk alive that has nothing else to do.
    this.worker.unref();
  }

  readonly compress = (body: Buffer, done: (packed: Uint8Array | null) => void): void => {
    if (this.gone) return done(null);
    const id = this.nextId++;
    this.waiting.set(id, done);
    this.worker.postMessage({ id, body } satisfies ToCompressor);
  };

  close(): void {
    void this.worker.terminate();
  }

  private answer(id: number, packed: Uint8Array | null): void {
    const done = this.waiting.get(id);
    this.waiting.delete(id);
    done?.(packed);
  }

  private end(): void {
    this.gone = true;
    for (const id of [...this.waiting.keys()]) this.answer(id, null);
  }
}
