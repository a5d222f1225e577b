import { join } from "node:path";
import { Command, Option } from "commander";
import { type Cli, readConfig } from "./context.ts";
import { addLiveOptions, type LiveOptions, liveFlags } from "./live/choice.ts";
import { showDesk } from "./screen.ts";
import { requireTerminal } from "./terminal.ts";
import { readWatchFiles } from "./watch-files.ts";

async function runLive(cli: Cli, options: LiveOptions): Promise<void> {
  requireTerminal(cli);
  const loaded = await readConfig(cli, liveFlags(options));
  const { liveStart } = await import("./live/setup.ts");
  const watch = readWatchFiles(join(loaded.paths.configDir, "watch"));
  const { boot, stop } = await liveStart(cli, loaded, options, { alerts: true, watchLists: watch.lists });
  try {
    await showDesk(cli, loaded, boot, { session: "", problems: watch.problems });
  } finally {
    stop();
  }
}

/** `live [--feed name] [--symbols list] [--watchlist name] [--broker name] [--no-record]`: the desk on live quotes. */
export function liveCommand(cli: Cli): Command {
  return addLiveOptions(new Command("live"))
    .option("--no-record", "do not record this session")
    .addOption(
      new Option("--broker <name>", "where orders go").choices(["paper", "alpaca", "ibkr", "deribit"]),
    )
    .addHelpText(
      "after",
      `
Every session is recorded under its date in the state folder; \`voldesk replay NAME\` plays it again.
--feed venue starts a market on this machine where none is named by --venue: no keys, no account.
Orders go to a paper account that trades on these quotes; --broker sends them to a broker, with keys as for its feed.
Without a network the desk opens anyway and says so; F shows every channel.`,
    )
    .action((options: LiveOptions) => runLive(cli, options));
}
