import { readFileSync } from "node:fs";
import { VoldeskError } from "../../config/errors.ts";
import { betaFor, curveFor, dividendsFor, eventsFor, fxFor, loadMarket } from "../../config/market.ts";
import { loadPortfolio } from "../../config/portfolio.ts";
import {
  type Instrument,
  type InstrumentId,
  type IsoDay,
  Kind,
  type Micros,
} from "../../engines/market/index.ts";
import type { BookEvent } from "../../engines/portfolio/index.ts";
import { fxRate, zeroRate } from "../../engines/pricing/index.ts";
import { CaptureError } from "../../store/capture/errors.ts";
import { openSession, type Session } from "../../store/capture/session.ts";
import { regressedBeta } from "../desk/betas.ts";
import { rateNow } from "../desk/coin-rate.ts";
import { Desk } from "../desk/desk.ts";
import { FlowFollowers } from "../desk/flow-follower.ts";
import type { HistorySource } from "../desk/history.ts";
import type { MarketFacts } from "../desk/market-facts.ts";
import { Valuer } from "../desk/valuer.ts";
import type { DeskFacts } from "../desk/views/context.ts";
import { MarginCache } from "../desk/views/margin.ts";
import type { DeskBoot } from "./boot.ts";
import { Checkpoints } from "./checkpoints.ts";
import { HistoryFiles } from "./history-files.ts";
import { type Milestone, Player } from "./player.ts";
import { localTimeUs, sessionFacts } from "./session-facts.ts";

const US_PER_MS = 1000;

export interface Start {
  readonly atUs: number;
  /** Where a loop begins again. */
  readonly fromUs: number;
  readonly firstUs: number;
  readonly toUs: number;
  readonly speed: number | "max";
  readonly paused: boolean;
  readonly index: boolean;
  readonly loop: boolean;
}

/** A session, a portfolio and the market facts of its day, put together. */
export interface OpenedDesk {
  readonly session: Session;
  readonly player: Player;
  readonly facts: DeskFacts;
  readonly start: Start;
  readonly settings: DeskBoot["settings"];
  /** A second player over the same session on a desk of its own, sharing the checkpoints. */
  newPlayer(): Player;
  /** The same facts with valuations of their own, for who must not share a cache. */
  factsApart(): DeskFacts;
  /** A desk as it stands before the first event. */
  newDesk(): Desk;
}

/** @throws a CaptureError, PortfolioFileError or VoldeskError with one clear sentence. */
export function openDesk(boot: DeskBoot, milestone: Milestone | null = null): OpenedDesk {
  const session = openSession(boot.session);
  if (session.rows === 0) {
    session.close();
    const advice = "Its frames held no quotes or trades: `captures info` says how many were left out.";
    throw new CaptureError("CAP-018", boot.session, advice);
  }
  const facts = sessionFacts(session.manifest, session.firstUs ?? 0, session.lastUs ?? 0);
  const market = loadMarket(boot.marketFile, boot.ownMarketFile);
  const byId = new Map<InstrumentId, Instrument>(session.instruments.map((i) => [i.id, i]));
  const portfolio = boot.portfolio === null ? null : readPortfolio(boot.portfolio, (id) => byId.get(id));
  const baseCcy = portfolio?.base ?? "USD";
  const { settings } = boot;
  const opening = openingInstruments(session);

  const newDesk = (): Desk => {
    const limits = {
      slots: session.instruments.length,
      tapePrints: settings.tapePrints,
      logEntries: settings.logEntries,
    };
    const desk = new Desk(limits, baseCcy);
    opening.forEach((instrument, slot) => {
      desk.define(slot as never, instrument);
    });
    for (const event of portfolio?.events ?? []) desk.post(event);
    for (const event of openingOfDay(opening, facts.day, facts.openUs)) desk.post(event);
    return desk;
  };
  const history = new HistoryFiles(boot.historyDir);
  const marketNow = marketFacts(market, facts.day, baseCcy, history);
  const checkpoints = new Checkpoints(settings.checkpointEvents, settings.checkpointLimit);
  const player = new Player(newDesk(), session, checkpoints, milestone);
  const fromUs = Math.max(facts.openUs, facts.firstUs);
  const newValuer = (): Valuer => {
    const maxAgeUs = settings.quoteAgeMs[facts.sampling] * US_PER_MS;
    return new Valuer(player.desk, marketNow, maxAgeUs, facts.openUs);
  };
  const deskFacts: DeskFacts = {
    session: facts,
    valuer: newValuer(),
    policy: settings.marksPolicy,
    margin: new MarginCache(portfolio?.account ?? "replay", settings.marginProfile, (ccy) =>
      rateNow(player.desk, marketNow, ccy),
    ),
    flow: new FlowFollowers(player.desk, session, marketNow, {
      bars: facts.sampling === "minute bars",
      openUs: facts.openUs,
    }),
    staged: () => [],
    history,
    baseCcy,
    account: portfolio?.account ?? "replay",
    mode: "replay",
  };
  return {
    session,
    player,
    settings,
    newDesk,
    newPlayer: () => new Player(newDesk(), session, checkpoints),
    facts: deskFacts,
    factsApart: () => ({ ...deskFacts, valuer: newValuer() }),
    start: {
      atUs: boot.at === null ? (session.manifest.replay.startUs ?? fromUs) : localTimeUs(boot.at, facts),
      fromUs,
      firstUs: facts.firstUs,
      toUs: facts.lastUs,
      speed: boot.speed ?? session.manifest.replay.speed,
      paused: boot.paused,
      index: boot.index,
      loop: boot.loop,
    },
  };
}

/** What a session knows before its first event: the definitions that it begins with. A live one learns of others on its way. */
function openingInstruments(session: Session): Instrument[] {
  const found: Instrument[] = [];
  if (session.rows === 0) return found;
  const { n, kind, ref, objects } = session.block(0);
  for (let i = 0; i < n && kind[i] === Kind.object; i++) {
    const object = objects[ref[i] as number];
    if (object?.kind !== "instrument") break;
    found.push(object.instrument);
  }
  return found;
}

const readPortfolio = (path: string, find: (id: InstrumentId) => Instrument | undefined) =>
  loadPortfolio(readPortfolioText(path), path, find);

/** @throws VoldeskError PF-020 when the file can't be read. */
export function readPortfolioText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new VoldeskError(
      "PF-020",
      `the portfolio can't be read (${why})`,
      "Name a portfolio file that exists.",
      path,
    );
  }
}

/** Day P&L counts from what is held when the session opens. */
export const openingOfDay = (instruments: readonly Instrument[], day: IsoDay, openUs: Micros): BookEvent[] =>
  openingOf([...new Set(instruments.map((i) => i.calendar))], day, openUs);

export function openingOf(calendars: readonly string[], day: IsoDay, openUs: Micros): BookEvent[] {
  return calendars.map((calendar) => ({
    kind: "session",
    id: `session:${calendar}:${day}`,
    account: "*",
    atUs: openUs,
    calendar,
    day,
  }));
}

export function marketFacts(
  market: Parameters<typeof curveFor>[0],
  day: IsoDay,
  baseCcy: string,
  history: HistorySource,
): MarketFacts {
  const table = fxFor(market, day);
  const curves = new Map<string, ReturnType<typeof curveFor>>();
  const schedules = new Map<string, ReturnType<typeof dividendsFor>>();
  const betas = new Map<string, ReturnType<MarketFacts["beta"]>>();
  const scheduleOf = (symbol: string) => {
    let schedule = schedules.get(symbol);
    if (!schedule) {
      schedule = dividendsFor(market, symbol, day);
      schedules.set(symbol, schedule);
    }
    return schedule;
  };
  return {
    rate(ccy, years) {
      let curve = curves.get(ccy);
      if (!curve) {
        curve = curveFor(market, ccy, day);
        curves.set(ccy, curve);
      }
      return { value: zeroRate(curve, years), source: curve.source };
    },
    dividendYield(symbol) {
      const { yield: value, source } = scheduleOf(symbol);
      return { value, source };
    },
    dividends: (symbol) => scheduleOf(symbol).cash,
    fx(ccy) {
      if (ccy === baseCcy) return { value: 1, source: "base currency" };
      const rate = table === null ? null : fxRate(table, ccy, baseCcy);
      return rate === null ? null : { value: rate.rate, source: table?.source ?? "" };
    },
    events: (symbol) => eventsFor(market, symbol, day).map((e) => ({ ...e, day: e.day as IsoDay })),
    beta(symbol) {
      let beta = betas.get(symbol);
      if (beta === undefined) {
        const filed = betaFor(market, symbol, day);
        beta = filed
          ? { value: filed.beta, index: filed.index, source: filed.source }
          : regressedBeta(history, symbol, day);
        betas.set(symbol, beta);
      }
      return beta;
    },
  };
}
