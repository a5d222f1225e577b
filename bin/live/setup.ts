import { join } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { expandPath } from "../../config/paths.ts";
import { ALPACA_URLS, type AlpacaSetup } from "../../src/feeds/alpaca/setup.ts";
import { alpacaKeys, deribitKeys, keyFile } from "../../src/feeds/keys.ts";
import { systemNet } from "../../src/feeds/net.ts";
import { NoVenue, venueNowUs } from "../../src/feeds/venue-clock.ts";
import { systemClock } from "../../src/shell/clock.ts";
import type { FeedSetup, LiveBoot } from "../../src/shell/live/live-boot.ts";
import { startOf } from "../../src/venue/session-clock.ts";
import {
  deskSettings,
  historyFolder,
  logChoice,
  ownMarketFile,
  ownSessions,
  type ReplayChoice,
} from "../boot.ts";
import { type Cli, VERSION } from "../context.ts";
import { brokerBoot } from "./broker.ts";
import { chosenSymbols, type LiveOptions } from "./choice.ts";
import { noVenue, startOwnVenue, venueOffsetUs } from "./venue-process.ts";

/** What a live desk is started with, and what is to be ended with it. */
export interface LiveStart {
  readonly boot: LiveBoot;
  stop(): void;
}

/** `choice.alerts`: on a trader's screen, with orders, alerts and watch lists; without it the desk only looks. */
export async function liveStart(
  cli: Cli,
  loaded: LoadedConfig,
  options: LiveOptions,
  choice: Pick<ReplayChoice, "alerts" | "watchLists"> = {},
): Promise<LiveStart> {
  const { config, paths } = loaded;
  const { live } = config;
  const symbols = chosenSymbols(options, config.watch, live.feed);
  const { feed, offsetUs, awaits, venueUrl, stop } = await openFeed(cli, loaded, options);
  const file = config.portfolio.file;
  const boot: LiveBoot = {
    live: true,
    feed,
    symbols,
    portfolio: file === "" ? null : expandPath(file, cli.home, cli.cwd),
    // What a broker's account holds, the broker says.
    paperCash: config.orders.broker === "paper" ? config.orders.paperCash : null,
    broker: choice.alerts === true ? brokerBoot(cli, loaded, venueUrl) : null,
    stateDir: choice.alerts === true ? paths.stateDir : null,
    offsetUs,
    awaits,
    record: live.record
      ? { folder: ownSessions(paths.stateDir), stopMb: live.recordStopMb, warnMb: live.recordWarnMb }
      : null,
    build: VERSION,
    marketFile: join(cli.root, "config", "market.yaml"),
    ownMarketFile: ownMarketFile(cli, loaded),
    historyDir: historyFolder(paths.stateDir),
    log: logChoice(loaded, { alerts: true }),
    slots: live.slots,
    inboxRows: live.inboxRows,
    keptBlocks: live.keptBlocks,
    settings: deskSettings(loaded, choice),
  };
  return { boot, stop };
}

interface OpenFeed {
  readonly feed: FeedSetup;
  readonly offsetUs: number;
  /** Address of a venue that does not answer yet, whose time is guessed. */
  readonly awaits: string | null;
  /** Address of the local venue, null for a vendor. */
  readonly venueUrl: string | null;
  stop(): void;
}

async function openFeed(cli: Cli, loaded: LoadedConfig, options: LiveOptions): Promise<OpenFeed> {
  if (loaded.config.live.feed !== "venue" && options.venue === undefined)
    return { feed: brokerFeed(cli, loaded), offsetUs: 0, awaits: null, venueUrl: null, stop: () => {} };
  if (options.venue !== undefined) return otherVenue(loaded, options.venue);
  const { url, stop } = await startOwnVenue(cli.root);
  const offsetUs = await venueOffsetUs(url).catch((error: unknown) => {
    stop();
    throw error;
  });
  return { feed: venueFeed(loaded, url), offsetUs, awaits: null, venueUrl: url, stop };
}

/**
 * A venue that runs already, or will: the desk opens without it, at the time that a venue begins with unless it is told another. @throws
 * VoldeskError FEED-004 where somebody else answers there.
 */
async function otherVenue(loaded: LoadedConfig, url: string): Promise<OpenFeed> {
  const there = { feed: venueFeed(loaded, url), venueUrl: url, stop: () => {} };
  const wallUs = systemClock.wallUs();
  try {
    const offsetUs = (await venueNowUs(systemNet, url)) - wallUs;
    return { ...there, feed: venueFeed(loaded, url, await hasFullFeeds(url)), offsetUs, awaits: null };
  } catch (error) {
    if (!(error instanceof NoVenue) || error.stranger) throw noVenue(error, url);
    return { ...there, offsetUs: startOf({}, wallUs).startUs - wallUs, awaits: url };
  }
}

function brokerFeed(cli: Cli, loaded: LoadedConfig): FeedSetup {
  const { live } = loaded.config;
  const { cacheDir, configDir } = loaded.paths;
  const paper = false;
  switch (live.feed) {
    case "ibkr": {
      const { rollDays, rotated } = live;
      const ibkr = { url: live.ibkrUrl, limit: live.ibkrLines, rollDays, rotated, cacheDir };
      return { kind: "ibkr", name: "ibkr", paper, ibkr: { name: "ibkr", ...ibkr } };
    }
    case "deribit": {
      const keys = deribitKeys(cli.env, configDir);
      const deribit = { name: "deribit", url: live.deribitUrl, limit: live.deribitLimit, keys };
      return { kind: "deribit", name: "deribit", paper, deribit };
    }
    default:
      return { kind: "alpaca", name: "alpaca", paper, alpaca: alpacaSetup(cli, loaded) };
  }
}

/** The venue speaks each of the three: which one is asked for says `--feed`. */
function venueFeed(loaded: LoadedConfig, url: string, full = true): FeedSetup {
  const { live } = loaded.config;
  const at = url.replace(/\/$/, "");
  const sockets = at.replace(/^http/, "ws");
  const name = "venue";
  const paper = true;
  switch (live.feed) {
    case "ibkr": {
      const { cacheDir } = loaded.paths;
      const { rollDays, rotated } = live;
      const limits = { limit: live.ibkrLines, rollDays, rotated, cacheDir: join(cacheDir, "venue") };
      return { kind: "ibkr", name, paper, ibkr: { name, url: `${at}/v1/api`, ...limits } };
    }
    case "deribit": {
      const deribit = { name, url: `${sockets}/ws/api/v2`, limit: live.deribitLimit, keys: null };
      return { kind: "deribit", name, paper, deribit };
    }
    default:
      return { kind: "alpaca", name, paper, alpaca: venueSetup(loaded, url, full) };
  }
}

const shared = ({ config: { live } }: LoadedConfig) => ({
  chainDays: live.chainDays,
  chainWidth: live.chainWidth / 100,
  rotated: live.rotated,
  restPerMinute: live.restPerMinute,
  stockLimit: live.stockLimit,
  optionLimit: live.optionLimit,
  cryptoLimit: live.cryptoLimit,
  optionFeed: live.optionFeed,
  news: live.news,
});

/** @throws VoldeskError FEED-003 without keys. */
function alpacaSetup(cli: Cli, loaded: LoadedConfig): AlpacaSetup {
  const keys = alpacaKeys(cli.env, loaded.paths.configDir);
  if (keys === null)
    throw new VoldeskError(
      "FEED-003",
      "there are no keys for Alpaca",
      `Set APCA_API_KEY_ID and APCA_API_SECRET_KEY, or write them to ${keyFile(loaded.paths.configDir)} (chmod 600). \`voldesk live --feed venue\` needs none.`,
    );
  return { name: "alpaca", ...ALPACA_URLS, stockFeed: loaded.config.live.stockFeed, keys, ...shared(loaded) };
}

/** Whether a venue's plan has the consolidated streams; who does not say so is taken to. */
async function hasFullFeeds(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL("/_venue/state", url), { signal: AbortSignal.timeout(5_000) });
    return ((await answer.json()) as { readonly fullFeeds?: unknown }).fullFeeds !== false;
  } catch {
    return true;
  }
}

/** A venue trades everything on all its streams: the consolidated ones show most, where its plan has them. Its limits are those of its plan. */
function venueSetup(loaded: LoadedConfig, url: string, full: boolean): AlpacaSetup {
  return {
    name: "venue",
    dataUrl: url,
    tradingUrl: url,
    streamUrl: url.replace(/^http/, "ws").replace(/\/$/, ""),
    stockFeed: full ? "sip" : "iex",
    // It takes any pair.
    keys: { id: "voldesk", secret: "voldesk", from: "venue" },
    ...shared(loaded),
    optionFeed: full ? "opra" : "indicative",
    ...(full && { restPerMinute: 6_000 }),
  };
}
