import {
  type CompatFlow,
  classifyFlow,
  type FlowEngine,
  flowPipelineCompat,
  opraPrint,
  Print,
} from "../../engines/flow/index.ts";
import { formatIsoMicros } from "../../engines/market/index.ts";
import type { FlowQuoteRow, FlowTerms, FlowTradeRow } from "../../store/imports/flow.ts";

/** The contracts of a flow by slot, for what a reader sees. */
export interface FlowNames {
  name(slot: number): FlowTerms;
}

export interface FlowTables {
  readonly trades: readonly FlowTradeRow[];
  readonly quotes: readonly FlowQuoteRow[];
  /** Trades are bars of trades. */
  readonly bars: boolean;
  readonly multiplier: number;
  readonly spot: number | null;
  /** Delta and vega of a contract where neither trade nor quote carries them. */
  readonly greeks?: ((t: FlowTerms) => { readonly delta: number; readonly vega: number } | null) | undefined;
  readonly maxQuoteAgeUs: number | null;
  readonly rule: "desk" | "strict";
}

const NO_EXPIRY = "unknown expiry";
const column = <R>(rows: readonly R[], of: (row: R) => number | null): Float64Array =>
  Float64Array.from(rows, (r) => of(r) ?? Number.NaN);

/** Classifies tables of trades against tables of quotes. */
export function flowOf(tables: FlowTables): { readonly engine: FlowEngine; readonly names: FlowNames } {
  const { trades, quotes, multiplier, spot } = tables;
  const slots = new Map<string, number>();
  const terms: FlowTerms[] = [];
  const slotOf = (t: FlowTerms): number => {
    let slot = slots.get(t.contract);
    if (slot === undefined) {
      slot = terms.push(t) - 1;
      slots.set(t.contract, slot);
    }
    return slot;
  };
  const tradeSlots = Int32Array.from(trades, slotOf);
  const quoteSlots = Int32Array.from(quotes, slotOf);
  const days = [...new Set(terms.map((t) => t.expiry ?? NO_EXPIRY))].sort((a, b) =>
    a < b ? -1 : a > b ? 1 : 0,
  );
  const given = terms.map((t) => tables.greeks?.(t) ?? null);
  const greek = (row: FlowQuoteRow, slot: number, which: "delta" | "vega"): number =>
    row[which] ?? given[slot]?.[which] ?? Number.NaN;
  const engine = classifyFlow(
    {
      n: terms.length,
      expiries: days,
      expiry: Int32Array.from(terms, (t) => days.indexOf(t.expiry ?? NO_EXPIRY)),
      strike: column(terms, (t) => t.strike),
      put: Uint8Array.from(terms, (t) => (t.type === "P" ? 1 : 0)),
      multiplier: new Float64Array(terms.length).fill(multiplier),
    },
    {
      n: quotes.length,
      us: column(quotes, (q) => q.us),
      slot: quoteSlots,
      bid: column(quotes, (q) => q.bid),
      ask: column(quotes, (q) => q.ask),
      bidSize: column(quotes, (q) => q.bidSize),
      askSize: column(quotes, (q) => q.askSize),
      delta: Float64Array.from(quotes, (q, i) => greek(q, quoteSlots[i] as number, "delta")),
      vega: Float64Array.from(quotes, (q, i) => greek(q, quoteSlots[i] as number, "vega")),
    },
    {
      n: trades.length,
      us: column(trades, (t) => t.us),
      slot: tradeSlots,
      price: column(trades, (t) => t.price),
      size: column(trades, (t) => t.size),
      id: column(trades, (t) => t.id),
      print: Uint8Array.from(trades, (t) => (t.condition === null ? Print.regular : opraPrint(t.condition))),
    },
    spot === null ? undefined : { n: 1, us: Float64Array.of(0), price: Float64Array.of(spot) },
    { prints: !tables.bars, maxQuoteAgeUs: tables.bars ? null : tables.maxQuoteAgeUs, rule: tables.rule },
  );
  return { engine, names: { name: (slot) => terms[slot] as FlowTerms } };
}

const kind = (t: FlowTerms): string | null => (t.type === null ? null : t.type === "C" ? "call" : "put");

/** The original system's flow of the same tables. */
export function compatFlowOf(tables: FlowTables, source: string): CompatFlow {
  const shared = (t: FlowTerms & { readonly us: number; readonly delta: number | null }) => ({
    timestamp: formatIsoMicros(t.us),
    contract_symbol: t.contract,
    underlying: t.underlying,
    expiry: t.expiry,
    option_type: kind(t),
    strike: t.strike,
    bs_delta: t.delta ?? tables.greeks?.(t)?.delta ?? null,
  });
  return flowPipelineCompat({
    trades: tables.trades.map((t) => ({ ...shared(t), price: t.price, size: t.size })),
    quotes: tables.quotes.map((q) => ({ ...shared(q), bid: q.bid, ask: q.ask })),
    quote_tolerance_seconds: tables.maxQuoteAgeUs === null ? null : tables.maxQuoteAgeUs / 1e6,
    source,
    multiplier: tables.multiplier,
  });
}
