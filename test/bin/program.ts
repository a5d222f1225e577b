import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export const freshHome = (): string => mkdtempSync(join(tmpdir(), "voldesk-home-"));

/** Runs the built program without a terminal, in a home of its own. */
export function voldesk(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input?: string,
): Ran {
  const home = env["HOME"] ?? freshHome();
  const { status, stdout, stderr } = spawnSync(process.execPath, ["bin/voldesk.js", ...args], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: home, LANG: "C.UTF-8", ...env },
    timeout: 60_000,
    ...(input === undefined ? {} : { input }),
  });
  return { code: status, out: stdout, err: stderr };
}

/** One sentence a line that begins with a code, and nothing else: no stack, no colour. */
export const ONE_CLEAR_LINE = /^[A-Z]+-\d{3} [^\n]+\.\n$/;
