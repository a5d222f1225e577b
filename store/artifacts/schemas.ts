/** The stored results of the engines, by kind. Every kind has one version, `major.minor`: a minor adds fields, a major changes them. */
import * as z from "zod";

/** A finite number, or null for unknown. */
const num = z.nullable(z.number());
const day = z.string().check(z.regex(/^\d{4}-\d\d-\d\d$/));
const instant = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/));
const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const word = z.string().check(z.minLength(1));
const type = z.enum(["call", "put"]);
const words = z.array(z.string());

export const DISCLAIMER = "For information only. This is no investment advice.";

const envelope = {
  kind: word,
  schema_version: z.string().check(z.regex(/^\d+\.\d+$/)),
  /** The instant that the inputs show, not the clock on the wall: the same input gives the same bytes. */
  generated_at: instant,
  as_of: day,
  symbol: word,
  disclaimer: z.literal(DISCLAIMER),
  warnings: words,
  engine_version: word,
  /** SHA-256 of each input by its name. */
  input_hashes: z.record(z.string(), hash),
  provider: word,
  /** Seconds between the newest datum of each input and the moment it was used for. */
  data_ages: z.record(z.string(), num),
  /** `desk`, or `compat`: the figures of the original system. */
  mode: z.exactOptional(z.enum(["desk", "compat"])),
  /** Named: what was assumed because no input says it. */
  assumptions: z.exactOptional(words),
};

const more = z.exactOptional(num);
/** What a smile says, vols per 1.00, `_pp` in vol points. */
const smileFigures = {
  forward: more,
  put_25d_iv: more,
  call_25d_iv: more,
  put_10d_iv: more,
  call_10d_iv: more,
  butterfly_25d_pp: more,
  butterfly_10d_pp: more,
  /** One standard deviation of ln(S/F), beside the straddle's mean move. */
  one_sigma: more,
};
const tenor = z.strictObject({
  tenor_target_dte: z.number(),
  expiry: z.nullable(day),
  dte: num,
  tenor_gap_dte: num,
  atm_strike: num,
  atm_iv: num,
  atm_mark: num,
  straddle_mark: num,
  expected_move_pct: num,
  skew_25d_pp: num,
  skew_10d_pp: num,
  contracts_used: num,
  ...smileFigures,
  /** `interpolated`, `listed`, `extrapolated` or `none`, between `expiry` and `expiry_far`. */
  interpolation: z.exactOptional(word),
  expiry_far: z.exactOptional(z.nullable(day)),
  warnings: words,
});
const bucket = z.strictObject({
  tenor_target_dte: z.number(),
  option_type: type,
  delta_bucket: word,
  avg_iv: num,
  median_iv: num,
  n_contracts: z.number(),
  expiry: z.exactOptional(z.nullable(day)),
  centre_iv: more,
  warnings: words,
});
const change = z.record(z.string(), z.union([z.string(), num, words]));
const listedExpiry = z.strictObject({
  root: word,
  expiry: day,
  dte: num,
  minutes_left: num,
  atm_iv: num,
  straddle_mark: num,
  expected_move_pct: num,
  skew_25d_pp: num,
  skew_10d_pp: num,
  ...smileFigures,
  forward_source: z.nullable(z.string()),
  implied_yield: num,
  smile: z.nullable(
    z.strictObject({
      kind: word,
      a: z.number(),
      b: z.number(),
      rho: z.number(),
      m: z.number(),
      sigma: z.number(),
      k_min: z.number(),
      k_max: z.number(),
    }),
  ),
  rmse_pp: num,
  quotes_used: z.number(),
  within_spread: num,
  butterfly_violations_smile: z.number(),
  butterfly_violations_quotes: z.number(),
  warnings: words,
});

const strikeRow = z.strictObject({
  expiry: z.nullable(day),
  strike: z.number(),
  call_oi: num,
  put_oi: num,
  call_gex: num,
  put_gex: num,
  net_gex: num,
  net_vanna: more,
  net_charm: more,
  net_delta: more,
});
const slice = z.strictObject({
  convention: word,
  expiries: z.array(day),
  strikes: z.array(strikeRow),
  summary: z.record(z.string(), z.union([z.string(), num])),
  top_levels: z.array(z.strictObject({ strike: z.number(), net_gex: num })),
  /** Spots where the repriced net gamma changes sign, nearest first. */
  zero_gamma: z.exactOptional(z.array(z.number())),
  warnings: z.exactOptional(words),
});

const flowCounts = {
  trades: z.number(),
  buy_volume: num,
  sell_volume: num,
  unknown_volume: num,
  net_notional: num,
  buy_notional: more,
  sell_notional: more,
  unknown_notional: more,
  net_delta_notional: more,
  net_vega: more,
  quote_coverage: more,
};

export const BODIES = {
  iv_surface: {
    spot: num,
    tenor_targets_dte: z.array(z.number()),
    tenor: z.array(tenor),
    delta_buckets: z.array(bucket),
    tenor_changes: z.array(change),
    delta_bucket_changes: z.array(change),
    /** Figures of constant maturities among their last 252 stored sessions, 0 to 1. */
    standings: z.exactOptional(
      z.array(
        z.strictObject({
          tenor_target_dte: z.number(),
          field: word,
          percentile: num,
          rank: num,
          sessions: z.number(),
        }),
      ),
    ),
    expiries: z.exactOptional(z.array(listedExpiry)),
    calendar_violations: z.exactOptional(
      z.array(
        z.strictObject({ near: day, far: day, points: z.number(), of: z.number(), worst_pp: z.number() }),
      ),
    ),
  },
  iv_term_structure: {
    spot: num,
    points: z.array(z.strictObject({ dte: z.number(), atm_iv: z.number(), error_pp: num })),
    curve: z.array(
      z.strictObject({
        tenor_dte: z.number(),
        interpolation: word,
        atm_iv: num,
        clean_iv: num,
        error_pp: num,
        forward_iv: num,
        carry_pp: num,
        roll_down_pp_per_day: num,
      }),
    ),
    ratio_7_30: num,
    ratio_30_90: num,
    ratio_30_180: num,
    slope: num,
    slope_error: num,
    steepness: num,
    level: num,
    regime: z.nullable(z.string()),
    signal: z.exactOptional(word),
    confidence: z.nullable(z.string()),
    confidence_reasons: words,
    events: z.array(z.strictObject({ label: word, dte: z.number(), variance: num, move: num })),
    /** Futures on the vol index of this name, where their settlements are in the warehouse. */
    futures: z.exactOptional(
      z.strictObject({
        index_name: word,
        settled_on: z.nullable(day),
        index_iv: num,
        front_basis: num,
        front_slope: num,
        constant_30d_iv: num,
        rows: z.array(
          z.strictObject({
            label: word,
            dte: z.number(),
            iv: z.number(),
            option_forward_iv: num,
            basis_pp: num,
          }),
        ),
      }),
    ),
  },
  exposure: {
    spot: num,
    oi_day: z.exactOptional(z.nullable(day)),
    slices: z.strictObject({ near: slice, monthly: slice, all: slice, zero_dte: z.exactOptional(slice) }),
    /** By expiry and strike, all slices' rows together. */
    table: z.exactOptional(z.array(strikeRow)),
  },
  intraday_flow: {
    market_date: day,
    source: word,
    bucket_minutes: z.number(),
    totals: z.exactOptional(z.record(z.string(), num)),
    contract_flow: z.array(
      z.strictObject({
        contract_symbol: word,
        expiry: z.nullable(day),
        option_type: z.nullable(type),
        strike: num,
        delta_bucket: z.exactOptional(z.nullable(z.string())),
        unknown_share: more,
        warnings: z.exactOptional(words),
        ...flowCounts,
      }),
    ),
    time_buckets: z.array(
      z.strictObject({ start: instant, contract_symbol: z.exactOptional(word), ...flowCounts }),
    ),
  },
  levels: {
    summary: z.record(z.string(), z.union([z.string(), num])),
    anchored_vwap: z.array(
      z.strictObject({
        anchor_id: word,
        type: word,
        time: z.nullable(instant),
        price: num,
        vwap: num,
        distance_pct: num,
      }),
    ),
    volume_profile: z.array(z.strictObject({ low: z.number(), high: z.number(), volume: num })),
    poc: num,
    hvn: z.array(z.number()),
    lvn: z.array(z.number()),
    /** Nearest to spot first. */
    levels: z.exactOptional(
      z.array(
        z.strictObject({
          kind: word,
          name: word,
          price: z.number(),
          distance_pct: num,
          distance_atr: num,
        }),
      ),
    ),
  },
  scenarios: {
    position_id: word,
    summary: z.record(z.string(), z.union([z.string(), num])),
    grid: z.array(
      z.strictObject({
        option_type: z.exactOptional(z.nullable(type)),
        side: z.exactOptional(z.enum(["long", "short"])),
        spot_pct: z.number(),
        vol_pts: z.number(),
        days: z.number(),
        value: more,
        pnl: num,
      }),
    ),
    legs: z.exactOptional(
      z.array(
        z.strictObject({
          position_id: word,
          contract: word,
          qty: z.number(),
          mark: num,
          sigma: num,
          basis: z.nullable(z.string()),
          reason: z.nullable(z.string()),
        }),
      ),
    ),
    break_evens: z.exactOptional(
      z.array(z.strictObject({ days: z.number(), spot_pct: z.array(z.number()) })),
    ),
  },
} as const;
export type ArtifactKind = keyof typeof BODIES;
export const KINDS = Object.keys(BODIES) as readonly ArtifactKind[];

export const VERSIONS: Readonly<Record<ArtifactKind, string>> = {
  iv_surface: "1.1",
  iv_term_structure: "1.1",
  exposure: "1.1",
  intraday_flow: "1.1",
  levels: "1.1",
  scenarios: "1.1",
};

const shapes = {
  iv_surface: { ...envelope, ...BODIES.iv_surface },
  iv_term_structure: { ...envelope, ...BODIES.iv_term_structure },
  exposure: { ...envelope, ...BODIES.exposure },
  intraday_flow: { ...envelope, ...BODIES.intraday_flow },
  levels: { ...envelope, ...BODIES.levels },
  scenarios: { ...envelope, ...BODIES.scenarios },
} as const;

/** Refuse unknown fields: what Voldesk writes. */
export const STRICT = {
  iv_surface: z.strictObject(shapes.iv_surface),
  iv_term_structure: z.strictObject(shapes.iv_term_structure),
  exposure: z.strictObject(shapes.exposure),
  intraday_flow: z.strictObject(shapes.intraday_flow),
  levels: z.strictObject(shapes.levels),
  scenarios: z.strictObject(shapes.scenarios),
} as const;

export type Artifact<K extends ArtifactKind = ArtifactKind> = z.infer<(typeof STRICT)[K]>;
export type ArtifactBody<K extends ArtifactKind> = Omit<
  Artifact<K>,
  "kind" | "schema_version" | "disclaimer"
>;
/** What an engine's result says of an artifact, without the envelope. */
export type BodyOf<K extends ArtifactKind> = Omit<Artifact<K>, keyof typeof envelope>;
