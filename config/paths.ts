import { isAbsolute, join, resolve } from "node:path";

export type Env = Readonly<Record<string, string | undefined>>;

/** Where Voldesk keeps what; after the XDG base directory rules, on every system. */
export interface Paths {
  /** Folder of what the user writes: config, keys, portfolio, watch lists, layouts. */
  readonly configDir: string;
  readonly configFile: string;
  /** Folder of what Voldesk must not lose: tickets, history, alerts, logs. */
  readonly stateDir: string;
  readonly logDir: string;
  /** Folder of what can be made again. */
  readonly cacheDir: string;
}

/** Relative XDG values are ignored, as their specification asks. */
function base(value: string | undefined, home: string, fallback: string): string {
  return value !== undefined && isAbsolute(value) ? value : join(home, fallback);
}

/** `~/x` and `~` stand for the home folder; other relative paths start at `from`. */
export function expandPath(path: string, home: string, from: string): string {
  if (path === "~") return home;
  return path.startsWith("~/") ? join(home, path.slice(2)) : resolve(from, path);
}

export interface PathChoices {
  /** `--config FILE` */
  readonly configFile?: string | undefined;
  readonly stateDir?: string | undefined;
}

export function resolvePaths(env: Env, home: string, cwd: string, choices: PathChoices = {}): Paths {
  const configDir = join(base(env["XDG_CONFIG_HOME"], home, ".config"), "voldesk");
  const given = choices.configFile ?? (env["VOLDESK_CONFIG"] || undefined);
  const stateDir = choices.stateDir
    ? expandPath(choices.stateDir, home, cwd)
    : join(base(env["XDG_STATE_HOME"], home, ".local/state"), "voldesk");
  return {
    configDir,
    configFile: given === undefined ? join(configDir, "config.yaml") : expandPath(given, home, cwd),
    stateDir,
    logDir: join(stateDir, "log"),
    cacheDir: join(base(env["XDG_CACHE_HOME"], home, ".cache"), "voldesk"),
  };
}
