import { isCodedError, VoldeskError } from "../../config/errors.ts";
import { eventsFor } from "../../config/market.ts";
import { PortfolioFileError } from "../../config/portfolio.ts";
import { type IsoDay, optionLabel } from "../../engines/market/index.ts";
import { closeToClose } from "../../engines/pricing/index.ts";
import { standing } from "../../engines/surface/index.ts";
import type { BriefPosition, BriefSymbol, QuoteQuality } from "../../src/report/briefing.ts";
import type { Artifact, ArtifactKind } from "../../store/artifacts/schemas.ts";
import type { Warehouse } from "../../store/warehouse/warehouse.ts";
import type { Cli } from "../context.ts";
import { withWarehouse } from "../db.ts";
import { sessionFlow } from "../flow.ts";
import { sessionLevelsOf } from "../levels.ts";
import { bookFacts, openBook, portfolioFile } from "../scenarios.ts";
import type { Delivery } from "./deliver.ts";
import { exposureDelivery } from "./exposure.ts";
import { marketFacts, type StudyInput, studyInputs } from "./inputs.ts";
import { chainLevels } from "./levels-input.ts";
import type { StudyOptions } from "./options.ts";
import { scenariosDelivery } from "./scenarios.ts";
import { surfaceDelivery, termDelivery } from "./surface.ts";

/** What a report is made of. */
export interface ReportOptions {
  readonly portfolio?: string;
  readonly asOf?: string;
  readonly out: string;
  readonly fromChain?: readonly string[];
  readonly session?: string;
  readonly at?: string;
  readonly symbols?: string;
}

/** What became of a part of the pack. */
export interface Part {
  readonly kind: ArtifactKind | "chain" | "portfolio" | "briefing";
  readonly symbol: string;
  readonly status: "ok" | "skipped";
  readonly file: string | null;
  readonly hash: string | null;
  readonly reason: string | null;
}

/** What a part lacks, without the reader's folders; a fault of the program itself is not hidden as a missing part. */
export function why(error: unknown): string {
  if (error instanceof VoldeskError) return `${error.code} ${error.what}. ${error.advice}`;
  if (error instanceof PortfolioFileError) return `${error.code} ${error.what}. ${error.advice}`;
  if (isCodedError(error)) return error.message;
  throw error;
}

/** The parts of a report: those that were made, and those left out. */
export class Pack {
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
export async function withStore<T>(
  cli: Cli,
  pack: Pack,
  work: (w: Warehouse | null) => Promise<T>,
): Promise<T> {
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
export async function chainsOf(
  cli: Cli,
  options: ReportOptions,
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

/** What the briefing says of one underlying, its artifacts made on the way. */
export async function symbolOf(
  cli: Cli,
  input: StudyInput,
  options: ReportOptions,
  pack: Pack,
  w: Warehouse | null,
): Promise<BriefSymbol> {
  const { symbol, asOf } = input.market;
  const { storedTenors, tenorHistory } = await import("../../store/warehouse/past.ts");
  const { providersOf, storedCandles } = await import("../../store/warehouse/stored.ts");
  const surface = await pack.make("iv_surface", symbol, () => surfaceDelivery(input, []));
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

const STRESS = {
  spotPct: [-10, -7, -5, -3, -2, -1, 1, 2, 3, 5, 7, 10],
  volPts: [-5, -1, 1, 5],
  days: [7, 14],
};

interface BookParts {
  readonly account: string | null;
  readonly base: string;
  readonly positions: readonly BriefPosition[];
  readonly book: Artifact<"scenarios"> | null;
}

/** The portfolio at the chains' marks, its scenarios made on the way. */
export async function bookParts(
  cli: Cli,
  options: ReportOptions,
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
