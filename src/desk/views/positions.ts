import type { Slot } from "../../../engines/market/index.ts";
import {
  type BookValue,
  type DaySplit,
  type Figures,
  type LegValue,
  type Mark,
  type PositionValue,
  type StructureValue,
  sumSplits,
} from "../../../engines/portfolio/index.ts";
import type { Desk } from "../desk.ts";
import type { MarkSource, PositionRow, PositionsView } from "../protocol.ts";
import type { ViewContext } from "./context.ts";
import { followed } from "./follows.ts";
import { label, priceDecimals } from "./names.ts";
import { emptyRow } from "./position-row.ts";

/** Rows from general to particular: underlying, its structures and single positions, their legs; the book last. */
export function positionsView(context: ViewContext): PositionsView {
  const value = context.value();
  const ccy = context.facts.baseCcy;
  const rows: PositionRow[] = [];
  for (const underlying of value.underlyings) {
    const key = `u:${underlying.underlying}`;
    const inside = [
      ...value.structures
        .filter((s) => s.underlying === underlying.underlying)
        .flatMap((s) => structureRows(context, s, key)),
      ...value.positions
        .filter((p) => p.underlying === underlying.underlying)
        .flatMap((p) => positionRows(context, p, key)),
    ];
    if (inside.length === 0) continue;
    const slot = context.desk.slot(underlying.underlying);
    const instrument = slot === null ? undefined : context.desk.instruments[slot];
    rows.push(
      {
        ...emptyRow(key, "underlying", null, instrument?.symbol ?? underlying.underlying, ccy),
        slot,
        underlying: underlying.underlying,
        mark: underlying.spot?.price ?? null,
        ageUs: underlying.spot?.ageUs ?? null,
        decimals: instrument ? priceDecimals(instrument) : 2,
        ...figures(underlying.totals.figures),
        dayPnlReason: reason(underlying.totals.missing),
        split: splitOf(context, legsOf(value, underlying.underlying)),
      },
      ...inside,
    );
  }
  const across = value.structures
    .filter((s) => s.underlying === null)
    .flatMap((s) => structureRows(context, s, null));
  rows.push(...across, bookRow(context, value));
  return { nowUs: context.nowUs, rows, total: value.positions.filter((p) => !p.idle).length };
}

function structureRows(context: ViewContext, s: StructureValue, parent: string | null): PositionRow[] {
  const key = `s:${s.id}`;
  const legs = s.legs.map((leg) => legRow(context, leg, key));
  const marks = s.legs.map((leg) => leg.mark);
  const sides = netSides(s, legs);
  return [
    {
      ...emptyRow(key, "structure", parent, context.structureName(s), context.facts.baseCcy),
      underlying: s.underlying,
      qty: s.units,
      avg: s.netEntry,
      ...sides,
      mark: s.netMark,
      markSource: worstSource(marks),
      estimated: marks.some((m) => m.estimated),
      stale: marks.some((m) => m.stale),
      ageUs: oldest(marks),
      ...figures(s.totals.figures),
      dayPnlReason: reason(s.totals.missing),
      split: splitOf(context, s.legs),
    },
    ...legs,
  ];
}

function positionRows(context: ViewContext, p: PositionValue, parent: string): PositionRow[] {
  const rest = p.ungrouped;
  if (p.idle || (rest.qty === 0 && p.qty !== 0)) return [];
  const row = legRow(context, rest, parent);
  return [{ ...row, key: `p:${p.key}`, kind: "position", depth: 1, parent }];
}

function legRow(context: ViewContext, leg: LegValue, parent: string): PositionRow {
  const { desk } = context;
  const slot = desk.slot(leg.instrument.id);
  const option = leg.instrument.kind === "option" ? context.source().value(leg.instrument) : null;
  const quote = slot === null ? { bid: null, ask: null, mid: null } : quoteOf(desk, slot);
  return {
    ...emptyRow(
      `l:${leg.position}:${leg.leg}`,
      "leg",
      parent,
      label(leg.instrument, context.session.day),
      leg.instrument.ccy,
    ),
    slot,
    feed: slot === null ? null : followed(context, slot).state,
    underlying: leg.instrument.kind === "option" ? leg.instrument.underlying : leg.instrument.id,
    qty: leg.qty,
    avg: leg.avg,
    ...quote,
    ...markFields(leg.mark),
    theo: option?.price ?? null,
    iv: option?.vol?.sigma ?? null,
    ...figures(leg.figures),
    dayPnlReason: reason(leg.missing),
    split: context.split(leg),
    decimals: priceDecimals(leg.instrument),
  };
}

function bookRow(context: ViewContext, value: BookValue): PositionRow {
  return {
    ...emptyRow("book", "book", null, "BOOK", context.facts.baseCcy),
    ...figures(value.book.figures),
    dayPnlReason: reason(value.book.missing),
    split: splitOf(context, legsOf(value, null)),
  };
}

/** The leaves whose figures make up a name's totals, or (null) the book's. */
export function legsOf(value: BookValue, underlying: string | null): LegValue[] {
  const of = new Map(value.positions.map((p) => [p.key, p.underlying as string]));
  const here = (leg: LegValue): boolean => underlying === null || of.get(leg.position) === underlying;
  return [...value.structures.flatMap((s) => s.legs), ...value.positions.map((p) => p.ungrouped)].filter(
    here,
  );
}

/** Day P&L of several legs by cause. */
export function splitOf(context: ViewContext, legs: readonly LegValue[]): DaySplit | null {
  return sumSplits(legs.map((leg) => context.split(leg)));
}

/** Net market of one structure unit per share: what selling it all now would bring, and buying it cost. */
function netSides(s: StructureValue, legs: readonly PositionRow[]): Pick<PositionRow, "bid" | "ask" | "mid"> {
  let bid: number | null = 0;
  let ask: number | null = 0;
  s.legs.forEach((leg, i) => {
    const row = legs[i] as PositionRow;
    const ratio = s.units === 0 ? 0 : leg.qty / s.units;
    const sell = ratio > 0 ? row.bid : row.ask;
    const buy = ratio > 0 ? row.ask : row.bid;
    bid = bid === null || sell === null ? null : bid + ratio * sell;
    ask = ask === null || buy === null ? null : ask + ratio * buy;
  });
  return { bid, ask, mid: bid === null || ask === null ? null : (bid + ask) / 2 };
}

export function quoteOf(
  desk: Desk,
  slot: Slot,
): { bid: number | null; ask: number | null; mid: number | null } {
  const bid = desk.book.bid[slot] as number;
  const ask = desk.book.ask[slot] as number;
  const live = (x: number) => (x === x ? x : null);
  return { bid: live(bid), ask: live(ask), mid: bid > 0 && ask >= bid ? (bid + ask) / 2 : null };
}

/** From best to worst: a structure shows the worst of its legs. */
const RANK: readonly MarkSource[] = [
  "mid",
  "bid",
  "ask",
  "model",
  "intrinsic",
  "last",
  "settlement",
  "entry",
  "none",
];

function worstSource(marks: readonly Mark[]): MarkSource {
  const worst = marks.reduce((rank, m) => Math.max(rank, RANK.indexOf(m.source)), 0);
  return RANK[worst] as MarkSource;
}

function oldest(marks: readonly Mark[]): number | null {
  return marks.reduce<number | null>(
    (age, m) => (age === null || m.ageUs === null ? null : Math.max(age, m.ageUs)),
    0,
  );
}

function markFields(
  mark: Mark,
): Pick<PositionRow, "mark" | "markSource" | "quality" | "estimated" | "stale" | "ageUs"> {
  const { price, source, quality, estimated, stale, ageUs } = mark;
  return { mark: price, markSource: source, quality, estimated, stale, ageUs };
}

function figures(f: Figures) {
  const {
    value,
    dayPnl,
    pnl,
    realised,
    unrealised,
    delta,
    gamma,
    theta,
    vega,
    dollarDelta,
    dollarGamma1pct,
    betaDollarDelta,
  } = f;
  return {
    value,
    dayPnl,
    pnl,
    realised,
    unrealised,
    delta,
    gamma,
    theta,
    vega,
    dollarDelta,
    dollarGamma1pct,
    betaDollarDelta,
  };
}

function reason(missing: LegValue["missing"]): string | null {
  return missing.find((m) => m.figure === "dayPnl")?.reason ?? null;
}
