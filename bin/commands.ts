import type { Command } from "commander";
import { ownSessions } from "./boot.ts";
import { type Cli, readConfig, VERSION } from "./context.ts";

/** A command by name; its file is read when it is used, so that the others cost nothing. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: (cli: Cli) => Promise<Command>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "replay",
    summary: "replay a recorded session, on the screen or --headless",
    load: async (cli) => (await import("./replay.ts")).replayCommand(cli),
  },
  {
    name: "live",
    summary: "live quotes on the screen, recorded: from a broker, or --feed venue without keys",
    load: async (cli) => (await import("./live.ts")).liveCommand(cli),
  },
  {
    name: "capture",
    summary: "record a live session without a screen",
    load: async (cli) => (await import("./capture.ts")).captureCommand(cli),
  },
  {
    name: "wall",
    summary: "a read-only second screen: NAV, P&L, prices, positions, feeds",
    load: async (cli) => (await import("./wall.ts")).wallCommand(cli),
  },
  {
    name: "snapshot",
    summary: "print one frame of the screen as text",
    load: async (cli) => (await import("./snapshot.ts")).snapshotCommand(cli),
  },
  {
    name: "orders",
    summary: "orders of the ledger: list, explain, cancel, halt; without the screen",
    load: async (cli) => (await import("./orders.ts")).ordersCommand(cli),
  },
  {
    name: "guard",
    summary: "cancel what a frozen desk has working at a broker",
    load: async (cli) => (await import("./guard.ts")).guardCommand(cli),
  },
  {
    name: "captures",
    summary: "recorded sessions: list, check, import, export",
    load: async (cli) => {
      const { capturesCommand } = await import("./captures.ts");
      const { paths } = await readConfig(cli);
      return capturesCommand({
        build: VERSION,
        folder: ownSessions(paths.stateDir),
        fail: (code) => {
          cli.exitCode = code;
        },
      });
    },
  },
  {
    name: "export",
    summary: "positions, chain, tape or bars as CSV, JSON or Parquet",
    load: async (cli) => (await import("./export.ts")).exportCommand(cli),
  },
  {
    name: "calc",
    summary: "price, imply and fit: lines of JSON in, lines of JSON out",
    load: async (cli) => (await import("./calc.ts")).calcCommand(cli),
  },
  {
    name: "surface",
    summary: "implied volatility surface of a chain: smiles, constant maturities, skew, expected moves",
    load: async (cli) => (await import("./surface.ts")).surfaceCommand(cli),
  },
  {
    name: "term",
    summary: "term structure of a chain: curve, forward vols, ratios, slope, regime",
    load: async (cli) => (await import("./surface.ts")).termCommand(cli),
  },
  {
    name: "exposure",
    summary: "dealer exposure of a chain file by strike: gamma, walls, zero gamma",
    load: async (cli) => (await import("./exposure.ts")).exposureCommand(cli),
  },
  {
    name: "import",
    summary: "option chains, bars and daily candles from files into the warehouse",
    load: async (cli) => (await import("./import.ts")).importCommand(cli),
  },
  {
    name: "db",
    summary: "the warehouse: init, migrate, health, backup, export to Parquet, query",
    load: async (cli) => (await import("./db.ts")).dbCommand(cli),
  },
  {
    name: "flow",
    summary: "option flow of a session or of files: who bought and sold, by strike and time",
    load: async (cli) => (await import("./flow.ts")).flowCommand(cli),
  },
  {
    name: "levels",
    summary: "price levels of a session or of candles, nearest first",
    load: async (cli) => (await import("./levels.ts")).levelsCommand(cli),
  },
  {
    name: "venue",
    summary: "a market on this machine that speaks the brokers' protocols",
    load: async (cli) => (await import("./venue.ts")).venueCommand(cli),
  },
  {
    name: "scenarios",
    summary: "a portfolio over moves of spot, vol and time, from a chain or a recorded session",
    load: async (cli) => (await import("./scenarios.ts")).scenariosCommand(cli),
  },
  {
    name: "report",
    summary: "the day on one page with plots, and every result behind it",
    load: async (cli) => (await import("./report.ts")).reportCommand(cli),
  },
  {
    name: "config",
    summary: "show, check or locate the settings",
    load: async (cli) => (await import("./config.ts")).configCommand(cli),
  },
  {
    name: "doctor",
    summary: "check terminal, Node, native modules, folders, clock and disk",
    load: async (cli) => (await import("./doctor.ts")).doctorCommand(cli),
  },
  {
    name: "reset",
    summary: "repair the terminal after a killed session",
    load: async (cli) => (await import("./reset.ts")).resetCommand(cli),
  },
  {
    name: "completion",
    summary: "print a completion script for bash, zsh or fish",
    load: async (cli) => (await import("./completion.ts")).completionCommand(cli),
  },
];
