import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pty from "@lydell/node-pty";
import { build } from "esbuild";
import { Emulator } from "./terminal.ts";
import { LIMIT_MS, settled } from "./until.ts";

export interface PtyOptions {
  readonly cols?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface PtyExit {
  readonly code: number;
  readonly signal: number | undefined;
}

/** A program in a real pseudo-terminal, with an emulator for what a person would see. */
export class PtyRun {
  readonly emulator: Emulator;
  readonly exited: Promise<PtyExit>;
  exit: PtyExit | null = null;
  raw = "";
  /** Told when output that arrived at `atMs` (performance.now()) is on the emulator's screen. */
  onShown: (atMs: number) => void = () => {};
  readonly #process: pty.IPty;
  #shown: Promise<void> = Promise.resolve();

  constructor(file: string, args: readonly string[], options: PtyOptions = {}) {
    const { cols = 80, rows = 24 } = options;
    const env: Record<string, string> = { ...(process.env as Record<string, string>) };
    // Ink ignores resizes where CI is set; colour and size come from the test.
    for (const name of ["CI", "CONTINUOUS_INTEGRATION", "NO_COLOR", "TMUX", "STY", "COLUMNS", "LINES"])
      delete env[name];
    Object.assign(env, { TERM: "xterm-256color", COLORTERM: "truecolor", LANG: "C.UTF-8" }, options.env);
    this.emulator = new Emulator(cols, rows);
    this.#process = pty.spawn(file, [...args], {
      name: "xterm-256color",
      cols,
      rows,
      env,
      cwd: options.cwd ?? process.cwd(),
    });
    this.#process.onData((data) => {
      const atMs = performance.now();
      this.raw += data;
      this.#shown = this.emulator.write(data).then(() => this.onShown(atMs));
    });
    this.emulator.term.onData((reply) => {
      if (!this.exit) this.#process.write(reply);
    });
    this.exited = new Promise((resolve) => {
      this.#process.onExit(({ exitCode, signal }) => {
        this.exit = { code: exitCode, signal };
        resolve(this.exit);
      });
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  send(keys: string): void {
    this.#process.write(keys);
  }

  resize(cols: number, rows: number): void {
    this.emulator.resize(cols, rows);
    this.#process.resize(cols, rows);
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.#process.pid, name);
  }

  screen(): string {
    return this.emulator.text();
  }

  /** All output so far is on the emulator's screen. */
  settled(): Promise<void> {
    return this.#shown;
  }

  /** Waits until the screen matches; the screen is in the error when it never does. */
  async waitFor(pattern: RegExp, ms = LIMIT_MS): Promise<string> {
    const until = Date.now() + ms;
    for (;;) {
      await this.#shown;
      const text = this.screen();
      if (pattern.test(text)) return text;
      if (Date.now() > until || (this.exit && Date.now() > until - ms + 500)) {
        throw new Error(
          `${String(pattern)} did not appear${this.exit ? ` (exit ${this.exit.code})` : ""}:\n${text}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The state a program should leave behind; each is true when it is as it was found. */
  async restored(): Promise<Readonly<Record<string, boolean>>> {
    // The word of its end may come before the last of what it wrote.
    await settled(() => this.raw.length);
    await this.#shown;
    const last = (on: string, off: string) => this.raw.lastIndexOf(on) <= this.raw.lastIndexOf(off);
    const { modes } = this.emulator.term;
    return {
      mainScreen: !this.emulator.alternate,
      cursorShown: last("\x1b[?25l", "\x1b[?25h"),
      wrap: modes.wraparoundMode,
      pasteOff: !modes.bracketedPasteMode,
      focusOff: !modes.sendFocusMode,
      keysNormal: !modes.applicationCursorKeysMode,
      syncOff: last("\x1b[?2026h", "\x1b[?2026l"),
    };
  }

  /** Closes the terminal under the program. */
  close(): void {
    (this.#process as unknown as { destroy(): void }).destroy();
  }

  kill(): void {
    if (!this.exit) this.#process.kill("SIGKILL");
  }
}

export const RESTORED = {
  mainScreen: true,
  cursorShown: true,
  wrap: true,
  pasteOff: true,
  focusOff: true,
  keysNormal: true,
  syncOff: true,
};

/** Runs the built program. */
export const runInPty = (args: readonly string[], options?: PtyOptions): PtyRun =>
  new PtyRun(process.execPath, ["bin/voldesk.js", ...args], options);

/** Bundles a TypeScript program of the tests so that plain Node can run it. Returns its path. */
export async function bundle(entry: string): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), "voldesk-test-")), "program.mjs");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"', "process.env.DEV": '"false"' },
    banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
    alias: { "react-devtools-core": "./scripts/empty.mjs" },
    logLevel: "error",
  });
  return outfile;
}
