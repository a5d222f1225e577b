/** Why a mark is what it is, in words and inputs, for the explain pane and for reports. */
import type { Instrument } from "../market/index.ts";
import { QTY_SCALE } from "./exact.ts";
import {
  bounds,
  MARK_LIMITS,
  type Mark,
  type MarkSource,
  type OptionMarkInput,
  quoteAge,
  type SpotMarkInput,
  skipReasons,
  spreadLimit,
} from "./mark.ts";
import type { ValuationPlan } from "./plan.ts";
import { factsOf, type MarketSource, markInputOf, markOf, type ValueOptions } from "./value.ts";

/** One number that went into a mark, or would have. */
export interface MarkInputLine {
  readonly name: string;
  readonly value: number | null;
  readonly unit: "price" | "vol" | "fraction";
  readonly ageUs: number | null;
  readonly source: string | null;
}
/** A mark with its reasons and inputs. */
export interface MarkExplanation {
  readonly mark: Mark;
  /** `mid of 8.10 and 8.50`, then why earlier steps were not taken, then policy and bounds. */
  readonly lines: readonly string[];
  readonly inputs: readonly MarkInputLine[];
}

const STEP: Record<MarkSource, string> = {
  mid: "mid of bid and ask",
  bid: "bid, the side on which a long position leaves",
  ask: "ask, the side on which a short position leaves",
  model: "model price at the current underlying",
  intrinsic: "intrinsic value at the current underlying",
  last: "last print",
  settlement: "prior settlement",
  entry: "entry price: nothing better is known",
  none: "unknown: no step of the hierarchy gave a price",
};

const CLAMP = {
  lower: "raised to its lower no-arbitrage bound",
  upper: "lowered to its upper no-arbitrage bound",
  entry: "held at entry: a conservative mark is never better than that",
} as const;

function isOption(input: OptionMarkInput | SpotMarkInput): input is OptionMarkInput {
  return input.instrument.kind === "option";
}

function inputsOf(input: OptionMarkInput | SpotMarkInput): MarkInputLine[] {
  const { market: m, nowUs } = input;
  const age = quoteAge(m, nowUs);
  const lastAge = m.lastUs === null || Number.isNaN(m.lastUs) ? null : nowUs - m.lastUs;
  const lines: MarkInputLine[] = [
    { name: "bid", value: m.bid, unit: "price", ageUs: age, source: "book" },
    { name: "ask", value: m.ask, unit: "price", ageUs: age, source: "book" },
    { name: "last", value: m.last, unit: "price", ageUs: lastAge, source: "book" },
  ];
  if (isOption(input)) {
    const { model, spot } = input;
    const from = model?.source ?? null;
    lines.push({
      name: "underlying",
      value: spot?.price ?? null,
      unit: "price",
      ageUs: spot?.ageUs ?? null,
      source: null,
    });
    lines.push({
      name: "model",
      value: model?.price ?? null,
      unit: "price",
      ageUs: model?.ageUs ?? null,
      source: from,
    });
    lines.push({
      name: "σ",
      value: model?.sigma ?? null,
      unit: "vol",
      ageUs: model?.ageUs ?? null,
      source: from,
    });
  }
  const prior = m.prior;
  const day = prior === null ? null : `${prior.source} of ${prior.day}`;
  lines.push({
    name: "prior settlement",
    value: prior?.price ?? null,
    unit: "price",
    ageUs: null,
    source: day,
  });
  lines.push({ name: "entry", value: input.position.entry, unit: "price", ageUs: null, source: "ledger" });
  return lines.map((l) => (l.value !== null && Number.isNaN(l.value) ? { ...l, value: null } : l));
}

/** Explains a mark by the input that it was made from. */
export function explainMark(mark: Mark, input: OptionMarkInput | SpotMarkInput): MarkExplanation {
  const lines = [STEP[mark.source]];
  const skipped = skipReasons(mark.skips);
  if (skipped.length > 0) lines.push(`earlier steps: ${skipped.join("; ")}`);
  lines.push(
    `policy ${mark.policy}${mark.estimated ? ", not its first step" : ""}${mark.stale ? ", old" : ""}`,
  );
  const { bid, ask, maxAgeUs } = input.market;
  lines.push(`a quote counts for ${maxAgeUs / 1e6} s`);
  if (bid !== null && ask !== null && bid > 0 && ask >= bid) {
    const mid = (bid + ask) / 2;
    const vega = isOption(input) ? (input.model?.vega ?? null) : null;
    const limit = spreadLimit(input.instrument, mid, vega, input.limits ?? MARK_LIMITS);
    lines.push(`spread ${Number((ask - bid).toFixed(6))} of at most ${Number(limit.toFixed(4))}`);
  }
  if (isOption(input)) {
    const [low, high] = bounds(input.instrument, input.spot?.price ?? null, input.carry ?? null);
    lines.push(
      `no-arbitrage bounds ${Number(low.toFixed(4))} to ${Number.isFinite(high) ? Number(high.toFixed(4)) : "∞"}`,
    );
  }
  if (mark.clamped !== null) lines.push(CLAMP[mark.clamped]);
  return { mark, lines, inputs: inputsOf(input) };
}

/** Marks and explains one position of a plan; null for a key that is not in it. */
export function explainPosition(
  plan: ValuationPlan,
  source: MarketSource,
  options: ValueOptions,
  key: string,
): MarkExplanation | null {
  const row = plan.rows.find((r) => r.position.key === key);
  if (row === undefined) return null;
  const i: Instrument = row.instrument;
  const { qty, cost } = row.position;
  const entry = qty === 0 ? null : cost / 1e6 / ((qty / QTY_SCALE) * i.multiplier);
  const side = qty > 0 ? 1 : qty < 0 ? -1 : 0;
  const facts = factsOf(i, source);
  const input = markInputOf(i, facts, { side, entry }, options);
  return explainMark(markOf(i, facts, { side, entry }, options), input);
}
