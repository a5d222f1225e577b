import {
  formatInstrumentId,
  formatOccCompact,
  type Instrument,
  type InstrumentId,
  parseInstrumentId,
  parseOcc,
} from "../../../engines/market/index.ts";
import type { BrokerInstruments } from "../setup.ts";

const USD = "USD" as never;

/** An id as Alpaca writes it; null for what it does not trade. */
export function symbolOfId(id: InstrumentId): string | null {
  const parts = parseInstrumentId(id);
  switch (parts?.kind) {
    case "EQ":
      return parts.ccy === "USD" ? parts.symbol : null;
    case "OPT":
      try {
        return parts.ccy === "USD" ? formatOccCompact(parts) : null;
      } catch {
        return null;
      }
    case "CRYPTO":
      return parts.pair.includes("PERPETUAL") ? null : parts.pair.replace("-", "/");
    default:
      return null;
  }
}

/** The other way: what the desk knows under that symbol, else the id that the symbol spells. Null where it spells none. */
export function idOfSymbol(symbol: string, instruments: BrokerInstruments): InstrumentId | null {
  const known: Instrument | null = instruments.bySymbol(symbol);
  if (known !== null) return known.id;
  try {
    const occ = parseOcc(symbol);
    if (occ !== null) return formatInstrumentId({ kind: "OPT", ...occ, ccy: USD });
    if (symbol.includes("/")) return formatInstrumentId({ kind: "CRYPTO", pair: symbol.replace("/", "-") });
    return formatInstrumentId({ kind: "EQ", symbol, ccy: USD });
  } catch {
    return null;
  }
}
