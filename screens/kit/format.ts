/**
 * Numbers and times as words of the screen (units of ux.md section 4). Unknown (`null` or NaN) is `–`. No formatter cuts a number: a
 * column that can't hold one grows or goes.
 */
export const NONE = "–";

const known = (v: number | null | undefined): v is number =>
  v !== null && v !== undefined && Number.isFinite(v);

/** `1234567.8` → `1,234,567.8`: thousands in the integer part. */
export function group(digits: string): string {
  const dot = digits.indexOf(".");
  const end = dot < 0 ? digits.length : dot;
  const start = digits.charCodeAt(0) === 0x2d ? 1 : 0;
  if (end - start <= 3) return digits;
  let out = digits.slice(end);
  let i = end;
  for (; i - 3 > start; i -= 3) out = `,${digits.slice(i - 3, i)}${out}`;
  return digits.slice(0, i) + out;
}

/** Fixed decimals without a negative zero. */
export function fixed(v: number, decimals: number): string {
  const text = v.toFixed(decimals);
  return text.charCodeAt(0) === 0x2d && Number(text) === 0 ? text.slice(1) : text;
}

/**
 * A price: the instrument's tick decides the decimals; one more for half a tick of the last of them (a mid of 748.155 at two decimals).
 * No sign, no thousands: prices are read digit by digit.
 */
export function price(v: number | null | undefined, decimals: number): string {
  if (!known(v)) return NONE;
  const scaled = v * 10 ** decimals;
  const half = Math.abs(Math.abs(scaled - Math.trunc(scaled)) - 0.5) < 1e-4;
  return fixed(v, half ? decimals + 1 : decimals);
}

type Sides = { readonly bid: number; readonly ask: number };

/** The bid of a quote. 0 beside an ask is a market in which nobody bids; beside none it is unknown. */
export const bid = (q: Sides, decimals: number): string =>
  price(q.bid === 0 && !hasAsk(q) ? null : q.bid, decimals);

/** The ask of a quote: one of 0 is none. */
export const ask = (q: Sides, decimals: number): string => price(hasAsk(q) ? q.ask : null, decimals);

const hasAsk = (q: Sides): boolean => q.ask !== 0 && !Number.isNaN(q.ask);

/** Whole or fixed units with thousands: `-1,243`. */
export function units(v: number | null | undefined, decimals = 0): string {
  return known(v) ? group(fixed(v, decimals)) : NONE;
}

/** The same with `+` on gains: P&L, changes, signed quantities, Greeks. */
export function signed(v: number | null | undefined, decimals = 0): string {
  if (!known(v)) return NONE;
  const text = group(fixed(v, decimals));
  return v > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

const SCALES: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "B"],
  [1e6, "M"],
  [1e3, "k"],
];

/** From 10,000: three significant digits and a letter, `12.4k`, `3.21M`, `1.05B`; below as {@link units}. */
export function short(v: number | null | undefined, decimals = 0): string {
  if (!known(v)) return NONE;
  const size = Math.abs(v);
  if (size < 9_999.5) return units(v, decimals);
  for (const [scale, letter] of SCALES) {
    // Rounding to three digits may carry into the next letter: 999,950 is 1.00M.
    if (size < scale * 0.9995) continue;
    const n = v / scale;
    const whole = Math.abs(n);
    const places = whole < 9.995 ? 2 : whole < 99.95 ? 1 : 0;
    return fixed(n, places) + letter;
  }
  return units(v, decimals);
}

/** Sizes of quotes and trades: whole as {@link short}; parts of a coin by three significant digits, `0.1`. */
export const lots = (v: number | null | undefined): string =>
  known(v) && !Number.isInteger(v) && Math.abs(v) < 100 ? String(Number(v.toPrecision(3))) : short(v);

export function shortSigned(v: number | null | undefined, decimals = 0): string {
  if (!known(v)) return NONE;
  const text = short(v, decimals);
  return v > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** `signed` where it fits the width, else shortened. */
export function fit(v: number | null | undefined, width: number, decimals = 0, sign = true): string {
  const long = sign ? signed(v, decimals) : units(v, decimals);
  if (long.length <= width) return long;
  return sign ? shortSigned(v, decimals) : short(v, decimals);
}

/** A fraction as percent: -0.0123 → `-1.2%`. */
export function percent(fraction: number | null | undefined, sign = true): string {
  if (!known(fraction)) return NONE;
  return `${sign ? signed(fraction * 100, 1) : fixed(fraction * 100, 1)}%`;
}

/** An implied volatility per year in vol points: 0.181 → `18.1`. */
export const vol = (iv: number | null | undefined): string => (known(iv) ? fixed(iv * 100, 1) : NONE);

/** A contract's delta: `.37`, `-.40`, `1.00`. */
export function delta(v: number | null | undefined): string {
  if (!known(v)) return NONE;
  const text = fixed(v, 2);
  return text.replace(/^(-?)0\./, "$1.");
}

/** An age in µs: `0.4s 12s 3m 2h 5d`. */
export function age(us: number | null | undefined): string {
  if (!known(us)) return NONE;
  const s = Math.max(0, us / 1e6);
  if (s < 9.95) return `${fixed(s, 1)}s`;
  if (s < 119.5) return `${Math.round(s)}s`;
  if (s < 7170) return `${Math.round(s / 60)}m`;
  if (s < 172_800) return `${Math.round(s / 3600)}h`;
  return `${Math.round(s / 86_400)}d`;
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

/** `10:34:00` in a zone of `offsetMin` minutes east of UTC. */
export function clock(us: number | null | undefined, offsetMin: number, seconds = true): string {
  if (!known(us)) return NONE;
  const s = Math.floor(us / 1e6) + offsetMin * 60;
  const day = ((s % 86_400) + 86_400) % 86_400;
  const text = `${two(Math.floor(day / 3600))}:${two(Math.floor(day / 60) % 60)}`;
  return seconds ? `${text}:${two(day % 60)}` : text;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** An expiry or day `2016-01-15` → `15jan16`; under a year from `today` → `15jan`. */
export function day(iso: string, today?: string): string {
  const [y = "", m = "", d = ""] = iso.split("-");
  const month = MONTHS[Number(m) - 1];
  if (month === undefined) return iso;
  const near = today !== undefined && iso >= today && dayNumber(iso) - dayNumber(today) < 365;
  return `${Number(d)}${month}${near ? "" : y.slice(2)}`;
}

function dayNumber(iso: string): number {
  const [y = 0, m = 1, d = 1] = iso.split("-").map(Number);
  return Math.floor(Date.UTC(y, m - 1, d) / 86_400_000);
}

/** `Thu 24Dec15` */
export function longDay(iso: string): string {
  const text = day(iso);
  const at = text.search(/[a-z]/);
  if (at < 0) return iso;
  return `${weekday(iso)} ${text.slice(0, at)}${text.charAt(at).toUpperCase()}${text.slice(at + 1)}`;
}

const weekday = (iso: string): string =>
  ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((dayNumber(iso) % 7) + 7) % 7] ?? "";

/** A day of the coming weeks: `Mon 28 Dec`. */
export function soonDay(iso: string): string {
  const month = MONTHS[Number(iso.slice(5, 7)) - 1];
  if (month === undefined) return iso;
  return `${weekday(iso)} ${Number(iso.slice(8, 10))} ${month.charAt(0).toUpperCase()}${month.slice(1)}`;
}

/** Days to expiry: `22d`, and on the last day what is left: `0d 2h26m`. */
export function dte(days: number | null | undefined): string {
  if (!known(days)) return NONE;
  if (days >= 1) return `${Math.floor(days)}d`;
  const minutes = Math.max(0, Math.floor(days * 1440));
  return `0d ${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
}

/** A replay's speed: `8x`, `0.25x`, `max`. */
export const speed = (s: number | "max"): string => (s === "max" ? "max" : `${s}x`);

/** Events a second, short: `412/s`, `12.4k/s`. */
export const rate = (v: number | null | undefined): string => (known(v) ? `${short(v)}/s` : NONE);

/** `quoteOutOfOrder` as a person writes it; what has words already stays (`frame that is no MessagePack`). */
export const plainWords = (name: string): string =>
  name.includes(" ") ? name : name.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
