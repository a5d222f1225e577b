import { dayToCivil, type IsoDay, isoToDay, type OptionInstrument } from "../../../engines/market/index.ts";

/** FNV-1a. */
export function saltOf(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 1;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

/** `27NOV26`, the day without a leading zero. */
export function coinDate(expiry: IsoDay): string {
  const { year, month, day } = dayToCivil(isoToDay(expiry));
  return `${day}${MONTHS[month - 1]}${String(year % 100).padStart(2, "0")}`;
}

/** `BTC-27NOV26-95000-C`. */
export const coinSymbol = (o: OptionInstrument): string =>
  `${o.symbol}-${coinDate(o.expiry)}-${String(o.strike).replace(".", "d")}-${o.type}`;
