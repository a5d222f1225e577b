import { writeSync } from "node:fs";
import type { InstrumentId } from "../../engines/market/index.ts";
import { DeskHost } from "../../src/shell/host.ts";
import { bootOf, ORDER_SETTINGS } from "../shell/boot.ts";
import { type Market, type Said, Trader } from "./trader.ts";

/** One life of a real desk (its worker, its ledger's thread, its broker) with a trader and without a screen. Run as a process, to be killed. */
export interface LifeOptions {
  readonly stateDir: string;
  readonly at: string;
  readonly seed: number;
  readonly settle: boolean;
}

const call = (strike: number): InstrumentId => `OPT/GOOG/2016-01-15/C/${strike}/USD/1` as InstrumentId;
const MARKET: Market = {
  singles: ["EQ/GOOG/USD" as InstrumentId, call(740), call(760), call(780)],
  pairs: [
    [call(740), call(760)],
    [call(760), call(780)],
  ],
};
const SPEED = 20;
const SETTLE_MS = 20_000;
const HUGE = 1e9;

const options = JSON.parse(process.argv[2] as string) as LifeOptions;
const say = (said: Said): void => void writeSync(1, `${JSON.stringify(said)}\n`);
const boot = bootOf("goog-2015-12-24", { stateDir: options.stateDir, at: options.at, index: false });
const limits = {
  ...ORDER_SETTINGS.limits,
  duplicateMs: 0,
  ratePerMinute: HUGE,
  maxPremium: HUGE,
  maxLossPct: HUGE,
  maxNamePct: HUGE,
  maxDeltaPct: HUGE,
  maxTurnoverPct: HUGE,
  maxVega: HUGE,
  dayLossPct: HUGE,
};
const host = await DeskHost.open(
  {
    ...boot,
    settings: { ...boot.settings, orders: { ...ORDER_SETTINGS, limits, shownMs: 0, paperLatencyMs: 5 } },
  },
  {
    fatal: (f) => {
      process.stderr.write(`${f.code} ${f.message}\n`);
      process.exit(1);
    },
  },
);
const trader = new Trader(host, MARKET, options.seed, say);
await trader.begin();
await host.command({ name: "speed", speed: SPEED });
await host.command({ name: "run" });
if (!options.settle) await trader.trade();
await trader.settle(SETTLE_MS);
await host.close();
