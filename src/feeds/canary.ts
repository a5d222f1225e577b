import type { Instrument } from "../../engines/market/index.ts";
import type { FeedSetup } from "../shell/live/live-boot.ts";

/** What always trades while its market is open: silence of a stream that carries it is the stream's, not the market's. */
const STOCKS = "SPY";
const COINS = "BTC/USD";
const PERPETUAL = "BTC-PERPETUAL";

/** Canaries for the kinds of instruments that are followed: one subscription each. */
export function canaries(kind: FeedSetup["kind"], followed: readonly Instrument[]): string[] {
  if (kind === "deribit") return [PERPETUAL];
  const coins = followed.some((i) => i.kind === "crypto");
  const others = followed.some(
    (i) => i.ccy === "USD" && (i.kind === "equity" || i.kind === "etf" || i.kind === "option"),
  );
  return [...(others ? [STOCKS] : []), ...(coins && kind === "alpaca" ? [COINS] : [])];
}
