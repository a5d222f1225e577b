import {
  bsmGreeks,
  bsmIv,
  bsmPrice,
  CHECK_GRID,
  emptyGreeks,
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
import { badValue, type Line, number, numbers, optional, optionalNumbers, side, spot } from "./fields.ts";

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

const isLine = (value: unknown): value is Line =>
  typeof value === "object" && value !== null && !Array.isArray(value);

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
