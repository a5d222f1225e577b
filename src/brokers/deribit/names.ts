import { type InstrumentId, parseInstrumentId } from "../../../engines/market/index.ts";

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const OPTION = /^([A-Z]{2,6})-(\d{1,2})([A-Z]{3})(\d{2})-(\d+(?:d\d+)?)-([CP])$/;

/**
 * The id of what Deribit writes as `BTC-8JUN20-8750-P`. Anything else has a name of its own, so that nothing held goes unseen and nothing is
 * counted in a money that it is not in: a perpetual's size is in dollars and its profit in coin, which the books here can't hold.
 */
export function idOfName(name: string): InstrumentId {
  const [, coin, day, month, year, strike, type] = OPTION.exec(name) ?? [];
  const at = MONTHS.indexOf(month ?? "");
  if (coin === undefined || strike === undefined || at < 0) return `DERIBIT/${name}` as InstrumentId;
  const expiry = `20${year}-${String(at + 1).padStart(2, "0")}-${day?.padStart(2, "0")}`;
  const id = `OPT/${coin}/${expiry}/${type}/${strike.replace("d", ".")}/${coin}/1`;
  return (parseInstrumentId(id) === null ? `DERIBIT/${name}` : id) as InstrumentId;
}
