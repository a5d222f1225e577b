import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AlpacaSetup } from "../../src/feeds/alpaca/setup.ts";
import type { BrokerBoot, LiveBoot } from "../../src/shell/live/live-boot.ts";
import { removeFolder } from "../harness/folders.ts";
import { bootOf } from "../shell/boot.ts";

const made: string[] = [];
// Not a hook of the test runner: desks in processes of their own use this too.
process.once("exit", () => {
  for (const dir of made) removeFolder(dir);
});

export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-live-"));
  made.push(dir);
  return dir;
}

export function setupOf(url: string, changes: Partial<AlpacaSetup> = {}): AlpacaSetup {
  return {
    name: "venue",
    dataUrl: url,
    tradingUrl: url,
    streamUrl: url.replace("http", "ws"),
    stockFeed: "sip",
    optionFeed: "opra",
    stockLimit: 30,
    optionLimit: 40,
    cryptoLimit: 30,
    restPerMinute: 6_000,
    keys: { id: "TESTKEY", secret: "TESTSECRET", from: "test" },
    chainDays: 10,
    chainWidth: 0.03,
    rotated: 200,
    news: false,
    ...changes,
  };
}

/** A live desk over a venue at `url`, recorded into a folder of its own. */
export function liveBoot(
  url: string,
  offsetUs: number,
  changes: Partial<LiveBoot> & { readonly setup?: Partial<AlpacaSetup> } = {},
): LiveBoot {
  const { settings, marketFile, historyDir, ownMarketFile } = bootOf("goog-2015-12-24");
  const { setup, ...rest } = changes;
  return {
    live: true,
    feed: { name: "venue", kind: "alpaca", paper: true, alpaca: setupOf(url, setup) },
    symbols: ["SPY", "AAPL", "BTC/USD"],
    portfolio: null,
    paperCash: null,
    stateDir: null,
    broker: null,
    offsetUs,
    record: { folder: tempDir(), stopMb: 10, warnMb: 20 },
    build: "0.0.0",
    marketFile,
    ownMarketFile,
    historyDir,
    log: null,
    slots: 4_096,
    inboxRows: 65_536,
    keptBlocks: 4,
    settings: { ...settings, hashEvents: 500 },
    ...rest,
  };
}

/** Orders go to the venue at `url` as if it were Alpaca. */
export function venueBroker(url: string, accounts: string): BrokerBoot {
  return {
    setup: {
      kind: "alpaca",
      rest: url,
      ws: url.replace("http", "ws"),
      keys: { id: "voldesk", secret: "voldesk", from: "test" },
    },
    label: "alpaca venue",
    venue: true,
    account: null,
    accounts,
    guardMs: null,
  };
}
