import {
  CONVENTION_LABELS,
  type ExposureSlice,
  exposure,
  exposureSliceCompat,
  type SignConvention,
  type SliceName,
} from "../../engines/exposure/index.ts";
import { sessionOn } from "../../engines/market/index.ts";
import type { Chain } from "../../store/imports/chain.ts";
import { chainColumns } from "./chain-columns.ts";
import { type ColumnOf, type Study, tableOf } from "./show.ts";

export interface ExposureChoice {
  readonly mode: "desk" | "compat";
  readonly slice: SliceName;
  readonly convention: SignConvention;
  readonly spot: number;
  readonly multiplier: number;
  readonly rate: (years: number) => number;
}

const SLICES: readonly ColumnOf<ExposureSlice>[] = [
  ["slice", "text", (s) => s.name],
  ["expiries", "integer", (s) => s.expiries.length],
  ["call_gamma", "number", (s) => s.totals.gamma.call],
  ["put_gamma", "number", (s) => s.totals.gamma.put],
  ["net_gamma", "number", (s) => s.totals.gamma.net],
  ["zero_gamma", "number", (s) => s.zeroGamma.nearest],
  ["call_wall", "number", (s) => s.callWall?.strike],
  ["put_wall", "number", (s) => s.putWall?.strike],
  ["open_interest", "number", (s) => s.coverage.openInterest],
  ["gamma_known_percent", "number", (s) => (s.coverage.gammaKnown ?? Number.NaN) * 100],
];

/** Strikes of a table shown on each side of spot. */
const AROUND = 15;

/** Exposure of a chain file, slice by slice, and the strikes around spot of one of them. */
export function exposureOfChain(chain: Chain, choice: ExposureChoice, whole: boolean): Study {
  return choice.mode === "compat" ? compat(chain, choice) : desk(chain, choice, whole);
}

function desk(chain: Chain, choice: ExposureChoice, whole: boolean): Study {
  const { spot, multiplier, rate, convention } = choice;
  const { columns, chainUs, oiDay } = chainColumns(chain, spot, multiplier, rate);
  const result = exposure(
    columns,
    {
      symbol: chain.symbol,
      asOf: chain.asOf ?? "",
      chainUs,
      spot,
      spotUs: chainUs,
      chainSpot: chain.spot,
      oiDay,
    },
    { convention, isSession: (day) => sessionOn("NYSE", day as never) !== null },
  );
  const slice = result.slices.find((s) => s.name === choice.slice) as ExposureSlice;
  const { ladder } = slice;
  const { gamma, vanna, charm, delta } = ladder.measures;
  const all = Array.from({ length: ladder.n }, (_, i) => i);
  const middle = all.findIndex((i) => (ladder.strike[i] as number) >= spot);
  const shown = whole ? all : all.slice(Math.max(0, middle - AROUND), middle + AROUND);
  const of = (column: Float64Array) => (i: number) => column[i];
  return {
    head: [
      `${chain.symbol} dealer exposure as of ${chain.asOf ?? "an unknown day"}, spot ${spot}, $ delta per 1 % of spot`,
      `convention: ${CONVENTION_LABELS[convention]} (HEURISTIC: open interest does not say who is long); open interest of ${oiDay ?? "an unknown day"}`,
    ],
    tables: [
      tableOf("exposure_slices", SLICES, result.slices),
      tableOf<number>(
        "exposure_strikes",
        [
          ["strike", "number", of(ladder.strike)],
          ["call_oi", "number", of(ladder.callOi)],
          ["put_oi", "number", of(ladder.putOi)],
          ["call_gamma", "number", of(gamma.call)],
          ["put_gamma", "number", of(gamma.put)],
          ["net_gamma", "number", of(gamma.net)],
          ["net_vanna", "number", of(vanna.net)],
          ["net_charm", "number", of(charm.net)],
          ["net_delta", "number", of(delta.net)],
        ],
        shown,
      ),
    ],
    foot: [...new Set([...result.warnings, ...slice.warnings])].map((w) => `warning ${w}`),
  };
}

/** The original system's figures, its known mistakes included: fixed multiplier, vendor gamma, calls plus and puts minus. */
function compat(chain: Chain, choice: ExposureChoice): Study {
  const mode = choice.slice === "zeroDte" ? "near" : choice.slice;
  const result = exposureSliceCompat({
    symbol: chain.symbol,
    as_of: chain.asOf ?? "",
    spot: choice.spot,
    mode,
    include_expiries: choice.slice === "zeroDte" && chain.asOf !== null ? [chain.asOf] : null,
    near_n: 4,
    top_n: 10,
    snapshot: chain.rows.map((r) => ({
      expiry: r.expiry,
      optionType: r.type === "C" ? "call" : "put",
      strike: r.strike,
      bs_gamma: r.gamma,
      openInterest: r.openInterest,
    })),
  });
  const { summary } = result;
  type Row = (typeof result.strike_rows)[number];
  const columns: readonly ColumnOf<Row>[] = [
    ["expiry", "text", (r) => r.expiry],
    ["strike", "number", (r) => r.strike],
    ["call_oi", "number", (r) => r.call_oi],
    ["put_oi", "number", (r) => r.put_oi],
    ["call_gex", "number", (r) => r.call_gex],
    ["put_gex", "number", (r) => r.put_gex],
    ["net_gex", "number", (r) => r.net_gex],
  ];
  return {
    head: [
      `${summary.symbol} gamma exposure as of ${summary.as_of}, spot ${choice.spot}, mode compat ${mode}`,
      `net ${summary.total_net_gex ?? "–"}  calls ${summary.total_call_gex ?? "–"}  puts ${summary.total_put_gex ?? "–"}  flip strike ${summary.flip_strike ?? "–"}`,
    ],
    tables: [tableOf("exposure_strikes", columns, result.strike_rows)],
    foot: summary.warnings.map((w) => `warning ${w}`),
  };
}
