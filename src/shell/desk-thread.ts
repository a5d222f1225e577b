import { Worker } from "node:worker_threads";
import type { DeskBoot } from "./boot.ts";
import { builtFile } from "./built.ts";
import type { LiveBoot } from "./live/live-boot.ts";

/** The first message to a desk's thread: what it shall open. */
export interface OpenDesk {
  readonly t: "open";
  readonly boot: DeskBoot | LiveBoot;
}

let ahead: Worker | null = null;

const start = (): Worker => new Worker(builtFile("desk-worker.js"), { stdout: true, stderr: true });

/** Starts a desk's thread before it is known what it shall open: it reads its code while the caller reads the settings. */
export function startDeskAhead(): void {
  const worker = start();
  ahead = worker;
  // One that dies before it is asked for is replaced, and that one says why.
  worker.on("error", () => undefined);
  worker.once("exit", () => {
    if (ahead === worker) ahead = null;
  });
}

/** The thread that was started ahead, or a new one. It opens what its first message says. */
export function deskThread(): Worker {
  const worker = ahead ?? start();
  ahead = null;
  return worker;
}
