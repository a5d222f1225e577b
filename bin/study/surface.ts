import {
  type CompatSurfaceResult,
  DEFAULT_TENORS,
  type ExpiryRow,
  type SurfaceResult,
  type TenorRow,
  type TermResult,
  termCurveCompat,
  termStructureCompat,
} from "../../engines/surface/index.ts";
import type { HistorySource } from "../../src/desk/history.ts";
import {
  type CompatBefore,
  compatPoints,
  compatSurfaceOf,
  surfaceOf,
  termOf,
} from "../../src/study/surface.ts";
import { termFutures } from "../../src/study/term-futures.ts";
import {
  compatSurfaceBody,
  compatTermBody,
  type SurfacePast,
  surfaceBody,
  type TermFutures,
  termBody,
} from "../../store/artifacts/bodies/surface.ts";
import type { Artifact } from "../../store/artifacts/schemas.ts";
import { artifactOf, type Delivery, factsOf } from "./deliver.ts";
import type { StudyInput } from "./inputs.ts";
import { type ColumnOf, type Study, tableOf } from "./show.ts";

const percent = (x: number | null | undefined): number | undefined =>
  x === null || x === undefined ? undefined : x * 100;

const TENORS = (r: SurfaceResult): readonly ColumnOf<TenorRow>[] => {
  const day = (e: number | null): string | null => (e === null ? null : (r.expiries[e]?.expiry.day ?? null));
  return [
    ["days", "integer", (t) => t.days],
    ["from", "text", (t) => t.kind],
    ["near", "text", (t) => day(t.near)],
    ["far", "text", (t) => day(t.far)],
    ["forward", "number", (t) => t.figures?.forward],
    ["atm_pct", "number", (t) => percent(t.figures?.atmVol)],
    ["skew25_vp", "number", (t) => percent(t.figures?.skew25)],
    ["fly25_vp", "number", (t) => percent(t.figures?.butterfly25)],
    ["skew10_vp", "number", (t) => percent(t.figures?.skew10)],
    ["fly10_vp", "number", (t) => percent(t.figures?.butterfly10)],
    ["straddle_pct", "number", (t) => percent(t.figures?.expectedMove.straddleOfSpot)],
    ["sigma_pct", "number", (t) => percent(t.figures?.expectedMove.oneSigma)],
  ];
};

const EXPIRIES: readonly ColumnOf<ExpiryRow>[] = [
  ["expiry", "text", (e) => e.expiry.day],
  ["root", "text", (e) => e.expiry.root],
  ["days", "number", (e) => e.minutesLeft / 1440],
  ["forward", "number", (e) => e.figures?.forward],
  ["by", "text", (e) => e.smile?.forwardSource],
  ["atm_pct", "number", (e) => percent(e.figures?.atmVol)],
  ["skew25_vp", "number", (e) => percent(e.figures?.skew25)],
  ["fly25_vp", "number", (e) => percent(e.figures?.butterfly25)],
  ["fit", "text", (e) => e.smile?.kind],
  ["rmse_vp", "number", (e) => percent(e.quality?.rmse)],
  ["quotes", "integer", (e) => e.quality?.used ?? 0],
  ["within_pct", "number", (e) => percent(e.quality?.withinSpread)],
  ["arbs", "integer", (e) => e.butterfly.quotes],
];

function head(input: StudyInput, what: string): string[] {
  const { symbol, asOf, spot, rateSource } = input.market;
  return [
    `${symbol} ${what} as of ${asOf}, spot ${spot ?? "–"} (${input.provider})`,
    `rates: ${rateSource}; forwards by put-call parity where quotes allow`,
  ];
}

const feet = (artifact: Artifact, notes: readonly string[]): string[] => [
  ...artifact.warnings.map((w) => `warning ${w}`),
  ...(artifact.assumptions ?? []).filter((a) => !a.startsWith("rate:")).map((a) => `assumed ${a}`),
  ...notes,
];

/** Codes of a surface's rows that the whole artifact warns of too. */
const rowWarnings = (r: SurfaceResult): string[] => {
  const counts = new Map<string, number>();
  for (const e of r.expiries)
    for (const w of e.warnings) {
      const [code = w, n] = w.split(":");
      counts.set(code, (counts.get(code) ?? 0) + Number(n ?? 1));
    }
  return [...counts].map(([code, n]) => (n === 1 ? code : `${code}:${n}`));
};

/** The original system's surface of a chain as a result, with its changes since `previous`. */
export function compatSurfaceDelivery(
  input: StudyInput,
  tenors: readonly number[],
  previous: (CompatBefore & { readonly day: string }) | null = null,
): Delivery {
  const { market } = input;
  const targets = tenors.length > 0 ? tenors : DEFAULT_TENORS;
  const r = compatSurfaceOf(market, targets, previous);
  const body = compatSurfaceBody(market.spot, targets, r);
  const artifact = artifactOf("iv_surface", factsOf(input), "compat", body, r.warnings);
  return { artifact, study: compatStudy(input, r, artifact, previous?.day ?? null) };
}

/** The surface of a chain as a result; `past` is what the warehouse knows of earlier days. */
export function surfaceDelivery(
  input: StudyInput,
  tenors: readonly number[],
  past: SurfacePast | null = null,
): Delivery {
  const { market } = input;
  const r = surfaceOf(market, tenors).result();
  const artifact = artifactOf("iv_surface", factsOf(input), "desk", surfaceBody(r, past), [
    ...r.warnings,
    ...rowWarnings(r),
  ]);
  const study: Study = {
    head: [
      ...head(input, "implied volatility surface"),
      "vols at the forward; straddle is the mean move, sigma one standard deviation, both to expiry in percent of spot",
      ...pastLines(past),
    ],
    tables: [
      tableOf("surface_expiries", EXPIRIES, r.expiries),
      tableOf(
        "surface_buckets",
        [
          ["days", "integer", (b) => b.days],
          ["type", "text", (b) => b.type],
          ["bucket", "text", (b) => b.bucket],
          ["mean_pct", "number", (b) => percent(b.meanVol)],
          ["centre_pct", "number", (b) => percent(b.centreVol)],
          ["quotes", "integer", (b) => b.quotes],
        ],
        r.tenors.flatMap((t) => t.buckets.map((b) => ({ days: t.days, ...b }))),
      ),
      tableOf("surface_tenors", TENORS(r), r.tenors),
    ],
    foot: [
      `violations: ${r.violations.butterflySmile} smiles, ${r.violations.butterflyQuotes} strikes of quotes, ${r.violations.calendar.length} calendars`,
      ...feet(artifact, input.notes),
    ],
  };
  return { artifact, study: { ...study, brief: ["surface_expiries", "surface_tenors"] } };
}

/** `30d: atm +0.42 vp since 2026-08-17, percentile 71, rank 0.55 of 120 sessions`. */
function pastLines(past: SurfacePast | null): string[] {
  return (past?.changes ?? []).flatMap((c) => {
    const days = c["tenor_target_dte"];
    const [day, change] = [c["previous_day"], c["atm_iv_change_pp"]];
    if (typeof change !== "number") return [];
    const s = past?.standings.find((x) => x.tenor_target_dte === days && x.field === "atm_iv");
    const place =
      s?.percentile == null
        ? "too few sessions to rank it in"
        : `percentile ${Math.round(100 * s.percentile)}, rank ${s.rank?.toFixed(2) ?? "–"} of ${s.sessions} sessions`;
    return [`${days}d: atm ${change < 0 ? "" : "+"}${change.toFixed(2)} vp since ${day}; ${place}`];
  });
}

function compatStudy(
  input: StudyInput,
  r: CompatSurfaceResult,
  artifact: Artifact,
  since: string | null,
): Study {
  type Row = CompatSurfaceResult["tenor"][number];
  const change = (t: Row) => r.tenor_changes.find((c) => c.tenor_target_dte === t.tenor_target_dte);
  const columns: readonly ColumnOf<Row>[] = [
    ["days", "integer", (t) => t.tenor_target_dte],
    ["expiry", "text", (t) => t.expiry],
    ["dte", "integer", (t) => t.dte],
    ["atm_strike", "number", (t) => t.atm_strike],
    ["atm_pct", "number", (t) => percent(t.atm_iv)],
    ["atm_mark", "number", (t) => t.atm_mark],
    ["straddle", "number", (t) => t.straddle_mark],
    ["move_pct", "number", (t) => percent(t.expected_move_pct)],
    ["skew25_vp", "number", (t) => t.skew_25d_pp],
    ["skew10_vp", "number", (t) => t.skew_10d_pp],
    ["used", "integer", (t) => t.contracts_used],
  ];
  const changes: readonly ColumnOf<Row>[] = [
    ["atm_change_vp", "number", (t) => change(t)?.atm_iv_change_pp],
    ["skew25_change_vp", "number", (t) => change(t)?.skew_25d_pp_change],
  ];
  return {
    head: [
      `${head(input, "implied volatility surface")[0]}, mode compat`,
      ...(since === null
        ? []
        : [`changes since ${since}: of the nearest expiry, so a roll shows as a change of vol`]),
    ],
    tables: [tableOf("surface_tenors", since === null ? columns : [...columns, ...changes], r.tenor)],
    foot: feet(artifact, input.notes),
  };
}

const CURVE: readonly ColumnOf<TermResult["curve"][number]>[] = [
  ["days", "integer", (c) => c.days],
  ["from", "text", (c) => c.place],
  ["atm_pct", "number", (c) => percent(c.vol)],
  ["error_vp", "number", (c) => percent(c.error)],
  ["forward_pct", "number", (c) => percent(c.forwardVol)],
  ["roll_down_vp_per_day", "number", (c) => percent(c.rollDown)],
];

const FUTURES: readonly ColumnOf<TermFutures["rows"][number]>[] = [
  ["future", "text", (f) => f.label],
  ["days", "number", (f) => f.days],
  ["settled", "number", (f) => percent(f.vol)],
  ["option_forward", "number", (f) => percent(f.optionForwardVol)],
  ["basis_vp", "number", (f) => percent(f.basis)],
];
const figure = (x: number | null): string => (x === null ? "–" : (x * 100).toFixed(2));
const NO_HISTORY: HistorySource = { of: () => null };

/** The term structure of a chain as a result; `history` has the futures on its vol index. */
export function termDelivery(
  input: StudyInput,
  mode: "desk" | "compat",
  tenors: readonly number[],
  history: HistorySource = NO_HISTORY,
): Delivery {
  const { market } = input;
  const targets = tenors.length > 0 ? tenors : DEFAULT_TENORS;
  if (mode === "compat") {
    const points = compatPoints(market);
    const r = termStructureCompat(points.dte, points.iv);
    const body = compatTermBody(market.spot, points, r, termCurveCompat(points.dte, points.iv), targets);
    const warnings = r === null ? ["fewer_than_two_points"] : [];
    const artifact = artifactOf("iv_term_structure", factsOf(input), mode, body, warnings);
    return {
      artifact,
      study: {
        head: [
          `${head(input, "term structure")[0]}, mode compat`,
          `regime ${r?.regime ?? "–"} (${r?.signal ?? "–"}), ratio 30/90 ${r?.ratio_30_90.toFixed(4) ?? "–"}, slope ${r?.slope.toFixed(6) ?? "–"}`,
        ],
        tables: [
          tableOf(
            "term_points",
            [
              ["days", "integer", (p) => p.dte],
              ["atm_pct", "number", (p) => percent(p.atm_iv)],
            ],
            body.points,
          ),
        ],
        foot: feet(artifact, input.notes),
      },
    };
  }
  const surface = surfaceOf(market, tenors).result();
  const r = termOf(surface, tenors, input.events);
  const futures = termFutures(market, r, input.events, history);
  const artifact = artifactOf(
    "iv_term_structure",
    factsOf(input),
    mode,
    termBody(market.spot, r, futures),
    r.warnings,
  );
  const ratio = (x: number | null): string => x?.toFixed(4) ?? "–";
  const { slope, confidence } = r;
  const study: Study = {
    head: [
      ...head(input, "term structure"),
      `regime ${r.regime ?? "–"}, confidence ${confidence.grade}${confidence.reasons.length > 0 ? ` (${confidence.reasons.join(", ")})` : ""}`,
      `ratios 7/30 ${ratio(r.ratios["7/30"])}, 30/90 ${ratio(r.ratios["30/90"])}, 30/180 ${ratio(r.ratios["30/180"])}; slope ${
        slope === null
          ? "–"
          : `${(slope.slope * 100).toFixed(3)} vol points per ln T${slope.error === null ? "" : ` ± ${(slope.error * 100).toFixed(3)}`}`
      }`,
      ...(futures === null
        ? []
        : [
            `${futures.name} futures settled ${futures.settled}: index ${figure(futures.index)}, at 30 days ${figure(futures.constant30)} vol points`,
          ]),
    ],
    tables: [
      tableOf(
        "term_points",
        [
          ["days", "number", (p) => p.T * 365],
          ["atm_pct", "number", (p) => percent(p.vol)],
          ["error_vp", "number", (p) => percent(p.error)],
        ],
        r.points,
      ),
      ...(futures === null ? [] : [tableOf("vol_futures", FUTURES, futures.rows)]),
      tableOf("term_curve", CURVE, r.curve),
    ],
    foot: feet(artifact, input.notes),
  };
  return { artifact, study };
}
