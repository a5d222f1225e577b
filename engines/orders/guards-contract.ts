import type { Guard } from "./guard-types.ts";
import { grouped } from "./guard-words.ts";

/** Guards over the contracts of an order: open or close, expiry, assignment. */

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
        : `INTENT would cross zero: ${grouped(Math.abs(leg.qty))} against ${grouped(closable)} to close`;
    const fixes = units > 0 ? [{ text: `quantity to ${grouped(units)}`, qty: units }] : [];
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

const expiry: Guard = (i) => {
  for (const leg of i.legs) {
    const { instrument } = leg;
    if (instrument.kind !== "option" && instrument.kind !== "future") continue;
    const left = instrument.lastTradeUs - i.nowUs;
    const text = (what: string) => `EXPIRY ${what}: ${leg.label}`;
    if (left <= 0) return { code: "EXPIRY", verdict: "deny", text: text("no longer trades"), fixed: true };
    if (left > DAY_US) continue;
    const hours = left / HOUR_US;
    const said = hours < 1 ? `${Math.ceil(hours * 60)} min` : `${hours.toFixed(1)} h`;
    const opens = leg.intent.ok && leg.intent.intent === "open";
    return { code: "EXPIRY", verdict: opens ? "confirm" : "warn", text: text(`last trade in ${said}`) };
  }
  return null;
};

/**
 * Short options that are likely to be assigned early: calls whose time value is less than a dividend before their end, and puts and calls
 * in the money without any time value.
 */
const assign: Guard = (i) => {
  for (const leg of i.legs) {
    const { instrument: o, extrinsic, dividend } = leg;
    if (o.kind !== "option" || o.style !== "american" || leg.qty >= 0) continue;
    if (leg.intent.ok && leg.intent.intent === "close") continue;
    const risk = assignmentRisk(o.type, extrinsic, leg.inTheMoney, dividend);
    if (risk !== null) return { code: "ASSIGN", verdict: "warn", text: `ASSIGN ${risk}: ${leg.label}` };
  }
  return null;
};

/** Why a short American option may be assigned before its end, null where nothing speaks for it or too little is known. */
export function assignmentRisk(
  type: "C" | "P",
  extrinsic: number | null,
  inTheMoney: boolean | null,
  dividend: { readonly amount: number; readonly exDay: string } | null,
): string | null {
  if (extrinsic === null || inTheMoney !== true) return null;
  const left = `time value ${Math.max(0, extrinsic).toFixed(2)}`;
  if (type === "C" && dividend !== null && extrinsic < dividend.amount)
    return `${left} is under the dividend ${dividend.amount.toFixed(2)} of ${dividend.exDay}: early assignment is likely`;
  return extrinsic <= 0 ? `${left} in the money: it may be assigned any day` : null;
}

export const contractGuards: readonly Guard[] = [intent, opposite, unknownOrders, expiry, assign];
