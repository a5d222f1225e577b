import { rmSync } from "node:fs";

/** Removes a folder of a test. What a killed process or a thread still writes may stand in the way for a moment. */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
}
