import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { readBeat, readDeed } from "../src/guard/beat.ts";
import { type Cli, columns, readConfig, say } from "./context.ts";
import { type LiveOptions, liveFlags, venueAddress } from "./live/choice.ts";

type GuardOptions = Pick<LiveOptions, "broker" | "venue"> & { readonly status?: boolean };

/** Files of the desks of this state folder, the newest first. */
function beatFiles(stateDir: string): string[] {
  const dir = join(stateDir, "guard");
  if (!existsSync(dir)) return [];
  const age = (file: string): number => statSync(file).mtimeMs;
  const files = readdirSync(dir).filter((name) => name.endsWith(".json"));
  return files.map((name) => join(dir, name)).sort((a, b) => age(b) - age(a));
}

function status(cli: Cli, files: readonly string[]): void {
  const rows = files.flatMap((file) => {
    const beat = readBeat(file);
    if (beat === null) return [];
    const seconds = ((Date.now() - statSync(file).mtimeMs) / 1000).toFixed(0);
    const desk = beat.ended ? "left in order" : `process ${beat.pid}, beat ${seconds} s ago`;
    return [[desk, `${beat.orders.length} orders`, readDeed(file)?.text ?? ""]];
  });
  say(cli, rows.length === 0 ? "no desk has traded with a broker from this state folder" : columns(rows));
}

async function guard(cli: Cli, options: GuardOptions): Promise<void> {
  const loaded = await readConfig(cli, liveFlags(options));
  const files = beatFiles(loaded.paths.stateDir);
  if (options.status === true) return status(cli, files);
  const [{ brokerBoot }, { runGuard }] = await Promise.all([
    import("./live/broker.ts"),
    import("../src/guard/run.ts"),
  ]);
  const boot = brokerBoot(cli, loaded, options.venue ?? null);
  const [beatFile] = files;
  if (boot === null || beatFile === undefined)
    throw new VoldeskError(
      "BRK-002",
      boot === null
        ? "the paper account needs no guard"
        : "no desk trades with a broker from this state folder",
      "A live desk starts its guard by itself; `voldesk guard` is for one that runs with orders.guard off.",
    );
  await runGuard({ setup: boot.setup, beatFile, silentMs: loaded.config.orders.guardMs }, (text) =>
    say(cli, text),
  );
}

/** `guard [--broker name] [--venue url] [--status]`: cancels what a frozen desk has working at a broker. */
export function guardCommand(cli: Cli): Command {
  return new Command("guard")
    .description(
      "cancel what the desk of this state folder has working at a broker, once it is silent for too long",
    )
    .option("--broker <name>", "alpaca, ibkr or deribit")
    .option("--venue <url>", "address of a local venue", venueAddress)
    .option("--status", "what the desks of this state folder said last")
    .addHelpText(
      "after",
      "\nA live desk with a broker starts one by itself (orders.guard) and ends it when it is left.",
    )
    .action((options: GuardOptions) => guard(cli, options));
}
