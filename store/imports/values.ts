/** What a cell says. Each reader gives null for text that says nothing or nonsense; none guesses. */
import {
  civilToDay,
  type IsoDay,
  isIsoDay,
  parseIsoMicros,
  wallToUs,
  type Zone,
} from "../../engines/market/index.ts";

const NOTHING = new Set(["", "nan", "na", "n/a", "none", "null", "-", "--", ".", "inf", "-inf"]);

export const saysNothing = (text: string): boolean => NOTHING.has(text.toLowerCase());

const GROUPED = /^-?\d{1,3}([, ]\d{3})+(\.\d+)?$/;

/** A decimal, thousands grouped by commas or blanks or not at all. Null when it is none. */
export function numberOf(text: string): number | null {
  const plain = GROUPED.test(text) ? text.replace(/[, ]/g, "") : text;
  if (plain === "" || !/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain)) return null;
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const two = (n: number | string): string => String(n).padStart(2, "0");

function day(year: string, month: number | string, dayOfMonth: string): IsoDay | null {
  const iso = `${year}-${two(month)}-${two(dayOfMonth)}`;
  return isIsoDay(iso) ? iso : null;
}

const monthNo = (name: string): number => MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1;

/** `2026-08-18`, `20260818`, `08/18/2026` (month first), `Tue Aug 18 2026`, `18AUG26`; the day of an instant. */
export function dayOf(text: string): IsoDay | null {
  const iso = /^(\d{4})-(\d\d)-(\d\d)(?:$|[T ])/.exec(text);
  if (iso) return day(iso[1] as string, iso[2] as string, iso[3] as string);
  const packed = /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  if (packed) return day(packed[1] as string, packed[2] as string, packed[3] as string);
  const us = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (us) return day(us[3] as string, us[1] as string, us[2] as string);
  const named = /^(?:[A-Za-z]{3},? )?([A-Za-z]{3,9}) (\d{1,2}),? (\d{4})$/.exec(text);
  if (named) return day(named[3] as string, monthNo(named[1] as string), named[2] as string);
  const short = /^(\d{1,2})([A-Za-z]{3})(\d\d)$/.exec(text);
  if (short) return day(`20${short[3]}`, monthNo(short[2] as string), short[1] as string);
  return null;
}

/** An ISO instant, seconds or milliseconds since 1970; a time without a zone stands on the wall of `zone`, null without one. */
export function instantOf(text: string, zone: Zone | null): number | null {
  if (/^\d{10}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1e6);
  if (/^\d{13}$/.test(text)) return Number(text) * 1000;
  const exact = parseIsoMicros(text);
  if (exact !== null || zone === null) return exact;
  const naive = parseIsoMicros(text, true);
  if (naive === null) return null;
  const dayNo = Math.floor(naive / 86_400e6);
  return wallToUs(zone, dayNo, (naive - dayNo * 86_400e6) / 60e6);
}

const OFFSETS: Readonly<Record<string, number>> = {
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  UTC: 0,
  GMT: 0,
};

/** The instant of a headline such as `February 5 2022, 8:26 PM EST`, `14 April 2023, 19:12 UTC−4` or `May 23, 2023 at 7:39 PM EDT`. */
export function headlineInstant(text: string): number | null {
  const year = /\b(20\d\d)\b/.exec(text)?.[1];
  const month = monthNo(/\b([A-Z][a-z]{2,8})\b(?=[ ,\d])/.exec(text.replace(/^Date:\s*/, ""))?.[1] ?? "");
  const dayOfMonth = /\b(\d{1,2})\b(?!:|\d)/.exec(text)?.[1];
  const clock = /(\d{1,2}):(\d\d)\s*([AP]M)?\s*(?:UTC([+\u2212-]\d{1,2})|([A-Z]{3}))?/.exec(text);
  if (!year || month === 0 || !dayOfMonth || !clock) return null;
  const [, h, m, half, offset, letters] = clock;
  const hour = half === undefined ? Number(h) : (Number(h) % 12) + (half === "PM" ? 12 : 0);
  const east = offset !== undefined ? Number(offset.replace("\u2212", "-")) * 60 : OFFSETS[letters ?? ""];
  if (east === undefined || hour > 23) return null;
  return (civilToDay(Number(year), month, Number(dayOfMonth)) * 1440 + hour * 60 + Number(m) - east) * 60e6;
}

/** `C`, `call`, `P`, `put` in any case. */
export function typeOf(text: string): "C" | "P" | null {
  const t = text.toLowerCase();
  return t === "c" || t === "call" || t === "calls"
    ? "C"
    : t === "p" || t === "put" || t === "puts"
      ? "P"
      : null;
}
