import {
  expiryLabel,
  type InstrumentId,
  type IsoDay,
  isoDayNumber,
  type Micros,
  type Slot,
} from "../../../engines/market/index.ts";
import { yearFraction } from "../../../engines/pricing/index.ts";
import {
  settlesUs,
  type TermVariance,
  VOL_INDICES,
  type VolFuture,
  type VolIndex,
  volFuturesCurve,
} from "../../../engines/surface/index.ts";
import { type HistorySource, stripBefore } from "../history.ts";
import type { SurfaceFutures } from "../protocol.ts";
import type { ViewContext } from "../views/context.ts";

const DAY = 1 / 365;
/** A strip older than this many days says nothing of the curve of today. */
const OLDEST_STRIP_DAYS = 5;

/** The futures curve of the vol index of this underlying: as the session has it, else the last settlements that are kept. */
export function futuresOf(
  context: ViewContext,
  underlying: InstrumentId,
  options: TermVariance,
): SurfaceFutures | null {
  const { desk, nowUs } = context;
  const symbol = desk.instruments[desk.slot(underlying) ?? -1]?.symbol ?? "";
  const family = VOL_INDICES.find((f) => f.of.includes(symbol));
  if (!family) return null;
  const live = liveFutures(context, family);
  const found =
    live.futures.length > 0
      ? live
      : settledFutures(context.facts.history, family, {
          day: context.session.day,
          nowUs,
          including: false,
        });
  if (found === null) return null;
  return futuresRows(family, found, symbol, options);
}

interface FoundFutures {
  readonly futures: readonly VolFuture[];
  readonly index: number | null;
  /** Day of the settlements; null: prices of now. */
  readonly settled: string | null;
}

/** A curve of futures beside the options' own; an index's own options have no forward vol of the index to stand beside. */
export function futuresRows(
  family: VolIndex,
  found: FoundFutures,
  symbol: string,
  options: TermVariance | null,
): SurfaceFutures {
  const curve = volFuturesCurve(found.futures, found.index, symbol === family.index ? null : options);
  return {
    name: family.index,
    settled: found.settled,
    index: curve.index,
    rows: curve.rows.map(({ T, ...row }) => ({ days: T / DAY, ...row })),
    frontSlope: curve.frontSlope,
    frontBasis: curve.frontBasis,
    constant30: curve.constant30,
    warnings: curve.warnings,
  };
}

/** Futures and index as the session has them. */
function liveFutures({ desk, nowUs, session }: ViewContext, family: VolIndex): FoundFutures {
  const futures: VolFuture[] = [];
  let index: number | null = null;
  desk.instruments.forEach((i, slot) => {
    const price = desk.book.spot(slot as Slot);
    if (i.kind === "index" && i.symbol === family.index && price > 0) index = price;
    if (i.kind !== "future" || !family.roots.includes(i.symbol) || i.expiryUs <= nowUs || !(price > 0))
      return;
    const label = `${i.symbol} ${expiryLabel(i.expiry, session.day)}`;
    futures.push({ label, T: yearFraction(nowUs, i.expiryUs), price });
  });
  return { futures, index, settled: null };
}

/** The last settlements before a day, or of it where they were known; null without any in reach. */
export function settledFutures(
  history: HistorySource,
  family: VolIndex,
  at: { readonly day: string; readonly nowUs: number; readonly including: boolean },
): FoundFutures | null {
  const kept = history.of(family.index);
  const strip = stripBefore(kept, at.day, at.including);
  const age = strip === null ? Number.NaN : (isoDayNumber(at.day) ?? 0) - (isoDayNumber(strip.day) ?? 0);
  if (strip === null || !(age <= OLDEST_STRIP_DAYS)) return null;
  const candle = kept?.daily?.day.indexOf(strip.day) ?? -1;
  const level = candle < 0 ? Number.NaN : (kept?.daily?.close[candle] ?? Number.NaN);
  const futures = strip.futures.flatMap(({ expiry, settle }): VolFuture[] => {
    const T = yearFraction(at.nowUs as Micros, settlesUs(family, expiry as IsoDay) as Micros);
    const label = `${family.roots[0]} ${expiryLabel(expiry as IsoDay, at.day as IsoDay)}`;
    return T > 0 ? [{ label, T, price: settle }] : [];
  });
  if (futures.length === 0) return null;
  return { futures, index: level > 0 ? level : null, settled: strip.day };
}
