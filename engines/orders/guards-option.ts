import { tickAt } from "../market/index.ts";
import {
  type Finding,
  type Guard,
  type GuardInput,
  type GuardLeg,
  RANK,
  type Verdict,
} from "./guard-types.ts";
import { grouped } from "./guard-words.ts";
import {
  type CheckName,
  contractFindings,
  fairFindings,
  type HedgeCandidate,
  liquidityFindings,
  type Finding as Note,
} from "./option-validator.ts";

/** The option validator as guards (spec option-validator): it denies automatic buys; a trader is warned, and asked where something is unknown. */

const said = (x: number | null | undefined): string =>
  x === null || x === undefined ? "unknown" : grouped(x);

const WORDS: Readonly<Partial<Record<CheckName, (n: Note, leg: GuardLeg) => string>>> = {
  invalid_multiplier: (n) => `multiplier ${n.value}, not ${n.limit}`,
  adjusted_contract: () => "adjusted deliverable",
  above_fair: (n) =>
    `offer ${n.value?.toFixed(2)} is over 2 vol points above the model's ${n.limit?.toFixed(2)}`,
  spread_too_wide: (_n, { quote: { bid, ask } }) =>
    `spread ${((((ask ?? 0) - (bid ?? 0)) / (((ask ?? 0) + (bid ?? 0)) / 2)) * 100).toFixed(0)} % of mid`,
  low_volume: (n) => (n.value === null ? "volume unknown" : `volume ${grouped(n.value)} under ${n.limit}`),
  low_open_interest: (n) =>
    n.value === null ? "open interest unknown" : `open interest ${grouped(n.value)} under ${n.limit}`,
  large_for_open_interest: (n, leg) =>
    `${said(n.value)} is over 5 % of the open interest ${said(leg.openInterest)}`,
  larger_than_displayed: (n) => `${said(n.value)} is more than the ${said(n.limit)} displayed`,
};

/** A leg as the validator sees it, for what its contract, price and liquidity need. */
export function candidateOf(
  leg: Omit<GuardLeg, "opposite" | "intent">,
): Omit<HedgeCandidate, "dteDays" | "fx"> {
  const { instrument: o, quote } = leg;
  return {
    bid: quote.bid,
    ask: quote.ask,
    askSize: quote.askSize,
    ageUs: quote.ageUs,
    volume: leg.volume,
    openInterest: leg.openInterest,
    multiplier: o.multiplier,
    // Listed equity options of the US are for 100 shares; of others nobody told what to expect.
    expectedMultiplier: o.kind === "option" && o.ccy === "USD" && o.style === "american" ? 100 : o.multiplier,
    tick: tickAt(o.ticks, quote.ask ?? quote.bid ?? 0),
    vega: leg.vega,
    model: leg.model,
    deliverable: o.kind === "option" ? o.deliverable : 1,
  };
}

/** A day that is young has traded little of anything: the least volume grows with the part of the session that is over. */
export const liquidityLimits = (l: GuardInput["limits"], sessionShare: number) => ({
  spread: l.spreadPct / 100,
  volume: Math.floor(l.minVolume * sessionShare),
  openInterest: l.minOpenInterest,
});

/** The worst of what is found over the option legs; `manual` is the severity for a trader's own order where the validator denies. */
function validated(
  i: GuardInput,
  code: Finding["code"],
  well: string,
  manual: Verdict,
  notes: (leg: GuardLeg) => readonly Note[],
): Finding | null {
  const options = i.legs.filter((leg) => leg.instrument.kind === "option");
  if (options.length === 0) return null;
  let worst: Finding = { code, verdict: "pass", text: well };
  for (const leg of options)
    for (const n of notes(leg)) {
      const strict = i.by === "automatic" && leg.qty > 0;
      const verdict = n.verdict === "deny" && !strict ? manual : n.verdict;
      // Of equal ones the first found stands: the checks come in their order of weight.
      if (RANK[verdict] <= RANK[worst.verdict]) continue;
      worst = { code, verdict, text: `${code} ${WORDS[n.check]?.(n, leg) ?? n.check}: ${leg.label}` };
    }
  return worst;
}

const liquidity: Guard = (i) =>
  validated(i, "LIQUIDITY", "liquidity in bounds", "warn", (leg) =>
    liquidityFindings(
      candidateOf(leg),
      leg.qty > 0 ? leg.quote.askSize : leg.quote.bidSize,
      liquidityLimits(i.limits, i.sessionShare),
      Math.abs(leg.qty),
    ),
  );

const contract: Guard = (i) =>
  validated(i, "CONTRACT", "contracts as listed", "confirm", (leg) => contractFindings(candidateOf(leg)));

const fair: Guard = (i) =>
  validated(i, "FAIR", "offers near the model", "warn", (leg) =>
    leg.qty > 0 ? fairFindings(candidateOf(leg)).map((n) => ({ ...n, verdict: "deny" })) : [],
  );

export const optionGuards: readonly Guard[] = [liquidity, contract, fair];
