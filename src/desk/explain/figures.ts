import {
  type BookValue,
  type DaySplit,
  type Figure,
  type Figures,
  type LegValue,
  SPLIT_PARTS,
  type SplitPart,
  type Totals,
} from "../../../engines/portfolio/index.ts";
import type { Explanation } from "../protocol.ts";
import { betaOf, NO_BETA } from "../scenario-market.ts";
import type { ViewContext } from "../views/context.ts";
import { label } from "../views/names.ts";
import { legsOf, splitOf } from "../views/positions.ts";
import { markExplained, priorExplained, volExplained } from "./marks.ts";
import { exact, gain, leaf } from "./words.ts";

/** Column of a pane → figure of the portfolio, its name and its unit. */
export const FIGURE_OF: Readonly<
  Record<string, { readonly figure: Figure; readonly name: string; readonly unit: string | null }>
> = {
  value: { figure: "value", name: "market value", unit: null },
  day: { figure: "dayPnl", name: "day P&L", unit: null },
  pnl: { figure: "pnl", name: "P&L since entry", unit: null },
  realised: { figure: "realised", name: "realised P&L", unit: null },
  unrealised: { figure: "unrealised", name: "unrealised P&L", unit: null },
  delta: { figure: "delta", name: "delta", unit: "shares" },
  dollarDelta: { figure: "dollarDelta", name: "$ delta", unit: null },
  dollarGamma1pct: { figure: "dollarGamma1pct", name: "$ gamma for 1 %", unit: null },
  betaDollarDelta: { figure: "betaDollarDelta", name: "beta-weighted $ delta", unit: null },
  gamma: { figure: "gamma", name: "gamma", unit: "shares per 1.00 of spot" },
  theta: { figure: "theta", name: "theta", unit: "currency per calendar day" },
  vega: { figure: "vega", name: "vega", unit: "currency per vol point" },
};

/** One leg's figure by its formula with the numbers in it. */
export function legFigure(context: ViewContext, leg: LegValue, column: string): Explanation {
  const { figure, name, unit } = FIGURE_OF[column] as (typeof FIGURE_OF)[string];
  const { instrument, qty, avg, mark, figures } = leg;
  const value = figures[figure];
  const multiplier = instrument.multiplier;
  const size = `${exact(qty)} x ${multiplier}`;
  const lines: string[] = [];
  const inputs: Explanation[] = [];
  const slot = context.desk.slot(instrument.id);
  const option = instrument.kind === "option" ? context.source().value(instrument) : null;
  const raw = option?.greeks ?? null;
  switch (figure) {
    case "value":
      lines.push(`mark ${exact(mark.price)} x ${size}`);
      inputs.push(markExplained(context, leg));
      break;
    case "unrealised":
      lines.push(`(mark ${exact(mark.price)} − average ${exact(avg)}) x ${size}`);
      inputs.push(markExplained(context, leg));
      break;
    case "pnl":
      lines.push(
        `realised ${gain(figures.realised)} + unrealised ${gain(figures.unrealised)} + dividends ${gain(figures.dividends)}, before fees`,
      );
      inputs.push(legFigure(context, leg, "unrealised"), legFigure(context, leg, "realised"));
      break;
    case "realised":
      lines.push("gross of fees, first in first out, at the FX rates of the trades");
      break;
    case "dayPnl":
      lines.push(
        "value now − what was held at the prior close at its settlement + what today's fills paid or received + dividends",
      );
      lines.push(...splitLines(context.split(leg)), ...moveLines(context, leg));
      if (slot !== null) inputs.push(markExplained(context, leg), priorExplained(context, slot));
      break;
    case "delta":
      lines.push(raw ? `spot delta ${exact(raw.delta)} per share x ${size}` : `${size} shares`);
      break;
    case "gamma":
      lines.push(raw ? `gamma ${exact(raw.gamma)} per share x ${size}` : "no gamma");
      break;
    case "theta":
      lines.push(raw ? `theta ${exact(raw.theta)} per share and year ÷ 365 x ${size}` : "no theta");
      break;
    case "vega":
      lines.push(raw ? `vega ${exact(raw.vega)} per share and 1.00 of vol ÷ 100 x ${size}` : "no vega");
      break;
    case "dollarGamma1pct":
      lines.push(
        `gamma ${exact(figures.gamma)} shares per 1.00 x spot² ÷ 100, spot ${exact(option?.spot ?? mark.price)}`,
      );
      break;
    case "betaDollarDelta":
      lines.push(`$ delta ${gain(figures.dollarDelta)} x ${betaWords(context, leg)}`);
      break;
    default:
      lines.push(`delta ${exact(figures.delta)} shares x spot ${exact(option?.spot ?? mark.price)}`);
  }
  if (raw && slot !== null) inputs.push(volExplained(context, slot, option));
  if (raw === null && instrument.kind === "option" && value === null)
    lines.push("unknown: no price and vol to take Greeks from");
  for (const m of leg.missing) if (m.figure === figure) lines.push(`unknown: ${m.reason}`);
  return leaf(
    `${name} of ${label(instrument, context.session.day)}`,
    gain(value),
    unit ?? context.facts.baseCcy,
    lines,
    { inputs },
  );
}

/** `beta 1.01 to SPX: where it comes from`, or how to get one. */
function betaWords(context: ViewContext, { instrument }: LegValue): string {
  const id = instrument.kind === "option" ? instrument.underlying : instrument.id;
  const found = betaOf(context, id);
  return found === null ? NO_BETA : `beta ${exact(found.beta)} to ${found.index}: ${found.source}`;
}

/** A total as the sum of its parts: the same rounded parts that were added, so the lines add up to the last digit. */
export function sumOf(
  context: ViewContext,
  title: string,
  column: string,
  totals: Totals,
  parts: readonly {
    readonly name: string;
    readonly figures: Figures;
    readonly explained: () => Explanation;
  }[],
  split?: DaySplit | null,
): Explanation {
  const { figure, name, unit } = FIGURE_OF[column] as (typeof FIGURE_OF)[string];
  const lines = [parts.map((p) => `${p.name} ${gain(p.figures[figure])}`).join("  ")];
  const missing = totals.missing.filter((m) => m.figure === figure);
  if (missing.length > 0) {
    lines.push(`known part ${gain(totals.known[figure])}`);
    for (const m of missing) lines.push(`unknown: ${m.row.split("|")[1] ?? m.row}: ${m.reason}`);
  }
  if (figure === "dayPnl") lines.push(...splitLines(split ?? null));
  if (figure === "delta" && totals.figures.delta === null)
    lines.push("shares of different underlyings are not added: see $ delta");
  return leaf(`${name} of ${title}`, gain(totals.figures[figure]), unit ?? context.facts.baseCcy, lines, {
    inputs: parts.map((p) => p.explained()),
  });
}

export const SPLIT_WORDS: Readonly<Record<SplitPart, string>> = {
  delta: "Δ",
  gamma: "Γ",
  theta: "Θ",
  vega: "V",
  trades: "trades",
  dividends: "dividends",
  rest: "rest",
};

/** `-1243 = Δ -1122  Γ +6 …`: parts to the cent, and what rounding to cents leaves in the rest, so that the line adds up. */
export function splitLines(split: DaySplit | null): string[] {
  if (split === null) return [];
  const total = cents(SPLIT_PARTS.reduce((sum, part) => sum + split[part], 0));
  let left = total;
  const words: string[] = [];
  for (const part of SPLIT_PARTS) {
    const x = part === "rest" ? left : cents(split[part]);
    left = cents(left - x);
    if (part === "rest") words.push("fees 0");
    if (x !== 0 || !["trades", "dividends"].includes(part)) words.push(`${SPLIT_WORDS[part]} ${gain(x)}`);
  }
  return [
    `${gain(total)} = ${words.join("  ")}`,
    "by the Greeks of the prior close; fees are in cash, not in P&L; rest: higher orders, cross terms, marks off the model",
  ];
}

const cents = (x: number): number => Math.round(x * 100) / 100 + 0;

/** What moved an option since its prior settlement. */
export function moveLines(context: ViewContext, leg: LegValue): string[] {
  if (leg.instrument.kind !== "option" || leg.day.openQty === 0) return [];
  const move = context.optionMove(leg);
  if (move === null) return ["no Greeks at the prior close: all of the move is rest"];
  const days = exact(move.years * 365);
  const vol =
    move.sigma === null
      ? "the settlement implies no vol: that of now is used, so V is 0"
      : `vol ${exact(move.sigma * 100)} ${gain(move.dSigma * 100)} vp`;
  return [`spot ${exact(move.spot)} ${gain(move.dSpot)}, ${vol}, ${days} days`];
}

/** NAV = cash + market value (+ variation of futures that is not in cash yet), in the base currency. */
export function navExplained(context: ViewContext, value: BookValue): Explanation {
  const cash = value.cash.map(
    (c) =>
      `${c.account} ${c.ccy} cash ${exact(c.cash)}${c.ccy === value.base ? "" : ` = ${exact(c.cashBase)} ${value.base}`}`,
  );
  const lines = [
    ...cash,
    `market value ${gain(value.book.figures.value)}`,
    ...value.navMissing.map((m) => `unknown: ${m}`),
  ];
  return leaf("NAV", exact(value.nav), value.base, lines, { inputs: [bookFigure(context, "value")] });
}

/** Buying power: what is left of the account's funds after margin and what working orders hold back. */
export function marginExplained(context: ViewContext): Explanation {
  const m = context.facts.margin.of(context.desk, context.value());
  const lines = [
    `${m.kind === "cash" ? "cash account" : "Reg T"}: funds ${exact(m.funds)} − initial margin ${exact(m.initial)} − held back by working orders ${exact(m.reserved)}`,
    `stock may cost ${exact(m.stockBuyingPower)}; above the maintenance margin of ${exact(m.maintenance)} by ${exact(m.cushion)}`,
    ...m.missing.map((reason) => `unknown: ${reason}`),
  ];
  return leaf("buying power", exact(m.available), context.facts.baseCcy, lines);
}

/** A figure of the whole book, from its underlyings. */
export function bookFigure(context: ViewContext, column: string): Explanation {
  const value = context.value();
  const parts = value.underlyings.map((u) => ({
    name: nameOf(context, u.underlying),
    figures: u.totals.figures,
    explained: () => underlyingFigure(context, u.underlying, column),
  }));
  return sumOf(context, "the book", column, value.book, parts, splitOf(context, legsOf(value, null)));
}

/** A figure of everything on one underlying, from its legs. */
export function underlyingFigure(context: ViewContext, underlying: string, column: string): Explanation {
  const value = context.value();
  const totals = value.underlyings.find((u) => u.underlying === underlying)?.totals ?? value.book;
  const structured = value.structures.filter((s) => s.underlying === underlying).flatMap((s) => s.legs);
  const loose = value.positions.filter((p) => p.underlying === underlying && !p.idle).map((p) => p.ungrouped);
  const parts = [...structured, ...loose.filter((l) => l.qty !== 0 || l.figures.realised !== 0)].map(
    (leg) => ({
      name: label(leg.instrument, context.session.day),
      figures: leg.figures,
      explained: () => legFigure(context, leg, column),
    }),
  );
  const split = splitOf(context, legsOf(value, underlying));
  return sumOf(context, nameOf(context, underlying), column, totals, parts, split);
}

function nameOf(context: ViewContext, id: string): string {
  const slot = context.desk.slot(id);
  return slot === null ? id : (context.desk.instruments[slot]?.symbol ?? id);
}
