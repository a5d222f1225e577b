import { expiryLabel, type IsoDay } from "../../../engines/market/index.ts";
import { type ExpiryRow, type Smile, type SurfaceResult, viewOf } from "../../../engines/surface/index.ts";
import type { SurfaceExpiryRow, SurfaceSmile, SurfaceTenor, SurfaceView, Views } from "../protocol.ts";
import { dayBefore, standings, weekBefore } from "../surface/compare.ts";
import { HEAT_DELTAS, heatOf } from "../surface/heat.ts";
import { type LiveSurface, surfaceOn } from "../surface/live.ts";
import { type PriorSurface, priorSurface } from "../surface/prior.ts";
import { smileColumns } from "../surface/smile.ts";
import { termOf } from "../surface/term.ts";
import type { ChainIndex } from "./chain.ts";
import type { ViewContext } from "./context.ts";
import { firstOptionable } from "./exposure.ts";
import { label } from "./names.ts";

const SMILE_POINTS = 61;

/**
 * Fitted vols of a chain: constant maturities now, a day and a week ago and among their past, listed expiries, one smile with its quotes,
 * vols by delta, and the term structure.
 */
export function surfaceView(
  context: ViewContext,
  index: ChainIndex,
  params: Views["surface"]["params"],
): SurfaceView | null {
  const { desk, session, facts } = context;
  const id = params.underlying ?? firstOptionable(context);
  const slot = id === null ? null : desk.slot(id);
  const instrument = slot === null ? undefined : desk.instruments[slot];
  const live = id === null ? null : surfaceOn(context, index, id);
  if (live === null || !instrument) return null;
  const asked = live.surface.expiries.findIndex((e) => keyOf(e) === params.expiry);
  const result = live.result(context, asked);
  const term = termOf(context, live, result, instrument.id);
  const forward = new Map(term.tenors.map((row) => [row.days, row.forwardVol]));
  const expiries = result.expiries.map((row) => expiryRow(row, session.day));
  const shown = Math.max(0, asked >= 0 ? asked : usual(result));
  const history = facts.history.of(instrument.symbol);
  const days = result.tenors.map((t) => t.days);
  const prior = priorSurface(context, index, instrument.id);
  const before = smilesOf(prior);
  return {
    underlying: instrument.id,
    label: label(instrument, session.day),
    spot: result.spot,
    contracts: index.expiries(desk, instrument.id).reduce((n, e) => n + e.calls.size + e.puts.size, 0),
    fitted: expiries.filter((e) => e.atm !== null).length,
    fitAgeUs: oldest(expiries),
    expiries,
    tenors: result.tenors.map(
      (row): SurfaceTenor => ({
        days: row.days,
        kind: row.kind,
        ...smileColumns(row.figures),
        forwardVol: forward.get(row.days) ?? null,
        ageUs: row.ageUs,
      }),
    ),
    smile: smileOf(live, shown, expiries[shown], before.get(expiries[shown]?.key ?? "") ?? null),
    heat: { titles: HEAT_DELTAS.map((d) => d.title), ...heatNow(result, before) },
    term,
    then: {
      "1d": dayBefore(prior, history, session.day, days),
      "1w": weekBefore(history, session.day, days),
    },
    standing: standings(result, history, session.day),
    butterfly: result.violations.butterflyQuotes + result.violations.butterflySmile,
    calendar: result.violations.calendar.map((v) => ({
      near: expiries[v.near]?.label ?? "",
      far: expiries[v.far]?.label ?? "",
      worst: v.worst,
    })),
    warnings: result.warnings,
  };
}

/** The expiry whose smile is shown where none is asked for: the first fitted one a week away, else the first fitted. */
function usual(result: SurfaceResult): number {
  const far = result.expiries.findIndex((row) => row.figures !== null && (row.dte ?? 0) >= 7);
  return far >= 0 ? far : result.expiries.findIndex((row) => row.figures !== null);
}

const keyOf = (e: ExpiryRow["expiry"]): string => `${e.root} ${e.expiryUs}`;

const oldest = (rows: readonly SurfaceExpiryRow[]): number | null =>
  rows.reduce<number | null>((most, r) => (r.ageUs === null ? most : Math.max(most ?? 0, r.ageUs)), null);

function expiryRow(row: ExpiryRow, today: IsoDay): SurfaceExpiryRow {
  return {
    key: keyOf(row.expiry),
    label: expiryLabel(row.expiry.day as IsoDay, today),
    // On its last day the time that is left counts.
    dteDays: row.dte === 0 ? row.minutesLeft / 1440 : row.dte,
    forward: row.smile?.forward ?? null,
    ...smileColumns(row.figures),
    oneSigma: row.figures?.expectedMove.oneSigma ?? null,
    straddle: row.figures?.expectedMove.straddle ?? null,
    kind: row.smile?.kind ?? null,
    rmse: row.quality?.rmse ?? null,
    used: row.quality?.used ?? null,
    withinSpread: row.quality?.withinSpread ?? null,
    ageUs: row.quality?.ageUs ?? null,
    warnings: row.warnings,
  };
}

/** The fitted smiles of the session before by expiry. */
function smilesOf(prior: PriorSurface | string): ReadonlyMap<string, Smile> {
  if (typeof prior === "string") return new Map();
  return new Map(
    prior.result.expiries.flatMap((e): [string, Smile][] =>
      e.smile === null ? [] : [[keyOf(e.expiry), e.smile]],
    ),
  );
}

/** Vol at a strike, where quotes of that day were on both sides of it. */
function volIn(smile: Smile, strike: number): number {
  const k = Math.log(strike / smile.forward);
  return k < smile.kMin || k > smile.kMax ? Number.NaN : Math.sqrt(viewOf(smile).w(k) / smile.T);
}

function heatNow(result: SurfaceResult, before: ReadonlyMap<string, Smile>) {
  const vols = heatOf(result.expiries.map((e) => e.smile));
  const then = heatOf(result.expiries.map((e) => before.get(keyOf(e.expiry)) ?? null));
  return { vols, change: vols.map((v, i) => v - (then[i] as number)) };
}

/** The fit over its own range of strikes, and the out-of-the-money vols it was made from. */
function smileOf(
  live: LiveSurface,
  e: number,
  row: SurfaceExpiryRow | undefined,
  before: Smile | null,
): SurfaceSmile | null {
  const smile = live.surface.smile(e);
  const quotes = live.surface.fitted(e);
  if (smile === null || quotes === null || !row) return null;
  const strikes = new Float64Array(SMILE_POINTS);
  const fit = new Float64Array(SMILE_POINTS);
  const { w } = viewOf(smile);
  for (let i = 0; i < SMILE_POINTS; i++) {
    const k = smile.kMin + ((smile.kMax - smile.kMin) * i) / (SMILE_POINTS - 1);
    strikes[i] = smile.forward * Math.exp(k);
    fit[i] = Math.sqrt(w(k) / smile.T);
  }
  return {
    expiry: row.key,
    label: row.label,
    forward: smile.forward,
    strikes,
    fit,
    dayBefore: strikes.map((K) => (before === null ? Number.NaN : volIn(before, K))),
    quotedStrikes: quotes.k.slice(0, quotes.n).map((k) => smile.forward * Math.exp(k)),
    quotedVols: quotes.vol.slice(0, quotes.n),
  };
}
