/** Dealer exposure as an artifact body. Gamma is $ delta per 1 % of spot, vanna per vol point, charm per calendar day. */
import {
  type CompatExposureSlice,
  type ExposureResult,
  type ExposureSlice,
  type ExposureTable,
  type SliceName,
} from "../../../engines/exposure/index.ts";
import type { BodyOf } from "../schemas.ts";

type Body = BodyOf<"exposure">;
type Slice = Body["slices"]["all"];

const known = (x: number | undefined): number | null => (x !== undefined && Number.isFinite(x) ? x : null);

function strikeRows(t: ExposureTable, dayOf: (e: number) => string | null): Slice["strikes"] {
  const { gamma, vanna, charm, delta } = t.measures;
  return Array.from({ length: t.n }, (_, i) => ({
    expiry: dayOf(t.expiry[i] as number),
    strike: t.strike[i] as number,
    call_oi: known(t.callOi[i]),
    put_oi: known(t.putOi[i]),
    call_gex: known(gamma.call[i]),
    put_gex: known(gamma.put[i]),
    net_gex: known(gamma.net[i]),
    net_vanna: known(vanna.net[i]),
    net_charm: known(charm.net[i]),
    net_delta: known(delta.net[i]),
  }));
}

function sliceFields(s: ExposureSlice, r: ExposureResult): Slice {
  const { totals, coverage } = s;
  return {
    convention: r.convention.label,
    expiries: [...new Set(s.expiries.map((e) => r.expiries[e]?.day ?? ""))],
    strikes: strikeRows(s.ladder, () => null),
    summary: {
      call_gamma: totals.gamma.call,
      put_gamma: totals.gamma.put,
      net_gamma: totals.gamma.net,
      net_vanna: totals.vanna.net,
      net_charm: totals.charm.net,
      net_delta: totals.delta.net,
      gamma_repriced_at_spot: s.zeroGamma.atSpot,
      zero_gamma: s.zeroGamma.nearest,
      legacy_flip_strike: s.legacyFlipStrike,
      call_wall: s.callWall?.strike ?? null,
      put_wall: s.putWall?.strike ?? null,
      call_wall_above: s.callWallAbove?.strike ?? null,
      put_wall_below: s.putWallBelow?.strike ?? null,
      contracts: coverage.contracts,
      open_interest: coverage.openInterest,
      gamma_known: coverage.gammaKnown,
      gamma_computed: coverage.gammaComputed,
      repriced: coverage.repriced,
    },
    top_levels: s.top.map((w) => ({ strike: w.strike, net_gex: w.value })),
    zero_gamma: [...s.zeroGamma.roots],
    warnings: [...s.warnings],
  };
}

const NO_SLICE: Slice = { convention: "none", expiries: [], strikes: [], summary: {}, top_levels: [] };

/** The desk's exposure. */
export function exposureBody(r: ExposureResult): Body {
  const of = (name: SliceName): Slice => {
    const found = r.slices.find((s) => s.name === name);
    return found ? sliceFields(found, r) : NO_SLICE;
  };
  return {
    spot: r.spot,
    oi_day: r.oiDay,
    slices: { near: of("near"), monthly: of("monthly"), all: of("all"), zero_dte: of("zeroDte") },
    table: strikeRows(r.table, (e) => r.expiries[e]?.day ?? null),
  };
}

/** The original system's exposure: its slices near, monthly, all. */
export function compatExposureBody(spot: number | null, slices: readonly CompatExposureSlice[]): Body {
  const of = (mode: string): Slice => {
    const s = slices.find((x) => x.mode === mode);
    if (s === undefined) return NO_SLICE;
    const { symbol: _, as_of: __, warnings, ...summary } = s.summary;
    return {
      convention: s.signed_exposure_convention,
      expiries: [...s.included_expiries],
      strikes: s.strike_rows.map(({ symbol: ___, as_of: ____, ...row }) => row),
      summary,
      top_levels: s.top_abs_net_levels.map(({ strike, net_gex }) => ({ strike, net_gex })),
      warnings: [...warnings],
    };
  };
  return { spot, slices: { near: of("near"), monthly: of("monthly"), all: of("all") } };
}
