import {
  CONVENTION_LABELS,
  type ExposureResult,
  type ExposureSlice,
  type SignConvention,
  type SliceName,
} from "../../engines/exposure/index.ts";
import { compatExposureOf, exposureOf } from "../../src/study/exposure.ts";
import { compatExposureBody, exposureBody } from "../../store/artifacts/bodies/exposure.ts";
import { artifactOf, type Delivery, factsOf } from "./deliver.ts";
import type { StudyInput } from "./inputs.ts";
import { type ColumnOf, type Study, tableOf } from "./show.ts";

export interface ExposureChoice {
  readonly mode: "desk" | "compat";
  readonly slice: SliceName;
  readonly convention: SignConvention;
  /** All strikes rather than those around spot. */
  readonly whole: boolean;
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
  ["known_pct", "number", (s) => (s.coverage.gammaKnown ?? Number.NaN) * 100],
];

/** Strikes of a table shown on each side of spot. */
const AROUND = 15;

/** Exposure of a chain, slice by slice, and the strikes around spot of one of them. */
export function exposureDelivery(input: StudyInput, choice: ExposureChoice): Delivery {
  if (choice.mode === "compat") return compat(input, choice);
  const r = exposureOf(input.market, choice.convention);
  const own = r.slices.flatMap((s) => s.warnings);
  const artifact = artifactOf("exposure", factsOf(input), "desk", exposureBody(r), [...r.warnings, ...own]);
  const feet = [
    ...artifact.warnings.map((w) => `warning ${w}`),
    ...input.market.assumptions.map((a) => `assumed ${a}`),
  ];
  return { artifact, study: { ...deskStudy(input, choice, r), foot: [...feet, ...input.notes] } };
}

function deskStudy(input: StudyInput, choice: ExposureChoice, r: ExposureResult): Study {
  const { market } = input;
  const { convention, whole } = choice;
  const slice = r.slices.find((s) => s.name === choice.slice) as ExposureSlice;
  const { ladder } = slice;
  const { gamma, vanna, charm, delta } = ladder.measures;
  const all = Array.from({ length: ladder.n }, (_, i) => i);
  const at = all.findIndex((i) => (ladder.strike[i] as number) >= (market.spot ?? Number.NaN));
  const middle = at < 0 ? all.length >> 1 : at;
  const shown = whole ? all : all.slice(Math.max(0, middle - AROUND), middle + AROUND);
  const of = (column: Float64Array) => (i: number) => column[i];
  return {
    head: [
      `${market.symbol} dealer exposure as of ${market.asOf}, spot ${market.spot ?? "–"}, $ delta per 1 % of spot`,
      `convention: ${CONVENTION_LABELS[convention]} (HEURISTIC: open interest does not say who is long); open interest of ${market.oiDay ?? "an unknown day"}`,
    ],
    tables: [
      tableOf("exposure_slices", SLICES, r.slices),
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
    foot: [],
  };
}

/** The original system's figures, its known mistakes included: fixed multiplier, vendor gamma, calls plus and puts minus. */
function compat(input: StudyInput, choice: ExposureChoice): Delivery {
  const { market } = input;
  const slices = compatExposureOf(market);
  const mode = choice.slice === "zeroDte" ? "near" : choice.slice;
  const shown = slices.find((s) => s.mode === mode) ?? slices[0];
  if (shown === undefined) throw new Error("no slice");
  const warnings = slices.flatMap((s) => s.summary.warnings);
  const body = compatExposureBody(market.spot, slices);
  const artifact = artifactOf("exposure", factsOf(input), "compat", body, warnings);
  const { summary } = shown;
  type Row = (typeof shown.strike_rows)[number];
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
    artifact,
    study: {
      head: [
        `${summary.symbol} gamma exposure as of ${summary.as_of}, spot ${market.spot ?? "–"}, mode compat ${mode}`,
        `net ${summary.total_net_gex ?? "–"}  calls ${summary.total_call_gex ?? "–"}  puts ${summary.total_put_gex ?? "–"}  flip strike ${summary.flip_strike ?? "–"}`,
      ],
      tables: [tableOf("exposure_strikes", columns, shown.strike_rows)],
      foot: [...artifact.warnings.map((w) => `warning ${w}`), ...input.notes],
    },
  };
}
