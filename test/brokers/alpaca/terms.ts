import type { InstrumentId } from "../../../engines/market/index.ts";
import type { Terms } from "../../../engines/orders/index.ts";

export const C600 = "OPT/SPY/2026-12-18/C/600/USD/1" as InstrumentId;
const C610 = "OPT/SPY/2026-12-18/C/610/USD/1" as InstrumentId;
export const SPY = "EQ/SPY/USD" as InstrumentId;

export const terms = (change: Partial<Terms> = {}): Terms => ({
  account: "alpaca",
  mode: "paper",
  side: "buy",
  legs: [{ instrument: SPY, ratio: 1, intent: "open" }],
  qty: "1",
  limit: "100.25",
  tif: "day",
  strategy: "manual",
  ...change,
});
export const spread = (change: Partial<Terms> = {}): Terms =>
  terms({
    legs: [
      { instrument: C600, ratio: 1, intent: "open" },
      { instrument: C610, ratio: -2, intent: "close" },
    ],
    limit: "1.2",
    qty: "3",
    ...change,
  });
