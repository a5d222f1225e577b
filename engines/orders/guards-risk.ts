import type { Finding, Guard, GuardCode, GuardInput, Verdict } from "./guard-types.ts";
import { grouped } from "./guard-words.ts";

/** Guards over size and money. An unknown number where a bound needs one fails closed. */

const pass = (code: GuardCode, text: string): Finding => ({ code, verdict: "pass", text });
const money = (x: number): string => grouped(Math.round(x));

/** Value against a bound; `verdict` beyond it, and where either is not finite. */
function bounded(
  code: GuardCode,
  what: string,
  value: number | null,
  bound: number | null,
  verdict: Verdict,
): Finding {
  if (value === null || bound === null || !Number.isFinite(value) || !Number.isFinite(bound))
    return { code, verdict, text: `${code} ${what} unknown` };
  const used = bound > 0 ? Math.max(0, value / bound) : value > 0 ? 1e9 : 0;
  if (value <= bound)
    return { code, verdict: "pass", text: `${what} ${money(value)} of ${money(bound)}`, used };
  return { code, verdict, text: `${code} ${what} ${money(value)} of ${money(bound)}`, used };
}

const shareOfNav = (i: GuardInput, pct: number): number | null =>
  i.nav === null ? null : (i.nav * pct) / 100;

/** Contracts of the largest leg, or shares. */
const size: Guard = (i) => {
  let worst: Finding | null = null;
  for (const leg of i.legs) {
    const shares = leg.instrument.kind !== "option" && leg.instrument.kind !== "future";
    const bound = shares ? i.limits.maxShares : i.limits.maxContracts;
    const n = Math.abs(leg.qty);
    const used = n / bound;
    if (worst !== null && (worst.used ?? 0) >= used) continue;
    const units = Math.floor(bound / Math.abs(leg.ratio));
    const text = `SIZE ${grouped(n)} of ${grouped(bound)}`;
    worst =
      n <= bound
        ? {
            code: "SIZE",
            verdict: "pass",
            text: `${grouped(n)} of ${grouped(bound)} ${shares ? "shares" : "contracts"}`,
            used,
          }
        : {
            code: "SIZE",
            verdict: "deny",
            text,
            used,
            fixes: units > 0 ? [{ text: `quantity to ${grouped(units)}`, qty: units }] : [],
          };
  }
  return worst;
};

const hasOptions = (i: GuardInput): boolean => i.legs.some((leg) => leg.instrument.kind === "option");

/** What options cost; a credit costs nothing. */
const premium: Guard = (i) => {
  if (!hasOptions(i)) return null;
  if (i.cash === null) return bounded("PREMIUM", "premium", null, i.limits.maxPremium, "deny");
  return bounded("PREMIUM", "premium", Math.max(0, -i.cash), i.limits.maxPremium, "deny");
};

const delta: Guard = (i) =>
  bounded(
    "DELTA",
    "$ delta",
    i.dollarDelta === null ? null : Math.abs(i.dollarDelta),
    shareOfNav(i, i.limits.maxDeltaPct),
    "confirm",
  );

/** Worst loss of an opening order alone; unbounded is judged by the loss at ±20 %, and said. */
const loss: Guard = (i) => {
  if (!hasOptions(i)) return null;
  // What is held is what it may lose: alone it says nothing. What a close leaves behind is judged by NAME.
  if (i.legs.every(({ intent }) => intent.ok && intent.intent === "close"))
    return pass("LOSS", "closes what is held");
  const bound = shareOfNav(i, i.limits.maxLossPct);
  if (i.maxLoss === "unbounded") {
    const at = i.stress20 === null ? null : Math.max(0, i.stress20);
    const f = bounded("LOSS", "loss at ±20 %", at, bound, "confirm");
    return {
      ...f,
      verdict: "confirm",
      text: `LOSS unbounded, at ±20 % ${at === null ? "unknown" : money(at)}`,
    };
  }
  return bounded("LOSS", "worst loss", i.maxLoss, bound, "confirm");
};

/** Of what is on the underlying already the order answers only for what it adds: less than 1 % of NAV more warns. */
const SMALL_PCT = 1;

const name: Guard = (i) => {
  const { nameLossNow: now, nameLossAfter: after } = i;
  if (after === "unbounded")
    return {
      code: "NAME",
      verdict: now === "unbounded" ? "warn" : "confirm",
      text: "NAME worst loss on the underlying is unbounded",
    };
  const found = bounded(
    "NAME",
    "worst loss on the underlying",
    after,
    shareOfNav(i, i.limits.maxNamePct),
    "confirm",
  );
  if (found.verdict === "pass" || typeof now !== "number" || after === null) return found;
  const more = after - now;
  if (more <= 0) return pass("NAME", "the worst loss on the underlying does not grow");
  return more <= (shareOfNav(i, SMALL_PCT) ?? 0) ? { ...found, verdict: "warn" } : found;
};

const margin: Guard = (i) => {
  if (i.availableAfter === null) return { code: "MARGIN", verdict: "confirm", text: "MARGIN change unknown" };
  if (i.availableAfter >= 0)
    return {
      code: "MARGIN",
      verdict: "pass",
      text: `buying power after ${money(i.availableAfter)}`,
      used: null,
    };
  // What frees margin is let through even while there is none.
  if (i.availableNow !== null && i.availableAfter >= i.availableNow)
    return { code: "MARGIN", verdict: "warn", text: `MARGIN still short by ${money(-i.availableAfter)}` };
  return { code: "MARGIN", verdict: "deny", text: `MARGIN short by ${money(-i.availableAfter)}` };
};

const duplicate: Guard = (i) => {
  if (i.twinAgeMs === null || i.twinAgeMs > i.limits.duplicateMs) return null;
  const text = `DUPLICATE the same order ${(i.twinAgeMs / 1000).toFixed(1)} s ago`;
  return { code: "DUPLICATE", verdict: "confirm", text };
};

const rate: Guard = (i) => {
  const { ordersLastMinute: n, limits } = i;
  const used = n / limits.ratePerMinute;
  if (n < limits.ratePerMinute)
    return { code: "RATE", verdict: "pass", text: `${n} of ${limits.ratePerMinute} orders a minute`, used };
  return {
    code: "RATE",
    verdict: "deny",
    text: `RATE ${n} orders in the last minute of ${limits.ratePerMinute}`,
    used,
  };
};

const turnover: Guard = (i) =>
  bounded("TURNOVER", "turnover today", i.turnoverToday, shareOfNav(i, i.limits.maxTurnoverPct), "confirm");

const greeks: Guard = (i) => {
  const vega = i.bookVegaAfter;
  return bounded("GREEKS", "book vega", vega === null ? null : Math.abs(vega), i.limits.maxVega, "confirm");
};

/** The day's loss against its floor. Unknown or not finite counts as reached. */
const dayLoss: Guard = (i) => {
  const lost = i.dayPnl === null || !Number.isFinite(i.dayPnl) ? null : Math.max(0, -i.dayPnl);
  const floor = shareOfNav(i, i.limits.dayLossPct);
  if (lost === null || floor === null) {
    const text = "DAYLOSS the day's loss is unknown (guards.dayLoss: confirm lets you accept that)";
    return { code: "DAYLOSS", verdict: "deny", text };
  }
  return bounded("DAYLOSS", "day's loss", lost, floor, "deny");
};

export const riskGuards: readonly Guard[] = [
  size,
  premium,
  delta,
  loss,
  name,
  margin,
  duplicate,
  rate,
  turnover,
  greeks,
  dayLoss,
];
