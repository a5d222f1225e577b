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
};

const tenor = z.strictObject({
  tenor_target_dte: z.number(),
  expiry: z.nullable(day),
  dte: num,
  tenor_gap_dte: num,
  forward: z.exactOptional(num),
  atm_strike: num,
  atm_iv: num,
  atm_mark: num,
  straddle_mark: num,
  expected_move_pct: num,
  skew_25d_pp: num,
  skew_10d_pp: num,
  contracts_used: num,
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
  warnings: words,
});
const change = z.record(z.string(), z.union([z.string(), num, words]));

const strikeRow = z.strictObject({
  expiry: z.nullable(day),
  strike: z.number(),
  call_oi: num,
  put_oi: num,
  call_gex: num,
  put_gex: num,
  net_gex: num,
});
const slice = z.strictObject({
  convention: word,
  expiries: z.array(day),
  strikes: z.array(strikeRow),
  summary: z.record(z.string(), z.union([z.string(), num])),
  top_levels: z.array(z.strictObject({ strike: z.number(), net_gex: num })),
});

const flowCounts = {
  trades: z.number(),
  buy_volume: num,
  sell_volume: num,
  unknown_volume: num,
  net_notional: num,
};

export const BODIES = {
  iv_surface: {
    spot: num,
    tenor_targets_dte: z.array(z.number()),
    tenor: z.array(tenor),
    delta_buckets: z.array(bucket),
    tenor_changes: z.array(change),
    delta_bucket_changes: z.array(change),
  },
  exposure: {
    spot: num,
    slices: z.strictObject({ near: slice, monthly: slice, all: slice, zero_dte: z.exactOptional(slice) }),
  },
  intraday_flow: {
    market_date: day,
    source: word,
    bucket_minutes: z.number(),
    contract_flow: z.array(
      z.strictObject({
        contract_symbol: word,
        expiry: z.nullable(day),
        option_type: z.nullable(type),
        strike: num,
        ...flowCounts,
      }),
    ),
    time_buckets: z.array(z.strictObject({ start: instant, ...flowCounts })),
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
  },
  scenarios: {
    position_id: word,
    summary: z.record(z.string(), z.union([z.string(), num])),
    grid: z.array(
      z.strictObject({
        option_type: z.nullable(type),
        side: z.enum(["long", "short"]),
        spot_pct: z.number(),
        vol_pts: z.number(),
        days: z.number(),
        value: num,
        pnl: num,
      }),
    ),
  },
} as const;
export type ArtifactKind = keyof typeof BODIES;
export const KINDS = Object.keys(BODIES) as readonly ArtifactKind[];

export const VERSIONS: Readonly<Record<ArtifactKind, string>> = {
  iv_surface: "1.0",
  exposure: "1.0",
  intraday_flow: "1.0",
  levels: "1.0",
  scenarios: "1.0",
};

const shapes = {
  iv_surface: { ...envelope, ...BODIES.iv_surface },
  exposure: { ...envelope, ...BODIES.exposure },
  intraday_flow: { ...envelope, ...BODIES.intraday_flow },
  levels: { ...envelope, ...BODIES.levels },
  scenarios: { ...envelope, ...BODIES.scenarios },
} as const;

/** Refuse unknown fields: what Voldesk writes. */
export const STRICT = {
  iv_surface: z.strictObject(shapes.iv_surface),
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
