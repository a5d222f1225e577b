/** Figures of one leaf: local currency first, then base currency and Greeks as integer millionths. */
import { QTY_SCALE, roundUnits, toUnits } from "./exact.ts";
import { COLUMN, type Figure, type Missing, quantise } from "./figures.ts";
import type { PriorMark } from "./mark.ts";
import type { Leaf, PlanRow } from "./plan.ts";

/** Per share or unit of underlying: theta per year, vega per 1.00 of vol, rho per 1.00 of rate. */
export interface RawGreeks {
  readonly delta: number;
  readonly gamma: number;
  readonly theta: number;
  readonly vega: number;
  readonly rho: number | null;
}

/** In the instrument's own currency. */
export interface LocalFigures {
  readonly value: number | null;
  readonly dayPnl: number | null;
  readonly realised: number | null;
  readonly unrealised: number | null;
  readonly pnl: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
}

export interface LeafContext {
  readonly row: PlanRow;
  readonly leaf: Leaf;
  readonly mark: number | null;
  readonly greeks: RawGreeks | null;
  /** Underlying's price: of an option its underlying's, else the mark. */
  readonly spot: number | null;
  readonly fx: number | null;
  readonly prior: PriorMark | null;
  /** undefined: nobody asked for beta; null: unknown. */
  readonly beta: number | null | undefined;
  readonly margined: boolean;
}

/** Value of `qty` (scaled) at a price, rounded to a millionth. */
function worth(qty: number, price: number, multiplier: number): number {
  return roundUnits((qty / QTY_SCALE) * price * multiplier);
}

function dividendsOf(c: LeafContext): number {
  return c.leaf.carriesBase ? toUnits(c.row.position.dividends) : 0;
}

/** Reason why day P&L can't be made, or null. */
export function dayReason(c: LeafContext): string | null {
  const { day } = c.row.position;
  if (day.day === null) return `no session of ${c.row.instrument.calendar} was opened`;
  if (c.mark === null && c.leaf.holding.qty !== 0) return "no mark";
  if (c.leaf.holding.openQty === 0) return null;
  if (c.prior === null) return "no prior settlement";
  if (c.prior.sessionsOld !== null && c.prior.sessionsOld !== 1) {
    return `prior settlement is ${c.prior.sessionsOld} sessions old`;
  }
  return null;
}

function dayPnl(c: LeafContext, value: number): number | null {
  if (dayReason(c) !== null) return null;
  const { holding } = c.leaf;
  const multiplier = c.row.openMultiplier;
  const open = holding.openQty === 0 ? 0 : worth(holding.openQty, c.prior?.price ?? 0, multiplier);
  const dividends = c.leaf.carriesBase ? toUnits(c.row.position.day.dividends) : 0;
  return value - open + toUnits(holding.flow) + dividends;
}

export function localFigures(c: LeafContext): LocalFigures {
  const { holding } = c.leaf;
  const multiplier = c.row.instrument.multiplier;
  const units = (holding.qty / QTY_SCALE) * multiplier;
  const worthNow = holding.qty === 0 ? 0 : c.mark === null ? null : worth(holding.qty, c.mark, multiplier);
  const unrealised = worthNow === null ? null : worthNow - toUnits(holding.cost);
  const realised = toUnits(holding.realised);
  const g = c.greeks;
  const greek = (raw: number | undefined) =>
    c.row.instrument.kind !== "option" || units === 0 ? 0 : raw === undefined ? null : raw * units;
  return {
    value: c.margined ? 0 : worthNow,
    dayPnl: worthNow === null ? null : dayPnl(c, worthNow),
    realised,
    unrealised,
    pnl: unrealised === null ? null : realised + unrealised + dividendsOf(c),
    theta: greek(g === null ? undefined : g.theta / 365),
    vega: greek(g === null ? undefined : g.vega / 100),
  };
}

function times(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a * b;
}

/** Base-currency figures into `out`; what is unknown goes to `missing` with its reason. */
export function fillColumns(
  out: Float64Array,
  c: LeafContext,
  local: LocalFigures,
  missing: Missing[],
): void {
  const { holding, carriesBase } = c.leaf;
  const { position } = c.row;
  const held = holding.qty !== 0;
  const noFx = "no FX rate";
  const put = (figure: Figure, x: number | null, reason: string) => {
    out[COLUMN[figure]] = quantise(x);
    if (x === null) missing.push({ figure, row: position.key, reason });
  };
  const base = (figure: Figure, x: number | null, reason: string) => {
    if (x === 0) put(figure, 0, reason);
    else put(figure, times(x, c.fx), x === null ? reason : noFx);
  };
  base("value", local.value, "no mark");
  base("dayPnl", local.dayPnl, dayReason(c) ?? "no mark");
  base("unrealised", local.unrealised, "no mark");
  base("variation", c.margined ? local.unrealised : 0, "no mark");
  const oldFx = "no FX rate when it was booked";
  put("realised", holding.realisedBase === null ? null : toUnits(holding.realisedBase), oldFx);
  const dividends = carriesBase ? position.dividendsBase : 0;
  put("dividends", dividends === null ? null : dividends / 1e6, oldFx);
  putPnl(out, missing, position.key);
  const fxPnl = fxGain(c);
  put("fxPnl", fxPnl.value, fxPnl.reason);
  fillGreeks(out, c, local, held, put, base);
}

/** The total is the sum of its rounded parts, so that a reader who adds the columns gets it. */
function putPnl(out: Float64Array, missing: Missing[], row: string): void {
  const at = (f: Figure) => out[COLUMN[f]] as number;
  const sum = at("realised") + at("unrealised") + at("dividends");
  out[COLUMN.pnl] = sum;
  if (Number.isNaN(sum)) missing.push({ figure: "pnl", row, reason: "part of it is unknown" });
}

function fxGain(c: LeafContext): { value: number | null; reason: string } {
  const { position, costBase } = c.row;
  if (!c.leaf.carriesBase) return { value: 0, reason: "" };
  const { fxRealised } = position;
  if (fxRealised === null || costBase === null)
    return { value: null, reason: "no FX rate when it was booked" };
  if (c.margined || position.cost === 0) return { value: toUnits(fxRealised), reason: "" };
  if (c.fx === null) return { value: null, reason: "no FX rate" };
  return { value: toUnits(fxRealised) + toUnits(position.cost) * c.fx - toUnits(costBase), reason: "" };
}

function fillGreeks(
  out: Float64Array,
  c: LeafContext,
  local: LocalFigures,
  held: boolean,
  put: (f: Figure, x: number | null, reason: string) => void,
  base: (f: Figure, x: number | null, reason: string) => void,
): void {
  const units = (c.leaf.holding.qty / QTY_SCALE) * c.row.instrument.multiplier;
  const option = c.row.instrument.kind === "option";
  const g = c.greeks;
  const delta = !held ? 0 : option ? (g === null ? null : g.delta * units) : units;
  const gamma = !held || !option ? 0 : g === null ? null : g.gamma * units;
  // Of a premium in the coin: in coins, as a share's delta is in shares.
  const { instrument } = c.row;
  const inverse = instrument.kind === "option" && instrument.premiumStyle === "inverse";
  put("delta", inverse && delta !== 0 ? times(delta, c.spot) : delta, "no Greeks");
  put("gamma", inverse && gamma !== 0 ? times(gamma, c.spot) : gamma, "no Greeks");
  base("theta", local.theta, "no Greeks");
  base("vega", local.vega, "no Greeks");
  const rho = !held || !option ? 0 : g === null || g.rho === null ? null : (g.rho / 100) * units;
  base("rho", rho, "no Greeks");
  const spotReason = c.spot === null ? "no price of the underlying" : "no Greeks";
  const dollarDelta = delta === 0 ? 0 : times(delta, c.spot);
  base("dollarDelta", dollarDelta, spotReason);
  base(
    "dollarGamma1pct",
    gamma === 0 ? 0 : times(gamma, c.spot === null ? null : c.spot ** 2 / 100),
    spotReason,
  );
  if (c.beta === undefined) out[COLUMN.betaDollarDelta] = dollarDelta === 0 ? 0 : Number.NaN;
  else
    base(
      "betaDollarDelta",
      dollarDelta === 0 ? 0 : times(dollarDelta, c.beta),
      c.beta === null ? "no beta" : spotReason,
    );
}
