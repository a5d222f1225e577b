import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { VoldeskError } from "../../config/errors.ts";
import { curveFor, eventsFor, loadMarket, type MarketFacts } from "../../config/market.ts";
import { expandPath } from "../../config/paths.ts";
import { type IsoDay, sessionOn } from "../../engines/market/index.ts";
import { yearFraction, zeroRate } from "../../engines/pricing/index.ts";
import type { TermEvent } from "../../engines/surface/index.ts";
import { type ChainMarket, chainMarket } from "../../src/study/chain-market.ts";
import { canonicalJson, sha256 } from "../../store/artifacts/canonical.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";
import { type Chain, chainOf, readChain } from "../../store/imports/chain.ts";
import { type ImportReport, reportLines } from "../../store/imports/report.ts";
import { deskBoot, ownMarketFile } from "../boot.ts";
import { type Cli, readConfig } from "../context.ts";
import { withWarehouse } from "../db.ts";
import type { StudyOptions } from "./options.ts";
import { underlyingIn } from "./session.ts";

/** One chain of one day, ready for the engines, and where it comes from. */
export interface StudyInput {
  readonly market: ChainMarket;
  readonly chain: Chain & { readonly asOf: IsoDay };
  readonly premium: "currency" | "coin";
  readonly provider: string;
  /** SHA-256 of each input by its name. */
  readonly hashes: Readonly<Record<string, string>>;
  /** What an importer met, as warning codes. */
  readonly findings: readonly string[];
  /** The same in words. */
  readonly notes: readonly string[];
  /** Scheduled events of the name that were known that day and are still to come. */
  readonly events: readonly TermEvent[];
}

interface Found {
  readonly chain: Chain;
  readonly premium: "currency" | "coin";
  readonly provider: string;
  readonly hashes: Readonly<Record<string, string>>;
  readonly findings: readonly string[];
  readonly notes: readonly string[];
}

export const pathOf = (cli: Cli, file: string): string =>
  resolve(cli.cwd, expandPath(file, cli.home, cli.cwd));

/** @throws VoldeskError IMP-001. */
export function fileHash(path: string): string {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    throw new VoldeskError(
      "IMP-001",
      "there is no such file, or it cannot be read",
      "Check its name and rights.",
      path,
    );
  }
}

/** What an import met, as codes of an artifact: `input_crossed:3`. */
export const findingCodes = (report: ImportReport): string[] =>
  report.findings.map((f) => `input_${f.reason}${f.count === 1 ? "" : `:${f.count}`}`);

function fromFile(cli: Cli, file: string, options: StudyOptions): Found[] {
  const path = pathOf(cli, file);
  const { symbol, asOf, mapping } = options;
  const how = {
    ...(symbol !== undefined && { symbol }),
    ...(mapping !== undefined && { mapping: pathOf(cli, mapping) }),
  };
  const told = readChain(path, how);
  // A day that the file tells itself is looked up in it, not written over.
  const read =
    asOf === undefined || told.days.length > 0 ? told : readChain(path, { ...how, asOf: asOf as IsoDay });
  const wanted =
    options.eachDay === true
      ? read.symbols
          .filter((s) => symbol === undefined || s === symbol)
          .flatMap((s) =>
            read.days
              .filter((day) => read.rows.some((r) => r.symbol === s && r.asOf === day))
              .map((day) => ({ symbol: s, asOf: day as string })),
          )
      : [{ symbol, asOf }];
  const hash = fileHash(path);
  return wanted.map((want) => ({
    chain: chainOf(read, want),
    premium: read.premium,
    provider: options.provider ?? read.format,
    hashes: { chain: hash },
    findings: findingCodes(read.report),
    notes: reportLines(read.report),
  }));
}

/** Several snapshots of one day make one chain a contract: the last quote stands, as the importer has it. */
const rowsHash = (chain: Chain): string => sha256(canonicalJson(chain.rows));

async function fromSession(cli: Cli, options: StudyOptions): Promise<Found> {
  const loaded = await readConfig(cli);
  const { sessionSource } = await import("../../src/shell/export-source.ts");
  const { sessionChain } = await import("../../src/study/session-chain.ts");
  const source = sessionSource(deskBoot(cli, loaded, { session: options.session, at: options.at }));
  const chain = await sessionChain(source, underlyingIn(source, options.symbol)?.id ?? null);
  if (chain === null || chain.rows.length === 0)
    throw new VoldeskError(
      "EXP-004",
      "there is no chain of options in this session",
      "Choose another session, or give a file with --from-chain.",
      options.session ?? null,
    );
  return {
    chain,
    premium: "currency",
    provider: options.provider ?? "session",
    hashes: { chain: rowsHash(chain) },
    findings: [],
    notes: [],
  };
}

async function fromStore(cli: Cli, options: StudyOptions): Promise<Found> {
  const { symbol, asOf, provider } = options;
  if (symbol === undefined)
    throw new VoldeskError("CLI-001", "--from-store needs a symbol", "Name it with --symbol.");
  const { storedChain } = await import("../../store/warehouse/chains.ts");
  const found = await withWarehouse(cli, { readOnly: true }, (w) =>
    storedChain(w, symbol, asOf ?? null, provider ?? null),
  );
  if (found === null)
    throw new VoldeskError(
      "IMP-004",
      `the warehouse has no chain of ${symbol}${asOf === undefined ? "" : ` on or before ${asOf}`}`,
      "Store one with `voldesk import chain`.",
    );
  return { ...found, hashes: { chain: rowsHash(found.chain) }, findings: [], notes: [] };
}

/** A chain of a known day for the engines: rates of its day, terms of the catalog. @throws VoldeskError IMP-004 without a day. */
export function prepare(found: Found, facts: MarketFacts, options: StudyOptions): StudyInput {
  const { chain } = found;
  const { asOf } = chain;
  if (asOf === null)
    throw new VoldeskError(
      "IMP-004",
      "the file does not say which day its quotes are of",
      "Give it with --as-of.",
    );
  const curve = curveFor(facts, "USD", asOf);
  const { spot, multiplier } = options;
  const market = chainMarket(
    { ...chain, asOf },
    {
      catalog: shippedCatalog(),
      premium: found.premium,
      spot,
      multiplier,
      rate: (years) => zeroRate(curve, years),
      rateSource: curve.source,
    },
  );
  return { ...found, chain: { ...chain, asOf }, market, events: eventsOf(facts, market) };
}

/** Events with the time from which their news is priced in: the open, the middle, or the close of their session. */
function eventsOf(facts: MarketFacts, { symbol, asOf, chainUs }: ChainMarket): TermEvent[] {
  return eventsFor(facts, symbol, asOf).flatMap(({ day, at, label }) => {
    const hours = sessionOn("NYSE", day as IsoDay);
    if (hours === null) return [];
    const { openUs, closeUs } = hours;
    const us = at === "before-open" ? openUs : at === "session" ? (openUs + closeUs) / 2 : closeUs + 60e6;
    const T = yearFraction(chainUs, us);
    return T > 0 ? [{ label, T }] : [];
  });
}

/** What comes from nobody's feed: the program's own file and the user's on top. */
export const marketFacts = async (cli: Cli): Promise<MarketFacts> =>
  loadMarket(join(cli.root, "config", "market.yaml"), ownMarketFile(cli, await readConfig(cli)));

/** The chains that the options name: files, the warehouse, or a recorded session. */
export async function studyInputs(cli: Cli, options: StudyOptions): Promise<StudyInput[]> {
  const facts = await marketFacts(cli);
  const { fromChain: files } = options;
  const given = [files !== undefined, options.fromStore === true, options.session !== undefined].filter(
    Boolean,
  );
  if (given.length > 1)
    throw new VoldeskError(
      "CLI-001",
      "a chain comes from one place",
      "Give --from-chain, --from-store or --session.",
    );
  const found =
    files !== undefined
      ? files.flatMap((f) => fromFile(cli, f, options))
      : [options.fromStore === true ? await fromStore(cli, options) : await fromSession(cli, options)];
  return found.map((f) => prepare(f, facts, options));
}
