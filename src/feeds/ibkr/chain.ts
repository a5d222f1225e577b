import type { Instrument } from "../../../engines/market/index.ts";
import type { FeedOut } from "../feed.ts";
import type { ConidCache, Contracts } from "./contracts.ts";
import { GatewayError } from "./gateway.ts";
import type { Lines } from "./lines.ts";

/** Defines a listed option from the broker's words; null where the product is not known. */
export type ChainDefiner = (
  root: string,
  expiry: string,
  right: "C" | "P",
  strike: number,
) => Instrument | null;

/** Months and strikes of a chain that are looked up: at ten requests a second a whole one would take minutes. */
const MONTHS = 2;
const STRIKES = 24;
/** A look-up that the gateway was asked too soon for is asked again after its rest, no more often than this. */
const TRIES = 5;
const TOO_MANY = 429;

/** Chains contract by contract, from the middle outwards, each underlying once. */
export class ChainBuilder {
  private readonly asked = new Set<string>();
  private line: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly contracts: Contracts,
    private readonly lines: Lines,
    private readonly cache: ConidCache,
    private readonly define: ChainDefiner,
    private readonly out: FeedOut,
  ) {}

  ask(underlying: Instrument): void {
    if (this.asked.has(underlying.id)) return;
    this.asked.add(underlying.id);
    this.line = this.line.then(() => this.build(underlying));
  }

  stop(): void {
    this.stopped = true;
  }

  private async build(underlying: Instrument): Promise<void> {
    try {
      const conid = await this.contracts.conid(underlying);
      if (conid === null) return;
      for (const month of (await patiently(() => this.contracts.months(underlying))).slice(0, MONTHS)) {
        const strikes = middle(await patiently(() => this.contracts.strikes(underlying, month)), STRIKES);
        for (const strike of strikes)
          for (const right of ["C", "P"] as const) {
            if (this.stopped) return;
            await this.take(underlying, conid, month, strike, right);
          }
      }
    } catch (error) {
      if (this.stopped) return;
      this.asked.delete(underlying.id);
      const why = error instanceof Error ? error.message : String(error);
      const text = `chain of ${underlying.symbol}: ${why}`;
      this.out.event({ kind: "note", level: "warn", source: "feed", text });
    }
  }

  private async take(
    underlying: Instrument,
    conid: number,
    month: string,
    strike: number,
    right: "C" | "P",
  ): Promise<void> {
    for (const row of await patiently(() => this.contracts.options(conid, month, strike, right))) {
      const day = String(row["maturityDate"] ?? "");
      const expiry = `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6, 8)}`;
      const own = Number(row["conid"]);
      const root = typeof row["tradingClass"] === "string" ? row["tradingClass"] : underlying.symbol;
      const instrument = this.define(root, expiry, right, strike);
      if (instrument === null || !Number.isSafeInteger(own)) continue;
      this.cache.set(instrument.id, own);
      this.lines.announce(own, instrument);
    }
  }
}

/** Too many requests are no reason to begin a chain again: the gateway's pace rests, then the same is asked once more. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left--)
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof GatewayError) || error.status !== TOO_MANY || left === 0) throw error;
    }
}

/** The middle ones of a list in order, nearest to its middle first. */
export function middle(list: readonly number[], count: number): number[] {
  const centre = (list.length - 1) / 2;
  return list
    .map((value, i) => ({ value, away: Math.abs(i - centre) }))
    .toSorted((a, b) => a.away - b.away || a.value - b.value)
    .slice(0, count)
    .map((x) => x.value);
}
