import { Command, Option } from "commander";
import type { FlagValue } from "../config/load.ts";
import { deskBoot } from "./boot.ts";
import { type Cli, columns, readConfig, say, sayJson } from "./context.ts";

interface ReplayOptions {
  readonly headless?: boolean;
  readonly json?: boolean;
  readonly speed?: string;
  readonly at?: string;
  readonly loop?: boolean;
  readonly paused?: boolean;
}

const grouped = (x: number): string =>
  Math.round(x)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");

async function headless(cli: Cli, session: string | undefined, json: boolean): Promise<void> {
  const loaded = await readConfig(cli);
  const { runHeadless } = await import("../src/shell/headless.ts");
  const result = runHeadless(deskBoot(cli, loaded, { session }), () => performance.now());
  if (json) return sayJson(cli, result);
  const money = (x: number | null) => (x === null ? "–" : `${x.toFixed(2)} ${result.baseCcy}`);
  say(
    cli,
    columns([
      ["session", result.session],
      ["events", grouped(result.events)],
      ["rate", `${grouped(result.eventsPerSecond)} events/s`],
      ["NAV", money(result.nav)],
      ["day P&L", money(result.dayPnl)],
      ["state", result.stateHash],
      ...(result.live === null
        ? []
        : [["live", `${result.live.same} of ${result.live.of} state hashes equal`]]),
    ]),
  );
}

/** `replay [session] [--headless] [--json] [--speed n] [--at time] [--loop] [--paused]`. */
export function replayCommand(cli: Cli): Command {
  return new Command("replay")
    .argument("[session]", "name or folder of a recorded session")
    .option(
      "--headless",
      "play the whole session without a screen and print events, rate, NAV and state hash",
    )
    .addOption(new Option("--json", "as JSON, with --headless").implies({ headless: true }))
    .addOption(new Option("--speed <n>", "0.25 to 100, or max").conflicts("headless"))
    .addOption(new Option("--at <time>", "begin at this exchange time, e.g. 10:35").conflicts("headless"))
    .addOption(new Option("--loop", "begin again at the end").conflicts("headless"))
    .addOption(new Option("--paused", "open without running").conflicts("headless"))
    .action(async (session: string | undefined, options: ReplayOptions) => {
      if (options.headless) return headless(cli, session, options.json ?? false);
      const flags: FlagValue[] = [];
      if (options.speed !== undefined)
        flags.push({ key: "replay.speed", text: options.speed.replace(/(?<=\d)x$/, ""), name: "--speed" });
      if (options.loop) flags.push({ key: "replay.loop", text: "true", name: "--loop" });
      const { runScreen } = await import("./screen.ts");
      await runScreen(cli, { session, at: options.at, paused: options.paused ?? false }, flags);
    });
}
