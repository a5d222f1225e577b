import { rmSync } from "node:fs";

/**
 * Removes a folder of a test. What a killed process or a thread still writes into it meanwhile makes it not empty again: it is tried for a
 * while, then left to whoever sweeps the folder for temporary files, since it is nothing that the test is about.
 */
export function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 50, retryDelay: 10 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
  }
}
