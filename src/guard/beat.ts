import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** An order that lives at the broker, or may. */
export interface WatchedOrder {
  readonly clientId: string;
  readonly brokerId: string | null;
}

/** What a desk says of itself about once a second. */
export interface Beat {
  readonly pid: number;
  /** Another number each time: a clock that jumps says nothing. */
  readonly n: number;
  /** The desk was left in order: nothing more is to be watched. */
  readonly ended: boolean;
  readonly orders: readonly WatchedOrder[];
}

/** What a guard did when its desk was silent. */
export interface GuardDeed {
  /** The beat after which the desk was silent. */
  readonly n: number;
  readonly cancelled: readonly string[];
  readonly text: string;
}

/** The whole file or the one before, never half of one. */
function put(path: string, value: object): void {
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.${process.pid}.new`;
  writeFileSync(next, `${JSON.stringify(value)}\n`, { mode: 0o600 });
  renameSync(next, path);
}

function get<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch {
    return null;
  }
}

export const writeBeat = (path: string, beat: Beat): void => put(path, beat);
export const readBeat = (path: string): Beat | null => get<Beat>(path);

const deedPath = (path: string): string => `${path}.did`;
export const writeDeed = (path: string, deed: GuardDeed): void => put(deedPath(path), deed);
export const readDeed = (path: string): GuardDeed | null => get<GuardDeed>(deedPath(path));
