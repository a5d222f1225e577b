/** The warehouse's shape, step by step. A step is never changed once released: what it lacks comes in the next. */
export interface Migration {
  readonly version: number;
  readonly what: string;
  /** Statements that can run twice without harm. */
  readonly sql: readonly string[];
}

const KEPT = "warnings JSON, updated_at TIMESTAMP NOT NULL";

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    what: "surface, exposure and flow",
    sql: [
      `create table if not exists iv_surface_tenor (
        symbol VARCHAR, as_of DATE, tenor_target_dte INTEGER, provider VARCHAR,
        expiry DATE, dte DOUBLE, tenor_gap_dte DOUBLE, spot DOUBLE, forward DOUBLE, atm_strike DOUBLE, atm_iv DOUBLE, atm_mark DOUBLE,
        straddle_mark DOUBLE, expected_move_pct DOUBLE, skew_25d_pp DOUBLE, skew_10d_pp DOUBLE, fly_25d_pp DOUBLE, fly_10d_pp DOUBLE,
        contracts_used INTEGER, ${KEPT}, primary key (symbol, as_of, tenor_target_dte, provider))`,
      "create index if not exists iv_surface_tenor_day on iv_surface_tenor (symbol, as_of)",
      "create index if not exists iv_surface_tenor_provider on iv_surface_tenor (provider, as_of)",
      `create table if not exists iv_surface_delta_buckets (
        symbol VARCHAR, as_of DATE, tenor_target_dte INTEGER, option_type VARCHAR, delta_bucket VARCHAR, provider VARCHAR,
        avg_iv DOUBLE, median_iv DOUBLE, n_contracts INTEGER, expiry DATE, ${KEPT},
        primary key (symbol, as_of, tenor_target_dte, option_type, delta_bucket, provider))`,
      "create index if not exists iv_surface_delta_buckets_day on iv_surface_delta_buckets (symbol, as_of)",
      `create table if not exists dealer_exposure_strikes (
        symbol VARCHAR, as_of DATE, expiry DATE, strike DOUBLE, provider VARCHAR,
        call_oi DOUBLE, put_oi DOUBLE, call_gex DOUBLE, put_gex DOUBLE, net_gex DOUBLE, net_vanna DOUBLE, net_charm DOUBLE,
        net_delta DOUBLE, convention VARCHAR, ${KEPT}, primary key (symbol, as_of, expiry, strike, provider))`,
      "create index if not exists dealer_exposure_strikes_day on dealer_exposure_strikes (symbol, as_of)",
      "create index if not exists dealer_exposure_strikes_strike on dealer_exposure_strikes (symbol, strike)",
      `create table if not exists intraday_option_flow (
        symbol VARCHAR, market_date DATE, source VARCHAR, contract_symbol VARCHAR, provider VARCHAR,
        expiry DATE, option_type VARCHAR, strike DOUBLE, delta_bucket VARCHAR, trades INTEGER,
        buy_volume DOUBLE, sell_volume DOUBLE, unknown_volume DOUBLE, buy_notional DOUBLE, sell_notional DOUBLE, unknown_notional DOUBLE,
        net_delta_notional DOUBLE, net_vega DOUBLE, quote_coverage DOUBLE, ${KEPT},
        primary key (symbol, market_date, source, contract_symbol, provider))`,
      "create index if not exists intraday_option_flow_day on intraday_option_flow (symbol, market_date)",
      "create index if not exists intraday_option_flow_contract on intraday_option_flow (contract_symbol, market_date)",
    ],
  },
  {
    version: 2,
    what: "chains, bars and daily candles",
    sql: [
      `create table if not exists option_chains (
        symbol VARCHAR, as_of DATE, provider VARCHAR, root VARCHAR, expiry DATE, option_type VARCHAR, strike DOUBLE,
        contract_symbol VARCHAR, expiry_us BIGINT, bid DOUBLE, ask DOUBLE, bid_size DOUBLE, ask_size DOUBLE, last DOUBLE, volume DOUBLE,
        open_interest DOUBLE, iv DOUBLE, delta DOUBLE, gamma DOUBLE, theta DOUBLE, vega DOUBLE, spot DOUBLE, premium VARCHAR,
        quote_us BIGINT, ${KEPT}, primary key (symbol, as_of, provider, root, expiry, option_type, strike))`,
      "create index if not exists option_chains_day on option_chains (symbol, as_of)",
      `create table if not exists bars (
        symbol VARCHAR, market_date DATE, interval_s INTEGER, provider VARCHAR, start_us BIGINT,
        open DOUBLE, high DOUBLE, low DOUBLE, close DOUBLE, volume DOUBLE, ${KEPT},
        primary key (symbol, market_date, interval_s, provider, start_us))`,
      `create table if not exists daily (
        symbol VARCHAR, as_of DATE, provider VARCHAR, adjusted BOOLEAN,
        open DOUBLE, high DOUBLE, low DOUBLE, close DOUBLE, volume DOUBLE, ${KEPT},
        primary key (symbol, as_of, provider, adjusted))`,
    ],
  },
  {
    version: 3,
    what: "levels, scenarios and the index of artifacts",
    sql: [
      `create table if not exists levels (
        symbol VARCHAR, as_of DATE, kind VARCHAR, name VARCHAR, provider VARCHAR,
        price DOUBLE, distance_pct DOUBLE, distance_atr DOUBLE, at_us BIGINT, ${KEPT},
        primary key (symbol, as_of, kind, name, provider))`,
      `create table if not exists scenarios (
        symbol VARCHAR, as_of DATE, position_id VARCHAR, dynamics VARCHAR, spot_pct DOUBLE, vol_pts DOUBLE, days DOUBLE, provider VARCHAR,
        pnl DOUBLE, value DOUBLE, delta DOUBLE, gamma DOUBLE, theta DOUBLE, vega DOUBLE, ${KEPT},
        primary key (symbol, as_of, position_id, dynamics, spot_pct, vol_pts, days, provider))`,
      `create table if not exists artifact_index (
        kind VARCHAR, symbol VARCHAR, as_of DATE, name VARCHAR,
        path VARCHAR, hash VARCHAR, schema_version VARCHAR, bytes BIGINT, provider VARCHAR, ${KEPT},
        primary key (kind, symbol, as_of, name))`,
    ],
  },
  {
    version: 4,
    what: "one sigma, term structure and exposure in sum",
    sql: [
      // DuckDB alters no table that an index hangs on.
      "drop index if exists iv_surface_tenor_day",
      "drop index if exists iv_surface_tenor_provider",
      "alter table iv_surface_tenor add column if not exists one_sigma DOUBLE",
      "alter table iv_surface_tenor add column if not exists kind VARCHAR",
      "create index if not exists iv_surface_tenor_day on iv_surface_tenor (symbol, as_of)",
      "create index if not exists iv_surface_tenor_provider on iv_surface_tenor (provider, as_of)",
      `create table if not exists iv_term (
        symbol VARCHAR, as_of DATE, provider VARCHAR, level DOUBLE, slope DOUBLE, slope_error DOUBLE, steepness DOUBLE,
        ratio_7_30 DOUBLE, ratio_30_90 DOUBLE, ratio_30_180 DOUBLE, regime VARCHAR, confidence VARCHAR, ${KEPT},
        primary key (symbol, as_of, provider))`,
      `create table if not exists dealer_exposure_slices (
        symbol VARCHAR, as_of DATE, slice VARCHAR, provider VARCHAR, spot DOUBLE, call_gamma DOUBLE, put_gamma DOUBLE, net_gamma DOUBLE,
        net_vanna DOUBLE, net_charm DOUBLE, net_delta DOUBLE, zero_gamma DOUBLE, flip_strike DOUBLE, call_wall DOUBLE, put_wall DOUBLE,
        open_interest DOUBLE, gamma_known DOUBLE, convention VARCHAR, ${KEPT}, primary key (symbol, as_of, slice, provider))`,
    ],
  },
  {
    version: 5,
    what: "settlements of vol-index futures",
    sql: [
      `create table if not exists vol_futures (
        symbol VARCHAR, as_of DATE, expiry DATE, provider VARCHAR, settle DOUBLE, ${KEPT},
        primary key (symbol, as_of, expiry, provider))`,
    ],
  },
];

export const LATEST = MIGRATIONS[MIGRATIONS.length - 1]?.version ?? 0;

export interface TableFacts {
  readonly key: readonly string[];
  /** Part of the key that one computation fills as a whole: rows of it that a new computation lacks are stale. */
  readonly scope: readonly string[];
  /** Column of the trade date. */
  readonly day: string;
}

/** Keys as the migrations declare them, and what one run replaces. `provider` names the source, and the mode where not the desk's: `cboe compat`. */
export const TABLES = {
  iv_surface_tenor: {
    key: ["symbol", "as_of", "tenor_target_dte", "provider"],
    scope: ["symbol", "as_of", "provider"],
    day: "as_of",
  },
  iv_surface_delta_buckets: {
    key: ["symbol", "as_of", "tenor_target_dte", "option_type", "delta_bucket", "provider"],
    scope: ["symbol", "as_of", "provider"],
    day: "as_of",
  },
  dealer_exposure_strikes: {
    key: ["symbol", "as_of", "expiry", "strike", "provider"],
    scope: ["symbol", "as_of", "provider"],
    day: "as_of",
  },
  iv_term: {
    key: ["symbol", "as_of", "provider"],
    scope: ["symbol", "as_of", "provider"],
    day: "as_of",
  },
  dealer_exposure_slices: {
    key: ["symbol", "as_of", "slice", "provider"],
    scope: ["symbol", "as_of", "provider"],
    day: "as_of",
  },
  intraday_option_flow: {
    key: ["symbol", "market_date", "source", "contract_symbol", "provider"],
    scope: ["symbol", "market_date", "source", "provider"],
    day: "market_date",
  },
  option_chains: {
    key: ["symbol", "as_of", "provider", "root", "expiry", "option_type", "strike"],
    scope: ["symbol", "as_of", "provider"],
    day: "as_of",
  },
  bars: {
    key: ["symbol", "market_date", "interval_s", "provider", "start_us"],
    scope: ["symbol", "market_date", "interval_s", "provider"],
    day: "market_date",
  },
  daily: {
    key: ["symbol", "as_of", "provider", "adjusted"],
    scope: ["symbol", "as_of", "provider", "adjusted"],
    day: "as_of",
  },
  vol_futures: {
    key: ["symbol", "as_of", "expiry", "provider"],
    scope: ["symbol", "as_of", "provider"],
    day: "as_of",
  },
  levels: {
    key: ["symbol", "as_of", "kind", "name", "provider"],
    scope: ["symbol", "as_of", "provider"],
    day: "as_of",
  },
  scenarios: {
    key: ["symbol", "as_of", "position_id", "dynamics", "spot_pct", "vol_pts", "days", "provider"],
    scope: ["symbol", "as_of", "position_id", "provider"],
    day: "as_of",
  },
  artifact_index: {
    key: ["kind", "symbol", "as_of", "name"],
    scope: ["kind", "symbol", "as_of", "name"],
    day: "as_of",
  },
} as const satisfies Record<string, TableFacts>;
export type TableName = keyof typeof TABLES;
export const isTable = (name: string): name is TableName => Object.hasOwn(TABLES, name);
