import { basename } from "node:path";
import { Command, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import type { IsoDay } from "../engines/market/index.ts";
import type { FlowTables } from "../src/study/flow.ts";
import type { Candle } from "../store/imports/bars.ts";
import { reportLines } from "../store/imports/report.ts";
import { deskBoot } from "./boot.ts";
import { type Cli, readConfig } from "./context.ts";
import { type Delivery, deliver, type Facts } from "./study/deliver.ts";
import { compatFlowDelivery, type FlowHead, flowDelivery } from "./study/flow.ts";
import { fileHash, findingCodes, pathOf, type StudyInput, studyInputs } from "./study/inputs.ts";
import { levelsDelivery, sessionLevels } from "./study/levels.ts";
import { choice, examples, isoDay, positive, type StudyOptions, withDelivery } from "./study/options.ts";
import { underlyingIn } from "./study/session.ts";

const ZONES = ["America/New_York", "America/Chicago", "Europe/Berlin", "UTC"] as const;
type ZoneName = (typeof ZONES)[number];

interface Shared extends StudyOptions {
  readonly zone?: ZoneName;
}
interface SessionFlow extends StudyOptions {
  readonly minutes?: "5" | "15";
}
interface FlowOptions extends Shared, SessionFlow {
  readonly trades?: string;
  readonly quotes?: string;
  readonly rule: "desk" | "strict";
  readonly quoteAge?: number;
}
interface LevelOptions extends Shared {
  readonly bars?: string;
  readonly daily?: string;
  readonly benchmark?: string;
  readonly calendar: string;
}

/** A desk at a time of a recorded session, and what a result made from it says of itself. */
async function sessionDesk(cli: Cli, options: StudyOptions) {
  const loaded = await readConfig(cli);
  const { sessionSource } = await import("../src/shell/export-source.ts");
  const boot = deskBoot(cli, loaded, { session: options.session, at: options.at });
  const source = sessionSource(boot);
  const of = underlyingIn(source, options.symbol);
  const status = await source.view("status", {});
  if (status === null) throw new VoldeskError("EXP-004", "the session is empty", "Choose another.");
  const { readFileSync } = await import("node:fs");
  const { join } = await import("node:path");
  const hash = readFileSync(join(boot.session, "manifest.sha256"), "utf8").trim().slice(0, 64);
  const facts = (symbol: string): Facts => ({
    symbol,
    asOf: status.day,
    atUs: status.nowUs,
    provider: options.provider ?? "session",
    hashes: { session: hash },
    findings: [],
    assumptions: [],
  });
  return { source, of, status, facts };
}

const nothing = (what: string, options: StudyOptions, why: string): VoldeskError =>
  new VoldeskError("EXP-004", `there is no ${what} in this session`, why, options.session ?? null);

/** Flow of a recorded session. @throws VoldeskError EXP-004 where it has none. */
export async function sessionFlow(cli: Cli, options: SessionFlow): Promise<Delivery> {
  const { source, of, status, facts } = await sessionDesk(cli, options);
  const view = await source.view("flow", { underlying: of?.id ?? null, limit: 1, minutes: 15 });
  const flow = view === null ? null : source.flow(view.underlying);
  if (view === null || flow === null || view.contracts === 0)
    throw nothing("flow", options, "It holds no options of that underlying.");
  const head: FlowHead = {
    label: `${view.label} (since the open)`,
    ccy: view.ccy,
    bars: view.quality === "bar",
    source: "replay",
    minutes: options.minutes === "5" ? 5 : 15,
    trades: options.out !== undefined,
  };
  const own = facts(flow.symbol);
  if (options.mode === "desk") return flowDelivery(own, flow.engine, flow.names, head);
  const { tablesOf } = await import("../src/study/flow.ts");
  const tables: FlowTables = {
    ...tablesOf(flow.engine, flow.names),
    bars: head.bars,
    multiplier: options.multiplier ?? 100,
    spot: null,
    maxQuoteAgeUs: null,
    rule: "desk",
  };
  return compatFlowDelivery({ ...own, asOf: status.day }, tables, head);
}

/** Greeks of a chain by contract, for trades that carry none. */
async function chainGreeks(input: StudyInput) {
  const { exposureColumns } = await import("../src/study/exposure.ts");
  const { bsmGreeks, emptyGreeks, yearFraction } = await import("../engines/pricing/index.ts");
  const { market } = input;
  const { columns } = exposureColumns(market);
  const out = new Map<string, { delta: number; vega: number }>();
  const g = emptyGreeks();
  market.rows.forEach((r, i) => {
    const e = market.expiries[market.at[i] as number];
    const [sigma, T] = [columns.iv[i] as number, e ? yearFraction(market.chainUs, e.expiryUs) : 0];
    if (!e || !(sigma > 0) || !(T > 0) || !(e.forward > 0)) return;
    const rate = -Math.log(e.df) / T;
    bsmGreeks(r.type === "C" ? 1 : -1, e.forward * e.df, r.strike, T, rate, 0, sigma, g);
    out.set(`${r.expiry} ${r.type} ${r.strike}`, { delta: g.delta, vega: g.vega });
  });
  return out;
}

async function fileFlow(cli: Cli, options: FlowOptions): Promise<Delivery> {
  const { trades, quotes } = options;
  if (trades === undefined || quotes === undefined)
    throw new VoldeskError("CLI-001", "flow needs trades and quotes", "Give both --trades and --quotes.");
  const { readFlowQuotes, readFlowTrades } = await import("../store/imports/flow.ts");
  const { flowOf } = await import("../src/study/flow.ts");
  const day = options.asOf as IsoDay | undefined;
  const how = { symbol: options.symbol, day, zone: options.zone };
  const [tradeFile, quoteFile] = [pathOf(cli, trades), pathOf(cli, quotes)];
  const [t, q] = [readFlowTrades(tradeFile, how), readFlowQuotes(quoteFile, how)];
  const chain = options.fromChain === undefined ? null : (await studyInputs(cli, options))[0];
  const greeks = chain ? await chainGreeks(chain) : null;
  const lastUs = t.rows.reduce(
    (m, r) => Math.max(m, r.us),
    q.rows.reduce((m, r) => Math.max(m, r.us), 0),
  );
  const { isoDayAt } = await import("../engines/market/index.ts");
  const symbol =
    options.symbol ??
    t.rows[0]?.underlying ??
    q.rows[0]?.underlying ??
    basename(tradeFile).split(/[._]/)[0] ??
    "";
  const facts: Facts = {
    symbol: symbol.toUpperCase(),
    asOf: day ?? isoDayAt(options.zone ?? "America/New_York", lastUs as never),
    atUs: lastUs,
    provider: options.provider ?? "file",
    hashes: { trades: fileHash(tradeFile), quotes: fileHash(quoteFile), ...(chain?.hashes ?? {}) },
    findings: [...new Set([...findingCodes(t.report), ...findingCodes(q.report)])],
    assumptions: options.multiplier === undefined ? ["multiplier_assumed_100"] : [],
    ages: { trades: 0, quotes: 0 },
  };
  const tables: FlowTables = {
    trades: t.rows,
    quotes: q.rows,
    bars: t.bars,
    multiplier: options.multiplier ?? 100,
    spot: options.spot ?? chain?.market.spot ?? null,
    greeks: greeks === null ? undefined : (c) => greeks.get(`${c.expiry} ${c.type} ${c.strike}`) ?? null,
    maxQuoteAgeUs: (options.quoteAge ?? 60) * 1e6,
    rule: options.rule,
  };
  const head: FlowHead = {
    label: `${facts.symbol} ${facts.asOf}`,
    ccy: "USD",
    bars: t.bars,
    source: "file",
    minutes: options.minutes === "5" ? 5 : 15,
    trades: options.out !== undefined,
  };
  const notes = [...reportLines(t.report), ...reportLines(q.report)];
  const made =
    options.mode === "compat"
      ? compatFlowDelivery(facts, tables, head)
      : (({ engine, names }) => flowDelivery(facts, engine, names, head))(flowOf(tables));
  return { ...made, study: { ...made.study, foot: [...made.study.foot, ...notes] } };
}

async function fileLevels(cli: Cli, options: LevelOptions): Promise<Delivery> {
  const { readCandles } = await import("../store/imports/bars.ts");
  const how = { zone: options.zone, day: options.asOf as IsoDay | undefined };
  const read = (file: string | undefined, daily: boolean, symbol?: string) => {
    if (file === undefined) return null;
    const path = pathOf(cli, file);
    return { ...readCandles(path, daily, { ...how, symbol }), hash: fileHash(path) };
  };
  const bars = read(options.bars, false, options.symbol);
  const daily = read(options.daily, true, options.symbol);
  const benchmark = read(options.benchmark, true);
  const chain = options.fromChain === undefined ? null : (await studyInputs(cli, options))[0];
  const last = (rows: readonly Candle[] | undefined): Candle | undefined => rows?.at(-1);
  const asOf = options.asOf ?? chain?.market.asOf ?? last(bars?.rows)?.day ?? last(daily?.rows)?.day;
  const symbol = options.symbol ?? chain?.market.symbol ?? bars?.symbol ?? daily?.symbol;
  if (asOf === undefined || symbol === undefined)
    throw new VoldeskError(
      "IMP-002",
      "the files hold no candle",
      "Check that they are the right ones.",
      options.bars ?? options.daily ?? null,
    );
  const { optionLevels } = await import("../src/study/levels.ts");
  const { exposureOf } = await import("../src/study/exposure.ts");
  const { surfaceOf } = await import("../src/study/surface.ts");
  const { isoToDay, wallToUs } = await import("../engines/market/index.ts");
  const until = bars?.rows.findLast((c) => c.day <= asOf)?.startUs ?? null;
  const facts: Facts = {
    symbol,
    asOf,
    atUs: until ?? chain?.market.chainUs ?? wallToUs("UTC", isoToDay(asOf as IsoDay), 0),
    provider: options.provider ?? "file",
    hashes: {
      ...(bars && { bars: bars.hash }),
      ...(daily && { daily: daily.hash }),
      ...(benchmark && { benchmark: benchmark.hash }),
      ...(chain?.hashes ?? {}),
    },
    findings: [bars, daily, benchmark].flatMap((x) => (x ? findingCodes(x.report) : [])),
    assumptions: [],
    ages: { bars: until === null ? null : 0 },
  };
  const made = levelsDelivery(
    facts,
    {
      symbol,
      asOf,
      spot: options.spot ?? null,
      bars: bars?.rows ?? [],
      daily: daily?.rows ?? [],
      benchmark: benchmark && { symbol: benchmark.symbol, daily: benchmark.rows },
      options: chain
        ? optionLevels(exposureOf(chain.market, "callsPlusPutsMinus"), surfaceOf(chain.market, []).result())
        : null,
      anchors: [{ kind: "session" }, { kind: "breakout" }],
      calendar: options.calendar,
    },
    options.mode,
  );
  const notes = [bars, daily, benchmark].flatMap((x) => (x ? reportLines(x.report) : []));
  return { ...made, study: { ...made.study, foot: [...made.study.foot, ...notes] } };
}

/** Levels of a recorded session. @throws VoldeskError EXP-004 where it has none. */
export async function sessionLevelsOf(cli: Cli, options: StudyOptions): Promise<Delivery> {
  const { source, of, status, facts } = await sessionDesk(cli, options);
  const view = await source.view("levels", { slot: of?.slot ?? null, anchorUs: null });
  if (view === null) throw nothing("levels", options, "It holds no prices of that underlying.");
  const symbol = source.instrument(view.slot)?.symbol ?? view.label;
  if (options.mode === "desk") return sessionLevels(facts(symbol), view);
  const chart = await source.view("chart", { slot: view.slot, barMinutes: 1 });
  const known = (x: number | undefined): number | null => (x !== undefined && x === x ? x : null);
  const bars = chart?.bars;
  const rows = Array.from(
    { length: bars?.close.length ?? 0 },
    (_, i): Candle => ({
      day: status.day as IsoDay,
      startUs: (bars?.startUs[i] ?? null) as Candle["startUs"],
      open: known(bars?.open[i]),
      high: known(bars?.high[i]),
      low: known(bars?.low[i]),
      close: bars?.close[i] as number,
      volume: known(bars?.volume[i]),
    }),
  );
  const tables = {
    symbol,
    asOf: status.day,
    spot: view.spot,
    bars: rows,
    daily: [],
    benchmark: null,
    options: null,
    anchors: [],
    calendar: "NYSE",
  };
  return levelsDelivery(facts(symbol), tables, "compat");
}

const withSession = (command: Command): Command =>
  withDelivery(
    command
      .option(
        "--session <name>",
        "name or folder of a recorded session, the bundled one unless files are given",
      )
      .option("--at <time>", "exchange time of the session, e.g. 10:35; its end unless given")
      .option("--symbol <symbol>", "underlying, the session's first unless given")
      .addOption(new Option("--as-of <day>", "trade date, where the files do not tell").argParser(isoDay))
      .addOption(new Option("--zone <zone>", "zone of times that name none").choices(ZONES))
      .addOption(new Option("--spot <price>", "price of the underlying").argParser(positive)),
  );

const oneFile = (file: string): readonly string[] => [file];

/** `flow`: of a recorded session, or of a file of trades against a file of quotes. */
export function flowCommand(cli: Cli): Command {
  return withSession(new Command("flow"))
    .option("--trades <file>", "trades, or bars of trades, of options")
    .option("--quotes <file>", "quotes, or bars of quotes, of the same options")
    .addOption(
      new Option("--from-chain <file>", "a chain whose vols give the Greeks that trades lack").argParser(
        oneFile,
      ),
    )
    .addOption(new Option("--multiplier <n>", "units per contract").argParser(positive))
    .addOption(
      new Option("--quote-age <seconds>", "oldest quote a side is read from, 60 unless given").argParser(
        positive,
      ),
    )
    .addOption(choice("--minutes <n>", "width of time bins", ["5", "15"], "15"))
    .addOption(
      choice("--rule <rule>", "strict leaves what is inside the spread unknown", ["desk", "strict"], "desk"),
    )
    .addHelpText(
      "after",
      `\nTrades need a time, a contract (or expiry, strike and type), price and size; quotes bid and ask. A chain alone has no flow.
A session's compat mode takes the quotes that the desk joined to its trades.${examples(
        "voldesk flow --session goog-2015-12-24 --at 10:34",
        "voldesk flow --trades trades.csv --quotes quotes.csv --symbol SPY --format json",
      )}`,
    )
    .action(async (options: FlowOptions) => {
      const files = options.trades !== undefined || options.quotes !== undefined;
      await deliver(cli, [files ? await fileFlow(cli, options) : await sessionFlow(cli, options)], options);
    });
}

/** `levels`: of a recorded session, or of candles from files with the walls of a chain. */
export function levelsCommand(cli: Cli): Command {
  return withSession(new Command("levels"))
    .option("--bars <file>", "intraday candles")
    .option("--daily <file>", "daily candles: prior and rolling levels, gaps, average true range")
    .option("--benchmark <file>", "daily candles of a benchmark: relative strength, beta, correlation")
    .addOption(
      new Option("--from-chain <file>", "a chain: walls, zero gamma, expected moves").argParser(oneFile),
    )
    .addOption(
      choice(
        "--calendar <name>",
        "sessions that the bars belong to",
        ["NYSE", "CME", "EUREX", "24H"],
        "NYSE",
      ),
    )
    .addHelpText(
      "after",
      examples(
        "voldesk levels --session goog-2015-12-24 --at 10:34 --format csv",
        "voldesk levels --bars SPY_1m.csv --daily SPY.csv --benchmark QQQ.csv --from-chain SPY_chain.csv",
      ),
    )
    .action(async (options: LevelOptions) => {
      const files = [options.bars, options.daily, options.fromChain].some((f) => f !== undefined);
      await deliver(
        cli,
        [files ? await fileLevels(cli, options) : await sessionLevelsOf(cli, options)],
        options,
      );
    });
}
