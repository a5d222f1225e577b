import { spawn } from "node:child_process";
import { join } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import { parseIsoMicros } from "../../engines/market/index.ts";

export interface RunningVenue {
  readonly url: string;
  /** Ends it where it was started from here. */
  stop(): void;
}

const READY_WITHIN_MS = 20_000;

/** Starts a venue beside this process. @throws VoldeskError FEED-004 when it does not come up. */
export function startOwnVenue(root: string): Promise<RunningVenue> {
  const child = spawn(process.execPath, [join(root, "bin", "voldesk.js"), "venue", "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const stop = (): void => void child.kill("SIGTERM");
  process.once("exit", stop);
  return new Promise((resolve, reject) => {
    const failed = (what: string): void => {
      stop();
      reject(new VoldeskError("FEED-004", what, "Run `voldesk venue` to see what it says.", "venue"));
    };
    const timer = setTimeout(() => failed("the venue did not start in time"), READY_WITHIN_MS);
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const ready = /^venue ready (\S+)/m.exec(said);
      if (ready === null) return;
      clearTimeout(timer);
      resolve({ url: ready[1] as string, stop });
    });
    child.once("exit", () => {
      clearTimeout(timer);
      failed("the venue ended at once");
    });
  });
}

/** How far a venue's own day is from this machine's clock, µs. @throws VoldeskError FEED-004 when it does not answer. */
export async function venueOffsetUs(url: string): Promise<number> {
  try {
    const response = await fetch(new URL("/v2/clock", url), {
      signal: AbortSignal.timeout(5_000),
      headers: { "APCA-API-KEY-ID": "voldesk", "APCA-API-SECRET-KEY": "voldesk" },
    });
    const { timestamp } = (await response.json()) as { timestamp?: unknown };
    const us = typeof timestamp === "string" ? parseIsoMicros(timestamp) : null;
    if (us !== null) return us - Date.now() * 1000;
  } catch {
    // Told below: whatever it was, there is no venue to go to.
  }
  throw new VoldeskError(
    "FEED-004",
    "no venue answers there",
    "Start one with `voldesk venue --port 4400`.",
    url,
  );
}
