import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, Option } from "commander";
import { VoldeskError } from "../config/errors.ts";
import { type BriefInput, type BriefSymbol, briefing } from "../src/report/briefing.ts";
import { html, markdown } from "../src/report/document.ts";
import { artifactHash, writeArtifact } from "../store/artifacts/artifact.ts";
import { canonicalJson, sha256 } from "../store/artifacts/canonical.ts";
import { type ArtifactKind, DISCLAIMER } from "../store/artifacts/schemas.ts";
import { cannotWrite } from "../store/export/write.ts";
import { type Cli, say, VERSION } from "./context.ts";
import { portfolioFile, portfolioSymbols } from "./scenarios.ts";
import { artifactPath } from "./study/deliver.ts";
import { pathOf } from "./study/inputs.ts";
import { examples, isoDay } from "./study/options.ts";
import { bookParts, chainsOf, Pack, type ReportOptions, symbolOf, why, withStore } from "./study/pack.ts";

function writeWhole(path: string, text: string): void {
  const part = `${path}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(part, text);
    renameSync(part, path);
  } catch (error) {
    try {
      rmSync(part, { force: true });
    } catch {
      // Its folder is no folder.
    }
    throw cannotWrite(error, path);
  }
}

async function run(cli: Cli, what: "pack" | "briefing", options: ReportOptions): Promise<void> {
  const began = performance.now();
  const pack = new Pack();
  const wanted =
    options.symbols?.split(",").map((s) => s.trim().toUpperCase()) ?? (await heldSymbols(cli, options, pack));
  const inputs = await chainsOf(cli, options, wanted, pack);
  if (inputs.length === 0)
    throw new VoldeskError(
      "IMP-004",
      `no chain could be read: ${pack.parts.map((p) => p.reason).join("; ") || "no symbol is held"}`,
      "Give --from-chain, --session, or store chains with `voldesk import chain`.",
    );
  const symbols = await withStore(cli, pack, async (w) => {
    const out: BriefSymbol[] = [];
    for (const input of inputs) out.push(await symbolOf(cli, input, options, pack, w));
    return out;
  });
  const book = await bookParts(cli, options, inputs, pack);
  const asOf = options.asOf ?? symbols.reduce((d, s) => (s.asOf > d ? s.asOf : d), "");
  const brief: BriefInput = {
    asOf,
    ...book,
    symbols,
    missing: pack.parts
      .filter((p) => p.status === "skipped")
      .map((p) => `${p.kind} ${p.symbol}: ${p.reason}`),
    disclaimer: DISCLAIMER,
  };
  const dir = pathOf(cli, options.out);
  if (what === "pack") writeArtifacts(pack, dir);
  const { files, json } = writeBriefing(brief, dir);
  for (const [file, text] of files)
    pack.parts.push({ kind: "briefing", symbol: asOf, status: "ok", file, hash: sha256(text), reason: null });
  const manifest = { as_of: asOf, engine_version: VERSION, disclaimer: DISCLAIMER, parts: pack.parts };
  if (what === "pack") writeWhole(join(dir, "manifest.json"), canonicalJson(manifest));
  const made = pack.parts.filter((p) => p.status === "ok").length;
  const skipped = pack.parts.filter((p) => p.status === "skipped");
  for (const p of skipped) process.stderr.write(`left out ${p.kind} ${p.symbol}: ${p.reason}\n`);
  say(
    cli,
    `${join(dir, json)}\n${made} files, ${skipped.length} parts left out, ${((performance.now() - began) / 1000).toFixed(1)} s`,
  );
}

/** Underlyings of the portfolio, where the warehouse is asked for their chains. */
async function heldSymbols(cli: Cli, options: ReportOptions, pack: Pack): Promise<string[]> {
  if (options.fromChain !== undefined || options.session !== undefined) return [];
  try {
    return portfolioSymbols(await portfolioFile(cli, options));
  } catch (error) {
    pack.skip("portfolio", "book", why(error));
    return [];
  }
}

function writeArtifacts(pack: Pack, dir: string): void {
  for (const d of pack.deliveries) {
    const file = artifactPath(d);
    writeArtifact(d.artifact, join(dir, file));
    const { kind, symbol } = d.artifact;
    pack.parts.push({
      kind: kind as ArtifactKind,
      symbol,
      status: "ok",
      file,
      hash: artifactHash(d.artifact),
      reason: null,
    });
  }
}

/** Page, text, figures and drawings of a briefing, in `briefing/`. */
function writeBriefing(
  input: BriefInput,
  dir: string,
): { files: readonly (readonly [string, string])[]; json: string } {
  const blocks = briefing(input);
  const name = (end: string): string => join("briefing", `${input.asOf}.${end}`);
  const brief = {
    as_of: input.asOf,
    disclaimer: input.disclaimer,
    base: input.base,
    positions: input.positions,
    symbols: input.symbols.map(
      ({ surface: _, term: __, exposure: ___, levels: ____, flow: _____, closes: ______, ...s }) => s,
    ),
    missing: input.missing,
  };
  const files = [
    [
      name("md"),
      markdown(blocks.map((b) => (b.kind === "chart" ? { ...b, file: `${input.asOf}-${b.file}` } : b))),
    ],
    [name("html"), html(`Briefing ${input.asOf}`, blocks)],
    [name("json"), canonicalJson(brief)],
    ...blocks.flatMap((b) =>
      b.kind === "chart" ? [[join("briefing", `${input.asOf}-${b.file}`), b.svg] as const] : [],
    ),
  ] as const;
  for (const [file, text] of files) writeWhole(join(dir, file), text);
  return { files, json: name("html") };
}

/** `report pack | briefing`. */
export function reportCommand(cli: Cli): Command {
  const command = new Command("report").description("the day on one page, and every result behind it");
  const kind = (name: "pack" | "briefing", help: string): Command =>
    command
      .command(name)
      .description(help)
      .requiredOption("--out <dir>", "folder to write to")
      .option("--portfolio <file>", "positions, the setting's or the session's own unless given")
      .addOption(
        new Option(
          "--as-of <day>",
          "the last chain at or before this day, the latest unless given",
        ).argParser(isoDay),
      )
      .option("--from-chain <files...>", "chains, one an underlying; the warehouse's unless given")
      .option("--session <name>", "chain, levels and flow of a recorded session")
      .option("--at <time>", "exchange time of the session, e.g. 10:35; its end unless given")
      .option("--symbols <list>", "underlyings to ask the warehouse for, those held unless given")
      .addHelpText(
        "after",
        `\nWhat is missing is left out, named in the page and on standard error. The same input gives the same bytes.${examples(
          `voldesk report ${name} --session goog-2015-12-24 --at 12:00 --out out`,
          `voldesk report ${name} --portfolio my.yaml --from-chain SPY.csv QQQ.csv --out out`,
        )}`,
      )
      .action((options: ReportOptions) => run(cli, name, options));
  kind("pack", "every artifact, a manifest of them, and the briefing");
  kind("briefing", "one page as Markdown, HTML and JSON, with plots as SVG");
  return command;
}
