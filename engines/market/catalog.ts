import { calendarZone, previousSession, type Session, sessionOnOrBefore } from "./calendar.ts";
import { isoToDay, parseWallClock, US_PER_SECOND, wallToUs } from "./dates.ts";
import { MarketError } from "./errors.ts";
import type { Ccy, InstrumentId, IsoDay, Micros } from "./ids.ts";
import type {
  FutureInstrument,
  Instrument,
  OptionInstrument,
  OptionType,
  SpotInstrument,
  TickStep,
} from "./instrument.ts";
import { formatInstrumentId, formatStrike, parseInstrumentId } from "./symbols.ts";

/** A price grid in force from a day on. Ascending by `from`. */
export interface DatedTicks {
  readonly from: IsoDay;
  readonly steps: readonly TickStep[];
}

/** When contracts of a class end, on the session of `calendar` of their expiry date (or the last one before it). */
export interface ExpiryRule {
  readonly calendar: string;
  /** The open or close of that session, or a wall-clock time `HH:MM` in its zone. */
  readonly at: string;
  /** Trading ends with the expiry, or with the close of the session before (AM settlement). */
  readonly lastTrade: "expiry" | "previous-close";
}

export interface SpotSpec {
  readonly id: InstrumentId;
  readonly kind: SpotInstrument["kind"];
  readonly symbol: string;
  readonly ccy: Ccy;
  readonly calendar: string;
  readonly ticks: readonly DatedTicks[];
}

interface DerivativeSpec {
  readonly root: string;
  readonly ccy: Ccy;
  readonly calendar: string;
  readonly ticks: readonly DatedTicks[];
  readonly multiplier: number;
  readonly expires: ExpiryRule;
}

export interface FutureSpec extends DerivativeSpec {
  readonly underlying: InstrumentId | null;
}

export interface OptionSpec extends DerivativeSpec {
  /** Null: each option names its own underlying (options on futures). */
  readonly underlying: InstrumentId | null;
  readonly style: OptionInstrument["style"];
  readonly settlement: OptionInstrument["settlement"];
  readonly premiumStyle: OptionInstrument["premiumStyle"];
  /** Multiplier of adjusted deliverables, by their version (2, 3…). One that is not listed is an error. */
  readonly adjusted: ReadonlyMap<number, number>;
}

/** What is known about products, apart from any session: built from config/instruments.yaml. */
export interface Catalog {
  readonly spots: ReadonlyMap<InstrumentId, SpotSpec>;
  readonly futures: ReadonlyMap<string, FutureSpec>;
  /** By `root/ccy`. */
  readonly options: ReadonlyMap<string, OptionSpec>;
}

/** The grid in force on a day; before the first one, the first. Errors: MKT-007 when there is none. */
export function ticksOn(ticks: readonly DatedTicks[], day: IsoDay): readonly TickStep[] {
  const found = ticks.findLast((t) => t.from <= day) ?? ticks[0];
  if (found === undefined) throw new MarketError("MKT-007", "a tick table without steps");
  return found.steps;
}

/** Expiry and last-trade instants of an expiry date. Errors: MKT-004 outside the calendars. */
export function expiryInstants(
  rule: ExpiryRule,
  tradingCalendar: string,
  expiry: IsoDay,
): { readonly expiryUs: Micros; readonly lastTradeUs: Micros } {
  const session = sessionOnOrBefore(rule.calendar, expiry);
  const expiryUs = pointOf(session, rule.at);
  if (rule.lastTrade === "expiry") return { expiryUs, lastTradeUs: expiryUs };
  return { expiryUs, lastTradeUs: previousSession(tradingCalendar, session.day).closeUs };
}

function pointOf(session: Session, point: string): Micros {
  if (point === "open") return session.openUs;
  if (point === "close") return session.closeUs;
  const seconds = parseWallClock(point);
  if (seconds === null) throw new MarketError("MKT-007", `expiry at "${point}", needs open, close or HH:MM`);
  const us = wallToUs(calendarZone(session.calendar), isoToDay(session.day), Math.floor(seconds / 60));
  return (us + (seconds % 60) * US_PER_SECOND) as Micros;
}

/** A stock, index, pair or coin of the catalog. Errors: MKT-007 unknown. */
export function buildSpot(catalog: Catalog, id: InstrumentId, today: IsoDay): SpotInstrument {
  const spec = catalog.spots.get(id);
  if (spec === undefined) throw new MarketError("MKT-007", `${id} is in no instrument file`);
  const { kind, symbol, ccy, calendar } = spec;
  return { kind, id, symbol, ccy, calendar, ticks: ticksOn(spec.ticks, today), multiplier: 1 };
}

/** A future by root and expiry date. Errors: MKT-007 unknown root, MKT-004. */
export function buildFuture(catalog: Catalog, root: string, expiry: IsoDay, today: IsoDay): FutureInstrument {
  const spec = catalog.futures.get(root);
  if (spec === undefined) throw new MarketError("MKT-007", `future root ${root} is in no instrument file`);
  const { ccy, calendar, multiplier, underlying } = spec;
  return {
    kind: "future",
    id: formatInstrumentId({ kind: "FUT", root, expiry, ccy }),
    symbol: root,
    ccy,
    calendar,
    ticks: ticksOn(spec.ticks, today),
    underlying,
    multiplier,
    ...expiryInstants(spec.expires, calendar, expiry),
    expiry,
  };
}

/** What tells one option of a class from another. */
export interface OptionTerms {
  readonly root: string;
  readonly expiry: IsoDay;
  readonly type: OptionType;
  readonly strike: number;
  /** Default USD. */
  readonly ccy?: Ccy;
  /** Default 1, as listed. */
  readonly deliverable?: number;
  /** Needed where the class does not name one: the future that an option delivers. */
  readonly underlying?: InstrumentId;
}

/**
 * An option of the catalog; `today` decides the tick table in force. Errors: MKT-007 unknown root, adjusted deliverable without a
 * multiplier, or no underlying; MKT-003 strike; MKT-004 expiry outside the calendars.
 */
export function buildOption(catalog: Catalog, terms: OptionTerms, today: IsoDay): OptionInstrument {
  const { root, expiry, type, strike, ccy = "USD" as Ccy, deliverable = 1 } = terms;
  const spec = catalog.options.get(`${root}/${ccy}`);
  if (spec === undefined) {
    throw new MarketError(
      "MKT-007",
      `option root ${root} in ${ccy} is in no instrument file, so its multiplier is unknown`,
    );
  }
  const multiplier = deliverable === 1 ? spec.multiplier : spec.adjusted.get(deliverable);
  if (multiplier === undefined) {
    throw new MarketError(
      "MKT-007",
      `multiplier of ${root} deliverable ${deliverable} is in no instrument file`,
    );
  }
  const underlying = terms.underlying ?? spec.underlying;
  if (underlying === null) {
    throw new MarketError("MKT-007", `${root} ${expiry} ${formatStrike(strike)} ${type} names no underlying`);
  }
  return {
    kind: "option",
    id: formatInstrumentId({ kind: "OPT", root, expiry, type, strike, ccy, deliverable }),
    symbol: root,
    ccy,
    calendar: spec.calendar,
    ticks: ticksOn(spec.ticks, today),
    underlying,
    type,
    strike,
    expiry,
    style: spec.style,
    settlement: spec.settlement,
    ...expiryInstants(spec.expires, spec.calendar, expiry),
    multiplier,
    premiumStyle: spec.premiumStyle,
    deliverable,
  };
}

/**
 * The instrument of an id. `underlying` is for options on futures only. Errors: MKT-001 malformed id, and those of the builders.
 */
export function buildInstrument(
  catalog: Catalog,
  id: InstrumentId,
  today: IsoDay,
  underlying?: InstrumentId,
): Instrument {
  const parts = parseInstrumentId(id);
  if (parts === null) throw new MarketError("MKT-001", `instrument id ${id} is malformed`);
  if (parts.kind === "FUT") return buildFuture(catalog, parts.root, parts.expiry, today);
  if (parts.kind !== "OPT") return buildSpot(catalog, id, today);
  return buildOption(catalog, underlying === undefined ? parts : { ...parts, underlying }, today);
}

/** Option roots that a trader may mean by a symbol: classes whose underlying has it (`SPX` → SPX, SPXW). */
export function optionRoots(catalog: Catalog, underlying: InstrumentId): string[] {
  return [...catalog.options.values()].filter((o) => o.underlying === underlying).map((o) => o.root);
}
