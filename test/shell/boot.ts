import type { DeskBoot } from "../../src/shell/boot.ts";

export const ORDER_SETTINGS: DeskBoot["settings"]["orders"] = {
  defaults: { contracts: 1, shares: 100 },
  limits: {
    maxContracts: 50,
    maxShares: 5000,
    maxPremium: 25_000,
    maxLossPct: 10,
    maxNamePct: 50,
    maxDeltaPct: 100,
    maxTurnoverPct: 200,
    maxVega: 5000,
    dayLossPct: 5,
    duplicateMs: 5000,
    ratePerMinute: 30,
    fatFingerPct: 20,
    spreadPct: 8,
    minVolume: 50,
    minOpenInterest: 200,
    regime: "normal",
    rules: {},
  },
  previewMs: 15_000,
  shownMs: 300,
  typedAbove: 10,
  paperLatencyMs: 50,
  openHalted: "live",
  killOthers: false,
  legging: { does: "hedge", maxMs: 60_000, maxNotional: 25_000 },
};

/** Tests and benches run from the root of the checkout, bundled or not. */
const root = `${process.cwd()}/`;

/** A desk over a bundled session, as the program would start it. */
export function bootOf(
  session: "goog-2015-12-24" | "bac-ibm-2013-10-08",
  changes: Partial<DeskBoot> = {},
): DeskBoot {
  return {
    session: `${root}dist/sessions/${session}`,
    portfolio: `${root}data/portfolios/${session === "goog-2015-12-24" ? "paper-goog" : "paper-bac-ibm"}.yaml`,
    speed: null,
    at: null,
    paused: true,
    index: true,
    loop: false,
    marketFile: `${root}config/market.yaml`,
    historyDir: `${root}test/fixtures/history`,
    ownMarketFile: null,
    log: null,
    settings: {
      marksPolicy: "neutral",
      marginProfile: "regT",
      tapePrints: 512,
      checkpointEvents: 25_000,
      checkpointLimit: 64,
      quoteAgeMs: { ticks: 5_000, "minute bars": 90_000 },
      hashEvents: 100_000,
      logEntries: 500,
      alertsFile: null,
      watchDir: null,
      watchLists: {},
      orders: ORDER_SETTINGS,
    },
    stateDir: null,
    ...changes,
  };
}
