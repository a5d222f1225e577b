/**
 * Alpaca's stream messages as parsed objects. Unknown keys are passed over in any order, an unknown type or a value of the wrong type is
 * refused and counted; a frame never throws. The byte scanners do the same for what is usual and hand the rest to this.
 */
import { parseIsoMicros, type Slot } from "../../../engines/market/index.ts";
import { type AlpacaRows, type Condition, conditionCodes } from "./alpaca-rows.ts";
import type { Json } from "./json.ts";

const NONE = Number.NaN;

/** Kinds that are kept raw only: nothing on the desk reads them, or the trades tell the same. */
const RAW_ONLY = new Set(["b", "u", "d", "l", "i", "o", "p", "success", "subscription", "error"]);

/** A time already decoded from a binary form. */
export class WireTime {
  constructor(readonly us: number) {}
}

/** A number, NaN where the key is absent; null for a value of another type. */
function numeric(v: unknown): number | null {
  if (v === undefined || v === null) return NONE;
  if (typeof v === "bigint") return Number(v);
  return typeof v === "number" && v - v === 0 ? v : null;
}

/** Event time in µs; NaN where the key is absent, null where it is no time. */
function time(v: unknown): number | null {
  if (v === undefined || v === null) return NONE;
  if (v instanceof WireTime) return v.us;
  return typeof v === "string" ? parseIsoMicros(v) : null;
}

const word = (v: unknown): string => (typeof v === "string" ? v : "");

/** The digits of an id, whatever form they came in: a double would not hold all of them. */
const digits = (v: unknown): string =>
  typeof v === "number" || typeof v === "bigint" || typeof v === "string" ? String(v) : "";

/** True when it put a row on the tape. */
export function alpacaMessage(rows: AlpacaRows, m: Json, recvUs: number): boolean {
  const type = m["T"];
  if (typeof type !== "string") return refuse(rows, "message without a type");
  if (RAW_ONLY.has(type)) return false;
  if (type === "n") return headline(rows, m, recvUs);
  if (!"qtscx".includes(type) || type.length !== 1) return refuse(rows, "unknown message type");
  if (typeof m["S"] !== "string") return refuse(rows, "message without a symbol");
  const slot = rows.slot(m["S"]);
  if (slot < 0) return false;
  switch (type) {
    case "q":
      return quote(rows, m, slot, recvUs);
    case "t":
      return trade(rows, m, slot, recvUs);
    case "s":
      return rows.status(slot, recvUs, word(m["sc"]), word(m["rm"]) || word(m["rc"]));
    default:
      return correction(rows, m, slot, recvUs);
  }
}

/** Control characters have no place in a line of the log. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const HEADLINE = 200;
const NAMES = 6;

/** A headline with what it is about goes to the log; the article stays in the raw frames. */
function headline(rows: AlpacaRows, m: Json, recvUs: number): boolean {
  const text = word(m["headline"]).replace(CONTROLS, " ").trim();
  if (text === "") return refuse(rows, "news without a headline");
  const about = Array.isArray(m["symbols"]) ? m["symbols"].filter((s) => typeof s === "string") : [];
  const names = about.slice(0, NAMES).join(" ").replace(CONTROLS, " ");
  return rows.note(recvUs, "news", `${names === "" ? "" : `${names}: `}${text.slice(0, HEADLINE)}`);
}

function refuse(rows: AlpacaRows, reason: string): false {
  rows.sink.refuse(reason);
  return false;
}

export function quote(rows: AlpacaRows, m: Json, slot: Slot, recvUs: number, extra = 0): boolean {
  const [bid, bidSize, ask, askSize] = [
    numeric(m["bp"]),
    numeric(m["bs"]),
    numeric(m["ap"]),
    numeric(m["as"]),
  ];
  const us = time(m["t"]);
  if (bid === null || bidSize === null || ask === null || askSize === null)
    return refuse(rows, "quote with a value that is no number");
  if (us === null) return refuse(rows, "quote with a time that is none");
  if (bid !== bid && ask !== ask) return refuse(rows, "quote without a side");
  rows.quote(slot, recvUs, us, bid, bidSize, ask, askSize, extra);
  return true;
}

export function trade(rows: AlpacaRows, m: Json, slot: Slot, recvUs: number, extra = 0): boolean {
  const [price, size, us, c] = [numeric(m["p"]), numeric(m["s"]), time(m["t"]), conditionCodes(m["c"])];
  if (price === null || size === null || c === null)
    return refuse(rows, "trade with a value of the wrong type");
  if (us === null) return refuse(rows, "trade with a time that is none");
  if (price !== price) return refuse(rows, "trade without a price");
  const x = word(m["x"]);
  const condition: Condition | null = x === "" && c === "" ? null : rows.condition(x, c, word(m["z"]));
  rows.trade(slot, recvUs, us, price, size, condition, extra);
  return true;
}

/** `c` tells a print's figures anew, `x` takes it back. */
function correction(rows: AlpacaRows, m: Json, slot: Slot, recvUs: number): boolean {
  const corrects = m["T"] === "c";
  const [price, size] = corrects ? [numeric(m["op"]), numeric(m["os"])] : [numeric(m["p"]), numeric(m["s"])];
  if (!(price !== null && price > 0) || !(size !== null && size > 0))
    return refuse(rows, "correction without the print it is about");
  rows.cancel(slot, recvUs, digits(m[corrects ? "oi" : "i"]), price, size);
  if (corrects)
    trade(rows, { p: m["cp"], s: m["cs"], c: m["cc"], x: m["x"], z: m["z"], t: m["t"] }, slot, recvUs);
  return true;
}
