import { join } from "node:path";
import type { FlagValue, LoadedConfig } from "../config/load.ts";
import type { PaneId } from "../screens/keys/keymap.ts";
import { detectVia } from "../screens/terminal/link.ts";
import type { DeskBoot } from "../src/shell/boot.ts";
import { DeskHost, type Fatal } from "../src/shell/host.ts";
import type { LiveBoot } from "../src/shell/live/live-boot.ts";
import { deskBoot, type ReplayChoice } from "./boot.ts";
import { type Cli, readConfig } from "./context.ts";
import { openScreenStore } from "./screen-store.ts";
import { requireTerminal, themeFor } from "./terminal.ts";
import { readWatchFiles } from "./watch-files.ts";

/** Data frames a second on the slowest line. */
const LEAST_FPS = 2;
/** Opening that takes longer than this says so, ms. */
const SAY_AFTER_MS = 400;

/** A line that says what is being opened, for as long as that takes. */
export class OpeningLine {
  private readonly since = performance.now();
  private shown = false;
  constructor(private readonly cli: Cli) {}

  at(what: string, share: number): void {
    if (performance.now() - this.since < SAY_AFTER_MS) return;
    this.shown = true;
    this.cli.stdout.write(`\r${what} ${Math.floor(share * 100)} %\x1b[K`);
  }
  done(): void {
    if (this.shown) this.cli.stdout.write("\r\x1b[K");
  }
}

/** Replays a session on this terminal. */
export async function runScreen(
  cli: Cli,
  choice: ReplayChoice,
  flags: readonly FlagValue[] = [],
): Promise<void> {
  requireTerminal(cli);
  const loaded = await readConfig(cli, flags);
  const watch = readWatchFiles(join(loaded.paths.configDir, "watch"));
  const boot = deskBoot(cli, loaded, { ...choice, alerts: true, watchLists: watch.lists });
  await showDesk(cli, loaded, boot, { session: boot.session, problems: watch.problems });
}

/** Panes that stood open, the one in front last: a new session date shows them again. */
type Standing = readonly PaneId[];

/** Runs a desk on this terminal until it is left, a session date after the other. The terminal is as it was when this returns or throws. */
export async function showDesk(
  cli: Cli,
  loaded: LoadedConfig,
  boot: DeskBoot | LiveBoot,
  about: { readonly session: string; readonly problems: readonly string[] },
): Promise<void> {
  let next: NextDay | null = { standing: [], boot, why: null };
  while (next !== null) next = await showOneDay(cli, loaded, next, about);
}

/** What a new session begins with. */
interface NextDay {
  readonly standing: Standing;
  /** Why the one before ended, where that is no date. */
  readonly why: string | null;
  readonly boot: DeskBoot | LiveBoot;
}

/** Null when it was left; else what the next session begins with. */
async function showOneDay(
  cli: Cli,
  loaded: LoadedConfig,
  { boot, standing: before, why }: NextDay,
  about: { readonly session: string; readonly problems: readonly string[] },
): Promise<NextDay | null> {
  // The screen's code loads while the desk's worker opens the session.
  const screens = import("../screens/app/start.ts");
  const { config, paths } = loaded;
  const line = new OpeningLine(cli);
  let onFatal: (fatal: Fatal) => void = () => {};
  let onTurned = (): void => {};
  let told: Partial<LiveBoot> = {};
  let nextWhy: string | null = null;
  const opening = DeskHost.open(boot, {
    opening: (what, share) => line.at(what, share),
    fatal: (fatal) => onFatal(fatal),
    turned: ({ offsetUs, why: reason = null }) => {
      if (offsetUs !== undefined) told = { offsetUs, awaits: null };
      nextWhy = reason;
      onTurned();
    },
  });
  const [{ startScreen }, host] = await Promise.all([screens, opening]).finally(() => line.done());
  const log = import("../src/telemetry/log.ts").then(({ openLog }) =>
    openLog({
      dir: paths.logDir,
      name: "screen",
      level: config.log.level,
      maxKb: config.log.fileKb,
      files: config.log.files,
    }),
  );
  const { calm, flash, fps } = config.screen;
  const handle = startScreen({
    stdin: cli.stdin,
    stdout: cli.stdout,
    desk: host,
    theme: themeFor(config, cli.env),
    flash,
    calm,
    readMs: config.orders.shownMs,
    store: openScreenStore(paths),
    signal: config.alerts.signal,
    via: detectVia(cli.env),
    exporter: async (what, format, file, asked) =>
      (await import("./export.ts")).exportFromScreen(cli, host, about.session, { what, format, file, asked }),
    pacing: { maxFps: fps, minFps: Math.min(LEAST_FPS, fps) },
    onPaneError: (pane, error) => void log.then((l) => l.error({ pane, err: error }, "a pane failed")),
  });
  for (const problem of about.problems) handle.screen.notify(problem, "error");
  if (why !== null) handle.screen.notify(why, "error");
  for (const pane of before) handle.screen.focusPane(pane);
  onFatal = (fatal) => handle.fail(fatal);
  onTurned = () => handle.turn();
  const end = await handle.ended;
  const { visible, focus } = handle.screen;
  await host.close();
  const logger = await log;
  logger.info({ why: end.why, code: end.code }, "the screen ended");
  if (end.why === "crash") logger.error({ err: end.error }, "it crashed");
  logger.close();
  if (end.why === "crash") throw end.error;
  cli.exitCode = end.code;
  if (end.why !== "turned") return null;
  const standing = [...visible.filter((p) => p !== focus), focus];
  return { standing, why: nextWhy, boot: { ...boot, ...told, killed: host.killed } };
}
