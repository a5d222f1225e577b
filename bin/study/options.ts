import { type Command, InvalidArgumentError, Option } from "commander";
import { isIsoDay } from "../../engines/market/index.ts";
import { STUDY_FORMATS, type StudyFormat } from "./show.ts";

/** What every study takes: where its chain comes from, and where its result goes. */
export interface StudyOptions {
  readonly fromChain?: readonly string[];
  readonly fromStore?: boolean;
  readonly session?: string;
  readonly at?: string;
  readonly eachDay?: boolean;
  readonly mapping?: string;
  readonly symbol?: string;
  readonly asOf?: string;
  readonly spot?: number;
  readonly multiplier?: number;
  readonly provider?: string;
  readonly mode: "desk" | "compat";
  readonly format: StudyFormat;
  readonly out?: string;
  readonly store?: boolean;
}

export function positive(text: string): number {
  const n = Number(text);
  if (!(n > 0) || n === Number.POSITIVE_INFINITY) throw new InvalidArgumentError("A number above 0.");
  return n;
}

export function isoDay(text: string): string {
  if (!isIsoDay(text)) throw new InvalidArgumentError("Write it as 2023-06-09.");
  return text;
}

export function dayList(text: string): readonly number[] {
  const days = text.split(",").map(Number);
  if (days.length > 20 || days.some((d) => !Number.isInteger(d) || d < 1 || d > 3650))
    throw new InvalidArgumentError("Whole days, as in 7,30,90.");
  return days;
}

export const choice = (flags: string, words: string, choices: readonly string[], first: string): Option =>
  new Option(flags, words).choices(choices).default(first);

const TAIL = "\nInformational, not advice.";

/** Options of where a result goes, and what it is called. */
export function withDelivery(command: Command): Command {
  return command
    .addOption(
      choice(
        "--mode <mode>",
        "desk, or compat: the figures of the original system",
        ["desk", "compat"],
        "desk",
      ),
    )
    .addOption(
      choice("--format <format>", "json is the artifact, csv its main table", STUDY_FORMATS, "console"),
    )
    .option(
      "--out <dir>",
      "write the artifact to DIR/kind/SYMBOL/day.json, and its tables beside it with --format csv",
    )
    .option("--store", "keep the result in the warehouse (setting studies.store)")
    .option("--no-store", "do not, whatever the setting says")
    .option(
      "--provider <name>",
      "name of the source in artifact and warehouse, the file's format unless given",
    );
}

/** Options of a study whose input is a chain of options. */
export function withChain(command: Command): Command {
  return withDelivery(
    command
      .option(
        "--from-chain <files...>",
        "chains of options: Cboe quote tables, yfinance-like CSV, Deribit and others, plain or gzip",
      )
      .option("--from-store", "the chain that `voldesk import chain` stored")
      .option("--session <name>", "the chain of a recorded session, the bundled one unless named")
      .option("--at <time>", "exchange time of the session, e.g. 10:35; its end unless given")
      .option("--symbol <symbol>", "underlying, where there are several or the file does not tell")
      .addOption(new Option("--as-of <day>", "trade date, the latest unless given").argParser(isoDay))
      .option(
        "--each-day",
        "every symbol and day of the files, one after another: fills a history with --store",
      )
      .addOption(
        new Option("--spot <price>", "price of the underlying, the file's unless given").argParser(positive),
      )
      .addOption(
        new Option("--multiplier <n>", "units per contract, where it is not the catalog's").argParser(
          positive,
        ),
      )
      .option("--mapping <file>", "YAML that names the columns of an unknown table"),
  );
}

export const examples = (...lines: readonly string[]): string =>
  `${TAIL}\n\nExamples:\n${lines.map((l) => `  ${l}`).join("\n")}`;
