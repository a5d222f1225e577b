import { monthlyDays } from "./days.ts";
import { rowGreeks } from "./greeks.ts";
import { type PreparedChain, prepareChain } from "./prepare.ts";
import { defaultSpotGrid, GammaProfile } from "./profile.ts";
import {
  coverageOf,
  dealerContracts,
  flipStrike,
  ladderOf,
  rowExposures,
  strikeIndex,
  strikeTable,
  topLevels,
  totalsOf,
  wallOf,
} from "./table.ts";
import {
  CONVENTION_LABELS,
  type ExposureColumns,
  type ExposureMarket,
  type ExposureOptions,
  type ExposureResult,
  type ExposureSlice,
  type SliceName,
  type ZeroGamma,
} from "./types.ts";
import { Warnings } from "./warnings.ts";

export const DEFAULT_EXPOSURE_OPTIONS: ExposureOptions = {
  convention: "callsPlusPutsMinus",
  greeks: "computed",
  slices: ["near", "monthly", "all", "zeroDte"],
  nearN: 4,
  topN: 10,
  includeDays: null,
  spotGrid: null,
  dynamics: "stickyStrike",
  isSession: null,
  spotTolerance: 0.005,
  timeToleranceUs: 60e6,
};

/**
 * Dealer exposure by strike and expiry, in slices, with walls and zero-gamma level.
 *
 * Of each contract: signed dealer contracts (a heuristic, see {@link SignConvention}) x multiplier x raw Greek per share, as
 * gamma x S^2 x 0.01 ($ delta per 1 % of spot), vanna x S x 0.01 (per vol point), charm x S / 365 (per calendar day), delta x S.
 * The zero-gamma level is where the sum of repriced dollar gamma over all contracts of a slice crosses zero as spot moves, each at
 * its own vol; all such spots within the grid's range are given. A wall is the strike with the most call (put) gamma.
 *
 * Bad input never throws: refused rows and unusable values are counted in `warnings`, unknown figures are NaN or null. A non-positive
 * spot gives the open interest tables with every exposure unknown (`non_positive_spot`).
 */
export function exposure(
  columns: ExposureColumns,
  market: ExposureMarket,
  overrides: Partial<ExposureOptions> = {},
): ExposureResult {
  const options = { ...DEFAULT_EXPOSURE_OPTIONS, ...overrides };
  const warnings = new Warnings();
  const chain = prepareChain(columns, market.chainUs, warnings);
  const spot = checkMarket(market, options, warnings);
  const greeks = rowGreeks(chain, spot, options.greeks);
  const contracts = dealerContracts(chain, options.convention);
  const table = strikeTable(chain, contracts, rowExposures(chain, contracts, greeks, spot));
  const index = strikeIndex(table);
  const profile = new GammaProfile(chain, contracts, spot, options.dynamics);
  const grid = spot > 0 ? (options.spotGrid ?? defaultSpotGrid(spot)) : new Float64Array(0);
  const profiles = profile.grid(grid);
  const slices = options.slices.map((name): ExposureSlice => {
    const own = new Warnings();
    const expiries = chooseExpiries(name, chain, market.asOf, options);
    if (expiries.length === 0) own.add("no_expiries_selected");
    const included = new Uint8Array(chain.expiries.length);
    for (const e of expiries) included[e] = 1;
    const ladder = ladderOf(table, included, index);
    const coverage = coverageOf(chain, greeks, included);
    if (coverage.repriced !== null && coverage.repriced < 0.9) own.add("zero_gamma_low_coverage");
    const { gamma, vanna, charm, delta } = ladder.measures;
    return {
      name,
      expiries,
      ladder,
      totals: {
        gamma: totalsOf(gamma),
        vanna: totalsOf(vanna),
        charm: totalsOf(charm),
        delta: totalsOf(delta),
      },
      callWall: wallOf(ladder.strike, gamma.call),
      putWall: wallOf(ladder.strike, gamma.put),
      callWallAbove: wallOf(ladder.strike, gamma.call, (k) => k >= spot),
      putWallBelow: wallOf(ladder.strike, gamma.put, (k) => k <= spot),
      top: topLevels(ladder.strike, gamma.net, options.topN),
      zeroGamma: zeroGammaOf(profile, profiles, grid, expiries, spot, options.dynamics),
      legacyFlipStrike: flipStrike(ladder.strike, gamma.net, true),
      coverage,
      warnings: own.list(),
    };
  });
  return {
    symbol: market.symbol,
    asOf: market.asOf,
    chainUs: market.chainUs,
    spot: spot > 0 ? spot : null,
    spotUs: market.spotUs,
    oiDay: market.oiDay,
    convention: { id: options.convention, label: CONVENTION_LABELS[options.convention], heuristic: true },
    greeks: options.greeks,
    expiries: chain.expiries,
    table,
    slices,
    warnings: warnings.list(),
  };
}

function checkMarket(market: ExposureMarket, options: ExposureOptions, warnings: Warnings): number {
  const spot = market.spot ?? Number.NaN;
  if (!(spot > 0) || spot === Number.POSITIVE_INFINITY) {
    warnings.add("non_positive_spot");
    return Number.NaN;
  }
  if (market.chainSpot !== null && !(Math.abs(spot / market.chainSpot - 1) <= options.spotTolerance))
    warnings.add("spot_differs_from_chain");
  if (market.spotUs !== null && Math.abs(market.spotUs - market.chainUs) > options.timeToleranceUs)
    warnings.add("spot_and_chain_times_differ");
  if (market.oiDay === null) warnings.add("open_interest_day_unknown");
  return spot;
}

function chooseExpiries(
  name: SliceName,
  chain: PreparedChain,
  asOf: string,
  options: ExposureOptions,
): number[] {
  const days = [...new Set(chain.expiries.map((e) => e.day))];
  let chosen: ReadonlySet<string>;
  if (options.includeDays !== null && options.includeDays.length > 0) chosen = new Set(options.includeDays);
  else if (name === "near") chosen = new Set(days.slice(0, options.nearN));
  else if (name === "monthly") chosen = monthlyDays(days, options.isSession);
  else if (name === "zeroDte") chosen = new Set([asOf]);
  else chosen = new Set(days);
  const out: number[] = [];
  chain.expiries.forEach((e, i) => {
    if (chosen.has(e.day)) out.push(i);
  });
  return out;
}

function zeroGammaOf(
  profile: GammaProfile,
  profiles: Float64Array,
  grid: Float64Array,
  expiries: readonly number[],
  spot: number,
  dynamics: ExposureOptions["dynamics"],
): ZeroGamma {
  if (!(spot > 0) || !profile.has(expiries))
    return {
      roots: [],
      nearest: null,
      atSpot: null,
      spots: grid,
      net: new Float64Array(grid.length).fill(Number.NaN),
      dynamics,
    };
  const net = new Float64Array(grid.length);
  for (const e of expiries) for (let g = 0; g < grid.length; g++) net[g]! += profiles[e * grid.length + g]!;
  const roots = profile.roots(expiries, grid, net, spot);
  return { roots, nearest: roots[0] ?? null, atSpot: profile.at(expiries, spot), spots: grid, net, dynamics };
}
