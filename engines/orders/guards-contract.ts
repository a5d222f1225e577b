import type { Finding, Guard } from "./guard-types.ts";

/** Guards over the contracts of an order: open or close, liquidity, expiry, assignment. */

const DAY_US = 86_400_000_000;
const HOUR_US = 3_600_000_000;

const intent: Guard = (i) => {
  for (const leg of i.legs) {
    if (leg.intent.ok) continue;
    const { closable } = leg.intent;
    const units = Math.floor(closable / Math.abs(leg.ratio));
    const text =
      closable === 0
        ? `INTENT all of it is being closed already: ${leg.label}`
        : `INTENT would cross zero: ${Math.abs(leg.qty)} against ${closable} to close`;
    const fixes = units > 0 ? [{ text: `quantity to ${units}`, qty: units }] : [];
    return { code: "INTENT", verdict: "deny", text, fixes };
  }
  return { code: "INTENT", verdict: "pass", text: "every leg opens or closes" };
};

const opposite: Guard = (i) => {
  const found = i.legs.find((leg) => leg.opposite !== null);
  if (found === undefined) return null;
  return {
    code: "OPPOSITE",
    verdict: "deny",
    text: `OPPOSITE ${found.opposite} works on the other side of ${found.label}`,
  };
};

const unknownOrders: Guard = (i) =>
  i.unknownOrders.length === 0
    ? null
    : {
        code: "UNKNOWN",
        verdict: "deny",
        text: `UNKNOWN outcome of ${i.unknownOrders.join(", ")}: reconcile first`,
      };

/**
 * Liquidity of option legs (spec option-validator): the spread in per cent of the mid, at least 0.05 or two ticks; volume and open
 * interest where known. For manual tickets it warns and what is unknown needs a confirm; it denies automatic buys.
 */
const liquidity: Guard = (i) => {
  const options = i.legs.filter((leg) => leg.instrument.kind === "option");
  if (options.length === 0) return null;
  const bad = i.by === "automatic" && i.side === "buy" ? "deny" : "warn";
  let found: Finding = { code: "LIQUIDITY", verdict: "pass", text: "liquidity in bounds" };
  for (const leg of options) {
    const { bid, ask } = leg.quote;
    const name = leg.label;
    if (bid !== null && ask !== null && ask >= bid) {
      const mid = (bid + ask) / 2;
      const allowed = Math.max(0.05, (mid * i.limits.spreadPct) / 100);
      if (ask - bid > allowed + 1e-9) {
        const pct = ((ask - bid) / mid) * 100;
        return {
          code: "LIQUIDITY",
          verdict: bad,
          text: `LIQUIDITY spread ${pct.toFixed(0)} % of mid: ${name}`,
        };
      }
    }
    if (leg.openInterest === null || leg.volume === null) {
      const which = leg.openInterest === null ? "open interest" : "volume";
      found = { code: "LIQUIDITY", verdict: "confirm", text: `LIQUIDITY ${which} unknown: ${name}` };
    } else if (leg.openInterest < i.limits.minOpenInterest) {
      return {
        code: "LIQUIDITY",
        verdict: bad,
        text: `LIQUIDITY open interest ${leg.openInterest}: ${name}`,
      };
    } else if (leg.volume < i.limits.minVolume && found.verdict === "pass") {
      found = { code: "LIQUIDITY", verdict: bad, text: `LIQUIDITY volume ${leg.volume}: ${name}` };
    }
  }
  return found;
};

const expiry: Guard = (i) => {
  for (const leg of i.legs) {
    const { instrument } = leg;
    if (instrument.kind !== "option" && instrument.kind !== "future") continue;
    const left = instrument.lastTradeUs - i.nowUs;
    const text = (what: string) => `EXPIRY ${what}: ${leg.label}`;
    if (left <= 0) return { code: "EXPIRY", verdict: "deny", text: text("no longer trades") };
    if (left > DAY_US) continue;
    const hours = left / HOUR_US;
    const said = hours < 1 ? `${Math.ceil(hours * 60)} min` : `${hours.toFixed(1)} h`;
    const opens = leg.intent.ok && leg.intent.intent === "open";
    return { code: "EXPIRY", verdict: opens ? "confirm" : "warn", text: text(`last trade in ${said}`) };
  }
  return null;
};

/** Short calls in the money whose time value is less than a dividend before expiry are likely to be assigned. */
const assign: Guard = (i) => {
  for (const leg of i.legs) {
    const { instrument: o, extrinsic, dividend } = leg;
    if (o.kind !== "option" || o.type !== "C" || o.style !== "american" || leg.qty >= 0) continue;
    if (extrinsic === null || dividend === null || dividend === 0 || extrinsic >= dividend) continue;
    const text = `ASSIGN time value ${extrinsic.toFixed(2)} under the dividend ${dividend.toFixed(2)}: ${leg.label}`;
    return { code: "ASSIGN", verdict: "warn", text };
  }
  return null;
};

export const contractGuards: readonly Guard[] = [intent, opposite, unknownOrders, liquidity, expiry, assign];
