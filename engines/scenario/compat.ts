import { isoDayNumber } from "../market/index.ts";
import { bsmGreeks, bsmPrice } from "../pricing/index.ts";
import { tidyAxis } from "./axes.ts";

/** One position as the original system reads it. Unknown is null. */
export interface CompatScenarioInput {
  readonly symbol?: string;
  readonly contract_symbol?: string;
  readonly as_of: string;
  readonly option_type: "call" | "put";
  readonly side: "long" | "short";
  readonly contracts: number;
  readonly spot: number | null;
  readonly strike: number | null;
  readonly expiry: string;
  readonly mark: number | null;
  readonly iv: number | null;
  readonly basis: number | null;
  readonly r: number;
  readonly spot_moves_pct: readonly number[];
  readonly iv_moves_pp: readonly number[];
  readonly days_forward: readonly number[];
}
interface Head {
  readonly symbol: string;
  readonly as_of: string;
  readonly contract_symbol: string;
}
export interface CompatScenarioRow extends Head {
  readonly spot_change_pct: number;
  readonly iv_change_pp: number;
  readonly days_forward: number;
  readonly scenario_spot: number;
  readonly scenario_iv: number;
  readonly days_to_expiry: number;
  readonly theoretical_price: number | null;
  /** Per share, despite its name. */
  readonly pnl_per_contract: number | null;
  readonly pnl_position: number | null;
}
export interface CompatScenarios {
  readonly summary: Head & {
    readonly option_type: "call" | "put";
    readonly side: "long" | "short";
    readonly contracts: number;
    readonly spot: number | null;
    readonly strike: number | null;
    readonly expiry: string;
    readonly mark: number | null;
    readonly iv: number | null;
    readonly intrinsic: number | null;
    readonly extrinsic: number | null;
    readonly theta_burn_dollars_day: number | null;
    readonly theta_burn_pct_premium_day: number | null;
    readonly warnings: readonly string[];
  };
  readonly grid: readonly CompatScenarioRow[];
}

const IV_MIN = 1e-4;
const MULTIPLIER = 100;
const above = (x: number | null, floor: number): number | null =>
  x !== null && Number.isFinite(x) && x > floor ? x : null;

/**
 * Compatibility mode: scenarios of one position as the original system computes them, known mistakes included. Black-Scholes without dividends, T in
 * days/365, intrinsic from the expiry day on, multiplier 100, P&L against the mark (else the basis) so that the base cell is not zero, and the
 * units of axes guessed: |spot move| > 1 is taken as percent, |vol move| <= 1 as a fraction. Without spot, strike or vol the grid is empty.
 */
export function positionScenariosCompat(input: CompatScenarioInput): CompatScenarios {
  const spot = above(input.spot, 0);
  const strike = above(input.strike, 0);
  const mark = above(input.mark, 0);
  const basis = above(input.basis, 0);
  const iv = above(input.iv, IV_MIN);
  const dte = (isoDayNumber(input.expiry) ?? Number.NaN) - (isoDayNumber(input.as_of) ?? Number.NaN);
  const warnings: string[] = [];
  if (spot === null) warnings.push("missing_spot");
  if (strike === null) warnings.push("missing_strike");
  if (mark === null) warnings.push("missing_mark");
  if (iv === null) warnings.push("missing_iv");
  const live = dte >= 0;
  if (!live) warnings.push("past_expiry");
  const w = input.option_type === "call" ? 1 : -1;
  const signed = input.side === "short" ? -input.contracts : input.contracts;
  const intrinsic = spot === null || strike === null ? null : Math.max(w * (spot - strike), 0);
  const reference = mark ?? basis;
  let burn: number | null = null;
  if (live && spot !== null && strike !== null && iv !== null) {
    const theta = dte === 0 ? 0 : bsmGreeks(w, spot, strike, dte / 365, input.r, 0, iv).theta / 365;
    burn = -theta * signed * MULTIPLIER + 0;
  }
  const premium = reference === null ? null : reference * input.contracts * MULTIPLIER;
  const head: Head = {
    symbol: input.symbol ?? "AAA",
    as_of: input.as_of,
    contract_symbol: input.contract_symbol ?? "C1",
  };
  return {
    summary: {
      ...head,
      option_type: input.option_type,
      side: input.side,
      contracts: input.contracts,
      spot: input.spot,
      strike: input.strike,
      expiry: input.expiry,
      mark: input.mark,
      iv: input.iv,
      intrinsic,
      extrinsic: intrinsic === null || mark === null ? null : Math.max(0, mark - intrinsic),
      theta_burn_dollars_day: burn,
      theta_burn_pct_premium_day: burn === null || premium === null ? null : burn / premium,
      warnings: warnings.sort((a, b) => (a < b ? -1 : 1)),
    },
    grid:
      live && spot !== null && strike !== null && iv !== null
        ? gridRows(input, head, { w, spot, strike, iv, dte, signed, reference })
        : [],
  };
}

interface Facts {
  readonly w: 1 | -1;
  readonly spot: number;
  readonly strike: number;
  readonly iv: number;
  readonly dte: number;
  readonly signed: number;
  readonly reference: number | null;
}

function gridRows(input: CompatScenarioInput, head: Head, f: Facts): CompatScenarioRow[] {
  const spots = tidyAxis(input.spot_moves_pct.map((m) => (Math.abs(m) > 1 ? m / 100 : m)));
  const vols = tidyAxis(input.iv_moves_pp.map((m) => (Math.abs(m) <= 1 ? m * 100 : m)));
  const rows: CompatScenarioRow[] = [];
  for (const move of spots) {
    const S = f.spot * (1 + move);
    for (const points of vols) {
      const sigma = f.iv + points / 100;
      for (const days of tidyAxis(input.days_forward)) {
        const left = Math.max(f.dte - days, 0);
        const price = sigma <= 0 || S <= 0 ? null : bsmPrice(f.w, S, f.strike, left / 365, input.r, 0, sigma);
        const pnl = price === null || f.reference === null ? null : price - f.reference;
        rows.push({
          ...head,
          spot_change_pct: move,
          iv_change_pp: points,
          days_forward: days,
          scenario_spot: S,
          scenario_iv: sigma,
          days_to_expiry: left,
          theoretical_price: price,
          pnl_per_contract: pnl,
          pnl_position: pnl === null ? null : pnl * f.signed * MULTIPLIER,
        });
      }
    }
  }
  return rows;
}
