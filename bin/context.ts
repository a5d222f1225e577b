import type { Command } from "commander";
import type { FlagValue, LoadedConfig } from "../config/load.ts";
import type { Env } from "../config/paths.ts";

declare const __VOLDESK_VERSION__: string | undefined;

/** Version of this build; `dev` when run from the sources. */
export const VERSION = typeof __VOLDESK_VERSION__ === "undefined" ? "dev" : __VOLDESK_VERSION__;

/** Options of the program itself, allowed before and after a command. */
export interface GlobalOptions {
  readonly config?: string;
  readonly state?: string;
  readonly set?: readonly string[];
}

/** What a command may use of the world around it. Only main exits; a command sets {@link Cli.exitCode}. */
export interface Cli {
  readonly env: Env;
  readonly home: string;
  readonly cwd: string;
  /** Folder of the program: the one that holds dist, data and config. */
  readonly root: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  globals: GlobalOptions;
  exitCode: number;
  /** Every command with all it takes. */
  tree: () => Promise<Command>;
}

/** Reads config and environment; `flags` are values of a command's own options and win over `--set`. */
export async function readConfig(cli: Cli, flags: readonly FlagValue[] = []): Promise<LoadedConfig> {
  const { loadConfig, parseSet } = await import("../config/load.ts");
  const { config, state, set = [] } = cli.globals;
  return loadConfig({
    env: cli.env,
    home: cli.home,
    cwd: cli.cwd,
    configFile: config,
    stateDir: state,
    flags: [...set.map(parseSet), ...flags],
  });
}

export function say(cli: Cli, text: string): void {
  cli.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}
export const sayJson = (cli: Cli, value: unknown): void => say(cli, JSON.stringify(value, null, 2));

/** Left-aligned columns, two blanks apart. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] as number))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
