import type { Instrument } from "../../engines/market/index.ts";
import { fixed } from "./format.ts";

const MONTHS = "JFMAMJJASOND";

/** `15J760C`: a contract where there is no room for `GOOG 15jan 760 C`; anything else by its symbol. */
export function shortName(instrument: Instrument): string {
  if (instrument.kind !== "option") return instrument.symbol;
  const [, month = "1", day = "1"] = instrument.expiry.split("-");
  const { strike } = instrument;
  const k = Number.isInteger(strike) ? fixed(strike, 0) : String(strike);
  return `${Number(day)}${MONTHS[Number(month) - 1] ?? "?"}${k}${instrument.type}`;
}

/** Panes narrower than this name contracts the short way. */
export const SHORT_BELOW = 40;
