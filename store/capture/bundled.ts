import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Names of the sessions that come with the program; the first is the default. */
export const BUNDLED_SESSIONS = ["goog-2015-12-24", "bac-ibm-2013-10-08"] as const;

/** Folder of the bundled sessions with their tapes, made at build: beside the built program, or in `dist` of a checkout. */
export function bundledSessionsDir(): string {
  const built = fileURLToPath(new URL("./sessions", import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL("../../dist/sessions", import.meta.url));
}
