import { readFileSync } from "node:fs";
import { Command, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { betaFor, fxFor, type MarketFacts } from "../config/market.ts";
import { loadPortfolio } from "../config/portfolio.ts";
import type { IsoDay } from "../engines/market/index.ts";
import { fxRate } from "../engines/pricing/index.ts";
import {
  type AxisKind,
  DEFAULT_SCENARIOS,
  parseAxis,
  type ScenarioOptions,
  type SmileDynamics,
  type SpotAxis,
  type VolTerm,
} from "../engines/scenario/index.ts";
import {
  type BookPosition,
  bookMarket,
  bookPositions,
  catalogLookup,
  pricedChain,
} from "../src/study/book.ts";
import { shippedCatalog } from "../store/capture/product-catalog.ts";
import { deskBoot } from "./boot.ts";
import { type Cli, readConfig } from "./context.ts";
import { type Delivery, deliver, type Facts, factsOf } from "./study/deliver.ts";
import { fileHash, marketFacts, pathOf, type StudyInput, studyInputs } from "./study/inputs.ts";
import { choice, examples, type StudyOptions, withChain } from "./study/options.ts";
import { compatScenariosDelivery, scenariosDelivery } from "./study/scenarios.ts";

interface Options extends StudyOptions {
  readonly portfolio?: string;
  readonly spotMoves?: string;
  readonly volMoves?: string;
  readonly days?: string;
  readonly dynamics: SmileDynamics;
  readonly volTerm: VolTerm;
  readonly spotAxis: SpotAxis;
  readonly eachPosition?: boolean;
}

function axis(kind: AxisKind, text: string | undefined, usual: readonly number[]): readonly number[] {
  if (text === undefined) return usual;
  const read = parseAxis(kind, text);
  if (read.ok) return read.values;
  const [what = "", ...advice] = read.error.message.replace(/^SCN-001 /, "").split(". ");
  throw new VoldeskError("SCN-001", what, advice.join(". "));
}

/** The portfolio that is named, that of the settings, or the one that comes with a session. @throws VoldeskError CLI-001. */
export async function portfolioFile(
  cli: Cli,
  options: { portfolio?: string; session?: string },
): Promise<string> {
  if (options.portfolio !== undefined) return pathOf(cli, options.portfolio);
  const loaded = await readConfig(cli);
  const given = loaded.config.portfolio.file;
  if (given !== "") return pathOf(cli, given);
  const own = deskBoot(cli, loaded, { session: options.session }).portfolio;
  if (own === null)
    throw new VoldeskError("CLI-001", "there is no portfolio", "Name a file with --portfolio.");
  return own;
}

/** Symbols of the underlyings that a portfolio file names. @throws PortfolioFileError. */
export function portfolioSymbols(file: string): string[] {
  const catalog = shippedCatalog();
  fileHash(file);
  const { instruments } = loadPortfolio(readFileSync(file, "utf8"), file, catalogLookup(catalog, TODAY));
  const names = instruments.map((i) =>
    i.kind === "option" ? (catalog.spots.get(i.underlying)?.symbol ?? i.symbol) : i.symbol,
  );
  return [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
}
/** Any day will do to look a name up: ticks alone change with it. */
const TODAY = "2026-01-02" as IsoDay;

export interface Book {
  readonly account: string;
  readonly base: string;
  readonly positions: readonly BookPosition[];
  readonly market: ReturnType<typeof bookMarket>;
  readonly nowUs: number;
  readonly hash: string;
}

/** A portfolio file against chains: positions with marks, and the market they are priced in. @throws PortfolioFileError. */
export function openBook(facts: MarketFacts, file: string, inputs: readonly StudyInput[]): Book {
  const catalog = shippedCatalog();
  const asOf = inputs.reduce(
    (d, i) => (i.market.asOf > d ? i.market.asOf : d),
    inputs[0]?.market.asOf ?? ("" as never),
  );
  const hash = fileHash(file);
  const loaded = loadPortfolio(readFileSync(file, "utf8"), file, catalogLookup(catalog, asOf));
  const table = fxFor(facts, asOf);
  const fx = (ccy: string): number | null =>
    ccy === loaded.base
      ? 1
      : (inputs.find((i) => i.premium === "coin" && i.market.symbol === ccy)?.market.spot ??
        (table === null ? null : (fxRate(table, ccy, loaded.base)?.rate ?? null)));
  const chains = inputs.map((i) => pricedChain(i.market, catalog, i.premium === "coin"));
  const nowUs = inputs.reduce((us, i) => Math.max(us, i.market.chainUs), 0);
  return {
    account: loaded.account,
    base: loaded.base,
    positions: bookPositions(loaded.events, loaded.instruments, chains, fx),
    market: bookMarket(chains, nowUs as never, (symbol) => betaFor(facts, symbol, asOf)?.beta ?? null),
    nowUs,
    hash,
  };
}

/** What a book's result says of itself: one name's chain, or all of them. */
export function bookFacts(book: Book, inputs: readonly StudyInput[]): Facts {
  const first = inputs[0] as StudyInput;
  const only = inputs.length === 1 ? factsOf(first) : null;
  const gaps = inputs.filter((i) => Math.abs(i.market.chainUs - book.nowUs) > 60e6).length;
  return {
    ...(only ?? factsOf(first)),
    symbol: only?.symbol ?? "BOOK",
    atUs: book.nowUs,
    hashes: {
      ...Object.fromEntries(inputs.map((i) => [`chain ${i.market.symbol}`, i.hashes["chain"] as string])),
      portfolio: book.hash,
    },
    findings: [
      ...new Set([
        ...inputs.flatMap((i) => i.findings),
        ...(gaps > 0 ? [`chains_of_other_times:${gaps}`] : []),
      ]),
    ],
    assumptions: [...new Set(inputs.flatMap((i) => factsOf(i).assumptions))],
    ages: Object.fromEntries(
      inputs.map((i) => [`chain ${i.market.symbol}`, (book.nowUs - i.market.chainUs) / 1e6]),
    ),
  };
}

async function run(cli: Cli, options: Options): Promise<void> {
  const axes = {
    spotPct: axis("spot", options.spotMoves, DEFAULT_SCENARIOS.spotPct),
    volPts: axis("vol", options.volMoves, DEFAULT_SCENARIOS.volPts),
    days: axis("days", options.days, DEFAULT_SCENARIOS.days),
  };
  const file = await portfolioFile(cli, options);
  const inputs = await studyInputs(cli, options);
  const book = openBook(await marketFacts(cli), file, inputs);
  const facts = bookFacts(book, inputs);
  const { dynamics, volTerm, spotAxis } = options;
  const how: Partial<ScenarioOptions> = { ...axes, dynamics, volTerm, spotAxis };
  const found: Delivery[] = [];
  if (options.mode === "desk") {
    const all = book.positions.map((p) => p.holding);
    found.push(scenariosDelivery(facts, "book", all, book.market, how, book.base));
  }
  if (options.mode === "compat" || options.eachPosition === true)
    for (const p of book.positions) {
      const symbol = p.chain?.market.symbol ?? facts.symbol;
      const own = { ...facts, symbol };
      const made =
        options.mode === "compat"
          ? compatScenariosDelivery(own, p, axes)
          : scenariosDelivery(own, p.holding.id, [p.holding], book.market, how, book.base);
      if (made !== null) found.push(made);
    }
  await deliver(cli, found, options);
}

/** `scenarios --portfolio file --from-chain … | --from-store | --session …`. */
export function scenariosCommand(cli: Cli): Command {
  return withChain(new Command("scenarios"))
    .option("--portfolio <file>", "positions, the setting's or the session's own unless given")
    .option("--spot-moves <list>", "percent of spot, as in -10%,-5%,+5%")
    .option("--vol-moves <list>", "vol points, as in -5vp,+5vp")
    .addOption(new Option("--days <list>", "calendar days ahead, as in 0,7,30d"))
    .addOption(
      choice(
        "--dynamics <name>",
        "what vols do as spot moves",
        ["stickyStrike", "stickyMoneyness", "spotVolBeta"],
        "stickyStrike",
      ),
    )
    .addOption(
      choice(
        "--vol-term <name>",
        "vol shocks alike on all terms, or scaled by the square root of time",
        ["parallel", "sqrtTime"],
        "parallel",
      ),
    )
    .addOption(
      choice(
        "--spot-axis <name>",
        "moves of each name's own spot, or of the index by each name's beta",
        ["own", "index"],
        "own",
      ),
    )
    .option("--each-position", "a result for each position too")
    .addHelpText(
      "after",
      `\nThe base cell is the mark: options are tied to it by the vol it implies, American ones with early exercise.${examples(
        "voldesk scenarios --session goog-2015-12-24 --at 10:35",
        "voldesk scenarios --portfolio my.yaml --from-chain SPY.csv QQQ.csv --spot-moves -10%,+10% --days 0,7d",
      )}`,
    )
    .action((options: Options) => run(cli, options));
}
