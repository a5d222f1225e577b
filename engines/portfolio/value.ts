/** Values a book at one instant: positions, structures, totals per underlying and for the book, cash and NAV. */
import type { Instrument, InstrumentId, Micros, OptionInstrument } from "../market/index.ts";
import { type CashValue, valueCash } from "./account.ts";
import { isMargined } from "./events.ts";
import { QTY_SCALE, toUnits } from "./exact.ts";
import { FigureSum, type Figures, type Missing, newColumns, type Totals, toFigures } from "./figures.ts";
import { fillColumns, type LeafContext, type LocalFigures, localFigures, type RawGreeks } from "./leaf.ts";
import {
  type CarryInput,
  MARK_LIMITS,
  type Mark,
  type MarketInput,
  type MarkLimits,
  type MarkPolicy,
  type ModelInput,
  markOption,
  markSpot,
  type OptionMarkInput,
  type PositionInput,
  type PriorMark,
  type SpotInput,
  type SpotMarkInput,
} from "./mark.ts";
import type { Leaf, PlanRow, PlanStructure, ValuationPlan } from "./plan.ts";

/** What the caller knows about the market at the instant of the valuation. Each is asked once per instrument and valuation. */
export interface MarketSource {
  market(i: Instrument): MarketInput | null;
  /** Price of an underlying, for options and futures on it. */
  spot(underlying: InstrumentId): SpotInput | null;
  model(i: OptionInstrument): ModelInput | null;
  carry?(i: OptionInstrument): CarryInput | null;
  greeks(i: OptionInstrument): RawGreeks | null;
  /** Base currency per unit of `ccy`; not asked for the base itself. */
  fx(ccy: string): number | null;
  /** Beta of an underlying to the book's index; left out: no beta-weighted figures. */
  beta?(underlying: InstrumentId): number | null;
}

/** When and by which policy. */
export interface ValueOptions {
  readonly nowUs: Micros;
  readonly policy: MarkPolicy;
  readonly limits?: MarkLimits;
}

/** A position's share in one structure leg, or its ungrouped rest. */
export interface LegValue {
  readonly leg: number;
  readonly position: string;
  readonly instrument: Instrument;
  /** Signed contracts or shares allocated. */
  readonly qty: number;
  /** Average price per share of the allocation. */
  readonly avg: number | null;
  readonly mark: Mark;
  readonly local: LocalFigures;
  readonly figures: Figures;
  readonly missing: readonly Missing[];
  readonly day: LegDay;
}
/** What a leg's day P&L counts from, in the instrument's currency. */
export interface LegDay {
  /** Held at the prior close, with the multiplier of then. */
  readonly openQty: number;
  readonly openMultiplier: number;
  readonly prior: PriorMark | null;
  /** Minus the notional of the session's bookings. */
  readonly flow: number;
  readonly dividends: number;
  /** Base currency per unit of the instrument's. */
  readonly fx: number | null;
}
/** One position, valued. */
export interface PositionValue {
  readonly key: string;
  readonly account: string;
  readonly strategy: string;
  readonly instrument: Instrument;
  readonly underlying: InstrumentId;
  readonly ccy: string;
  /** Broker's net, signed. */
  readonly qty: number;
  readonly avg: number | null;
  readonly mark: Mark;
  /** In the instrument's currency. */
  readonly local: LocalFigures;
  readonly figures: Figures;
  readonly missing: readonly Missing[];
  /** What is in no structure; its figures and those of the allocations add up to the position's. `qty` 0: nothing. */
  readonly ungrouped: LegValue;
  readonly idle: boolean;
}
/** One structure, valued. */
export interface StructureValue {
  readonly id: string;
  readonly name: string | null;
  readonly account: string;
  readonly strategy: string;
  /** null if the legs are on several. */
  readonly underlying: InstrumentId | null;
  readonly units: number;
  /** What the legs hold beyond whole units. */
  readonly loose: readonly number[];
  /** Per unit per share, + debit paid, − credit received. */
  readonly netEntry: number | null;
  readonly netMark: number | null;
  readonly legs: readonly LegValue[];
  readonly totals: Totals;
}
/** Everything on one name. */
export interface UnderlyingValue {
  readonly underlying: InstrumentId;
  readonly spot: SpotInput | null;
  readonly totals: Totals;
}
/** The whole book at one instant. */
export interface BookValue {
  readonly nowUs: Micros;
  readonly policy: MarkPolicy;
  readonly base: string;
  readonly positions: readonly PositionValue[];
  readonly structures: readonly StructureValue[];
  readonly underlyings: readonly UnderlyingValue[];
  readonly book: Totals;
  readonly cash: readonly CashValue[];
  /** Cash + market value + unsettled variation in base currency; null with reasons in `navMissing`. */
  readonly nav: number | null;
  readonly navMissing: readonly string[];
}

const EMPTY_MARKET: MarketInput = {
  bid: null,
  ask: null,
  quoteUs: null,
  confirmUs: null,
  quality: 0,
  status: "open",
  last: null,
  lastUs: null,
  maxAgeUs: 0,
  prior: null,
};

/** Facts of one instrument at the instant, asked once. */
export interface Facts {
  readonly market: MarketInput;
  readonly spot: SpotInput | null;
  readonly model: ModelInput | null;
  readonly carry: CarryInput | null;
  readonly greeks: RawGreeks | null;
}

export function factsOf(i: Instrument, source: MarketSource): Facts {
  const market = source.market(i) ?? EMPTY_MARKET;
  if (i.kind !== "option") return { market, spot: null, model: null, carry: null, greeks: null };
  return {
    market,
    spot: source.spot(i.underlying),
    model: source.model(i),
    carry: source.carry?.(i) ?? null,
    greeks: source.greeks(i),
  };
}

function averageOf(leaf: Leaf, i: Instrument): number | null {
  const { qty, cost } = leaf.holding;
  if (qty === 0) return null;
  return cost / 1e6 / ((qty / QTY_SCALE) * i.multiplier);
}

function positionInput(qty: number, avg: number | null): PositionInput {
  return { side: qty > 0 ? 1 : qty < 0 ? -1 : 0, entry: avg };
}

/** What the mark functions take, from what was asked. */
export function markInputOf(
  i: Instrument,
  f: Facts,
  position: PositionInput,
  o: ValueOptions,
): OptionMarkInput | SpotMarkInput {
  const common = {
    market: f.market,
    position,
    nowUs: o.nowUs,
    policy: o.policy,
    limits: o.limits ?? MARK_LIMITS,
  };
  if (i.kind !== "option") return { instrument: i, ...common };
  return { instrument: i, spot: f.spot, model: f.model, carry: f.carry, ...common };
}

export function markOf(i: Instrument, f: Facts, position: PositionInput, o: ValueOptions): Mark {
  const input = markInputOf(i, f, position, o);
  return i.kind === "option" ? markOption(input as OptionMarkInput) : markSpot(input);
}

interface Run {
  readonly plan: ValuationPlan;
  readonly source: MarketSource;
  readonly options: ValueOptions;
  readonly facts: readonly Facts[];
  readonly fx: Map<string, number | null>;
}

function rateIn(run: Run, ccy: string): number | null {
  if (ccy === run.plan.ledger.books.base) return 1;
  const known = run.fx.get(ccy);
  if (known !== undefined) return known;
  const rate = run.source.fx(ccy);
  const good = rate !== null && Number.isFinite(rate) && rate > 0 ? rate : null;
  run.fx.set(ccy, good);
  return good;
}

const NOTHING = newColumns();
const NO_FIGURES = toFigures(NOTHING);
const NO_LOCAL: LocalFigures = { value: 0, dayPnl: 0, realised: 0, unrealised: 0, pnl: 0, theta: 0, vega: 0 };
const NO_MISSING: readonly Missing[] = [];
const NO_DAY: LegDay = { openQty: 0, openMultiplier: 1, prior: null, flow: 0, dividends: 0, fx: 1 };

function emptyLeaf(row: PlanRow, leaf: Leaf, mark: Mark, columns: Float64Array): LegValue {
  columns.set(NOTHING);
  const { key } = row.position;
  const figures = { local: NO_LOCAL, figures: NO_FIGURES, missing: NO_MISSING, day: NO_DAY };
  return { leg: leaf.leg, position: key, instrument: row.instrument, qty: 0, avg: null, mark, ...figures };
}

function valueLeaf(run: Run, row: PlanRow, leaf: Leaf, mark: Mark, columns: Float64Array): LegValue {
  const { instrument } = row;
  if (leaf.empty && row.position.day.day !== null) return emptyLeaf(row, leaf, mark, columns);
  const facts = run.facts[row.at] as Facts;
  const spot = instrument.kind === "option" ? (facts.spot?.price ?? null) : mark.price;
  const beta = run.source.beta?.(row.underlying) ?? null;
  const context: LeafContext = {
    row,
    leaf,
    mark: mark.price,
    greeks: facts.greeks,
    spot,
    fx: rateIn(run, row.position.ccy),
    prior: priorOf(run, row, facts),
    beta: run.source.beta === undefined ? undefined : beta,
    margined: isMargined(instrument),
  };
  const missing: Missing[] = [];
  const local = localFigures(context);
  fillColumns(columns, context, local, missing);
  return {
    leg: leaf.leg,
    position: row.position.key,
    instrument,
    qty: leaf.holding.qty / QTY_SCALE,
    avg: averageOf(leaf, instrument),
    mark,
    local,
    figures: toFigures(columns),
    missing,
    day: dayOf(context),
  };
}

function dayOf({ row, leaf, prior, fx }: LeafContext): LegDay {
  return {
    openQty: leaf.holding.openQty / QTY_SCALE,
    openMultiplier: row.openMultiplier,
    prior,
    flow: toUnits(leaf.holding.flow),
    dividends: leaf.carriesBase ? toUnits(row.position.day.dividends) : 0,
    fx,
  };
}

function priorOf(run: Run, row: PlanRow, facts: Facts) {
  const { openInstrument } = row.position.day;
  if (openInstrument === row.instrument.id) return facts.market.prior;
  const old = run.plan.ledger.lookup(openInstrument);
  return old === undefined ? null : (run.source.market(old)?.prior ?? null);
}

/** Local figures add up leaf by leaf like all others. */
function sumLocal(parts: readonly LegValue[]): LocalFigures {
  const pick = (f: keyof LocalFigures) => {
    let sum = 0;
    for (const p of parts) {
      const x = p.local[f];
      if (x === null) return null;
      sum += Math.round(x * 1e6);
    }
    return sum / 1e6;
  };
  return {
    value: pick("value"),
    dayPnl: pick("dayPnl"),
    realised: pick("realised"),
    unrealised: pick("unrealised"),
    pnl: pick("pnl"),
    theta: pick("theta"),
    vega: pick("vega"),
  };
}

interface Sink {
  readonly columns: Float64Array;
  readonly structures: Map<string, { legs: LegValue[]; sum: FigureSum }>;
  readonly underlyings: Map<InstrumentId, FigureSum>;
}

function valueRow(run: Run, row: PlanRow, sink: Sink): PositionValue {
  const { position: p, instrument } = row;
  const facts = run.facts[row.at] as Facts;
  const avg = p.qty === 0 ? null : p.cost / 1e6 / ((p.qty / QTY_SCALE) * instrument.multiplier);
  const mark = markOf(instrument, facts, positionInput(p.qty, avg), run.options);
  const sum = new FigureSum();
  const parts: LegValue[] = [];
  const underlying = sink.underlyings.get(row.underlying) as FigureSum;
  // Only a conservative mark or one at entry depends on whose it is.
  const shared = run.options.policy !== "conservative" && mark.source !== "entry" && mark.source !== "none";
  for (const leaf of row.leaves) {
    const whole = leaf.holding.qty === p.qty && leaf.holding.cost === p.cost;
    const own =
      shared || whole || leaf.empty
        ? mark
        : markOf(
            instrument,
            facts,
            positionInput(leaf.holding.qty, averageOf(leaf, instrument)),
            run.options,
          );
    const value = valueLeaf(run, row, leaf, own, sink.columns);
    sum.addRow(sink.columns, value.missing);
    underlying.addRow(sink.columns, value.missing);
    if (leaf.structure !== null) {
      const s = sink.structures.get(leaf.structure);
      s?.legs.push(value);
      s?.sum.addRow(sink.columns, value.missing);
    }
    parts.push(value);
  }
  const totals = sum.totals(false);
  return {
    key: p.key,
    account: p.account,
    strategy: p.strategy,
    instrument,
    underlying: row.underlying,
    ccy: p.ccy,
    qty: p.qty / QTY_SCALE,
    avg,
    mark,
    local: sumLocal(parts),
    figures: totals.figures,
    missing: totals.missing,
    ungrouped: parts[parts.length - 1] as LegValue,
    idle: row.idle,
  };
}

function netMark(s: PlanStructure, legs: readonly LegValue[]): number | null {
  if (s.multiplier === null) return null;
  let net = 0;
  for (const leg of legs) {
    const ratio = s.state.legs[leg.leg]?.ratio ?? 0;
    if (leg.mark.price === null) return null;
    net += (ratio * leg.mark.price * leg.instrument.multiplier) / s.multiplier;
  }
  return legs.length === s.state.legs.length ? net : null;
}

function structureValue(s: PlanStructure, legs: LegValue[], sum: FigureSum): StructureValue {
  legs.sort((a, b) => a.leg - b.leg);
  return {
    id: s.state.id,
    name: s.state.name,
    account: s.state.account,
    strategy: s.state.strategy,
    underlying: s.underlying,
    units: s.units,
    loose: s.loose,
    netEntry: s.netEntry,
    netMark: netMark(s, legs),
    legs,
    totals: sum.totals(s.underlying === null),
  };
}

/**
 * Values everything at `options.nowUs`. Every total is the sum of the same rows, so positions, structures + ungrouped parts,
 * underlyings and the book agree to the last digit. Unknown is null with a reason in `missing`, never 0. Throws if the plan is older
 * than the ledger.
 *
 * Day P&L of a row = value now − quantity at the prior close x prior settlement x multiplier + what the session's bookings paid or
 * received + dividends; null without a prior settlement of the session before, or without an opened session.
 */
export function valueBook(plan: ValuationPlan, source: MarketSource, options: ValueOptions): BookValue {
  if (plan.version !== plan.ledger.version) throw new Error("valuation plan is older than its ledger");
  const facts = plan.instruments.map((i) => factsOf(i, source));
  const run: Run = { plan, source, options, facts, fx: new Map() };
  const sink: Sink = {
    columns: newColumns(),
    structures: new Map(plan.structures.map((s) => [s.state.id, { legs: [], sum: new FigureSum() }])),
    underlyings: new Map(plan.underlyings.map((u) => [u, new FigureSum()])),
  };
  const positions = plan.rows.map((row) => valueRow(run, row, sink));
  const book = new FigureSum();
  for (const sum of sink.underlyings.values()) book.addSum(sum);
  const totals = book.totals(true);
  const cash = valueCash(plan, (ccy) => rateIn(run, ccy));
  const navMissing = totals.missing
    .filter((m) => m.figure === "value" || m.figure === "variation")
    .map((m) => `${m.row}: ${m.reason}`);
  let nav: number | null = 0;
  for (const c of cash) {
    if (c.cashBase === null) navMissing.push(`${c.account} ${c.ccy}: no FX rate`);
    nav = nav === null || c.cashBase === null ? null : nav + Math.round(c.cashBase * 1e6);
  }
  const { value, variation } = totals.figures;
  nav = nav === null || value === null || variation === null ? null : nav / 1e6 + value + variation;
  return {
    nowUs: options.nowUs,
    policy: options.policy,
    base: plan.ledger.books.base,
    positions,
    structures: plan.structures.map((s) => {
      const got = sink.structures.get(s.state.id) as { legs: LegValue[]; sum: FigureSum };
      return structureValue(s, got.legs, got.sum);
    }),
    underlyings: plan.underlyings.map((u) => ({
      underlying: u,
      spot: source.spot(u),
      totals: (sink.underlyings.get(u) as FigureSum).totals(false),
    })),
    book: totals,
    cash,
    nav,
    navMissing,
  };
}
