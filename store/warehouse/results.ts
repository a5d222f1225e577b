/** Artifacts as rows of the warehouse: what is looked up by day and ranked is a table, the rest stays in the file. */
import type { Artifact } from "../artifacts/schemas.ts";
import type { TableName } from "./migrations.ts";
import type { StoreRow } from "./upsert.ts";

/** Rows of one table, replaced as a whole for the symbol, day and source of the artifact. */
export interface TableRows {
  readonly table: TableName;
  readonly rows: readonly StoreRow[];
}

type Head = { readonly symbol: string; readonly as_of: string; readonly provider: string };

/** Source and, where it is not the desk's, mode: two modes of one source never mix in one series. */
export const storedProvider = (provider: string, mode: string | undefined): string =>
  mode === undefined || mode === "desk" ? provider : `${provider} ${mode}`;

const headOf = (a: Artifact): Head => ({
  symbol: a.symbol,
  as_of: a.as_of,
  provider: storedProvider(a.provider, a.mode),
});

function surfaceRows(a: Artifact<"iv_surface">, head: Head): TableRows[] {
  return [
    {
      table: "iv_surface_tenor",
      rows: a.tenor.map((t) => ({
        ...head,
        tenor_target_dte: t.tenor_target_dte,
        expiry: t.expiry,
        dte: t.dte,
        tenor_gap_dte: t.tenor_gap_dte,
        spot: a.spot,
        forward: t.forward ?? null,
        atm_strike: t.atm_strike,
        atm_iv: t.atm_iv,
        atm_mark: t.atm_mark,
        straddle_mark: t.straddle_mark,
        expected_move_pct: t.expected_move_pct,
        skew_25d_pp: t.skew_25d_pp,
        skew_10d_pp: t.skew_10d_pp,
        fly_25d_pp: t.butterfly_25d_pp ?? null,
        fly_10d_pp: t.butterfly_10d_pp ?? null,
        one_sigma: t.one_sigma ?? null,
        kind: t.interpolation ?? null,
        contracts_used: t.contracts_used,
        warnings: t.warnings,
      })),
    },
    {
      table: "iv_surface_delta_buckets",
      rows: a.delta_buckets.map((b) => ({
        ...head,
        tenor_target_dte: b.tenor_target_dte,
        option_type: b.option_type,
        delta_bucket: b.delta_bucket,
        avg_iv: b.avg_iv,
        median_iv: b.median_iv,
        n_contracts: b.n_contracts,
        expiry: b.expiry ?? null,
        warnings: b.warnings,
      })),
    },
  ];
}

function termRows(a: Artifact<"iv_term_structure">, head: Head): TableRows[] {
  const { level, slope, slope_error, steepness, ratio_7_30, ratio_30_90, ratio_30_180, regime, confidence } =
    a;
  const row = {
    level,
    slope,
    slope_error,
    steepness,
    ratio_7_30,
    ratio_30_90,
    ratio_30_180,
    regime,
    confidence,
  };
  return [{ table: "iv_term", rows: [{ ...head, ...row, warnings: a.warnings }] }];
}

function exposureRows(a: Artifact<"exposure">, head: Head): TableRows[] {
  const { near, monthly, all, zero_dte } = a.slices;
  const named = [
    ["near", near],
    ["monthly", monthly],
    ["all", all],
    ...(zero_dte ? ([["zero_dte", zero_dte]] as const) : []),
  ] as const;
  const number = (x: string | number | null | undefined): number | null => (typeof x === "number" ? x : null);
  return [
    {
      table: "dealer_exposure_strikes",
      // The compat slice keeps rows by expiry and strike; the desk has them once, in its table.
      rows: (a.table ?? all.strikes).map((r) => ({
        ...head,
        expiry: r.expiry,
        strike: r.strike,
        call_oi: r.call_oi,
        put_oi: r.put_oi,
        call_gex: r.call_gex,
        put_gex: r.put_gex,
        net_gex: r.net_gex,
        net_vanna: r.net_vanna ?? null,
        net_charm: r.net_charm ?? null,
        net_delta: r.net_delta ?? null,
        convention: all.convention,
      })),
    },
    {
      table: "dealer_exposure_slices",
      rows: named.map(([slice, s]) => ({
        ...head,
        slice,
        spot: a.spot,
        call_gamma: number(s.summary["call_gamma"] ?? s.summary["total_call_gex"]),
        put_gamma: number(s.summary["put_gamma"] ?? s.summary["total_put_gex"]),
        net_gamma: number(s.summary["net_gamma"] ?? s.summary["total_net_gex"]),
        net_vanna: number(s.summary["net_vanna"]),
        net_charm: number(s.summary["net_charm"]),
        net_delta: number(s.summary["net_delta"]),
        zero_gamma: number(s.summary["zero_gamma"]),
        flip_strike: number(s.summary["legacy_flip_strike"] ?? s.summary["flip_strike"]),
        call_wall: number(s.summary["call_wall"]),
        put_wall: number(s.summary["put_wall"]),
        open_interest: number(s.summary["open_interest"]),
        gamma_known: number(s.summary["gamma_known"]),
        convention: s.convention,
        warnings: s.warnings ?? [],
      })),
    },
  ];
}

function flowRows(a: Artifact<"intraday_flow">, head: Head): TableRows[] {
  const { symbol, provider } = head;
  return [
    {
      table: "intraday_option_flow",
      rows: a.contract_flow.map((c) => ({
        symbol,
        provider,
        market_date: a.market_date,
        source: a.source,
        contract_symbol: c.contract_symbol,
        expiry: c.expiry,
        option_type: c.option_type,
        strike: c.strike,
        delta_bucket: c.delta_bucket ?? null,
        trades: c.trades,
        buy_volume: c.buy_volume,
        sell_volume: c.sell_volume,
        unknown_volume: c.unknown_volume,
        buy_notional: c.buy_notional ?? null,
        sell_notional: c.sell_notional ?? null,
        unknown_notional: c.unknown_notional ?? null,
        net_delta_notional: c.net_delta_notional ?? null,
        net_vega: c.net_vega ?? null,
        quote_coverage: c.quote_coverage ?? null,
        warnings: c.warnings ?? [],
      })),
    },
  ];
}

function levelRows(a: Artifact<"levels">, head: Head): TableRows[] {
  const seen = new Map<string, number>();
  /** Two nodes of a profile have one name: the second is numbered. */
  const named = (kind: string, name: string): string => {
    const n = (seen.get(`${kind} ${name}`) ?? 0) + 1;
    seen.set(`${kind} ${name}`, n);
    return n === 1 ? name : `${name} ${n}`;
  };
  return [
    {
      table: "levels",
      rows: (a.levels ?? []).map((l) => ({
        ...head,
        kind: l.kind,
        name: named(l.kind, l.name),
        price: l.price,
        distance_pct: l.distance_pct,
        distance_atr: l.distance_atr,
        warnings: a.warnings,
      })),
    },
  ];
}

function scenarioRows(a: Artifact<"scenarios">, head: Head): TableRows[] {
  const dynamics = String(a.summary["dynamics"] ?? "compat");
  return [
    {
      table: "scenarios",
      rows: a.grid.map((g) => ({
        ...head,
        position_id: a.position_id,
        dynamics,
        spot_pct: g.spot_pct,
        vol_pts: g.vol_pts,
        days: g.days,
        pnl: g.pnl,
        value: g.value ?? null,
      })),
    },
  ];
}

/** What of an artifact the warehouse keeps. */
export function resultRows(a: Artifact): TableRows[] {
  const head = headOf(a);
  switch (a.kind) {
    case "iv_surface":
      return surfaceRows(a as Artifact<"iv_surface">, head);
    case "iv_term_structure":
      return termRows(a as Artifact<"iv_term_structure">, head);
    case "exposure":
      return exposureRows(a as Artifact<"exposure">, head);
    case "intraday_flow":
      return flowRows(a as Artifact<"intraday_flow">, head);
    case "levels":
      return levelRows(a as Artifact<"levels">, head);
    case "scenarios":
      return scenarioRows(a as Artifact<"scenarios">, head);
    default:
      return [];
  }
}

/** Where an artifact lies and what it is, for the index. `name` tells several of one kind, symbol and day apart. */
export function indexRow(a: Artifact, name: string, path: string, hash: string, bytes: number): StoreRow {
  const { symbol, as_of, provider } = headOf(a);
  return { kind: a.kind, symbol, as_of, name, path, hash, schema_version: a.schema_version, bytes, provider };
}
