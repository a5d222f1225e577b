import { type Command, InvalidArgumentError, Option } from "commander";
import { VoldeskError } from "../../config/errors.ts";
import type { FlagValue } from "../../config/load.ts";

/** Options that `live` and `capture` share. */
export interface LiveOptions {
  readonly feed?: string;
  readonly symbols?: readonly string[];
  readonly watchlist?: string;
  readonly venue?: string;
  readonly record?: boolean;
  readonly broker?: string;
}

const list = (text: string): string[] =>
  text
    .split(",")
    .map((s) => s.trim())
    .filter((s) => s !== "");

/** An address as `--venue` takes it. */
export function venueAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === "")
    throw new InvalidArgumentError("Write an address, e.g. http://127.0.0.1:4400.");
  return text;
}

export function addLiveOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--feed <name>", "where quotes come from").choices(["alpaca", "ibkr", "deribit", "venue"]),
    )
    .option(
      "--symbols <list>",
      "what to follow, e.g. SPY,AAPL,BTC/USD; chains of stocks come with them",
      list,
    )
    .option("--watchlist <name>", "follow a watch list of the settings")
    .option(
      "--venue <url>",
      "address of a venue of its own, e.g. http://127.0.0.1:4400; may start later",
      venueAddress,
    );
}

export function liveFlags(options: LiveOptions): FlagValue[] {
  const flags: FlagValue[] = [];
  const feed = options.feed ?? (options.venue === undefined ? undefined : "venue");
  if (feed !== undefined) flags.push({ key: "live.feed", text: feed, name: "--feed" });
  if (options.broker !== undefined)
    flags.push({ key: "orders.broker", text: options.broker, name: "--broker" });
  if (options.record === false) flags.push({ key: "live.record", text: "false", name: "--no-record" });
  return flags;
}

/** What is followed when nothing is named. */
const STOCKS = ["SPY", "QQQ", "AAPL", "MSFT", "NVDA", "TSLA", "BTC/USD"];
const USUAL: Readonly<Record<string, readonly string[]>> = {
  alpaca: STOCKS,
  venue: STOCKS,
  ibkr: ["SPY", "AAPL", "IDX/VIX", "FX/EURUSD"],
  deribit: ["BTC-PERPETUAL", "ETH-PERPETUAL"],
};

/** @throws VoldeskError FEED-005 for a watch list that is not there. */
export function chosenSymbols(
  options: LiveOptions,
  lists: Readonly<Record<string, readonly string[]>>,
  feed: string,
): string[] {
  const { symbols, watchlist } = options;
  if (watchlist === undefined) return [...(symbols ?? USUAL[feed] ?? STOCKS)];
  const found = lists[watchlist];
  if (found === undefined) {
    const known = Object.keys(lists).join(", ");
    throw new VoldeskError(
      "FEED-005",
      `there is no watch list "${watchlist}"`,
      known === "" ? "Write one under `watch:` in the config file." : `There are: ${known}.`,
      "--watchlist",
    );
  }
  return [...(symbols ?? []), ...found];
}
