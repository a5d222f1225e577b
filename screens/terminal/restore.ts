import { writeSync } from "node:fs";
import type { InputStream } from "./input.ts";

/**
 * Takes the terminal over: title saved, alternate screen, no line wrap, cursor hidden, bracketed paste and focus reports on. The one
 * clear of the whole screen is here.
 */
export const ENTER_SEQUENCE =
  "\x1b[22;0t\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[?2004h\x1b[?1004h\x1b[m\x1b[2J\x1b[H";

/**
 * Gives it back, from whatever state: any string or synchronised update ended, mouse, paste and focus reports off, keypad and cursor
 * keys normal, wrap on, look plain, main screen, cursor shown, title as it was. Harmless on a terminal that needs none of it.
 */
export const RESET_SEQUENCE =
  "\x1b\\\x1b[?2026l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?1l\x1b>" +
  "\x1b[?7h\x1b[m\x1b[?1049l\x1b[?25h\x1b[23;0t";

/** Asks how wide a glyph of ambiguous width is: the cursor report that comes back says column 2 or 3. Leaves nothing on the screen. */
export const WIDTH_PROBE = "\x1b[H\u25cc\x1b[6n\x1b[H  \x1b[H";

const RETRY_MS = 5;
/** A terminal that takes nothing for this long is given up: it is gone, or stopped. */
const GIVE_UP_MS = 250;

/** Writes at once, whatever the event loop does next. Returns whether all of it went out. */
export function writeNow(fd: number, text: string): boolean {
  const bytes = Buffer.from(text, "utf8");
  const sleep = new Int32Array(new SharedArrayBuffer(4));
  let from = 0;
  for (let waited = 0; from < bytes.length; ) {
    try {
      from += writeSync(fd, bytes, from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || waited >= GIVE_UP_MS) return false;
      Atomics.wait(sleep, 0, 0, RETRY_MS);
      waited += RETRY_MS;
    }
  }
  return true;
}

export interface GuardHooks {
  /** Writes to the terminal at once. */
  readonly write: (text: string) => void;
  readonly input: InputStream;
  /** Asked to leave by a signal or a closed terminal: clean up and exit with this code. */
  readonly onLeave: (why: string, exitCode: number) => void;
  /** Something threw where nobody caught it; the terminal is restored already. */
  readonly onCrash: (error: unknown) => void;
  /** Back from a suspension: everything has to be drawn anew. */
  readonly onResume: () => void;
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 } as const;
/** How long to wait for a stop that the system may refuse (no shell to come back to). */
const STOP_CHECK_MS = 50;

/**
 * Owns the terminal's state from {@link enter} to {@link leave} and gives it back on every way out of the process that a program can
 * see: signals, uncaught errors, exit. After SIGKILL only `voldesk reset` helps.
 */
export class TerminalGuard {
  #entered = false;
  #installed = false;
  readonly #hooks: GuardHooks;

  constructor(hooks: GuardHooks) {
    this.#hooks = hooks;
  }

  get entered(): boolean {
    return this.#entered;
  }

  enter(): void {
    if (this.#entered) return;
    this.#entered = true;
    this.#install();
    this.#hooks.input.setRawMode?.(true);
    this.#hooks.write(ENTER_SEQUENCE);
  }

  /** Synchronous and idempotent. */
  leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    try {
      this.#hooks.input.setRawMode?.(false);
    } catch {
      // The terminal is gone: nothing is left to restore.
    }
    this.#hooks.write(RESET_SEQUENCE);
  }

  /** Stops listening; call after {@link leave}. */
  uninstall(): void {
    if (!this.#installed) return;
    this.#installed = false;
    for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) process.off(signal, this.#signal);
    process.off("SIGTSTP", this.#suspended);
    process.off("SIGCONT", this.#continued);
    process.off("exit", this.#exiting);
    process.off("uncaughtException", this.#crashed);
    process.off("unhandledRejection", this.#crashed);
  }

  /** Gives the terminal back and stops the whole job, as the shell expects of ctrl-z. */
  suspend(): void {
    this.leave();
    process.off("SIGTSTP", this.#suspended);
    // The whole group: a shell waits for its job, which may be npm with us inside.
    process.kill(0, "SIGTSTP");
    setTimeout(() => {
      process.on("SIGTSTP", this.#suspended);
      if (!this.#entered) this.#continued();
    }, STOP_CHECK_MS);
  }

  #install(): void {
    if (this.#installed) return;
    this.#installed = true;
    for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) process.on(signal, this.#signal);
    process.on("SIGTSTP", this.#suspended);
    process.on("SIGCONT", this.#continued);
    process.on("exit", this.#exiting);
    process.on("uncaughtException", this.#crashed);
    process.on("unhandledRejection", this.#crashed);
  }

  #signal = (signal: NodeJS.Signals): void => {
    this.leave();
    this.#hooks.onLeave(signal, SIGNALS[signal as keyof typeof SIGNALS]);
  };
  #suspended = (): void => this.suspend();
  #continued = (): void => {
    if (this.#entered) {
      // Continued without having been asked to stop (SIGSTOP): the shell may have changed the modes.
      this.#hooks.input.setRawMode?.(true);
      this.#hooks.write(ENTER_SEQUENCE);
    } else this.enter();
    this.#hooks.onResume();
  };
  #exiting = (): void => this.leave();
  #crashed = (error: unknown): void => {
    this.leave();
    this.#hooks.onCrash(error);
  };
}
