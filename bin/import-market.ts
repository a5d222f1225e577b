import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { loadMarket } from "../config/market.ts";
import { isIsoDay } from "../engines/market/index.ts";
import type { DayRange, MarketEntry } from "../store/imports/market.ts";
import type { ImportReport } from "../store/imports/report.ts";
import { ownMarketFile } from "./boot.ts";
import { type Cli, readConfig, say, sayJson } from "./context.ts";

interface Flags {
  readonly from?: string;
  readonly until?: string;
  readonly symbol?: string;
  readonly ccy: string;
  readonly source?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}
interface Found {
  readonly reports: readonly ImportReport[];
  readonly entries: readonly MarketEntry[];
}
type Read = (files: readonly { readonly name: string; readonly text: string }[], range: DayRange) => Found;

/** A market file is read at every start: more entries than this make it slow, and say that a range is missing. */
const MOST_ENTRIES = 3000;

function dayOr(flag: string, day: string | undefined, otherwise: string): string {
  if (day === undefined) return otherwise;
  if (isIsoDay(day)) return day;
  throw new VoldeskError("CLI-004", `${flag} ${day} is no day`, "Write it as YYYY-MM-DD.");
}

const rangeOf = (flags: Flags): DayRange => ({
  from: dayOr("--from", flags.from, ""),
  until: dayOr("--until", flags.until, "9999-12-31"),
});

async function run(cli: Cli, files: readonly string[], flags: Flags, read: Read): Promise<void> {
  const { readSource } = await import("../store/imports/source.ts");
  const { withEntries } = await import("../config/market-file.ts");
  const { reportLines } = await import("../store/imports/report.ts");
  const { writeWholeText } = await import("../store/export/write.ts");
  const path = ownMarketFile(cli, await readConfig(cli));
  const texts = files.map((file) => ({ name: file, text: readSource(file) }));
  const { reports, entries } = read(texts, rangeOf(flags));
  if (entries.length > MOST_ENTRIES)
    throw new VoldeskError(
      "IMP-005",
      `${entries.length} days are more than a market file holds well (${MOST_ENTRIES})`,
      "Choose days with --from and --until.",
    );
  const store = flags.dryRun !== true && entries.length > 0;
  if (store) {
    const before = existsSync(path) ? readFileSync(path, "utf8") : "";
    const shipped = loadMarket(join(cli.root, "config", "market.yaml"));
    const after = withEntries(before, entries, path, shipped);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeWholeText(after, path);
  }
  const stored = store ? entries.length : 0;
  if (flags.json === true) return sayJson(cli, { file: path, stored, reports });
  const end = flags.dryRun === true ? "nothing stored (--dry-run)" : `${stored} entries stored in ${path}`;
  say(cli, [...reports.flatMap(reportLines), end].join("\n"));
}

/** `import rates | fx | dividends`: published series into the user's market file. */
export function addMarketImports(cli: Cli, command: Command): void {
  const kind = (name: string, help: string): Command =>
    command
      .command(name)
      .description(help)
      .argument("<files...>", "CSV, plain or gzip")
      .option("--from <YYYY-MM-DD>", "first day to take")
      .option("--until <YYYY-MM-DD>", "last day to take")
      .option("--dry-run", "read and report, store nothing")
      .option("--json", "as JSON");
  kind("rates", "interest rates into the market file: FRED series such as DFF, SOFR, DTB3").action(
    async (files: string[], flags: Flags) => {
      const { rateEntries } = await import("../store/imports/market.ts");
      return run(cli, files, flags, rateEntries);
    },
  );
  kind("fx", "exchange rates into the market file: a day and columns such as EURUSD")
    .option("--source <words>", "where they come from", "imported rates")
    .action(async (files: string[], flags: Flags) => {
      const { fxEntries } = await import("../store/imports/market.ts");
      return run(cli, files, flags, (texts, range) => {
        const found = texts.map((t) => fxEntries(t.name, t.text, flags.source ?? "imported rates", range));
        return { reports: found.map((f) => f.report), entries: found.flatMap((f) => f.entries) };
      });
    });
  kind("dividends", "dividends of one name into the market file: a day and Dividends or amount")
    .requiredOption("--symbol <symbol>", "the name that pays them")
    .option("--ccy <code>", "their currency", "USD")
    .option("--source <words>", "where they come from", "imported dividends")
    .action(async (files: string[], flags: Flags) => {
      const { dividendEntries } = await import("../store/imports/market.ts");
      const about = {
        symbol: flags.symbol ?? "",
        ccy: flags.ccy,
        source: flags.source ?? "imported dividends",
      };
      return run(cli, files, flags, (texts, range) => {
        const found = texts.map((t) => dividendEntries(t.name, t.text, about, range));
        return { reports: found.map((f) => f.report), entries: found.flatMap((f) => f.entries) };
      });
    });
}
