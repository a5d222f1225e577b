import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { LedgerFile } from "../../store/ledger/ledger.ts";
import type { Said } from "./trader.ts";

/** Bundles a program of the tests inside the checkout, so that native packages and the built workers are found: one file loads in half the time. */
export async function program(entry: string): Promise<string> {
  mkdirSync("dist/.run", { recursive: true });
  const outfile = `dist/.run/${entry.replace(/\W/g, "-")}-${process.pid}.mjs`;
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    external: ["better-sqlite3", "@duckdb/node-api", "msgpackr-extract"],
    banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
    format: "esm",
    platform: "node",
    target: "node20.19",
    logLevel: "error",
  });
  return outfile;
}

export const tempDir = (name: string): string => mkdtempSync(join(tmpdir(), `voldesk-${name}-`));

/** One process with a desk in it, and what its trader said. */
export class Life {
  readonly said: Said[] = [];
  readonly ended: Promise<number | null>;
  errors = "";
  private readonly process: ChildProcess;
  private readonly waits: { readonly fits: (s: Said) => boolean; readonly done: () => void }[] = [];

  constructor(file: string, options: unknown, env: Readonly<Record<string, string>> = {}) {
    this.process = spawn(process.execPath, [file, JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    let rest = "";
    this.process.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.hear(JSON.parse(line) as Said);
    });
    this.process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.errors += text;
    });
    this.ended = new Promise((resolve) => {
      this.process.on("close", (code) => {
        resolve(code);
        for (const w of this.waits) w.done();
      });
    });
  }

  private hear(said: Said): void {
    this.said.push(said);
    for (const w of this.waits) if (w.fits(said)) w.done();
  }

  /** Until something is said, or the life is over. */
  until(fits: (s: Said) => boolean, from = 0): Promise<void> {
    if (this.said.slice(from).some(fits)) return Promise.resolve();
    return new Promise((done) => {
      this.waits.push({ fits, done });
    });
  }

  get over(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** How many lines were said so far: what `until` looks at from there on. */
  get mark(): number {
    return this.said.length;
  }

  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.ended;
  }
}

export { removeFolder as remove } from "../harness/folders.ts";

const FIRST_AT = "10:00:00";
/** New York in December. */
const ZONE_US = -5 * 3_600_000_000;
const LAST_US =
  "select max(us) from (select us from log union all select json_extract(body, '$.us') from paper_log)";

/** A second after the last thing that was written: a desk opened before that would look back. */
export function nextAt(stateDir: string): string {
  try {
    const file = LedgerFile.read(join(stateDir, "ledger.sqlite"));
    const us = file.db.prepare(LAST_US).pluck().get() as number | null;
    file.close();
    return us === null ? FIRST_AT : new Date((us + ZONE_US) / 1000 + 2000).toISOString().slice(11, 19);
  } catch {
    return FIRST_AT;
  }
}
