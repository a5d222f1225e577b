/** Option flow as an artifact body. Volumes in contracts, notionals in premium money, vega per vol point. */
import {
  type CompatFlow,
  DELTA_BUCKETS,
  type FlowEngine,
  type FlowTable,
  flowTable,
  flowTotals,
} from "../../../engines/flow/index.ts";
import { formatIsoMicros } from "../../../engines/market/index.ts";
import type { FlowTerms } from "../../imports/flow.ts";
import type { BodyOf } from "../schemas.ts";

type Body = BodyOf<"intraday_flow">;

const instant = (us: number): string => formatIsoMicros(us).replace("+00:00", "Z");

function counts({ sums }: FlowTable, i: number) {
  const at = (f: keyof typeof sums): number => sums[f][i] as number;
  const trades = at("trades");
  return {
    trades,
    buy_volume: at("buyVolume"),
    sell_volume: at("sellVolume"),
    unknown_volume: at("unknownVolume"),
    buy_notional: at("buyNotional"),
    sell_notional: at("sellNotional"),
    unknown_notional: at("unknownNotional"),
    net_notional: at("buyNotional") - at("sellNotional"),
    net_delta_notional: at("deltaTrades") > 0 ? at("netDelta") : null,
    net_vega: at("vegaTrades") > 0 ? at("netVega") / 100 : null,
    quote_coverage: trades > 0 ? at("quotedTrades") / trades : null,
  };
}

const typeName = (t: FlowTerms): "call" | "put" | null =>
  t.type === null ? null : t.type === "C" ? "call" : "put";
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The desk's flow, by contract and by time. The delta bucket of a contract is that of most of its trades. */
export function flowBody(
  engine: FlowEngine,
  name: (slot: number) => FlowTerms,
  head: { readonly market_date: string; readonly source: string; readonly bucket_minutes: 5 | 15 },
): Body {
  const contracts = flowTable(engine, { contract: true });
  const buckets = flowTable(engine, { contract: true, bucket: true });
  const most = new Map<number, { readonly bucket: number; readonly trades: number }>();
  for (let i = 0; i < buckets.n; i++) {
    const [slot, trades] = [buckets.slot[i] as number, buckets.sums.trades[i] as number];
    if (trades > (most.get(slot)?.trades ?? 0))
      most.set(slot, { bucket: buckets.bucket[i] as number, trades });
  }
  const times = flowTable(engine, { minutes: head.bucket_minutes });
  const contract_flow = Array.from({ length: contracts.n }, (_, i) => {
    const slot = contracts.slot[i] as number;
    const terms = name(slot);
    const { unknownTrades, trades } = contracts.sums;
    const bucket = most.get(slot)?.bucket ?? 0;
    return {
      contract_symbol: terms.contract,
      expiry: terms.expiry,
      option_type: typeName(terms),
      strike: terms.strike,
      delta_bucket: bucket === 0 ? null : (DELTA_BUCKETS[bucket] ?? null),
      unknown_share: (trades[i] as number) > 0 ? (unknownTrades[i] as number) / (trades[i] as number) : null,
      ...counts(contracts, i),
    };
  });
  const totals = flowTotals(engine);
  return {
    ...head,
    totals: { ...totals, netVega: totals.netVega / 100 },
    contract_flow: contract_flow.sort((a, b) => byText(a.contract_symbol, b.contract_symbol)),
    time_buckets: Array.from({ length: times.n }, (_, i) => ({
      start: instant(times.startUs[i] as number),
      ...counts(times, i),
    })),
  };
}

/** The original system's flow, of one day. */
export function compatFlowBody(
  r: CompatFlow,
  head: { readonly market_date: string; readonly source: string; readonly bucket_minutes: 5 | 15 },
): Body {
  return {
    ...head,
    contract_flow: r.contract_flow.map((c) => ({
      contract_symbol: c.contract_symbol,
      expiry: c.expiry,
      option_type: c.option_type === "call" || c.option_type === "put" ? c.option_type : null,
      strike: c.strike,
      delta_bucket: c.delta_bucket,
      trades: c.trade_count,
      buy_volume: c.buy_volume,
      sell_volume: c.sell_volume,
      unknown_volume: c.unknown_volume,
      buy_notional: c.buy_notional,
      sell_notional: c.sell_notional,
      net_notional: c.net_notional,
      unknown_share: c.unknown_trade_share,
      quote_coverage: c.quote_coverage_pct,
      warnings: [...c.warnings],
    })),
    time_buckets: (head.bucket_minutes === 5 ? r.buckets_5m : r.buckets_15m).map((b) => ({
      start: b.bucket_start_utc.replace("+00:00", "Z"),
      contract_symbol: b.contract_symbol,
      trades: b.trade_count,
      buy_volume: null,
      sell_volume: null,
      unknown_volume: null,
      buy_notional: b.buy_notional,
      sell_notional: b.sell_notional,
      net_notional: b.net_notional,
    })),
  };
}
