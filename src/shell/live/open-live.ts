import { loadMarket } from "../../../config/market.ts";
import { loadPortfolio } from "../../../config/portfolio.ts";
import {
  buildFuture,
  buildInstrument,
  CALENDAR_NAMES,
  type Instrument,
  type InstrumentId,
  isoDayAt,
  type Micros,
  parseInstrumentId,
} from "../../../engines/market/index.ts";
import { applyEvent, type BookEvent, createLedger, type Ledger } from "../../../engines/portfolio/index.ts";
import { alpacaInstrument } from "../../../store/capture/decode/alpaca-rows.ts";
import { Definitions } from "../../../store/capture/instruments.ts";
import { EventSink } from "../../../store/capture/lanes.ts";
import { shippedCatalog } from "../../../store/capture/product-catalog.ts";
import type { SessionHead } from "../../../store/capture/session-writer.ts";
import { rateNow } from "../../desk/coin-rate.ts";
import { Desk } from "../../desk/desk.ts";
import { FlowFollowers, type Rows } from "../../desk/flow-follower.ts";
import type { LiveFacts } from "../../desk/live-facts.ts";
import { Valuer } from "../../desk/valuer.ts";
import type { DeskFacts, SessionFacts } from "../../desk/views/context.ts";
import { MarginCache } from "../../desk/views/margin.ts";
import { canaries } from "../../feeds/canary.ts";
import type { FutureDefiner } from "../../feeds/ibkr/futures.ts";
import { HistoryFiles } from "../history-files.ts";
import { marketFacts, openingOf, openingOfDay, readPortfolioText } from "../open-desk.ts";
import { sessionFacts } from "../session-facts.ts";
import type { LiveBoot } from "./live-boot.ts";

const CALENDAR = "NYSE";

/** A desk that stands before its first event, with what it opened with. */
export interface OpenedLive {
  readonly desk: Desk;
  readonly sink: EventSink;
  readonly head: SessionHead;
  readonly session: SessionFacts;
  readonly symbols: readonly Instrument[];
  readonly canaries: readonly InstrumentId[];
  /** Wishes that no instrument could be made of. */
  readonly unknown: readonly string[];
  readonly portfolioText: string | null;
  /** The account as books and orders name it. */
  readonly account: string;
  /** What a text names: a symbol of the vendor, or an id; null for nothing known. */
  instrument(text: string): Instrument | null;
  /** A listed option by its root and terms; null where the product is not known. */
  option(root: string, expiry: string, right: "C" | "P", strike: number): Instrument | null;
  readonly futures: FutureDefiner;
  facts(rows: Rows, live: LiveFacts): DeskFacts;
  /** The books as the day begins: the portfolio, and what was booked before. */
  opening(earlier: readonly BookEvent[]): Ledger;
  /** Margin of another account than the portfolio's. */
  marginOf(account: string): MarginCache;
  /** Valuations of their own, for who must not share a cache. */
  newValuer(): Valuer;
}

/** @throws a PortfolioFileError, VoldeskError or CaptureError with one clear sentence. */
export function openLive(boot: LiveBoot, startUs: number): OpenedLive {
  const day = isoDayAt("America/New_York", startUs as Micros);
  const { name } = boot.feed;
  const head: SessionHead = {
    name: `${name}-${day}`,
    title: `Live from ${name}`,
    build: boot.build,
    day,
    calendar: CALENDAR,
    zone: "America/New_York",
    sampling: "ticks",
    replay: { speed: 1, startUs: startUs as Micros },
    origin: null,
  };
  const session = sessionFacts(head, startUs, startUs);
  const catalog = shippedCatalog();
  const sink = new EventSink(new Definitions(catalog, day));
  const find = (id: InstrumentId): Instrument | undefined => {
    try {
      const parts = parseInstrumentId(id);
      return parts === null || parts.kind === "OPT" || parts.kind === "FUT"
        ? buildInstrument(catalog, id, day)
        : sink.define.spot(id);
    } catch {
      return undefined;
    }
  };
  const text = portfolioText(boot, day);
  const portfolio = text === null ? null : loadPortfolio(text, boot.portfolio ?? "paper account", find);
  const baseCcy = portfolio?.base ?? "USD";
  const instrument = (text: string): Instrument | null => {
    const wish = text.trim().toUpperCase();
    if (parseInstrumentId(wish) !== null) return find(wish as InstrumentId) ?? null;
    const listed =
      boot.feed.kind === "deribit" || boot.broker?.setup.kind === "deribit"
        ? sink.define.deribit(wish)
        : null;
    if (listed !== null) return listed;
    const made = alpacaInstrument(sink, wish);
    return typeof made === "string" ? null : made;
  };
  const symbols = boot.symbols.flatMap((text) => instrument(text) ?? []);
  const unknown = boot.symbols.filter((text) => instrument(text) === null);
  const held = instrumentsOf(portfolio?.events ?? []).flatMap((id) => find(id) ?? []);
  const known = new Map<string, Instrument>();
  const watching = canaries(boot.feed.kind, [...symbols, ...held]).flatMap((text) => instrument(text) ?? []);
  for (const i of [...symbols, ...held, ...watching]) {
    if (i.kind === "option") {
      const under = find(i.underlying);
      if (under !== undefined) known.set(under.id, under);
    }
    known.set(i.id, i);
  }

  const { settings } = boot;
  const desk = new Desk(
    { slots: boot.slots, tapePrints: settings.tapePrints, logEntries: settings.logEntries },
    baseCcy,
  );
  const opening = [...known.values()];
  for (const instrument of opening)
    desk.define(
      sink.slot(instrument.id, () => instrument),
      instrument,
    );
  for (const event of portfolio?.events ?? []) desk.post(event);
  for (const event of openingOfDay(opening, day, session.openUs)) desk.post(event);
  const history = new HistoryFiles(boot.historyDir);
  const market = marketFacts(loadMarket(boot.marketFile, boot.ownMarketFile), day, baseCcy, history);
  const account = portfolio?.account ?? (boot.feed.paper ? "paper" : "none");
  const newValuer = () => new Valuer(desk, market, settings.quoteAgeMs.ticks * 1000, session.openUs);
  const marginOf = (name: string) =>
    new MarginCache(name, settings.marginProfile, (ccy) => rateNow(desk, market, ccy));
  return {
    opening: (earlier) => {
      const ledger = createLedger(baseCcy, desk.ledger.lookup);
      // Of every exchange: contracts become known, and are traded, after their books have begun.
      const days = openingOf(CALENDAR_NAMES, day, session.openUs);
      for (const event of [...(portfolio?.events ?? []), ...earlier, ...days]) applyEvent(ledger, event);
      return ledger;
    },
    marginOf,
    newValuer,
    desk,
    sink,
    head,
    session,
    symbols,
    canaries: watching.map((i) => i.id),
    unknown,
    instrument,
    option: (root, expiry, right, strike) => {
      try {
        return sink.define.listedOption(root, expiry, right, String(strike));
      } catch {
        return null;
      }
    },
    futures: {
      roots: (underlying) =>
        [...catalog.futures].flatMap(([root, spec]) => (spec.underlying === underlying ? [root] : [])),
      define: (root, expiry) => {
        try {
          return buildFuture(catalog, root, expiry, day);
        } catch {
          return null;
        }
      },
    },
    portfolioText: text,
    account,
    facts: (rows, live) => ({
      session,
      valuer: newValuer(),
      policy: settings.marksPolicy,
      margin: marginOf(account),
      flow: new FlowFollowers(desk, rows, market, { bars: false, openUs: session.openUs }),
      staged: () => [],
      history,
      baseCcy,
      account: boot.feed.paper ? "paper venue" : name,
      mode: boot.feed.paper ? "paper" : "live",
      live,
    }),
  };
}

/** What the desk opens with: the user's file, else a paper account of its own with nothing but cash. */
function portfolioText({ portfolio, paperCash }: LiveBoot, day: string): string | null {
  if (portfolio !== null) return readPortfolioText(portfolio);
  if (paperCash === null) return null;
  const deposit = `  - { ccy: USD, amount: ${paperCash}, date: ${day} }`;
  return `version: 1\naccount: paper\nbase: USD\ndeposits:\n${deposit}\npositions: []\n`;
}

/** Instruments that a portfolio's events name. */
function instrumentsOf(events: readonly object[]): InstrumentId[] {
  return events.flatMap((e) =>
    "instrument" in e && typeof e.instrument === "string" ? [e.instrument as InstrumentId] : [],
  );
}
