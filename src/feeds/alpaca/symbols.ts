import { formatOccCompact, type Instrument, parseInstrumentId } from "../../../engines/market/index.ts";
import type { AlpacaSetup } from "./setup.ts";

/** Each class has a stream, a snapshot path and a limit of its own. */
export type Class = "stocks" | "options" | "crypto";
export const CLASSES: readonly Class[] = ["stocks", "options", "crypto"];

/** The stream of a class, as the vendor and the screen name it. */
export const feedName = (setup: Pick<AlpacaSetup, "stockFeed" | "optionFeed">, kind: Class): string =>
  kind === "stocks" ? setup.stockFeed : kind === "options" ? setup.optionFeed : "crypto";

export function classOf(instrument: Instrument): Class | null {
  switch (instrument.kind) {
    case "equity":
    case "etf":
      return instrument.ccy === "USD" ? "stocks" : null;
    case "option":
      return instrument.ccy === "USD" ? "options" : null;
    case "crypto":
      return instrument.symbol.includes("PERPETUAL") ? null : "crypto";
    default:
      return null;
  }
}

const found = new WeakMap<Instrument, string | null>();

/** As Alpaca writes it; null where it cannot. */
export function symbolOf(instrument: Instrument): string | null {
  let symbol = found.get(instrument);
  if (symbol === undefined) found.set(instrument, (symbol = written(instrument)));
  return symbol;
}

function written(instrument: Instrument): string | null {
  if (instrument.kind === "crypto") return instrument.id.slice("CRYPTO/".length).replace("-", "/");
  if (instrument.kind !== "option") return instrument.symbol;
  const parts = parseInstrumentId(instrument.id);
  if (parts?.kind !== "OPT") return null;
  try {
    return formatOccCompact(parts);
  } catch {
    return null;
  }
}
