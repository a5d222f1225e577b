import type { OptionInstrument, Slot } from "../../../engines/market/index.ts";
import { type LegValue, type Mark, skipReasons } from "../../../engines/portfolio/index.ts";
import {
  americanGreeks,
  americanIv,
  americanPrice,
  bsmPrice,
  emptyGreeks,
  yearFraction,
} from "../../../engines/pricing/index.ts";
import type { Explanation } from "../protocol.ts";
import type { Valuation } from "../valuer.ts";
import type { ViewContext } from "../views/context.ts";
import { label } from "../views/names.ts";
import { followLines } from "./follows.ts";
import { ageText, clock, exact, leaf } from "./words.ts";

const QUALITY = ["realtime", "delayed", "indicative", "single venue", "frozen", "bar of a minute"] as const;

/** The quote of a slot as it stands, with times and where it was recorded. */
export function quoteExplained(context: ViewContext, slot: Slot, column = "mid"): Explanation {
  const { book, instruments, seq } = context.desk;
  const instrument = instruments[slot];
  const bid = book.bid[slot] as number;
  const ask = book.ask[slot] as number;
  const changed = book.quoteUs[slot] as number;
  const confirmed = book.confirmUs[slot] as number;
  const lines = [
    `bid ${exact(bid)} x ${exact(book.bidSize[slot])}, ask ${exact(ask)} x ${exact(book.askSize[slot])}`,
    `last change ${clock(context, changed)}, last proof that it stands ${clock(context, confirmed)}, age ${ageText(confirmed === confirmed ? context.nowUs - confirmed : null)}`,
    `quality ${QUALITY[book.quoteQuality[slot] as number] ?? "unknown"}, trading ${book.status(slot)}`,
    `source capture ${context.session.name}, at event ${seq}`,
    ...(instrument && context.facts.live !== undefined ? followLines(context, slot) : []),
  ];
  if (bid === 0 && ask > 0) lines.push("a bid of 0 under an ask is a market without a bid");
  if (bid > ask) lines.push("crossed: bid above ask, so no mid is taken from it");
  const mid = bid > 0 && ask >= bid ? (bid + ask) / 2 : null;
  const name = instrument ? label(instrument, context.session.day) : `${slot}`;
  const cells: Readonly<Record<string, readonly [string, string]>> = {
    bid: ["bid of", exact(bid)],
    ask: ["ask of", exact(ask)],
    bidSize: ["size at the bid of", exact(book.bidSize[slot])],
    askSize: ["size at the ask of", exact(book.askSize[slot])],
    age: ["age of the quote of", ageText(confirmed === confirmed ? context.nowUs - confirmed : null)],
  };
  const [what, value] = cells[column] ?? ["quote of", exact(mid)];
  const unit = column.endsWith("Size") || column === "age" ? null : (instrument?.ccy ?? null);
  return leaf(`${what} ${name}`, value, unit, lines, { usedBy: ["mark", "implied vol", "P&L"] });
}

/** The last print of a slot. */
export function lastExplained(
  context: ViewContext,
  slot: Slot,
  column: "last" | "volume" = "last",
): Explanation {
  const { book } = context.desk;
  const [title, value] =
    column === "last" ? ["last print", book.last[slot]] : ["volume of the day", book.volume[slot]];
  return leaf(title as string, exact(value as number), null, [
    `at ${clock(context, book.lastUs[slot] as number)}, size ${exact(book.lastSize[slot])}, day volume ${exact(book.volume[slot])}`,
  ]);
}

export function priorExplained(context: ViewContext, slot: Slot): Explanation {
  const prior = context.facts.valuer.prior(slot);
  const where = prior ? `of ${prior.day}, ${prior.source}` : "the capture holds none for this instrument";
  return leaf("prior settlement", exact(prior?.price ?? null), null, [where]);
}

/**
 * Implied vol and what it was taken from. `full` adds the full American method below it: for the one contract that is asked about, since it
 * costs a millisecond.
 */
export function volExplained(
  context: ViewContext,
  slot: Slot,
  value: Valuation | null,
  full = false,
): Explanation {
  const { book } = context.desk;
  const vol = value?.vol ?? null;
  if (value === null || vol === null) {
    return leaf("implied vol", "–", null, [
      "no two-sided quote with a price of the underlying beside it was seen yet",
    ]);
  }
  if (value.smile !== null) return smileExplained(context, slot, value, value.smile);
  const option = context.desk.instruments[slot];
  const american = full && option?.kind === "option" ? fullAmerican(context, slot, option, value) : null;
  const lines = [
    `Black-Scholes-Merton inverted on the mid ${exact(book.validMid[slot])} of ${clock(context, book.validUs[slot] as number)}, age ${ageText(vol.ageUs)}, with the underlying at ${exact(book.validSpot[slot])}`,
    vol.source === "own quote"
      ? "its own quote, still standing"
      : "its own last good quote: the present one is old or one-sided",
    `rate ${exact(value.rate * 100)} % (${value.rateSource}), yield ${exact(value.yield * 100)} % (${value.yieldSource})`,
    `time to expiry ${exact(value.years)} years, ACT/365F to the minute`,
    earlyExercise(value),
  ];
  return leaf("implied vol", exact(vol.sigma * 100), "vol points", lines, {
    inputs: american === null ? [] : [american],
  });
}

/** Vol off the smile of the expiry, and below it what the contract's own quote would have said. */
function smileExplained(
  context: ViewContext,
  slot: Slot,
  value: Valuation,
  smile: NonNullable<Valuation["smile"]>,
): Explanation {
  const option = context.desk.instruments[slot] as OptionInstrument;
  const own = context.source().quoted(option);
  const why =
    own?.vol?.source === "own quote"
      ? "its own quote is wider than a mark may be"
      : "its own quote is old, one-sided or was never seen";
  return leaf(
    "implied vol",
    exact(smile.sigma * 100),
    "vol points",
    [
      `surface: the SVI smile of its expiry at this strike, fitted to ${smile.quotes} standing quotes ${ageText(smile.ageUs)} ago`,
      why,
      `forward ${exact(smile.forward)} by put-call parity of the same quotes: rate ${exact(smile.rate * 100)} % (${value.rateSource}), yield ${exact(smile.yield * 100)} %`,
      ...(smile.beyond ? ["the strike lies beyond the outermost quote: there the smile is the model's"] : []),
      `time to expiry ${exact(value.years)} years, ACT/365F to the minute`,
    ],
    { inputs: own?.vol ? [volExplained(context, slot, own)] : [] },
  );
}

function earlyExercise(value: Valuation): string {
  if (value.premium === null || value.premium === 0) return "early exercise adds nothing";
  return `American: the early-exercise premium ${exact(value.premium)} was taken off first (boundary method)`;
}

/**
 * An American contract by the full method, from its own mid at the moment it was seen: what the quick way of the tick (a cached premium on a
 * European value) is checked against. Null for a European one, or without a vol.
 */
function fullAmerican(
  context: ViewContext,
  slot: Slot,
  option: OptionInstrument,
  value: Valuation,
): Explanation | null {
  const { book } = context.desk;
  const [mid, spot, seenUs] = [book.validMid[slot], book.validSpot[slot], book.validUs[slot]] as number[];
  const quick = value.vol?.sigma ?? null;
  if (option.style !== "american" || quick === null || !(value.years > 0)) return null;
  const w = option.type === "C" ? 1 : -1;
  const { rate, yield: q, years } = value;
  const seen = yearFraction(seenUs as never, option.expiryUs);
  const { sigma } = americanIv(w, mid as number, spot as number, option.strike, seen, rate, q, quick);
  if (sigma === null) return null;
  const g = emptyGreeks();
  americanGreeks(w, value.spot, option.strike, years, rate, q, sigma, g);
  const price = americanPrice(w, value.spot, option.strike, years, rate, q, sigma);
  return leaf("American by the full method", exact(sigma * 100), "vol points", [
    `inverted on the same mid with early exercise in every step; the tick's quick way says ${exact(quick * 100)}`,
    `price ${exact(price)}, quick ${exact(value.price)}; early exercise is worth ${exact(price - bsmPrice(w, value.spot, option.strike, years, rate, q, sigma))}`,
    `delta ${exact(g.delta)}, gamma ${exact(g.gamma)}, vega ${exact(g.vega / 100)} per vol point, theta ${exact(g.theta / 365)} per day, per share`,
  ]);
}

/** What the model says of an option now. */
export function modelExplained(
  context: ViewContext,
  slot: Slot,
  option: OptionInstrument,
  full = false,
): Explanation {
  const value = context.source().value(option);
  return leaf(
    "model",
    exact(value?.price ?? null),
    option.ccy,
    value === null
      ? ["no price of the underlying"]
      : [`Black-Scholes-Merton at spot ${exact(value.spot)}, strike ${exact(option.strike)}, per share`],
    { inputs: [volExplained(context, slot, value, full)] },
  );
}

const POLICY: Record<Mark["policy"], string> = {
  neutral: "neutral: fresh two-sided mid, then model, last print, prior settlement, entry",
  conservative: "conservative: the exit side of a fresh quote, never better than entry",
  intrinsic: "intrinsic value of the present price of the underlying",
  bs_model: "the model's price",
};

/** A mark: which step gave it, why not an earlier one, and what the next in line would say. */
export function markExplained(context: ViewContext, leg: LegValue): Explanation {
  const { mark, instrument } = leg;
  const slot = context.desk.slot(instrument.id);
  const skipped = skipReasons(mark.skips);
  const lines = [
    `${mark.source}${mark.estimated ? ", estimated (~)" : ""}${mark.stale ? ", stale (◌)" : ""}, age ${ageText(mark.ageUs)}`,
    `policy ${POLICY[mark.policy]}`,
  ];
  if (skipped.length > 0) lines.push(`earlier steps not taken: ${skipped.join(", ")}`);
  if (mark.clamped !== null)
    lines.push(
      `moved to the ${mark.clamped === "entry" ? "entry price" : `${mark.clamped} no-arbitrage bound`}`,
    );
  const inputs: Explanation[] = [];
  if (slot !== null) {
    inputs.push(quoteExplained(context, slot));
    if (instrument.kind === "option") inputs.push(modelExplained(context, slot, instrument));
    inputs.push(lastExplained(context, slot), priorExplained(context, slot));
  }
  return leaf(`mark of ${label(instrument, context.session.day)}`, exact(mark.price), instrument.ccy, lines, {
    inputs,
    usedBy: ["value", "P&L", "day P&L", "NAV"],
  });
}
