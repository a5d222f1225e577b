import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerRecord } from "../../engines/orders/index.ts";
import type { LedgerPort } from "../../src/orders/ledger-port.ts";
import { LedgerFile } from "../../store/ledger/ledger.ts";
import { removeFolder } from "../harness/folders.ts";
import type { Scheduler } from "./scheduler.ts";

/** What is on disk, whoever runs. */
export interface Disk {
  readonly records: LedgerRecord[];
  write(records: readonly LedgerRecord[]): void;
  /** The machine starts again: only what was written is there. */
  reopen(): void;
  dispose(): void;
}

export function memoryDisk(): Disk {
  const records: LedgerRecord[] = [];
  return {
    records,
    write: (more) => records.push(...more.map((r) => JSON.parse(JSON.stringify(r)) as LedgerRecord)),
    reopen: () => undefined,
    dispose: () => undefined,
  };
}

/** The real database, opened anew after each crash. */
export function sqliteDisk(): Disk {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-sim-"));
  const path = join(dir, "ledger.sqlite");
  let file = LedgerFile.open(path);
  return {
    get records() {
      return [...file.load().records];
    },
    write: (records) => file.append(records, 0),
    reopen: () => {
      file.close();
      file = LedgerFile.open(path);
    },
    dispose: () => {
      file.close();
      removeFolder(dir);
    },
  };
}

/** Thrown through the desk: the process is gone at this very call. */
export class Crash extends Error {}

/**
 * A desk's connection to the disk: appends are answered after a while, in order. `cut` is called before and after each write and may end the
 * desk there. What was asked and not answered when it ended is on disk up to some point, never with holes.
 */
export function simLedger(
  disk: Disk,
  s: Scheduler,
  alive: () => boolean,
  cut: () => void,
  faults: () => boolean,
): LedgerPort & { abandon(): void } {
  let waiting: (readonly LedgerRecord[])[] = [];
  let freeAtMs = 0;
  return {
    append(records, done) {
      cut();
      if (faults()) {
        s.after(1, () => {
          if (alive()) done({ code: "SQLITE_FULL", message: "database or disk is full" });
        });
        return;
      }
      waiting.push(records);
      // Now and then the disk takes its time.
      freeAtMs = Math.max(freeAtMs, s.ms) + 1 + s.up(s.chance(0.1) ? 150 : 5);
      s.after(freeAtMs - s.ms, () => {
        if (!alive() || waiting[0] !== records) return;
        waiting.shift();
        disk.write(records);
        cut();
        done(null);
      });
    },
    abandon() {
      const kept = waiting.slice(0, s.up(waiting.length + 1));
      waiting = [];
      for (const records of kept) disk.write(records);
    },
  };
}
