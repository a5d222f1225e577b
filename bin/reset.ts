import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { Command } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { RESET_SEQUENCE, writeNow } from "../screens/terminal/restore.ts";
import type { Cli } from "./context.ts";

/** Node puts the modes of its standard streams back to what they were at its start, unless they are closed by then. */
function keepModes(): void {
  for (const fd of [0, 1, 2]) {
    try {
      closeSync(fd);
    } catch {
      // Closed already.
    }
  }
}

/**
 * Gives back what a session killed by SIGKILL left behind: main screen, cursor, wrap, paste and mouse reports, and the line discipline
 * (`stty sane`, since a raw terminal neither echoes nor breaks lines).
 */
export function resetCommand(_cli: Cli): Command {
  return new Command("reset").action(() => {
    let tty: number;
    try {
      tty = openSync("/dev/tty", "r+");
    } catch {
      throw new VoldeskError(
        "CLI-006",
        "there is no terminal to repair",
        "Run it in the terminal that is broken.",
      );
    }
    try {
      spawnSync("stty", ["sane"], { stdio: [tty, tty, "ignore"] });
      writeNow(tty, RESET_SEQUENCE);
    } finally {
      closeSync(tty);
    }
    process.once("exit", keepModes);
  });
}
