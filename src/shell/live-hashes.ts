import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Hashes of the whole state as a live desk had it, beside its capture: a replay must have the same. */
export const STATE_FILE = "state.json";

export interface SeqHash {
  readonly seq: number;
  readonly hash: string;
}

export const liveHashesText = (hashes: readonly SeqHash[]): string =>
  `${JSON.stringify({ hashes }, null, 1)}\n`;

/** Null where a session has none, or they cannot be read. */
export function readLiveHashes(dir: string): readonly SeqHash[] | null {
  try {
    const { hashes } = JSON.parse(readFileSync(join(dir, STATE_FILE), "utf8")) as { hashes?: unknown };
    if (!Array.isArray(hashes)) return null;
    return (hashes as Partial<SeqHash>[]).flatMap(({ seq, hash }) =>
      typeof seq === "number" && typeof hash === "string" ? [{ seq, hash }] : [],
    );
  } catch {
    return null;
  }
}
