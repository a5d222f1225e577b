import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command, Option } from "commander";
import { isCodedError, VoldeskError } from "../config/errors.ts";
import { eventsFor } from "../config/market.ts";
import { PortfolioFileError } from "../config/portfolio.ts";
import { type IsoDay, optionLabel } from "../engines/market/index.ts";
import { closeToClose } from "../engines/pricing/index.ts";
import { standing } from "../engines/surface/index.ts";
import {
  type BriefInput,
  type BriefPosition,
  type BriefSymbol,
  briefing,
  type QuoteQuality,
} from "../src/report/briefing.ts";
import { html, markdown } from "../src/report/document.ts";
import { artifactHash, writeArtifact } from "../store/artifacts/artifact.ts";
import { canonicalJson, sha256 } from "../store/artifacts/canonical.ts";
import { type Artifact, type ArtifactKind, DISCLAIMER } from "../store/artifacts/schemas.ts";
import { cannotWrite } from "../store/export/write.ts";
import type { Warehouse } from "../store/warehouse/warehouse.ts";
import { type Cli, say, VERSION } from "./context.ts";
import { withWarehouse } from "./db.ts";
import { bookFacts, openBook, portfolioFile } from "./scenarios.ts";
import { sessionFlow, sessionLevelsOf } from "./session-studies.ts";
import { artifactPath, type Delivery } from "./study/deliver.ts";
import { exposureDelivery } from "./study/exposure.ts";
import { marketFacts, pathOf, type StudyInput, studyInputs } from "./study/inputs.ts";
import { chainLevels } from "./study/levels-input.ts";
import { examples, isoDay, type StudyOptions } from "./study/options.ts";
import { scenariosDelivery } from "./study/scenarios.ts";
import { surfaceDelivery, termDelivery } from "./study/surface.ts";

interface Options {
  readonly portfolio?: string;
  readonly asOf?: string;
  readonly out: string;
  readonly fromChain?: readonly string[];
  readonly session?: string;
  readonly at?: string;
  readonly symbols?: string;
}

/** What became of a part of the pack. */
interface Part {
  readonly kind: ArtifactKind | "chain" | "portfolio" | "briefing";
  readonly symbol: string;
  readonly status: "ok" | "skipped";
  readonly file: string | null;
  readonly hash: string | null;
  readonly reason: string | null;
}

/** What a part lacks, without the reader's folders; a fault of the program itself is not hidden as a missing part. */
function why(error: unknown): string {
  if (error instanceof VoldeskError) return `${error.code} ${error.what}. ${error.advice}`;
  if (error instanceof PortfolioFileError) return `${error.code} ${error.what}. ${error.advice}`;
  if (isCodedError(error)) return error.message;
  throw error;
}

class Pack {
  readonly parts: Part[] = [];
  readonly deliveries: Delivery[] = [];

  /** Makes a part, or notes why there is none. */
  async make<K extends ArtifactKind>(
    kind: K,
    symbol: string,
    work: () => Delivery | Promise<Delivery>,
  ): Promise<Artifact<K> | null> {
    try {
      const found = await work();
      this.deliveries.push(found);
      return found.artifact as Artifact<K>;
    } catch (error) {
      this.skip(kind, symbol, why(error));
      return null;
    }
  }

  skip(kind: Part["kind"], symbol: string, reason: string): void {
    this.parts.push({ kind, symbol, status: "skipped", file: null, hash: null, reason });
  }
}

const NONE: StudyOptions = { mode: "desk", format: "console" };

/** The warehouse where there is one that may be read now; else null, and the report says so. */
async function withStore<T>(cli: Cli, pack: Pack, work: (w: Warehouse | null) => Promise<T>): Promise<T> {
  let done = false;
  try {
    return await withWarehouse(cli, { readOnly: true }, (w) => {
      done = true;
      return work(w);
    });
  } catch (error) {
    if (done || !isCodedError(error) || !error.code.startsWith("WH-")) throw error;
    pack.skip("chain", "warehouse", why(error));
    return work(null);
  }
}

/** Chains of the files, of the session, or of the warehouse for the symbols asked for; each that fails is noted. */
async function chainsOf(
  cli: Cli,
  options: Options,
  symbols: readonly string[],
  pack: Pack,
): Promise<StudyInput[]> {
  const { asOf, fromChain, session, at } = options;
  const wants: StudyOptions[] =
    fromChain !== undefined
      ? fromChain.map((f) => ({ ...NONE, fromChain: [f] }))
      : session !== undefined
        ? [{ ...NONE, session, ...(at === undefined ? {} : { at }) }]
        : symbols.map((symbol) => ({
            ...NONE,
            fromStore: true,
            symbol,
            ...(asOf === undefined ? {} : { asOf }),
          }));
  const found: StudyInput[] = [];
  for (const want of wants) {
    try {
      found.push(...(await studyInputs(cli, want)));
    } catch (error) {
      pack.skip("chain", want.symbol ?? want.fromChain?.[0]?.split(/[\\/]/).at(-1) ?? "session", why(error));
    }
  }
  return found.toSorted((a, b) => (a.market.symbol < b.market.symbol ? -1 : 1));
}

function qualityOf({ market }: StudyInput): QuoteQuality {
  const spreads = market.rows
    .flatMap((r) =>
      r.bid !== null && r.ask !== null && r.bid > 0 && r.ask >= r.bid
        ? [(2 * (r.ask - r.bid)) / (r.ask + r.bid)]
        : [],
    )
    .sort((a, b) => a - b);
  const n = market.rows.length;
  return {
    contracts: n,
    missing: n === 0 ? 0 : 1 - spreads.length / n,
    medianSpread: spreads[spreads.length >> 1] ?? null,
    worstSpread: spreads.at(-1) ?? null,
  };
}

/** Annualised realised vol of the last sessions' closes; null with fewer. */
function realised(closes: readonly number[], sessions: number): number | null {
  if (closes.length <= sessions) return null;
  return closeToClose(closes.slice(-sessions - 1), "zero");
}

async function symbolOf(
  cli: Cli,
  input: StudyInput,
  options: Options,
  pack: Pack,
  w: Warehouse | null,
): Promise<BriefSymbol> {
  const { symbol, asOf } = input.market;
  const { providersOf, storedCandles, storedTenors, tenorHistory } = await import(
    "../store/warehouse/past.ts"
  );
  const surface = await pack.make("iv_surface", symbol, () => surfaceDelivery(input, "desk", []));
  const term = await pack.make("iv_term_structure", symbol, () => termDelivery(input, "desk", []));
  const exposure = await pack.make("exposure", symbol, () =>
    exposureDelivery(input, { mode: "desk", slice: "all", convention: "callsPlusPutsMinus", whole: true }),
  );
  const source = w === null ? undefined : (await providersOf(w, "daily", symbol))[0];
  const candles =
    w === null || source === undefined
      ? []
      : await storedCandles(w, { symbol, provider: source, adjusted: false }, asOf);
  if (candles.length === 0)
    pack.skip("levels", `${symbol} daily`, "no daily candles in the warehouse: `voldesk import daily`");
  const session = options.session;
  const own = {
    ...NONE,
    symbol,
    ...(session === undefined ? {} : { session }),
    ...(options.at === undefined ? {} : { at: options.at }),
  };
  const levels = await pack.make("levels", symbol, () =>
    session === undefined ? chainLevels(input, candles) : sessionLevelsOf(cli, own),
  );
  let flow: Artifact<"intraday_flow"> | null = null;
  if (session === undefined) pack.skip("intraday_flow", symbol, "a chain has no trades: give a --session");
  else flow = await pack.make("intraday_flow", symbol, () => sessionFlow(cli, own));
  const series = { symbol, provider: input.provider };
  const history =
    w === null ? new Map<number, readonly number[]>() : await tenorHistory(w, series, "atm_iv", asOf);
  const then = w === null ? null : await storedTenors(w, series, asOf);
  const atm = (days: number): number | null =>
    surface?.tenor.find((t) => t.tenor_target_dte === days)?.atm_iv ?? null;
  const was = then?.rows.get(30)?.["atm_iv"] ?? null;
  const now = atm(30);
  const closes = candles.map((c) => c.close);
  const facts = await marketFacts(cli);
  return {
    symbol,
    asOf,
    spot: input.market.spot,
    quality: qualityOf(input),
    surface,
    term,
    exposure,
    levels,
    flow,
    events: eventsFor(facts, symbol, asOf).map((e) => `${e.label} ${e.day} ${e.at} (${e.status})`),
    realised20: realised(closes, 20),
    realised60: realised(closes, 60),
    closes,
    ranks: [...history].flatMap(([tenor, past]) => {
      const s = standing(atm(tenor), past);
      return s === null ? [] : [{ tenor, ...s }];
    }),
    compare:
      then === null || was === null || now === null ? null : { day: then.day, change: 100 * (now - was) },
  };
}

const STRESS = { spotPct: [-10, -5, -1, 1, 5, 10], volPts: [-5, -1, 1, 5], days: [7, 14] };

interface BookParts {
  readonly account: string | null;
  readonly base: string;
  readonly positions: readonly BriefPosition[];
  readonly book: Artifact<"scenarios"> | null;
}

async function bookParts(
  cli: Cli,
  options: Options,
  inputs: readonly StudyInput[],
  pack: Pack,
): Promise<BookParts> {
  const none: BookParts = { account: null, base: "USD", positions: [], book: null };
  try {
    const book = openBook(await marketFacts(cli), await portfolioFile(cli, options), inputs);
    const facts = bookFacts(book, inputs);
    const all = book.positions.map((p) => p.holding);
    const whole = await pack.make("scenarios", facts.symbol, () =>
      scenariosDelivery(facts, "book", all, book.market, STRESS, book.base),
    );
    for (const p of book.positions) {
      const own = { ...facts, symbol: p.chain?.market.symbol ?? facts.symbol };
      await pack.make("scenarios", p.holding.id, () =>
        scenariosDelivery(own, p.holding.id, [p.holding], book.market, {}, book.base),
      );
    }
    const positions = book.positions.map(({ holding: h, basis, bid, ask }): BriefPosition => {
      const pnl =
        h.mark === null || h.fx === null ? null : (h.mark - basis) * h.qty * h.instrument.multiplier * h.fx;
      const i = h.instrument;
      const day = inputs[0]?.market.asOf as IsoDay;
      const name = i.kind === "option" ? optionLabel({ ...i, root: i.symbol }, day) : i.symbol;
      return { name, qty: h.qty, basis, mark: h.mark, pnl, bid, ask };
    });
    return { account: book.account, base: book.base, positions, book: whole };
  } catch (error) {
    pack.skip("portfolio", "book", why(error));
    return none;
  }
}

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

async function run(cli: Cli, what: "pack" | "briefing", options: Options): Promise<void> {
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
async function heldSymbols(cli: Cli, options: Options, pack: Pack): Promise<string[]> {
  if (options.fromChain !== undefined || options.session !== undefined) return [];
  try {
    const { portfolioSymbols } = await import("./scenarios.ts");
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
      .action((options: Options) => run(cli, name, options));
  kind("pack", "every artifact, a manifest of them, and the briefing");
  kind("briefing", "one page as Markdown, HTML and JSON, with plots as SVG");
  return command;
}
