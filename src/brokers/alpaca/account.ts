import { Backoff } from "../../feeds/backoff.ts";
import type { Clock } from "../../shell/clock.ts";
import type { BrokerAccount, BrokerPosition } from "../broker.ts";
import type { BrokerInstruments } from "../setup.ts";
import { decimalOf } from "../wire-values.ts";
import type { Reads } from "./reads.ts";
import { idOfSymbol } from "./symbols.ts";

const HOSTS: Readonly<Record<string, boolean>> = {
  "paper-api.alpaca.markets": true,
  "api.alpaca.markets": false,
};

/** What is known of the account, and why nothing may be opened in it; asked for until it is answered. */
export class Account {
  /** Null until the account answered. */
  paper: boolean | null = null;
  trouble: string | null = "the account did not answer yet";
  private cancel: (() => void) | null = null;
  private closed = false;
  private readonly backoff: Backoff;

  constructor(
    private readonly reads: Reads,
    private readonly rest: string,
    private readonly instruments: BrokerInstruments,
    private readonly clock: Clock,
    chance: () => number,
  ) {
    this.backoff = new Backoff(chance);
  }

  /** Calls `known` once, as soon as the account has answered. */
  verify(known: () => void): void {
    void this.read().then(known, (error: Error) => {
      this.trouble = `the account does not answer: ${error.message}`;
      if (!this.closed) this.cancel = this.clock.after(this.backoff.next(), () => this.verify(known));
    });
  }

  close(): void {
    this.closed = true;
    this.cancel?.();
  }

  async read(): Promise<BrokerAccount> {
    const a = ((await this.reads.json("/v2/account")) ?? {}) as Readonly<Record<string, unknown>>;
    const number = typeof a["account_number"] === "string" ? a["account_number"] : null;
    if (number === null) throw new Error("its answer can't be read");
    this.paper = HOSTS[new URL(this.rest).hostname] ?? number.startsWith("PA");
    this.trouble = blocked(a);
    const equity = Number(a["equity"] ?? Number.NaN);
    const ccy = typeof a["currency"] === "string" ? a["currency"] : "USD";
    return {
      id: number,
      paper: this.paper,
      cash: typeof a["cash"] === "string" ? [{ ccy, amount: kept(a["cash"]) }] : [],
      netLiquidation: equity === equity ? equity : null,
      netCcy: ccy,
    };
  }

  async positions(): Promise<BrokerPosition[]> {
    const rows = await this.reads.json("/v2/positions");
    if (!Array.isArray(rows)) throw new Error("an answer that can't be read");
    return (rows as Readonly<Record<string, unknown>>[]).map((row) => {
      const symbol = String(row["symbol"]);
      const instrument = idOfSymbol(coinPair(symbol, row["asset_class"]), this.instruments);
      // A position that can't be named must not be passed over: then nothing would seem to be there.
      if (instrument === null || typeof row["qty"] !== "string")
        throw new Error(`a position in ${symbol} that can't be read`);
      // Prices and entries are per share, of an option too; its value alone has the multiplier.
      const mark = decimalOf(row["current_price"]);
      return {
        instrument,
        qty: row["qty"],
        mark: mark === null ? null : Number(mark),
        average: decimalOf(row["avg_entry_price"]),
      };
    });
  }
}

/** Interest may leave more decimals than money is kept with. */
const kept = (amount: string): string => amount.replace(/(\.\d{6})\d+$/, "$1");

/** Positions in coins come without the stroke that orders have. */
const coinPair = (symbol: string, kind: unknown): string =>
  kind === "crypto" && !symbol.includes("/") ? symbol.replace(/(USD[CT]?|BTC)$/, "/$1") : symbol;

function blocked(a: Readonly<Record<string, unknown>>): string | null {
  if (a["account_blocked"] === true || a["trading_blocked"] === true)
    return "Alpaca has blocked trading in it";
  if (a["trade_suspended_by_user"] === true) return "trading in it is suspended by its owner";
  return a["status"] === "ACTIVE" ? null : `the account is ${String(a["status"])}`;
}
