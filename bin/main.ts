import { closeSync, openSync } from "node:fs";
import { devNull, homedir } from "node:os";
import { isatty } from "node:tty";
import { fileURLToPath } from "node:url";
import { startDeskAhead } from "../src/shell/desk-thread.ts";
import { type Cli, VERSION } from "./context.ts";

/** Output whose reader went away (`voldesk config show | head -1`) is no error. */
const QUIET = new Set(["EPIPE", "ERR_STREAM_DESTROYED"]);

function onOutputError(error: NodeJS.ErrnoException): void {
  // Whoever draws on a terminal ends in order when that is gone.
  if (process.stdout.listenerCount("error") > 1) return;
  if (QUIET.has(error.code ?? "")) process.exit(0);
  process.stderr.write(`CLI-007 The output cannot be written (${error.code}). Is the disk full?\n`);
  process.exit(74);
}

/** Without a file to open there is not even a list of errors. */
const noFiles = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === "EMFILE";

async function report(error: unknown): Promise<number> {
  if (noFiles(error)) {
    process.stderr.write(
      "CLI-008 This process may not open enough files. Raise the limit: `ulimit -n 1024`.\n",
    );
    return 69;
  }
  const { codeOf, errorLines, exitCodeOf } = await import("../config/errors.ts");
  const lines = errorLines(error);
  if (lines !== null) {
    process.stderr.write(`${lines.join("\n")}\n`);
    return exitCodeOf(codeOf(error));
  }
  const text = error instanceof Error ? error.message : String(error);
  const debug = process.env["VOLDESK_DEBUG"];
  process.stderr.write(
    `BUG-001 Voldesk failed: ${text.split("\n")[0]}. Please report it; VOLDESK_DEBUG=1 shows where it was.\n`,
  );
  if (debug && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exitCodeOf("BUG-001");
}

/** Does this line open a desk on the screen, as far as can be told before it is parsed? A wrong guess costs some work, no more. */
function opensDesk(argv: readonly string[]): boolean {
  const word = argv.find((a) => !a.startsWith("-"));
  const desk = word === undefined || word === "replay" || word === "live";
  const none = argv.some((a) => a === "-h" || a === "--help" || a === "--headless" || a === "--json");
  return desk && !none && process.stdin.isTTY && process.stdout.isTTY;
}

/** Whatever the settings say, this code will be used: files and threads are slow to begin, so they begin while settings are read. */
function beginAhead(): void {
  // What can't be read here fails again where it is asked for, and is reported there.
  const later = () => undefined;
  startDeskAhead();
  import("./screen.ts").catch(later);
  import("../config/load.ts").then(() => import("../screens/app/start.ts")).catch(later);
}

async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === "--version" || argv[0] === "-V") {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  if (opensDesk(argv)) beginAhead();
  const cli: Cli = {
    env: process.env,
    home: process.env["HOME"] || homedir(),
    cwd: process.cwd(),
    root: fileURLToPath(new URL("../", import.meta.url)),
    stdin: process.stdin,
    stdout: process.stdout,
    globals: {},
    exitCode: 0,
    tree: async () => (await import("./program.ts")).wholeTree(cli),
  };
  try {
    const { run } = await import("./program.ts");
    await run(cli, argv);
  } catch (error) {
    return report(error);
  }
  return cli.exitCode;
}

/**
 * Node sets the modes of its terminals back when it exits and aborts where that fails: nothing takes the place of a terminal that was closed, so
 * that the exit code stands.
 */
function releaseClosed(terminals: readonly number[]): void {
  for (const fd of terminals) {
    if (isatty(fd)) continue;
    closeSync(fd);
    // Takes the number that has just become free: nothing else may be written to by it.
    openSync(devNull, "r+");
  }
}

const terminals = [0, 1, 2].filter((fd) => isatty(fd));
process.once("exit", () => releaseClosed(terminals));
process.stdout.on("error", onOutputError);
process.stderr.on("error", () => process.exit(74));
const code = await main(process.argv.slice(2));
// What was printed goes out first; what is still open (a terminal, a timer) holds nobody back.
// An error of the last write is told one turn later, and must win over a good end.
process.stdout.write("", () => setImmediate(() => process.exit(code || process.exitCode)));
