import {
  CONFIDENCES,
  type FlowEngine,
  type FlowTable,
  flowTable,
  flowTotals,
  flowWarnings,
  METHODS,
  REASONS,
} from "../../engines/flow/index.ts";
import { formatIsoMicros } from "../../engines/market/index.ts";
import { compatFlowOf, type FlowNames, type FlowTables } from "../../src/study/flow.ts";
import { compatFlowBody, flowBody } from "../../store/artifacts/bodies/flow.ts";
import { artifactOf, type Delivery, type Facts } from "./deliver.ts";
import { type ColumnOf, tableOf } from "./show.ts";

export interface FlowHead {
  readonly label: string;
  readonly ccy: string;
  readonly bars: boolean;
  /** `file`, `replay`: where the trades come from. */
  readonly source: string;
  readonly minutes: 5 | 15;
  /** Every trade as a table too. */
  readonly trades: boolean;
}

const unit = (t: FlowTable, i: number, field: "netDelta" | "netVega"): number =>
  (t.sums[field === "netDelta" ? "deltaTrades" : "vegaTrades"][i] as number) > 0
    ? (t.sums[field][i] as number) / (field === "netVega" ? 100 : 1)
    : Number.NaN;

function tradesTable(engine: FlowEngine, names: FlowNames) {
  const { tape } = engine;
  const rows = Array.from({ length: tape.n }, (_, i) => i).filter((i) => tape.counted[i] === 1);
  const of = (column: Float64Array) => (i: number) => column[i];
  const side = (i: number): number => tape.side[i] as number;
  const columns: readonly ColumnOf<number>[] = [
    ["time", "text", (i) => formatIsoMicros(tape.us[i] as number)],
    ["contract", "text", (i) => names.name(tape.slot[i] as number).contract],
    ["price", "number", of(tape.price)],
    ["size", "number", of(tape.size)],
    ["side", "text", (i) => (side(i) > 0 ? "buy" : side(i) < 0 ? "sell" : "unknown")],
    ["method", "text", (i) => METHODS[tape.method[i] as number]],
    ["confidence", "text", (i) => CONFIDENCES[tape.confidence[i] as number]],
    ["reason", "text", (i) => REASONS[tape.reason[i] as number]],
    ["bid", "number", of(tape.bid)],
    ["ask", "number", of(tape.ask)],
    ["dollar_delta", "number", (i) => (side(i) === 0 ? Number.NaN : tape.deltaFlow[i])],
    [
      "vega_per_vol_point",
      "number",
      (i) => (side(i) === 0 ? Number.NaN : (tape.vegaFlow[i] as number) / 100),
    ],
  ];
  return tableOf("flow_trades", columns, rows);
}

/** The desk's flow as a result: sums by strike and by time, every trade for files. */
export function flowDelivery(facts: Facts, engine: FlowEngine, names: FlowNames, head: FlowHead): Delivery {
  const t = flowTotals(engine);
  const percent = (x: number | null): string => (x === null ? "–" : `${(x * 100).toFixed(1)} %`);
  const strikes = flowTable(engine, { strike: true });
  const times = flowTable(engine, { minutes: head.minutes });
  const sums = (table: FlowTable): readonly ColumnOf<number>[] => [
    ["trades", "integer", (i) => table.sums.trades[i]],
    ["buy", "number", (i) => table.sums.buyVolume[i]],
    ["sell", "number", (i) => table.sums.sellVolume[i]],
    ["unknown", "number", (i) => table.sums.unknownVolume[i]],
    ["net_notional", "number", (i) => (table.sums.buyNotional[i] ?? 0) - (table.sums.sellNotional[i] ?? 0)],
    ["net_dollar_delta", "number", (i) => unit(table, i, "netDelta")],
    ["net_vega_per_vol_point", "number", (i) => unit(table, i, "netVega")],
  ];
  const rows = (table: FlowTable): number[] => Array.from({ length: table.n }, (_, i) => i);
  const body = flowBody(engine, (slot) => names.name(slot), {
    market_date: facts.asOf,
    source: head.source,
    bucket_minutes: head.minutes,
  });
  const artifact = artifactOf("intraday_flow", facts, "desk", body, flowWarnings(engine));
  return {
    artifact,
    study: {
      head: [
        `${head.label} option flow${head.bars ? ", minute bars: one side for each bar" : ""}`,
        `${t.trades} trades, contracts bought ${t.buyVolume}, sold ${t.sellVolume}, unknown ${t.unknownVolume}; quote cover ${percent(t.quoteCoverage)}`,
        t.deltaTrades > 0
          ? `net delta ${Math.round(t.netDelta)} ${head.ccy}, net vega ${Math.round(t.netVega / 100)} ${head.ccy} per vol point`
          : "net delta and vega unknown: no Greeks beside the trades",
      ],
      tables: [
        ...(head.trades ? [tradesTable(engine, names)] : []),
        tableOf<number>(
          "flow_times",
          [
            ["start", "text", (i) => formatIsoMicros(times.startUs[i] as number).slice(0, 16)],
            ...sums(times),
          ],
          rows(times),
        ),
        tableOf<number>(
          "flow_strikes",
          [["strike", "number", (i) => strikes.strike[i]], ...sums(strikes)],
          rows(strikes),
        ),
      ],
      brief: ["flow_strikes"],
      foot: artifact.warnings.map((w) => `warning ${w}`),
    },
  };
}

/** The original system's flow of tables of trades and quotes. */
export function compatFlowDelivery(facts: Facts, tables: FlowTables, head: FlowHead): Delivery {
  const r = compatFlowOf(tables, head.source);
  const body = compatFlowBody(r, {
    market_date: facts.asOf,
    source: head.source,
    bucket_minutes: head.minutes,
  });
  const codes = new Map<string, number>();
  for (const c of r.contract_flow)
    for (const w of c.warnings) {
      const [code = w, n] = w.split(":");
      codes.set(code, (codes.get(code) ?? 0) + Number(n ?? 1));
    }
  const artifact = artifactOf(
    "intraday_flow",
    facts,
    "compat",
    body,
    [...codes].map(([c, n]) => (n === 1 ? c : `${c}:${n}`)),
  );
  const sum = (of: (c: (typeof r.contract_flow)[number]) => number): number =>
    r.contract_flow.reduce((s, c) => s + of(c), 0);
  type Row = (typeof r.contract_flow)[number];
  const columns: readonly ColumnOf<Row>[] = [
    ["contract", "text", (c) => c.contract_symbol],
    ["expiry", "text", (c) => c.expiry],
    ["type", "text", (c) => c.option_type],
    ["strike", "number", (c) => c.strike],
    ["trades", "integer", (c) => c.trade_count],
    ["buy", "number", (c) => c.buy_volume],
    ["sell", "number", (c) => c.sell_volume],
    ["unknown", "number", (c) => c.unknown_volume],
    ["net_notional", "number", (c) => c.net_notional],
    ["unknown_share", "number", (c) => c.unknown_trade_share],
    ["quote_coverage", "number", (c) => c.quote_coverage_pct],
  ];
  return {
    artifact,
    study: {
      head: [
        `${head.label} option flow, mode compat`,
        `${sum((c) => c.trade_count)} trades, contracts bought ${sum((c) => c.buy_volume)}, sold ${sum((c) => c.sell_volume)}, unknown ${sum((c) => c.unknown_volume)}`,
      ],
      tables: [tableOf("flow_contracts", columns, r.contract_flow)],
      foot: artifact.warnings.map((w) => `warning ${w}`),
    },
  };
}
