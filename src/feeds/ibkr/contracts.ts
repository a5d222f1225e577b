import type {
  FutureInstrument,
  Instrument,
  IsoDay,
  OptionInstrument,
} from "../../../engines/market/index.ts";
import type { Gateway } from "./gateway.ts";

/** Where the broker's numbers for contracts are kept: they hold for a day. */
export interface ConidCache {
  get(id: string): number | undefined;
  set(id: string, conid: number): void;
}

type Row = Readonly<Record<string, unknown>>;

const rowsOf = (value: unknown): readonly Row[] =>
  Array.isArray(value) ? value.filter((v): v is Row => typeof v === "object" && v !== null) : [];
const numberOf = (value: unknown): number | null => {
  const n = Number(value);
  return Number.isSafeInteger(n) && n > 0 ? n : null;
};
const textOf = (value: unknown): string => (typeof value === "string" ? value : String(value ?? ""));

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"] as const;
const monthOf = (day: string): string => `${MONTHS[Number(day.slice(5, 7)) - 1] ?? ""}${day.slice(2, 4)}`;
const compact = (day: string): string => day.replaceAll("-", "");
const isoOf = (compactDay: unknown): IsoDay | null => {
  const m = /^(\d{4})(\d{2})(\d{2})$/.exec(String(compactDay));
  return m === null ? null : (`${m[1]}-${m[2]}-${m[3]}` as IsoDay);
};

/** The broker's own words for some roots and names. */
const FUTURES: Readonly<Record<string, string>> = { FVS: "V2TX", FESX: "ESTX50", VX: "VIX" };
const INDICES: Readonly<Record<string, string>> = { SX5E: "ESTX50", V2X: "V2TX" };

/** Finds the broker's number of a contract; each is asked for once and then known. */
export class Contracts {
  private readonly searches = new Map<string, Promise<readonly Row[]>>();
  private readonly chains = new Map<string, Promise<readonly Row[]>>();

  constructor(
    private readonly gateway: Gateway,
    private readonly cache: ConidCache,
  ) {}

  /** Null where the broker does not list it. @throws GatewayError */
  async conid(instrument: Instrument): Promise<number | null> {
    const known = this.cache.get(instrument.id);
    if (known !== undefined) return known;
    const found = await this.find(instrument);
    if (found !== null) this.cache.set(instrument.id, found);
    return found;
  }

  /** Strikes that are listed for a month of an underlying: `JAN26`. */
  async strikes(underlying: Instrument, month: string): Promise<readonly number[]> {
    const conid = await this.conid(underlying);
    if (conid === null) return [];
    const query = { conid, sectype: "OPT", month, exchange: "SMART" };
    const answer = (await this.gateway.get("/iserver/secdef/strikes", query)) as Row | null;
    const call = answer?.["call"];
    return Array.isArray(call) ? call.filter((k): k is number => typeof k === "number") : [];
  }

  /** Months with options on an underlying, near ones first. */
  async months(underlying: Instrument): Promise<readonly string[]> {
    for (const row of await this.search(underlying.symbol, kindOf(underlying))) {
      const section = rowsOf(row["sections"]).find((s) => s["secType"] === "OPT");
      if (section !== undefined)
        return textOf(section["months"])
          .split(";")
          .filter((m) => m !== "");
    }
    return [];
  }

  /** Every contract of a strike and month: one row an expiry. */
  options(underlying: number, month: string, strike: number, right: string): Promise<readonly Row[]> {
    const key = `${underlying} ${month} ${strike} ${right}`;
    let rows = this.chains.get(key);
    if (rows === undefined) {
      const query = { conid: underlying, sectype: "OPT", month, strike, right, exchange: "SMART" };
      rows = this.gateway.get("/iserver/secdef/info", query).then(rowsOf);
      rows.catch(() => this.chains.delete(key));
      this.chains.set(key, rows);
    }
    return rows;
  }

  /** Numbers of the futures of a root by their expiry. @throws GatewayError */
  async futures(root: string): Promise<ReadonlyMap<IsoDay, number>> {
    const found = new Map<IsoDay, number>();
    for (const row of await this.futureRows(root)) {
      const [expiry, conid] = [isoOf(row["expirationDate"]), numberOf(row["conid"])];
      if (expiry !== null && conid !== null) found.set(expiry, conid);
    }
    return found;
  }

  private async futureRows(root: string): Promise<readonly Row[]> {
    const symbol = FUTURES[root] ?? root;
    const answer = (await this.gateway.get("/trsrv/futures", { symbols: symbol })) as Row | null;
    return rowsOf(answer?.[symbol]);
  }

  private find(instrument: Instrument): Promise<number | null> {
    switch (instrument.kind) {
      case "equity":
      case "etf":
        return this.spot(instrument.symbol, "STK");
      case "index":
        return this.spot(INDICES[instrument.symbol] ?? instrument.symbol, "IND");
      case "fx":
        return this.pair(instrument.symbol);
      case "future":
        return this.future(instrument);
      case "option":
        return this.option(instrument);
      case "crypto":
        return Promise.resolve(null);
    }
  }

  private async spot(symbol: string, secType: "STK" | "IND"): Promise<number | null> {
    for (const row of await this.search(symbol, secType)) {
      const conid = numberOf(row["conid"]);
      if (conid !== null && row["symbol"] === symbol) return conid;
    }
    return null;
  }

  private async pair(symbol: string): Promise<number | null> {
    const [base, quote] = [symbol.slice(0, 3), symbol.slice(3)];
    const answer = (await this.gateway.get("/iserver/currency/pairs", { currency: quote })) as Row | null;
    const wanted = `${base}.${quote}`;
    return numberOf(rowsOf(answer?.[quote]).find((row) => row["symbol"] === wanted)?.["conid"]);
  }

  private async future(instrument: FutureInstrument): Promise<number | null> {
    const wanted = compact(instrument.expiry);
    const row = (await this.futureRows(instrument.symbol)).find(
      (r) => String(r["expirationDate"]) === wanted || String(r["ltd"]) === wanted,
    );
    return numberOf(row?.["conid"]);
  }

  private async option(instrument: OptionInstrument): Promise<number | null> {
    const name = instrument.underlying.split("/")[1] ?? "";
    const secType = instrument.underlying.startsWith("IDX/") ? "IND" : "STK";
    const underlying = await this.spot(INDICES[name] ?? name, secType);
    if (underlying === null) return null;
    const month = monthOf(instrument.expiry);
    const rows = await this.options(underlying, month, instrument.strike, instrument.type);
    const mine = rows.filter((r) => r["maturityDate"] === compact(instrument.expiry));
    // A date may carry two classes (SPX in the morning, SPXW in the evening): the root tells them apart where it is given.
    const row = mine.find((r) => r["tradingClass"] === instrument.symbol) ?? mine[0];
    return numberOf(row?.["conid"]);
  }

  private search(symbol: string, secType: string): Promise<readonly Row[]> {
    const key = `${secType} ${symbol}`;
    let rows = this.searches.get(key);
    if (rows === undefined) {
      rows = this.gateway.get("/iserver/secdef/search", { symbol, secType, name: "false" }).then(rowsOf);
      rows.catch(() => this.searches.delete(key));
      this.searches.set(key, rows);
    }
    return rows;
  }
}

const kindOf = (underlying: Instrument): string => (underlying.kind === "index" ? "IND" : "STK");
