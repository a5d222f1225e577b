import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { ownSessions } from "./boot.ts";
import { type Cli, columns, readConfig, say } from "./context.ts";

interface VenueCliOptions {
  readonly port: number;
  readonly tlsPort: number;
  readonly host: string;
  readonly seed: number;
  readonly day?: string;
  readonly at?: string;
  readonly speed: number;
  readonly symbols?: readonly string[];
  readonly capture?: string;
  readonly script?: string;
  readonly faults?: boolean;
  readonly plan: "basic" | "plus" | "unlimited";
}

const within =
  (low: number, high: number, whole = true) =>
  (text: string): number => {
    const n = Number(text);
    if (text.trim() === "" || !(n >= low && n <= high) || (whole && !Number.isInteger(n)))
      throw new InvalidArgumentError(`Expected a ${whole ? "whole " : ""}number from ${low} to ${high}.`);
    return n;
  };

const list = (text: string): string[] => text.split(",").map((s) => s.trim().toUpperCase());

async function readScript(path: string | undefined) {
  if (path === undefined) return [];
  const { parseScript } = await import("../src/venue/faults/script.ts");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new VoldeskError("VEN-003", "cannot be read", "Name a file of faults.", path);
  }
  return parseScript(text, path);
}

/** The folder of a session named on the command line. */
async function captureOf(cli: Cli, name: string | undefined): Promise<{ capture?: string }> {
  if (name === undefined) return {};
  const { findSession } = await import("../store/capture/catalogue.ts");
  const { bundledSessionsDir } = await import("../store/capture/bundled.ts");
  const { paths } = await readConfig(cli);
  return { capture: findSession(name, [ownSessions(paths.stateDir), bundledSessionsDir()]) };
}

async function listFaults(cli: Cli): Promise<void> {
  const { FAULT_KINDS } = await import("../src/venue/faults/kinds.ts");
  const rows = Object.entries(FAULT_KINDS).map(([kind, { does, takes }]) => [
    kind,
    does,
    Object.keys(takes).join(", "),
  ]);
  say(cli, columns([["FAULT", "WHAT HAPPENS", "TAKES, BESIDES on, forMs, count"], ...rows]));
}

async function runVenue(cli: Cli, options: VenueCliOptions): Promise<void> {
  const script = await readScript(options.script);
  const { startVenue } = await import("../src/venue/venue.ts");
  const venue = await startVenue({ ...options, ...(await captureOf(cli, options.capture)), script });
  const http = `http://${options.host}:${venue.port}`;
  const tls = `https://${options.host}:${venue.tlsPort}`;
  const iso = new Date(venue.startUs / 1000).toISOString().slice(0, 19);
  say(
    cli,
    `venue ready ${http} ${tls} port=${venue.port} tls-port=${venue.tlsPort} day=${venue.day} time=${iso}Z speed=${venue.speed} seed=${options.seed}`,
  );
  await new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => done());
  });
  await venue.close();
}

/** `venue --port P --tls-port T --seed N [--capture DIR] [--symbols …] [--script FILE]`: a market on this machine. */
export function venueCommand(cli: Cli): Command {
  return new Command("venue")
    .description("a market on this machine that speaks the brokers' protocols, for training and tests")
    .option("--port <n>", "plain port, 0 picks one", within(0, 65_535), 0)
    .option("--tls-port <n>", "TLS port, 0 picks one", within(0, 65_535), 0)
    .option("--host <address>", "where it listens", "127.0.0.1")
    .option("--seed <n>", "which of the markets it plays", within(0, 4_294_967_295), 1)
    .option(
      "--day <date>",
      "date to play, e.g. 2026-11-20; where New York does not trade coins do, from midnight",
    )
    .option("--at <time>", "New York time at which it begins, e.g. 09:30 or open")
    .option("--speed <n>", "0.1 to 100 times as fast as the day", within(0.1, 100, false), 1)
    .option("--symbols <list>", "names to list instead of the usual ones, e.g. SPY,AAPL", list)
    .option("--capture <session>", "a recorded session, by name or folder, instead of the model")
    .option("--script <file>", "faults at their times, as YAML")
    .option("--faults", "list what can be made to go wrong, and end")
    .addOption(
      new Option("--plan <name>", "limits of the data plan")
        .choices(["basic", "plus", "unlimited"])
        .default("unlimited"),
    )
    .addHelpText(
      "after",
      `
Without --day and --at it is now while New York trades, and else the open of the last session.
Faults are put in by POST to /_venue/faults; /_venue/state tells what the venue saw.`,
    )
    .action((options: VenueCliOptions) => (options.faults ? listFaults(cli) : runVenue(cli, options)));
}
