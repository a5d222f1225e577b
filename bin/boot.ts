import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { VoldeskError } from "../config/errors.ts";
import type { LoadedConfig } from "../config/load.ts";
import { expandPath } from "../config/paths.ts";
import { type GuardLimits, readRule } from "../engines/orders/index.ts";
import type { DeskBoot, DeskSettings } from "../src/shell/boot.ts";
import { FASTEST } from "../src/shell/pace.ts";
import type { Cli } from "./context.ts";

/** Folder of the files that the warehouse makes of each name for the desk; `history` itself is the command line's. */
export const historyFolder = (stateDir: string): string => join(stateDir, "past");

/** Sessions that come with the program, each with the paper account it opens with. */
const BUNDLED: Readonly<Record<string, string>> = {
  "goog-2015-12-24": "paper-goog.yaml",
  "bac-ibm-2013-10-08": "paper-bac-ibm.yaml",
};

/** Folder of the user's own sessions. */
export const ownSessions = (stateDir: string): string => join(stateDir, "sessions");

const isSession = (dir: string): boolean => existsSync(join(dir, "manifest.json"));

interface Found {
  readonly dir: string;
  /** Paper account of a bundled session. */
  readonly portfolio: string | null;
}

/** A session by the path of its folder or by name: the user's own before the bundled ones. @throws VoldeskError CAP-001. */
function findSession(cli: Cli, stateDir: string, name: string): Found {
  const asPath = resolve(cli.cwd, expandPath(name, cli.home, cli.cwd));
  const bundled = join(cli.root, "dist", "sessions", name);
  for (const dir of [asPath, join(ownSessions(stateDir), name)])
    if (isSession(dir)) return { dir, portfolio: null };
  const account = Object.hasOwn(BUNDLED, name) ? (BUNDLED[name] as string) : null;
  if (account !== null && isSession(bundled))
    return { dir: bundled, portfolio: join(cli.root, "data", "portfolios", account) };
  throw new VoldeskError(
    "CAP-001",
    "There is no capture session",
    `Give a session's folder, or one of these names: ${Object.keys(BUNDLED).join(", ")}.`,
    basename(name) === name ? name : asPath,
  );
}

/** A session that was recorded live holds the portfolio that its desk opened with. */
function ownPortfolio(dir: string): string | null {
  const path = join(dir, "portfolio.yaml");
  return existsSync(path) ? path : null;
}

/** The user's own market file: what it says comes on top of the one that comes with the program. */
export function ownMarketFile(cli: Cli, { config, paths }: LoadedConfig): string {
  const { file } = config.market;
  return file === "" ? join(paths.configDir, "market.yaml") : expandPath(file, cli.home, cli.cwd);
}

export interface ReplayChoice {
  readonly session?: string | undefined;
  readonly at?: string | undefined;
  readonly paused?: boolean;
  /** Prepare cheap jumps; nothing for one look. */
  readonly index?: boolean;
  /** Whether alerts and watch lists are kept: on the screen of a trader. */
  readonly alerts?: boolean;
  /** Watch lists beyond those of the config. */
  readonly watchLists?: Readonly<Record<string, readonly string[]>>;
}

/** What the desk is started with, from the settings and the command line. */
export function deskBoot(cli: Cli, loaded: LoadedConfig, choice: ReplayChoice): DeskBoot {
  const { config, paths } = loaded;
  const found = findSession(cli, paths.stateDir, choice.session ?? config.replay.session);
  const file = config.portfolio.file;
  const { speed, loop } = config.replay;
  return {
    session: found.dir,
    portfolio:
      file === "" ? (ownPortfolio(found.dir) ?? found.portfolio) : expandPath(file, cli.home, cli.cwd),
    speed: speed === "session" ? null : speed,
    at: choice.at ?? null,
    paused: choice.paused ?? false,
    index: choice.index ?? true,
    loop,
    marketFile: join(cli.root, "config", "market.yaml"),
    historyDir: historyFolder(paths.stateDir),
    ownMarketFile: ownMarketFile(cli, loaded),
    log: logChoice(loaded, choice),
    settings: { ...deskSettings(loaded, choice), fastest: Number(cli.env["VOLDESK_FASTEST"] ?? FASTEST) },
    stateDir: paths.stateDir,
  };
}

/** Where a desk on a trader's screen writes its log. */
export function logChoice(
  { config, paths }: LoadedConfig,
  { alerts }: Pick<ReplayChoice, "alerts">,
): DeskBoot["log"] {
  if (alerts !== true) return null;
  return { dir: paths.logDir, level: config.log.level, maxKb: config.log.fileKb, files: config.log.files };
}

/** The part of the settings that every desk takes. */
export function deskSettings(
  { config, paths }: LoadedConfig,
  choice: Pick<ReplayChoice, "alerts" | "watchLists">,
): DeskSettings {
  return {
    marksPolicy: config.marks.policy,
    marginProfile: config.margin.profile,
    quoteAgeMs: { ticks: config.marks.tickAgeMs, "minute bars": config.marks.minuteBarAgeMs },
    tapePrints: config.desk.tapePrints,
    checkpointEvents: config.desk.checkpointEvents,
    checkpointLimit: config.desk.checkpointLimit,
    hashEvents: config.desk.hashEvents,
    logEntries: config.desk.logEntries,
    alertsFile: choice.alerts === true ? join(paths.stateDir, "alerts.json") : null,
    watchDir: choice.alerts === true ? join(paths.configDir, "watch") : null,
    watchLists: { ...config.watch, ...choice.watchLists },
    orders: orderSettings(config),
  };
}

/** Guards whose setting is not what is built in, by their code. */
function guardRules(guards: LoadedConfig["config"]["guards"]): GuardLimits["rules"] {
  const set = Object.entries(guards).flatMap(([name, text]) => {
    const rule = text === "auto" ? null : readRule(text);
    return rule === null ? [] : [[name.toUpperCase(), rule]];
  });
  return Object.fromEntries(set) as GuardLimits["rules"];
}

function orderSettings({ orders: o, guards }: LoadedConfig["config"]): DeskBoot["settings"]["orders"] {
  return {
    defaults: { contracts: o.defaultContracts, shares: o.defaultShares },
    limits: { ...o, rules: guardRules(guards) },
    previewMs: o.previewMs,
    shownMs: o.shownMs,
    typedAbove: o.typedAbove,
    paperLatencyMs: o.paperLatencyMs,
    openHalted: o.openHalted,
    killOthers: o.killOthers,
    legging: { does: o.legging, maxMs: o.leggingMs, maxNotional: o.leggingNotional },
  };
}
