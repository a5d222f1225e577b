import { calendarZone, isoDayAt, zoneOffsetMin } from "../../../engines/market/index.ts";
import type { FeedState, StatusView } from "../protocol.ts";
import type { ViewContext } from "./context.ts";

/** The two lines at the top: mode, time, feed, and the account at this instant. */
export function statusView(context: ViewContext): StatusView {
  const { desk, facts, session, pace, nowUs } = context;
  const value = context.value();
  const { dayPnl, dollarDelta } = value.book.figures;
  const feed = feedState(context);
  return {
    mode: facts.mode,
    account: facts.account,
    session: session.name,
    sampling: session.sampling,
    nowUs,
    day: session.day,
    zone: session.zone,
    zoneOffsetMin: context.zoneOffsetMin,
    halfDay: session.halfDay,
    openUs: session.openUs,
    closeUs: session.closeUs,
    speed: pace.speed,
    paused: pace.paused,
    atEnd: pace.atEnd,
    loop: pace.loop,
    seq: desk.seq,
    events: pace.events,
    firstUs: session.firstUs,
    lastUs: session.lastUs,
    feed,
    feedWhy: facts.live?.why() ?? null,
    ordersWhy: facts.live?.ordersWhy() ?? null,
    opensNext: feed === "closed" ? opensNext(context) : null,
    lagMs: feedLagMs(context),
    eventsPerSecond: pace.eventsPerSecond,
    shed: facts.live?.shedPerSecond() ?? 0,
    nav: value.nav,
    dayPnl,
    dayPnlFraction:
      dayPnl === null || value.nav === null || value.nav === dayPnl ? null : dayPnl / (value.nav - dayPnl),
    dollarDelta,
    buyingPower: facts.margin.of(desk, value).available,
    baseCcy: facts.baseCcy,
    ...context.orders,
    indexed: pace.indexed,
    bookmarks: pace.bookmarks,
    quoteMaxAgeUs: facts.valuer.quoteMaxAgeUs,
  };
}

/** The next regular open of the session's calendar, null while it trades by it and where the calendar ends. */
function opensNext(context: ViewContext): StatusView["opensNext"] {
  const { calendar } = context.session;
  const us = context.trades(calendar) ? null : context.nextOpenUs(calendar);
  if (us === null) return null;
  const zone = calendarZone(calendar);
  return { us, day: isoDayAt(zone, us), zoneOffsetMin: zoneOffsetMin(zone, us) };
}

/** A replayed feed is live while its events are no older than the cadence of its recording allows, and closed outside the session. */
export function feedState(context: ViewContext): FeedState {
  const { desk, session, nowUs } = context;
  if (context.facts.live !== undefined) return context.facts.live.state();
  if (nowUs < session.openUs || nowUs >= session.closeUs) return "closed";
  return nowUs - desk.nowUs <= context.facts.valuer.quoteMaxAgeUs ? "live" : "stale";
}

/** Session time since the last event: how far what is shown lies behind the clock. */
export function feedLagMs(context: ViewContext): number | null {
  if (context.facts.live !== undefined) return context.facts.live.lagMs();
  return context.desk.seq === 0 ? null : Math.max(0, (context.nowUs - context.desk.nowUs) / 1000);
}
