import {
  americanGreeks,
  americanIv,
  bsmGreeks,
  bsmIv,
  bsmPrice,
  type CashDividend,
  CHECK_GRID,
  cashPrice,
  dividendGreeks,
  dividendIv,
  emptyGreeks,
  fitForward,
  fitSabr,
  fitSvi,
  type ImpliedVol,
  type SabrParams,
  type SviParams,
  sabrVol,
  sviButterfly,
  sviCalendar,
  sviCurvature,
  sviG,
  sviLeeOk,
  sviMinVariance,
  sviSlope,
  sviTotalVariance,
  sviValid,
  sviVol,
} from "../../engines/pricing/index.ts";
import {
  badValue,
  type Line,
  LineError,
  number,
  numbers,
  optional,
  optionalNumbers,
  side,
  spot,
} from "./fields.ts";

/** Answers one line; the answer must be JSON. Throws a LineError for a line it cannot answer. */
export type Operation = (line: Line) => unknown;

const OPTION_DOMAIN = "S, K must be above 0, T and sigma at least 0, r and q finite.";

export const price: Operation = (line) => {
  const { S, K, T, r, q } = spot(line);
  const value = bsmPrice(side(line), S, K, T, r, q, number(line, "sigma"));
  if (Number.isNaN(value)) throw badValue(OPTION_DOMAIN);
  return { price: value };
};

export const greeks: Operation = (line) => {
  const { S, K, T, r, q } = spot(line);
  const out = bsmGreeks(side(line), S, K, T, r, q, number(line, "sigma"), emptyGreeks());
  if (Number.isNaN(out.price)) throw badValue(OPTION_DOMAIN);
  return out;
};

/** The warm start of a line: `sigma0`, or the `sigma` of a previous answer. */
export const warmStart = (line: Line): number => optional(line, "sigma0") ?? optional(line, "sigma") ?? 0;

export const iv: Operation = (line): ImpliedVol => {
  const { S, K, T, r, q } = spot(line);
  return bsmIv(side(line), number(line, "price"), S, K, T, r, q, warmStart(line));
};

const isLine = (value: unknown): value is Line =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Cash dividends of a line: `dividends: [{t, amount}]`, or one as `tDiv` and `dividend`. */
function cash(line: Line): CashDividend[] {
  const list = line["dividends"];
  if (list === undefined || list === null) {
    const amount = optional(line, "dividend");
    return amount === null ? [] : [{ t: number(line, "tDiv"), amount }];
  }
  if (!Array.isArray(list) || !list.every(isLine))
    throw new LineError("CALC-003", "dividends must be a list of {t, amount}.", true);
  return list.map((d) => ({ t: number(d, "t"), amount: number(d, "amount") }));
}

/** What a method does not give is unknown, not NaN. */
const known = (values: Record<string, number>): Record<string, number | null> =>
  Object.fromEntries(Object.entries(values).map(([name, v]) => [name, Number.isNaN(v) ? null : v]));

/** Price, Greeks and premium of an American option; with `price` instead of `sigma` its implied volatility. */
export const american: Operation = (line) => {
  const { S, K, T, r, q } = spot(line);
  const w = side(line);
  const dividends = cash(line);
  if (dividends.some((d) => !(d.t >= 0 && d.amount >= 0)))
    throw badValue("a dividend has t and amount at least 0.");
  if (optional(line, "price") !== null) {
    const paid = number(line, "price");
    return dividends.length === 0
      ? americanIv(w, paid, S, K, T, r, q, warmStart(line))
      : dividendIv(w, paid, S, K, T, r, q, dividends, true, warmStart(line));
  }
  const sigma = number(line, "sigma");
  if (dividends.length > 0) {
    const { price: value, ...rest } = dividendGreeks(w, S, K, T, r, q, sigma, dividends, true);
    if (Number.isNaN(value)) throw badValue(OPTION_DOMAIN);
    const european = cashPrice(w, S, K, T, r, q, sigma, dividends, false);
    const intrinsic = w * (S - K);
    const exerciseNow = intrinsic > 0 && value <= intrinsic;
    return { price: value, european, premium: value - european, exerciseNow, ...known(rest) };
  }
  const { greeks: g, premium, exerciseNow, method } = americanGreeks(w, S, K, T, r, q, sigma);
  if (Number.isNaN(g.price)) throw badValue(OPTION_DOMAIN);
  const { price: value, ...rest } = g;
  return { price: value, european: value - premium, premium, exerciseNow, ...rest, method };
};

/** A quote that is not there is NaN. */
const quote = (line: Line, key: string): number => optional(line, key) ?? Number.NaN;

/** Forward of one expiry by put-call parity from the two-sided quotes of its strikes. */
export const forward: Operation = (line) => {
  const T = number(line, "T");
  const style = line["style"];
  if (style !== "european" && style !== "american")
    throw new LineError("CALC-003", 'style must be "european" or "american".', true);
  const pairs = line["pairs"];
  if (!Array.isArray(pairs) || !pairs.every(isLine))
    throw new LineError("CALC-003", "pairs must be a list of {K, callBid, callAsk, putBid, putAsk}.", true);
  return fitForward({
    S: number(line, "S"),
    T,
    df: optional(line, "df") ?? Math.exp(-number(line, "r") * T),
    style,
    dividends: cash(line),
    fitDiscount: line["fitDiscount"] === true,
    pairs: pairs.map((p) => ({
      K: number(p, "K"),
      callBid: quote(p, "callBid"),
      callAsk: quote(p, "callAsk"),
      putBid: quote(p, "putBid"),
      putAsk: quote(p, "putAsk"),
    })),
  });
};

/** A list answers a list, one number answers one. */
function shaped<T>(line: Line, key: string, values: readonly T[]): T | readonly T[] {
  return Array.isArray(line[key]) ? values : values[0]!;
}

export const sabr: Operation = (line) => {
  const forward = number(line, "forward");
  const T = number(line, "T");
  const beta = number(line, "beta");
  const key = line["strikes"] === undefined ? "strike" : "strikes";
  const strike = numbers(line, key);
  const quoted = optionalNumbers(line, "iv");
  if (quoted) {
    const weight = optionalNumbers(line, "weight");
    const fit = fitSabr({ strike, iv: quoted, ...(weight && { weight }) }, forward, T, beta);
    if (fit.kind !== "ok") throw badValue(`no fit: ${fit.kind.replaceAll("_", " ")}.`);
    const { params, rmse, maxError } = fit;
    return { ...params, rmse, maxError };
  }
  const p: SabrParams = {
    alpha: number(line, "alpha"),
    beta,
    nu: number(line, "nu"),
    rho: number(line, "rho"),
  };
  const vol = Array.from(strike, (k) => sabrVol(forward, k, T, p));
  if (vol.every((v) => v === null))
    throw badValue(
      "forward, strike, alpha must be above 0, beta in 0..1, nu at least 0, rho between -1 and 1.",
    );
  return { vol: shaped(line, key, vol) };
};

function sviParams(line: Line): SviParams {
  const p = {
    a: number(line, "a"),
    b: number(line, "b"),
    rho: number(line, "rho"),
    m: number(line, "m"),
    sigma: number(line, "sigma"),
  };
  if (!sviValid(p)) throw badValue("b must be at least 0, rho in -1..1, sigma above 0, a and m finite.");
  return p;
}

export const svi: Operation = (line) => {
  if (isLine(line["near"]) && isLine(line["far"])) {
    const { free, minDiff, argMin } = sviCalendar(sviParams(line["near"]), sviParams(line["far"]));
    return { calendarFree: free, minDiff, argMinDiff: argMin };
  }
  const T = number(line, "T");
  const quoted = optionalNumbers(line, "iv");
  if (quoted) {
    const weight = optionalNumbers(line, "weight");
    const fit = fitSvi({ k: numbers(line, "k"), iv: quoted, ...(weight && { weight }) }, T);
    if (fit.kind !== "ok") throw badValue(`no fit: ${fit.kind.replaceAll("_", " ")}.`);
    const { params, rmse, maxError, butterfly, leeOk } = fit;
    return { ...params, rmse, maxError, butterflyFree: butterfly.free, leeWingOk: leeOk };
  }
  const p = sviParams(line);
  if (!(T > 0 && T < Infinity)) throw badValue("T must be above 0.");
  const ks = optionalNumbers(line, "k");
  if (!ks) {
    const { free, minG, argMin } = sviButterfly(p, CHECK_GRID);
    return {
      minW: sviMinVariance(p),
      minGFine: minG,
      argMinGFine: argMin,
      butterflyFree: free,
      leeWingOk: sviLeeOk(p),
    };
  }
  if (!ks.every(Number.isFinite)) throw badValue("k must be finite.");
  const each = <T>(f: (k: number) => T): T | readonly T[] => shaped(line, "k", Array.from(ks, f));
  return {
    w: each((k) => sviTotalVariance(p, k)),
    w1: each((k) => sviSlope(p, k)),
    w2: each((k) => sviCurvature(p, k)),
    iv: each((k) => sviVol(p, k, T)),
    g: each((k) => sviG(p, k)),
  };
};
