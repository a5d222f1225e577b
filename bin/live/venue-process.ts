import { spawn } from "node:child_process";
import { join } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import { systemNet } from "../../src/feeds/net.ts";
import { venueNowUs } from "../../src/feeds/venue-clock.ts";

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
    return (await venueNowUs(systemNet, url)) - Date.now() * 1000;
  } catch (error) {
    throw noVenue(error, url);
  }
}

export const noVenue = (error: unknown, url: string): VoldeskError =>
  new VoldeskError("FEED-004", (error as Error).message, "Start one with `voldesk venue --port 4400`.", url);
