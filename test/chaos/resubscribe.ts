import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Slot } from "../../engines/market/index.ts";
import { systemClock } from "../../src/shell/clock.ts";
import type { LiveBoot } from "../../src/shell/live/live-boot.ts";
import { LiveSession } from "../../src/shell/live/live-session.ts";
import { openMarket } from "../../src/venue/market/open.ts";
import { startOf } from "../../src/venue/session-clock.ts";
import { removeFolder } from "../harness/folders.ts";
import { bootOf } from "../shell/boot.ts";

const DAY = { seed: 4, day: "2026-11-20", at: "11:00" } as const;
const NAMES = ["SPY", "QQQ", "AAPL", "NVDA", "MSFT", "TSLA"];
const LOOK_MS = 50;
/** The free plan's rate of requests. */
const REST_PER_MINUTE = 200;

export interface Resubscribed {
  readonly symbols: number;
  /** From the reset until the server streams all of them again, and each was told of since: s. */
  readonly seconds: number;
}

/** OCC symbols of the venue's own chains, near expiries first. */
function listed(count: number): string[] {
  const { market, close } = openMarket(DAY, (c) => startOf(c, systemClock.wallUs()));
  const all = NAMES.flatMap((name) => {
    const base = market.bySymbol(name);
    return base === null ? [] : market.chain(base).map((p) => p.symbol);
  });
  close();
  if (all.length < count) throw new Error(`the venue lists ${all.length} options only`);
  return all.slice(0, count);
}

/** A live desk over real sockets that streams `count` options, whose connection is reset. */
export async function resubscribe(count: number): Promise<Resubscribed> {
  const folder = mkdtempSync(join(tmpdir(), "voldesk-chaos-"));
  const { url, process: venue } = await venueBeside();
  const state = (await (await fetch(`${url}/_venue/state`)).json()) as { readonly nowUs: number };
  const offsetUs = state.nowUs - systemClock.wallUs();
  const session = new LiveSession(boot(url, offsetUs, listed(count), folder), () => {}, systemClock);
  session.begin();
  const live = (): number =>
    session.desk.instruments.filter((i, s) => i.kind === "option" && session.isLive(s as Slot)).length;
  try {
    await until(() => live() >= count, "all of them live at first");
    const fromMs = performance.now();
    await fetch(`${url}/_venue/faults`, {
      method: "POST",
      body: JSON.stringify({ kind: "reset", on: "opra" }),
    });
    await until(() => live() === 0, "the break seen");
    await until(() => live() >= count, "all of them live again");
    return { symbols: count, seconds: (performance.now() - fromMs) / 1000 };
  } finally {
    await session.close();
    venue.kill();
    removeFolder(folder);
  }
}

/** The built venue, in a process of its own as a broker would be. */
async function venueBeside(): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const at = ["--seed", String(DAY.seed), "--day", DAY.day, "--at", DAY.at];
  const child = spawn(process.execPath, ["bin/voldesk.js", "venue", ...at], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve) =>
    child.stdout.once("data", (d: Buffer) => resolve(d.toString())),
  );
  return { url: /http:\/\/[\d.:]+/.exec(line)?.[0] ?? "", process: child };
}

async function until(what: () => boolean, name: string): Promise<void> {
  const began = performance.now();
  while (!what()) {
    if (performance.now() - began > 90_000) throw new Error(`never: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function boot(url: string, offsetUs: number, symbols: readonly string[], folder: string): LiveBoot {
  const { settings, marketFile, historyDir, ownMarketFile } = bootOf("goog-2015-12-24");
  return {
    live: true,
    feed: {
      name: "venue",
      paper: true,
      kind: "alpaca",
      alpaca: {
        name: "venue",
        dataUrl: url,
        tradingUrl: url,
        streamUrl: url.replace("http", "ws"),
        stockFeed: "sip",
        optionFeed: "opra",
        stockLimit: 30,
        // The canary takes one.
        optionLimit: symbols.length + 1,
        cryptoLimit: 30,
        restPerMinute: REST_PER_MINUTE,
        keys: { id: "K", secret: "S", from: "chaos" },
        chainDays: 0,
        chainWidth: 0,
        news: false,
        rotated: 0,
      },
    },
    symbols,
    portfolio: null,
    offsetUs,
    record: { folder, stopMb: 10, warnMb: 20 },
    build: "0.0.0",
    marketFile,
    ownMarketFile,
    historyDir,
    log: null,
    slots: 8_192,
    inboxRows: 65_536,
    keptBlocks: 4,
    stateDir: null,
    paperCash: null,
    settings,
  };
}
