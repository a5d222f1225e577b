import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { detectAscii, detectDepth } from "../../screens/theme/theme.ts";
import type { Cli } from "../context.ts";

export interface Check {
  readonly name: string;
  readonly state: "ok" | "warn" | "fail";
  readonly found: string;
  /** What to do; null when all is well. */
  readonly advice: string | null;
}

const check = (name: string, state: Check["state"], found: string, advice: string | null = null): Check => ({
  name,
  state,
  found,
  advice,
});

const MIN_COLS = 60;
const MIN_ROWS = 15;
const GOOD_COLS = 80;
const GOOD_ROWS = 24;
/** A file just written may carry a time this far from the clock, ms. */
const CLOCK_SLACK_MS = 5000;
const EARLIEST_YEAR = 2025;
const LATEST_YEAR = 2100;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  return good ? check("Node", "ok", version) : check("Node", "fail", version, "Install Node 20.19 or newer.");
}

const DEPTH_WORDS = { mono: "none", "16": "16", "256": "256", true: "true colour" } as const;

export function checkTerminal(cli: Cli): Check[] {
  const { env, stdin, stdout } = cli;
  if (!stdout.isTTY || !stdin.isTTY) {
    const advice = "The screen needs a terminal; run doctor in the one you will use.";
    return [check("terminal", "warn", "none: input or output is a file or pipe", advice)];
  }
  const { columns: cols, rows } = stdout;
  const size = `${cols}x${rows}`;
  const out: Check[] = [];
  if (cols < MIN_COLS || rows < MIN_ROWS)
    out.push(check("terminal size", "fail", size, `Make it ${MIN_COLS}x${MIN_ROWS} or larger.`));
  else if (cols < GOOD_COLS || rows < GOOD_ROWS)
    out.push(check("terminal size", "warn", size, `From ${GOOD_COLS}x${GOOD_ROWS} all panes have room.`));
  else out.push(check("terminal size", "ok", size));
  const term = env["TERM"] ?? "";
  if (term === "" || term === "dumb")
    out.push(check("terminal type", "fail", term || "TERM is not set", "Set TERM, e.g. to xterm-256color."));
  else out.push(check("terminal type", "ok", term));
  const depth = detectDepth(env);
  const why = env["NO_COLOR"] ? " (NO_COLOR is set)" : "";
  out.push(check("colours", "ok", `${DEPTH_WORDS[depth]}${why}`));
  if (detectAscii(env))
    out.push(
      check(
        "characters",
        "warn",
        "ASCII only by the locale",
        "Set LANG to a UTF-8 locale, e.g. C.UTF-8, for frames and charts.",
      ),
    );
  else out.push(check("characters", "ok", "UTF-8"));
  return out;
}

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] as string;

/** Loads each native module and lets it answer one question. */
export async function checkNatives(): Promise<Check[]> {
  const out: Check[] = [];
  const again =
    "Run `npm rebuild better-sqlite3` in the program's folder; it needs a C++ compiler and takes about 80 s.";
  try {
    const { default: Database } = await import("better-sqlite3");
    const db = new Database(":memory:");
    const row = db.prepare("select sqlite_version() as v").get() as { v: string };
    db.close();
    out.push(check("SQLite", "ok", row.v));
  } catch (error) {
    out.push(check("SQLite", "fail", reason(error), again));
  }
  try {
    const duckdb = await import("@duckdb/node-api");
    out.push(check("DuckDB", "ok", duckdb.version()));
  } catch (error) {
    const advice = "Run `npm ci` in the program's folder on this machine: its parts differ by system.";
    out.push(check("DuckDB", "fail", reason(error), advice));
  }
  return out;
}

export function checkSessions(root: string): Check {
  const dir = join(root, "dist", "sessions");
  const names = existsSync(dir)
    ? readdirSync(dir).filter((n) => existsSync(join(dir, n, "manifest.json")))
    : [];
  return names.length > 0
    ? check("sessions", "ok", names.join(", "))
    : check("sessions", "fail", "no bundled session", "Run `npm run build` in the program's folder.");
}

/** The nearest folder upwards that exists. */
function standing(dir: string): string {
  let at = dir;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** Whether a folder can be made and written, without leaving anything behind. */
export function checkFolder(name: string, dir: string): Check {
  const at = standing(dir);
  try {
    if (!statSync(at).isDirectory())
      return check(name, "fail", `${at} is no folder`, "Move it away, or name another folder.");
    accessSync(at, constants.W_OK | constants.X_OK);
    return check(name, "ok", at === dir ? dir : `${dir} (made when first used)`);
  } catch {
    return check(name, "fail", `${at} cannot be written`, "Change its rights, or name another folder.");
  }
}

/** The clock against the years it can be, and against the file system's. */
export function checkClock(dir: string): Check {
  const now = Date.now();
  const year = new Date(now).getUTCFullYear();
  if (year < EARLIEST_YEAR || year > LATEST_YEAR)
    return check("clock", "fail", new Date(now).toISOString(), "Set the clock of this machine.");
  if (!existsSync(dir)) return check("clock", "ok", new Date(now).toISOString());
  const probe = join(dir, `.doctor-${process.pid}`);
  try {
    writeFileSync(probe, "");
    const skew = statSync(probe).mtimeMs - Date.now();
    rmSync(probe);
    if (Math.abs(skew) > CLOCK_SLACK_MS)
      return check(
        "clock",
        "warn",
        `the disk's clock is ${Math.round(skew / 1000)} s away`,
        "Check the time on the machine that holds the state folder.",
      );
  } catch {
    // A folder that cannot be written has a check of its own.
  }
  return check("clock", "ok", new Date(now).toISOString());
}

export function checkDisk(dir: string, leastMb: number): Check {
  try {
    const { bavail, bsize } = statfsSync(standing(dir));
    const freeMb = Math.floor((bavail * bsize) / 1e6);
    const found = `${freeMb.toLocaleString("en-GB")} MB free`;
    if (freeMb >= leastMb) return check("disk", "ok", found);
    return check("disk", "warn", found, `Free some space: under ${leastMb} MB recording may stop.`);
  } catch (error) {
    return check("disk", "warn", `unknown (${reason(error)})`, "Look at the disk of the state folder.");
  }
}

/** Files that a live desk holds open at once: sockets, captures, databases and Node's own. */
const OPEN_FILES = 256;

/** How many files this process may open. */
export function checkOpenFiles(): Check {
  const { userLimits } = process.report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } };
  };
  const soft = userLimits?.open_files?.soft;
  const found = typeof soft === "number" || soft === "unlimited" ? String(soft) : "unknown";
  if (typeof soft === "number" && soft < OPEN_FILES)
    return check(
      "open files",
      "warn",
      found,
      `A live desk wants ${OPEN_FILES}: run \`ulimit -n 1024\` first.`,
    );
  return check("open files", "ok", found);
}
