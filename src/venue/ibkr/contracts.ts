import type { Product, VenueMarket } from "../market/types.ts";

/** Contract ids as the broker gives them out; the known ones are real, the others follow from the symbol. */

const KNOWN: Readonly<Record<string, number>> = {
  AAPL: 265598,
  SPY: 756733,
  EURUSD: 12087792,
  MSFT: 272093,
  QQQ: 320227571,
};

export type SecType = "STK" | "OPT" | "FUT" | "CASH" | "IND" | "CRYPTO";

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

export const secTypeOf = (p: Product): SecType => {
  switch (p.instrument.kind) {
    case "equity":
    case "etf":
      return "STK";
    case "option":
      return "OPT";
    case "future":
      return "FUT";
    case "fx":
      return "CASH";
    case "index":
      return "IND";
    case "crypto":
      return "CRYPTO";
  }
};

/** `JAN26` */
export const monthOf = (isoDay: string): string =>
  `${MONTHS[Number(isoDay.slice(5, 7)) - 1]}${isoDay.slice(2, 4)}`;
/** `20260116` */
export const compactDay = (isoDay: string): string => isoDay.replaceAll("-", "");

/** The broker's word for a name: futures on VSTOXX go by V2TX, pairs with a dot. */
export function tickerOf(p: Product): string {
  const root = p.instrument.symbol;
  if (p.instrument.kind === "future") return FUTURE_WORDS[root] ?? root;
  if (p.instrument.kind === "option") return p.base?.symbol ?? root;
  if (p.instrument.kind === "index") return INDEX_WORDS[p.symbol] ?? p.symbol;
  return p.instrument.kind === "fx" ? `${root.slice(0, 3)}.${root.slice(3)}` : p.symbol;
}

const FUTURE_WORDS: Readonly<Record<string, string>> = { FVS: "V2TX", FESX: "ESTX50", VX: "VIX" };
const INDEX_WORDS: Readonly<Record<string, string>> = { SX5E: "ESTX50" };

export function exchangeOf(p: Product): string {
  const { kind, ccy } = p.instrument;
  if (kind === "fx") return "IDEALPRO";
  if (kind === "index") return ccy === "EUR" ? "EUREX" : "CBOE";
  if (kind === "future") return ccy === "EUR" ? "EUREX" : p.instrument.symbol === "VX" ? "CFE" : "CME";
  if (kind === "option") return ccy === "EUR" ? "EUREX" : "SMART";
  return kind === "etf" ? "ARCA" : "NASDAQ";
}

export class Contracts {
  private readonly byConid = new Map<number, Product>();
  private readonly conids = new Map<Product, number>();

  constructor(private readonly market: VenueMarket) {
    for (const p of this.listed()) this.conidOf(p);
  }

  listed(): readonly Product[] {
    return this.market.listed.filter((p) => !p.symbol.includes("PERPETUAL"));
  }

  conidOf(p: Product): number {
    let conid = this.conids.get(p);
    if (conid === undefined) {
      conid = KNOWN[p.symbol] ?? 400_000_000 + (p.salt % 400_000_000);
      while (this.byConid.has(conid)) conid++;
      this.conids.set(p, conid);
      this.byConid.set(conid, p);
    }
    return conid;
  }

  find(conid: number): Product | null {
    return this.byConid.get(conid) ?? null;
  }

  chain(base: Product): readonly Product[] {
    const chain = this.market.chain(base);
    for (const p of chain) this.conidOf(p);
    return chain;
  }

  /** Names that a search for a symbol means. */
  search(symbol: string, secType: string | null): readonly Product[] {
    const want = symbol.toUpperCase();
    const named = this.listed().filter(
      (p) =>
        p.instrument.kind !== "future" &&
        (tickerOf(p) === want || p.symbol === want || INDEX_WORDS[p.symbol] === want),
    );
    const kinds: readonly SecType[] =
      secType === null || secType === "" ? ["STK", "IND", "CASH"] : [secType as SecType];
    // A future is found by the index that it stands on.
    if (secType === "FUT")
      return this.futures(want)
        .flatMap((p) => (p.base === null ? [] : [p.base]))
        .slice(0, 1);
    return named.filter((p) => kinds.includes(secTypeOf(p)));
  }

  futures(symbol: string): readonly Product[] {
    return this.listed().filter(
      (p) => p.instrument.kind === "future" && (tickerOf(p) === symbol || p.instrument.symbol === symbol),
    );
  }

  /** Futures that stand on a name. */
  futuresOn(base: Product): readonly Product[] {
    return this.listed().filter((p) => p.base === base && p.instrument.kind === "future");
  }
}
