import type { LogEntry } from "../desk/protocol.ts";

/** Messages remembered; a loop of a session says the same ones again. */
const KEPT = 2000;

/** Which messages were written to the log: going back in a replay plays them again, and they are no news then. */
export class Recorded {
  readonly #seen = new Set<string>();

  isNew({ us, source, text }: LogEntry): boolean {
    const key = `${us} ${source} ${text}`;
    if (this.#seen.has(key)) return false;
    if (this.#seen.size >= KEPT) this.#seen.clear();
    this.#seen.add(key);
    return true;
  }
}
