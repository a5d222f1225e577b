import { Command } from "commander";
import type { FlagValue } from "../config/load.ts";
import { DeskHost, type Fatal } from "../src/shell/host.ts";
import { deskBoot, type ReplayChoice } from "./boot.ts";
import { type Cli, readConfig } from "./context.ts";
import { OpeningLine } from "./screen.ts";
import { requireTerminal, themeFor } from "./terminal.ts";

/** Paintings a second: a wall is looked at, not worked at. */
const FPS = 4;
const CALM_FPS = 1;

interface WallCliOptions {
  readonly speed?: string;
  readonly at?: string;
  readonly loop?: boolean;
}

async function runWall(cli: Cli, choice: ReplayChoice, flags: readonly FlagValue[]): Promise<void> {
  requireTerminal(cli);
  const screens = import("../screens/wall/start.ts");
  const loaded = await readConfig(cli, flags);
  let onFatal: (fatal: Fatal) => void = () => {};
  const line = new OpeningLine(cli);
  const opening = DeskHost.open(deskBoot(cli, loaded, choice), {
    opening: (what, share) => line.at(what, share),
    fatal: (fatal) => onFatal(fatal),
  });
  const [{ startWall }, host] = await Promise.all([screens, opening]).finally(() => line.done());
  const handle = startWall({
    stdin: cli.stdin,
    stdout: cli.stdout,
    desk: host,
    theme: themeFor(loaded.config, cli.env),
    terminal: cli.env["TERM"] || "xterm",
    fps: loaded.config.screen.calm ? CALM_FPS : FPS,
  });
  onFatal = (fatal) => handle.fail(fatal);
  const end = await handle.ended;
  await host.close();
  if (end.why === "crash") throw end.error;
  cli.exitCode = end.code;
}

/** `wall [session] [--speed n] [--at time] [--loop]`: a screen to look at, without any key that trades or steers. */
export function wallCommand(cli: Cli): Command {
  return new Command("wall")
    .argument("[session]", "name or folder of a recorded session")
    .option("--speed <n>", "0.25 to 100, or max")
    .option("--at <time>", "begin at this exchange time, e.g. 10:35")
    .option("--loop", "begin again at the end")
    .addHelpText(
      "after",
      "\nNAV, P&L, prices, positions, margin and feeds on a second screen. It only shows: q or ctrl-c leaves, no other key does anything.",
    )
    .action(async (session: string | undefined, options: WallCliOptions) => {
      const flags: FlagValue[] = [];
      if (options.speed !== undefined)
        flags.push({ key: "replay.speed", text: options.speed.replace(/(?<=\d)x$/, ""), name: "--speed" });
      if (options.loop) flags.push({ key: "replay.loop", text: "true", name: "--loop" });
      await runWall(cli, { session, at: options.at }, flags);
    });
}
