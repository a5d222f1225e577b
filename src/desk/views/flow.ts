import {
  CONFIDENCES,
  DELTA_BUCKETS,
  type FlowEngine,
  type FlowGrouping,
  flowTable,
  flowTotals,
  flowWarnings,
  METHODS,
  REASONS,
} from "../../../engines/flow/index.ts";
import type { Micros, Slot } from "../../../engines/market/index.ts";
import type { FlowBin, FlowTrade, FlowView, Views } from "../protocol.ts";
import type { ViewContext } from "./context.ts";
import { firstOptionable } from "./exposure.ts";
import { label } from "./names.ts";

/** Flow of an underlying's options since the open: totals, the last trades, sums by strike and by time. Null where it has no options. */
export function flowView(context: ViewContext, params: Views["flow"]["params"]): FlowView | null {
  const { desk, session, facts } = context;
  const id = params.underlying ?? firstOptionable(context);
  const slot = id === null ? null : desk.slot(id);
  const instrument = slot === null ? undefined : desk.instruments[slot];
  if (slot === null || !instrument) return null;
  const engine = facts.flow.of(slot).upToDesk();
  const totals = flowTotals(engine);
  return {
    underlying: instrument.id,
    label: label(instrument, session.day),
    ccy: instrument.ccy,
    premiumCcy: desk.instruments[firstOption(engine)]?.ccy ?? instrument.ccy,
    quality: session.sampling === "minute bars" ? "bar" : "print",
    contracts: engine.contracts.expiry.reduce((n, e) => (e >= 0 ? n + 1 : n), 0),
    sinceUs: session.openUs,
    zoneOffsetMin: context.zoneOffsetMin,
    totals,
    trades: lastTrades(context, engine, params.limit),
    byStrike: bins(engine, { strike: true }, (t, i) => ({ strike: t.strike[i] as number })),
    byTime: bins(engine, { minutes: params.minutes }, (t, i) => ({ startUs: t.startUs[i] as number })),
    byExpiry: bins(engine, { expiry: true }, (t, i) => ({
      name: engine.contracts.expiries[t.expiry[i] as number] ?? "",
    })),
    byDelta: bins(engine, { bucket: true }, (t, i) => ({
      name: DELTA_BUCKETS[t.bucket[i] as number] ?? "",
    })),
    warnings: flowWarnings(engine),
  };
}

/** Any option of the underlying; -1 where there is none. */
const firstOption = ({ contracts }: FlowEngine): number => contracts.expiry.findIndex((e) => e >= 0);

function bins<K>(
  engine: FlowEngine,
  by: FlowGrouping,
  key: (table: ReturnType<typeof flowTable>, i: number) => K,
): (FlowBin & K)[] {
  const table = flowTable(engine, by);
  const { sums } = table;
  return Array.from({ length: table.n }, (_, i) => ({
    ...key(table, i),
    trades: sums.trades[i] as number,
    buy: sums.buyVolume[i] as number,
    sell: sums.sellVolume[i] as number,
    unknown: sums.unknownVolume[i] as number,
    netDelta: (sums.deltaTrades[i] as number) > 0 ? (sums.netDelta[i] as number) : null,
    netVega: (sums.vegaTrades[i] as number) > 0 ? (sums.netVega[i] as number) / 100 : null,
  }));
}

/** Counted trades, newest first. */
function lastTrades(context: ViewContext, { tape }: FlowEngine, limit: number): FlowTrade[] {
  const { desk, session } = context;
  const known = (x: number | undefined): number | null => (x !== undefined && x === x ? x : null);
  const out: FlowTrade[] = [];
  for (let i = tape.n - 1; i >= 0 && out.length < limit; i--) {
    const slot = tape.slot[i] as Slot;
    const instrument = desk.instruments[slot];
    if (tape.counted[i] !== 1 || !instrument) continue;
    const side = tape.side[i] as number;
    const vega = known(tape.vegaFlow[i]);
    out.push({
      row: i,
      us: tape.us[i] as Micros,
      slot,
      label: label(instrument, session.day),
      price: tape.price[i] as number,
      size: tape.size[i] as number,
      side: side > 0 ? "buy" : side < 0 ? "sell" : "unknown",
      method: METHODS[tape.method[i] as number] ?? "none",
      confidence: CONFIDENCES[tape.confidence[i] as number] ?? "none",
      reason: REASONS[tape.reason[i] as number] ?? "",
      bid: known(tape.bid[i]),
      ask: known(tape.ask[i]),
      dollarDelta: side === 0 ? null : known(tape.deltaFlow[i]),
      vega: side === 0 || vega === null ? null : vega / 100,
    });
  }
  return out;
}
