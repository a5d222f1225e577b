import type { DeskBoot } from "../../src/shell/boot.ts";

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
    loop: false,
    marketFile: `${root}config/market.yaml`,
    historyDir: `${root}test/fixtures/history`,
    ownMarketFile: null,
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
    },
    ...changes,
  };
}
