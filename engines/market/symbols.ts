import { MarketError } from "./errors.ts";
import type { Ccy, InstrumentId, IsoDay } from "./ids.ts";
import type { OptionType } from "./instrument.ts";

/** What an instrument id says, and all it says: style, multiplier and calendar come from the instrument record. */
export type IdParts =
  | { readonly kind: "EQ"; readonly symbol: string; readonly ccy: Ccy }
  | {
      readonly kind: "OPT";
      readonly root: string;
      readonly expiry: IsoDay;
      readonly type: OptionType;
      readonly strike: number;
      readonly ccy: Ccy;
      /** 1 as listed, 2.. after an adjustment. */
      readonly deliverable: number;
    }
  | { readonly kind: "FUT"; readonly root: string; readonly expiry: IsoDay; readonly ccy: Ccy }
  | { readonly kind: "FX"; readonly pair: string }
  | { readonly kind: "IDX"; readonly symbol: string }
  | { readonly kind: "CRYPTO"; readonly pair: string };

const SYMBOL = /^[A-Z0-9][A-Z0-9._^-]{0,15}$/;
const CCY = /^[A-Z0-9]{3,6}$/;
const FX_PAIR = /^[A-Z]{6}$/;
const COIN_PAIR = /^[A-Z0-9]{1,12}-[A-Z0-9]{1,12}(-[A-Z0-9]{1,12})?$/;
const DECIMAL = /^(0|[1-9]\d{0,9})(\.\d{0,5}[1-9])?$/;
const DELIVERABLE = /^[1-9]\d?$/;

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** True for `YYYY-MM-DD` that names a day of the Gregorian calendar, years 1900 to 2199. */
export function isIsoDay(text: string): text is IsoDay {
  const m = /^(19|20|21)(\d\d)-(\d\d)-(\d\d)$/.exec(text);
  if (m === null) return false;
  const year = Number(`${m[1]}${m[2]}`);
  const month = Number(m[3]);
  const day = Number(m[4]);
  const days = MONTH_DAYS[month - 1];
  if (days === undefined || day < 1 || day > days) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month !== 2 || day < 29 || leap;
}

/** Shortest decimal of a strike: no exponent, no trailing zeros, at most 6 places. Errors: MKT-003 outside (0, 1e10) or finer. */
export function formatStrike(strike: number): string {
  const text = String(strike);
  if (!(strike > 0) || !DECIMAL.test(text)) {
    throw new MarketError("MKT-003", `strike ${text}, needs a positive decimal of at most 6 places`);
  }
  return text;
}

/** Exact inverse of {@link formatStrike}; null for anything that it would not write. */
export function parseStrike(text: string): number | null {
  if (!DECIMAL.test(text)) return null;
  const strike = Number(text);
  return strike > 0 && String(strike) === text ? strike : null;
}

/** Canonical id of the parts. Errors: MKT-001 when a part is not of its form. */
export function formatInstrumentId(parts: IdParts): InstrumentId {
  const id = joinId(parts);
  if (parseInstrumentId(id) === null) throw new MarketError("MKT-001", `instrument id ${id} is malformed`);
  return id as InstrumentId;
}

function joinId(p: IdParts): string {
  switch (p.kind) {
    case "EQ":
      return `EQ/${p.symbol}/${p.ccy}`;
    case "OPT":
      return `OPT/${p.root}/${p.expiry}/${p.type}/${formatStrike(p.strike)}/${p.ccy}/${p.deliverable}`;
    case "FUT":
      return `FUT/${p.root}/${p.expiry}/${p.ccy}`;
    case "FX":
      return `FX/${p.pair}`;
    case "IDX":
      return `IDX/${p.symbol}`;
    case "CRYPTO":
      return `CRYPTO/${p.pair}`;
  }
}

/** Parts of an id, or null when `text` is not one in canonical form (so that one instrument has one id). */
export function parseInstrumentId(text: string): IdParts | null {
  const [kind, a = "", b = "", c = "", d = "", e = "", f = ""] = text.split("/");
  const fields = text.split("/").length;
  switch (kind) {
    case "EQ":
      return fields === 3 && SYMBOL.test(a) && CCY.test(b) ? { kind, symbol: a, ccy: b as Ccy } : null;
    case "OPT": {
      const strike = parseStrike(d);
      if (fields !== 7 || !SYMBOL.test(a) || !isIsoDay(b) || (c !== "C" && c !== "P") || strike === null)
        return null;
      if (!CCY.test(e) || !DELIVERABLE.test(f)) return null;
      return { kind, root: a, expiry: b, type: c, strike, ccy: e as Ccy, deliverable: Number(f) };
    }
    case "FUT":
      return fields === 4 && SYMBOL.test(a) && isIsoDay(b) && CCY.test(c)
        ? { kind, root: a, expiry: b, ccy: c as Ccy }
        : null;
    case "FX":
      return fields === 2 && FX_PAIR.test(a) ? { kind, pair: a } : null;
    case "IDX":
      return fields === 2 && SYMBOL.test(a) ? { kind, symbol: a } : null;
    case "CRYPTO":
      return fields === 2 && COIN_PAIR.test(a) ? { kind, pair: a } : null;
    default:
      return null;
  }
}

/** What an OCC symbol says. `deliverable` 1 is as listed; an adjusted root ends in a digit (`GOOG1` is GOOG, deliverable 2). */
export interface OccParts {
  readonly root: string;
  readonly expiry: IsoDay;
  readonly type: OptionType;
  readonly strike: number;
  readonly deliverable: number;
}

const OCC_ROOT = /^[A-Z][A-Z]{0,5}$/;
const OCC_TAIL = /^(\d\d)(\d\d)(\d\d)([CP])(\d{8})$/;
const OCC_TAIL_LENGTH = 15;

/** Strike in thousandths, the unit of OCC symbols. Errors: MKT-003 when it is not a whole number of them or needs more than 8 digits. */
function thousandths(strike: number): number {
  const k = Math.round(strike * 1000);
  if (!(k > 0 && k <= 99_999_999) || k / 1000 !== strike) {
    throw new MarketError(
      "MKT-003",
      `strike ${strike} does not fit an OCC symbol (0.001 to 99999.999 by 0.001)`,
    );
  }
  return k;
}

function occRoot(parts: OccParts): string {
  const { root, deliverable } = parts;
  const text = deliverable === 1 ? root : `${root}${deliverable - 1}`;
  if (!OCC_ROOT.test(root) || !(deliverable >= 1 && deliverable <= 10) || text.length > 6) {
    throw new MarketError(
      "MKT-003",
      `root ${root} with deliverable ${deliverable} does not fit an OCC symbol`,
    );
  }
  return text;
}

function occTail(parts: OccParts): string {
  if (!isIsoDay(parts.expiry) || !parts.expiry.startsWith("20")) {
    throw new MarketError("MKT-003", `expiry ${parts.expiry} does not fit an OCC symbol (2000 to 2099)`);
  }
  const day = parts.expiry.slice(2, 4) + parts.expiry.slice(5, 7) + parts.expiry.slice(8, 10);
  return `${day}${parts.type}${String(thousandths(parts.strike)).padStart(8, "0")}`;
}

/** The 21-character OCC symbol, root padded with blanks: `GOOG  160115C00760000`. Errors: MKT-003. */
export function formatOcc(parts: OccParts): string {
  return occRoot(parts).padEnd(6, " ") + occTail(parts);
}

/** The same without blanks, as most vendors write it: `GOOG160115C00760000`. Errors: MKT-003. */
export function formatOccCompact(parts: OccParts): string {
  return occRoot(parts) + occTail(parts);
}

/**
 * Reads the padded form (21 characters) and the compact form, with or without the `O:` some vendors put in front. Two-digit years
 * are 2000 to 2099. Null when malformed. Source: OCC Option Symbology Initiative, 2010.
 */
export function parseOcc(text: string): OccParts | null {
  const symbol = text.startsWith("O:") ? text.slice(2) : text;
  if (symbol.length < OCC_TAIL_LENGTH + 1 || symbol.length > OCC_TAIL_LENGTH + 6) return null;
  const rawRoot = symbol.slice(0, -OCC_TAIL_LENGTH);
  const trimmed = symbol.length === OCC_TAIL_LENGTH + 6 ? rawRoot.trimEnd() : rawRoot;
  const m = OCC_TAIL.exec(symbol.slice(-OCC_TAIL_LENGTH));
  const r = /^([A-Z]{1,6})([1-9]?)$/.exec(trimmed);
  if (m === null || r === null) return null;
  const expiry = `20${m[1]}-${m[2]}-${m[3]}`;
  const strike = Number(m[5]) / 1000;
  if (!isIsoDay(expiry) || strike === 0) return null;
  return {
    root: r[1] as string,
    expiry,
    type: m[4] as OptionType,
    strike,
    deliverable: r[2] === "" ? 1 : Number(r[2]) + 1,
  };
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] as const;

function dayMonth(day: IsoDay): { day: string; month: string; year: string } {
  return {
    day: String(Number(day.slice(8, 10))),
    month: MONTHS[Number(day.slice(5, 7)) - 1] ?? "???",
    year: day.slice(2, 4),
  };
}

/** `15jan` when the expiry is less than a year after `today`, else `15jan16`. */
export function expiryLabel(expiry: IsoDay, today: IsoDay): string {
  const { day, month, year } = dayMonth(expiry);
  const yearOn = `${Number(today.slice(0, 4)) + 1}${today.slice(4)}`;
  return expiry >= today && expiry < yearOn ? `${day}${month}` : `${day}${month}${year}`;
}

/** `15jan16` always: for headers and for anything about orders. */
export function expiryLabelLong(expiry: IsoDay): string {
  const { day, month, year } = dayMonth(expiry);
  return `${day}${month}${year}`;
}

/** Time left on the last day, `0d 2h26m`; whole minutes, rounded down; `0d 0h00m` once expired. */
export function expiryCountdown(nowUs: number, expiryUs: number): string {
  const minutes = Math.max(0, Math.floor((expiryUs - nowUs) / 60_000_000));
  const d = Math.floor(minutes / 1440);
  const h = Math.floor(minutes / 60) % 24;
  return `${d}d ${h}h${String(minutes % 60).padStart(2, "0")}m`;
}

/** `GOOG 15jan 760 C` */
export function optionLabel(
  option: {
    readonly root: string;
    readonly expiry: IsoDay;
    readonly type: OptionType;
    readonly strike: number;
  },
  today: IsoDay,
): string {
  return `${option.root} ${expiryLabel(option.expiry, today)} ${formatStrike(option.strike)} ${option.type}`;
}

/** `15J760C`, for columns under 40 wide. Month letter as a trader reads it, so June, July and January look alike. */
export function optionLabelShort(option: {
  readonly expiry: IsoDay;
  readonly type: OptionType;
  readonly strike: number;
}): string {
  const { day, month } = dayMonth(option.expiry);
  return `${day}${month.charAt(0).toUpperCase()}${formatStrike(option.strike)}${option.type}`;
}
