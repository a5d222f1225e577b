import { Quality } from "../market/index.ts";
import { beyondCollar } from "./collar.ts";
import type {
  Finding,
  Guard,
  GuardCode,
  GuardInput,
  GuardResult,
  GuardRule,
  Verdict,
} from "./guard-types.ts";
import { contractGuards } from "./guards-contract.ts";
import { optionGuards } from "./guards-option.ts";
import { riskGuards } from "./guards-risk.ts";
import { worthGuards } from "./guards-worth.ts";
import { signOf } from "./terms.ts";

/** Only what reduces risk: every leg closes. */
export const closesOnly = (i: GuardInput): boolean =>
  i.legs.every((leg) => leg.intent.ok && leg.intent.intent === "close");

/** Nets of packages and futures may cost less than nothing; a single stock, coin or option may not. */
export const noPrice = (
  legs: readonly { readonly instrument: { readonly kind: string } }[],
  limit: number,
): boolean => limit <= 0 && legs.length === 1 && legs[0]?.instrument.kind !== "future";

export const pass = (code: GuardCode, text: string, used: number | null = null): Finding => ({
  code,
  verdict: "pass",
  text,
  used,
});

const state: Guard = (i) => {
  if (i.trading === "active") return pass("STATE", "trading is active");
  if (i.trading === "reducing" && closesOnly(i)) return pass("STATE", "reducing: this closes");
  const text =
    i.trading === "reducing" ? "STATE reducing: only closing orders" : "STATE halted: :resume allows orders";
  return { code: "STATE", verdict: "deny", text };
};

const account: Guard = (i) =>
  i.terms.mode === i.deskMode && i.terms.account === i.deskAccount
    ? pass("ACCOUNT", `${i.deskMode} ${i.deskAccount}`)
    : {
        code: "ACCOUNT",
        verdict: "deny",
        text: `ACCOUNT the ticket is for ${i.terms.mode} ${i.terms.account}, the desk is ${i.deskMode} ${i.deskAccount}`,
      };

/** A buy needs an offer and a sell a bid on every leg; the missing other side warns. Old, crossed and halted quotes are no market. */
const quote: Guard = (i) => {
  let worst: Finding = pass("QUOTE", "every leg has a market");
  for (const leg of i.legs) {
    const { quote: q } = leg;
    const id = leg.label;
    const buys = leg.qty > 0;
    const needed = buys ? q.ask : q.bid;
    const deny = (text: string): Finding => ({
      code: "QUOTE",
      verdict: "deny",
      text: `QUOTE ${text}: ${id}`,
    });
    if (q.status !== "open") return deny(q.status === "closed" ? "market closed" : "trading halted");
    if (q.ageUs === null) return deny("no quote");
    if (q.ageUs > q.maxAgeUs) return deny(`${Math.floor(q.ageUs / 1e6)} s old, over ${q.maxAgeUs / 1e6}`);
    if (q.bid !== null && q.ask !== null && q.ask > 0 && q.bid > q.ask) return deny("bid above ask");
    if (needed === null || !(needed > 0)) {
      const none = buys ? "no offer to buy from" : "no bid to sell to";
      return { code: "QUOTE", verdict: closesOnly(i) ? "confirm" : "deny", text: `QUOTE ${none}: ${id}` };
    }
    const other = buys ? q.bid : q.ask;
    if (other === null || !(other > 0))
      worst = { code: "QUOTE", verdict: "warn", text: `QUOTE ${buys ? "no bid" : "no offer"}: ${id}` };
  }
  return worst;
};

const QUALITY_WORDS: Readonly<Record<number, string>> = {
  [Quality.delayed]: "delayed",
  [Quality.indicative]: "indicative",
  [Quality.singleVenue]: "of one venue only",
  [Quality.frozen]: "frozen",
  [Quality.bar]: "minute bars",
};

const quality: Guard = (i) => {
  const live = i.deskMode === "live";
  let worst: Finding = pass("QUALITY", "quotes in real time");
  for (const leg of i.legs) {
    const q = leg.quote.quality;
    const text = `QUALITY quotes are ${QUALITY_WORDS[q] ?? "of unknown quality"}: ${leg.label}`;
    if (q === Quality.realtime) continue;
    if (live && (q === Quality.delayed || q === Quality.frozen || q === Quality.bar))
      return { code: "QUALITY", verdict: "deny", text };
    if (live && (q === Quality.indicative || q === Quality.singleVenue))
      return { code: "QUALITY", verdict: "confirm", text };
    worst = pass("QUALITY", `quotes are ${QUALITY_WORDS[q]}, on paper`);
  }
  return worst;
};

/** Beyond the collar on the aggressive side is denied, and the collar itself is the fix. */
const collar: Guard = (i) => {
  const { collarEdge: edge, limit, side } = i;
  if (edge === null) {
    const verdict = closesOnly(i) ? "confirm" : "deny";
    return { code: "COLLAR", verdict, text: "COLLAR no two-sided market to measure the limit by" };
  }
  const mid = i.net.mid ?? 0;
  const used = Math.max(0, (signOf(side) * (limit - mid)) / Math.max(Math.abs(edge - mid), 1e-9));
  if (!beyondCollar(side, limit, edge))
    return pass("COLLAR", `limit within ${edge.toFixed(i.decimals)}`, used);
  const text = `COLLAR ${limit.toFixed(i.decimals)} ${side === "buy" ? "above" : "below"} ${edge.toFixed(i.decimals)}`;
  const fixed = signOf(side) * Math.floor((signOf(side) * edge) / i.tick + 1e-9) * i.tick;
  const to = Math.round(fixed * 1e8) / 1e8;
  return {
    code: "COLLAR",
    verdict: "deny",
    text,
    used,
    fixes: [{ text: `limit to ${to.toFixed(i.decimals)}`, limit: to }],
  };
};

const tick: Guard = (i) => {
  if (noPrice(i.legs, i.limit))
    return { code: "TICK", verdict: "deny", text: `TICK ${i.limit} is no price of a single contract` };
  return i.onGrid
    ? pass("TICK", `on the grid of ${i.tick}`)
    : { code: "TICK", verdict: "deny", text: `TICK ${i.limit} is no price of the grid (${i.tick})` };
};

/** A passive limit far from the market is free, but may be a slip of the finger. */
const fatFinger: Guard = (i) => {
  const { mid } = i.net;
  if (mid === null) return null;
  const away = signOf(i.side) * (mid - i.limit);
  const limit = Math.max((Math.abs(mid) * i.limits.fatFingerPct) / 100, 2 * (i.net.spread ?? 0));
  if (away <= limit) return null;
  return { code: "FATFINGER", verdict: "warn", text: `FATFINGER ${away.toFixed(i.decimals)} from the mid` };
};

const session: Guard = (i) => {
  if (i.sessionOpen) return pass("SESSION", "the market is open");
  if (i.tif === "gtc" || i.tif === "opg")
    return { code: "SESSION", verdict: "warn", text: "SESSION closed: it waits for the open" };
  return { code: "SESSION", verdict: "deny", text: "SESSION the market is closed for a day order" };
};

const GUARDS: readonly Guard[] = [
  state,
  account,
  session,
  quote,
  quality,
  tick,
  collar,
  fatFinger,
  ...contractGuards,
  ...optionGuards,
  ...riskGuards,
  ...worthGuards,
];

/**
 * Runs every guard. A rule that was set replaces the severity of a finding that is not a pass, or puts it out of scope; an automatic order has nobody to ask, so `confirm`
 * denies it. What only limits size, turnover, liquidity or the day's loss never denies an order that closes. Worst first.
 */
export function runGuards(i: GuardInput): GuardResult[] {
  const closing = closesOnly(i);
  const results = GUARDS.flatMap((guard) => {
    const f = guard(i);
    return f === null ? [] : (severity(i, f, closing) ?? []);
  });
  return results.toSorted((a, b) => order(b) - order(a));
}

/** Guards that a risk-reducing order may not be denied by. */
const SOFT_ON_CLOSE: ReadonlySet<GuardCode> = new Set([
  "SIZE",
  "PREMIUM",
  "DELTA",
  "LOSS",
  "NAME",
  "MARGIN",
  "TURNOVER",
  "GREEKS",
  "DAYLOSS",
  "LIQUIDITY",
  "CONTRACT",
  "FAIR",
  "COST",
  "ADV",
]);

/** A guard's finding under the rule that was set for it; null where the guard does not look at such orders. */
function severity(i: GuardInput, f: Finding, closing: boolean): GuardResult | null {
  const rule = f.fixed === true ? undefined : i.limits.rules[f.code];
  if (rule !== undefined && (rule.severity === "off" || !inScope(i, rule, closing))) return null;
  let verdict = f.verdict === "pass" ? "pass" : ((rule?.severity as Verdict | null | undefined) ?? f.verdict);
  if (i.by === "automatic" && verdict === "confirm") verdict = "deny";
  if (closing && SOFT_ON_CLOSE.has(f.code) && verdict !== "pass") verdict = "warn";
  return { code: f.code, verdict, text: f.text, fixes: f.fixes ?? [], used: f.used ?? null };
}

const inScope = (i: GuardInput, rule: GuardRule, closing: boolean): boolean =>
  (rule.orders === null || (rule.orders === "closing") === closing) && (rule.by ?? i.by) === i.by;

const WEIGHT = { pass: 0, warn: 2, confirm: 4, deny: 6 } as const;
const order = (g: GuardResult): number => WEIGHT[g.verdict] + Math.min(0.9, g.used ?? 0);

/** The guard with the least headroom among those that measure. */
export function tightest(guards: readonly GuardResult[]): GuardResult | null {
  let best: GuardResult | null = null;
  for (const g of guards) if (g.used !== null && (best?.used ?? 0) < g.used) best = g;
  return best;
}
