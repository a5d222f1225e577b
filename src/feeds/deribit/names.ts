import { formatStrike, type Instrument } from "../../../engines/market/index.ts";

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;
const COINS: ReadonlySet<string> = new Set(["BTC", "ETH"]);

/** As Deribit writes it: `BTC-PERPETUAL`, `BTC-8JUN20-8750-P`; null for what it does not list. */
export function deribitName(instrument: Instrument): string | null {
  if (instrument.kind === "crypto") {
    const name = instrument.id.slice("CRYPTO/".length);
    return name.endsWith("-PERPETUAL") ? name : null;
  }
  if (instrument.kind !== "option" || instrument.premiumStyle !== "inverse") return null;
  const [year = "", month = "", day = ""] = instrument.expiry.split("-");
  const when = `${Number(day)}${MONTHS[Number(month) - 1] ?? ""}${year.slice(2)}`;
  return `${instrument.symbol}-${when}-${formatStrike(instrument.strike)}-${instrument.type}`;
}

/** The coin whose options stand on an instrument; null where there are none. */
export function coinOf(instrument: Instrument): string | null {
  if (instrument.kind !== "crypto") return null;
  const coin = instrument.id.slice("CRYPTO/".length).split("-")[0] ?? "";
  return COINS.has(coin) ? coin : null;
}

/** An index that tickers of the coin's perpetual tell. */
export const isIndex = (instrument: Instrument): boolean => {
  const coin = coinOf(instrument);
  return coin !== null && instrument.id === `CRYPTO/${coin}-USD`;
};
