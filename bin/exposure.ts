import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { curveFor, loadMarket } from "../config/market.ts";
import { expandPath } from "../config/paths.ts";
import type { SignConvention, SliceName } from "../engines/exposure/index.ts";
import { zeroRate } from "../engines/pricing/index.ts";
import { chainOf, readChain } from "../store/imports/chain.ts";
import { reportLines } from "../store/imports/report.ts";
import type { Cli } from "./context.ts";
import { exposureOfChain } from "./study/exposure.ts";
import { STUDY_FORMATS, type StudyFormat, show } from "./study/show.ts";

interface Options {
  readonly fromChain: string;
  readonly symbol?: string;
  readonly asOf?: string;
  readonly spot?: number;
  readonly multiplier: number;
  readonly mode: "desk" | "compat";
  readonly slice: SliceName;
  readonly convention: SignConvention;
  readonly format: StudyFormat;
  readonly out?: string;
}

function positive(text: string): number {
  const n = Number(text);
  if (!(n > 0) || n === Number.POSITIVE_INFINITY) throw new InvalidArgumentError("A number above 0.");
  return n;
}

function isoDay(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) throw new InvalidArgumentError("Write it as 2023-06-09.");
  return text;
}

async function run(cli: Cli, options: Options): Promise<void> {
  const file = resolve(cli.cwd, expandPath(options.fromChain, cli.home, cli.cwd));
  const { symbol, asOf } = options;
  const read = readChain(file, { ...(symbol && { symbol }), ...(asOf && { asOf: asOf as never }) });
  const chain = chainOf(read, { symbol, asOf });
  const spot = options.spot ?? chain.spot;
  if (spot === null)
    throw new VoldeskError(
      "IMP-004",
      "the file has no price of the underlying",
      "Give it with --spot.",
      file,
    );
  const market = loadMarket(join(cli.root, "config", "market.yaml"));
  const curve = chain.asOf === null ? null : curveFor(market, "USD", chain.asOf);
  const rate = (years: number): number => (curve === null ? 0 : zeroRate(curve, years));
  const { mode, slice, convention, multiplier, format } = options;
  const whole = format !== "console" || options.out !== undefined;
  const study = exposureOfChain(chain, { mode, slice, convention, spot, multiplier, rate }, whole);
  await show(cli, { ...study, foot: [...study.foot, ...reportLines(read.report)] }, options);
}

/** `exposure --from-chain file [--symbol s] [--as-of day] [--mode desk|compat] [--slice …] [--convention …] [--format …] [--out dir]`. */
export function exposureCommand(cli: Cli): Command {
  const choice = (flags: string, words: string, choices: readonly string[], first: string): Option =>
    new Option(flags, words).choices(choices).default(first);
  return new Command("exposure")
    .requiredOption(
      "--from-chain <file>",
      "chain of options: a Cboe quote table, a yfinance-like CSV and others, plain or gzip",
    )
    .option("--symbol <symbol>", "underlying, where the file holds several or does not tell")
    .addOption(
      new Option("--as-of <day>", "trade date, the latest in the file unless given").argParser(isoDay),
    )
    .addOption(
      new Option("--spot <price>", "price of the underlying, the file's unless given").argParser(positive),
    )
    .addOption(new Option("--multiplier <n>", "units per contract").argParser(positive).default(100))
    .addOption(
      choice(
        "--mode <mode>",
        "desk, or compat: the figures of the original system",
        ["desk", "compat"],
        "desk",
      ),
    )
    .addOption(
      choice(
        "--slice <slice>",
        "expiries of the strikes shown",
        ["all", "near", "monthly", "zeroDte"],
        "all",
      ),
    )
    .addOption(
      choice(
        "--convention <name>",
        "who holds what",
        ["callsPlusPutsMinus", "shortAll", "longAll"],
        "callsPlusPutsMinus",
      ),
    )
    .addOption(
      choice("--format <format>", "csv and json give the table of strikes", STUDY_FORMATS, "console"),
    )
    .option("--out <dir>", "folder to write the tables to, as json unless --format csv")
    .addHelpText(
      "after",
      "\nWho holds what is a heuristic: open interest does not say who is long. Informational, not advice." +
        "\n\nExamples:\n  voldesk exposure --from-chain spx_quotedata.csv --slice near\n  voldesk exposure --from-chain SPY.csv.gz --format csv > strikes.csv",
    )
    .action((options: Options) => run(cli, options));
}
