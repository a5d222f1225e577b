import { Command, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import type { IsoDay } from "../engines/market/index.ts";
import { BENCHMARK } from "../src/desk/betas.ts";
import { canonicalJson, sha256 } from "../store/artifacts/canonical.ts";
import type { Candle } from "../store/imports/bars.ts";
import { reportLines } from "../store/imports/report.ts";
import type { Cli } from "./context.ts";
import { withWarehouse } from "./db.ts";
import { type Delivery, deliver, type Facts } from "./study/deliver.ts";
import { fileHash, findingCodes, pathOf, studyInputs } from "./study/inputs.ts";
import { levelsDelivery, sessionLevels } from "./study/levels.ts";
import { choice, examples, type StudyOptions } from "./study/options.ts";
import { nothing, oneFile, type SessionOptions, sessionDesk, withSession } from "./study/session-desk.ts";

interface LevelOptions extends SessionOptions {
  readonly bars?: string;
  readonly daily?: string;
  readonly benchmark?: string;
  readonly calendar: string;
}

/** Daily candles of a name that the warehouse has, as a file's would be. Null where it has none. */
async function storedDaily(cli: Cli, symbol: string) {
  const { candlesOf } = await import("../store/history/from-warehouse.ts");
  const found = await withWarehouse(cli, { readOnly: true }, (w) => candlesOf(w, symbol));
  if (found === null) return null;
  const rows = found.days.flatMap((day, i): Candle[] => {
    const [open, high, low, close, volume] = (["open", "high", "low", "close", "volume"] as const).map(
      (key) => found[key][i] ?? null,
    ) as [number | null, number | null, number | null, number | null, number | null];
    return close === null ? [] : [{ day: day as IsoDay, startUs: null, open, high, low, close, volume }];
  });
  return { symbol, rows, adjusted: found.adjusted, hash: sha256(canonicalJson(rows)), report: null };
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
  const ofFile = { ...options, fromStore: false };
  const chain = options.fromChain === undefined ? null : (await studyInputs(cli, ofFile))[0];
  const named = options.symbol ?? chain?.market.symbol ?? bars?.symbol;
  const kept = (symbol: string | undefined) =>
    options.fromStore === true && symbol !== undefined ? storedDaily(cli, symbol) : null;
  const daily = read(options.daily, true, options.symbol) ?? (await kept(named));
  const benchmark = read(options.benchmark, true) ?? (named === BENCHMARK ? null : await kept(BENCHMARK));
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
    findings: [bars, daily, benchmark].flatMap((x) => (x?.report ? findingCodes(x.report) : [])),
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
  const notes = [bars, daily, benchmark].flatMap((x) => (x?.report ? reportLines(x.report) : []));
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

/** `levels`: of a recorded session, or of candles from files with the walls of a chain. */
export function levelsCommand(cli: Cli): Command {
  return withSession(new Command("levels"))
    .option("--bars <file>", "intraday candles")
    .option("--daily <file>", "daily candles: prior and rolling levels, gaps, average true range")
    .option("--from-store", `daily candles of the symbol and of ${BENCHMARK} that the warehouse has`)
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
        "voldesk levels --from-store --symbol SPY --as-of 2023-09-14",
        "voldesk levels --bars SPY_1m.csv --daily SPY.csv --benchmark QQQ.csv --from-chain SPY_chain.csv",
      ),
    )
    .action(async (options: LevelOptions) => {
      const files =
        options.fromStore === true ||
        [options.bars, options.daily, options.fromChain].some((f) => f !== undefined);
      await deliver(
        cli,
        [files ? await fileLevels(cli, options) : await sessionLevelsOf(cli, options)],
        options,
      );
    });
}
