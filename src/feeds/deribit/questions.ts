import type { FeedOut } from "../feed.ts";
import type { JsonObject } from "../json-object.ts";
import { saySkew } from "../skew.ts";
import { UNAUTHORISED } from "./login.ts";
import { type Rpc, RpcError } from "./rpc.ts";

/** A clock that is off by this much more or less than was said is said again, µs. */
const AGAIN_US = 1e6;
/** Minutes of the chart that are asked for, ms. */
const BARS_MS = 16 * 3_600_000;

export interface QuestionsOptions {
  readonly name: string;
  readonly rpc: Rpc;
  readonly out: FeedOut;
  /** The socket is up and signed in. */
  readonly ready: () => boolean;
  readonly failed: (error: unknown) => void;
}

/** What is asked of Deribit besides what it streams: the contracts of a coin, how they stand, minutes of before, the newest trade. */
export class Questions {
  private readonly coins = new Set<string>();
  /** Names that are listed, by coin. */
  private readonly listed = new Map<string, ReadonlySet<string>>();
  /** Charts that were asked for. */
  private readonly charted = new Set<string>();
  /** How far this machine's clock was off when that was last said, µs. */
  private skewUs = 0;

  constructor(private readonly o: QuestionsOptions) {}

  /** Chains of these coins are wanted. */
  follow(coins: readonly string[]): void {
    const before = this.coins.size;
    for (const coin of coins) this.coins.add(coin);
    if (this.coins.size > before) void this.instruments().then(() => this.summaries());
  }

  /** Null while nobody has told. */
  isListed(name: string): boolean | null {
    return this.listed.get(name.slice(0, name.indexOf("-")))?.has(name) ?? null;
  }

  /** The contracts that are listed: the frame itself defines them, here their names are kept. */
  instruments(): Promise<void> {
    return this.eachCoin(async (currency) => {
      const asked = { currency, kind: "option", expired: false };
      const rows = await this.o.rpc.ask("public/get_instruments", asked);
      const names = (Array.isArray(rows) ? rows : []).map(
        (r) => (r as JsonObject | null)?.["instrument_name"],
      );
      this.listed.set(currency, new Set(names.filter((n) => typeof n === "string")));
    });
  }

  /** One request tells how every option of a coin stands, and keeps those alive that do not stream. */
  summaries(): Promise<void> {
    return this.eachCoin(async (currency) => {
      await this.o.rpc.ask("public/get_book_summary_by_currency", { currency, kind: "option" });
    });
  }

  private async eachCoin(ask: (currency: string) => Promise<void>): Promise<void> {
    for (const currency of this.coins) {
      if (!this.o.ready()) return;
      try {
        await ask(currency);
      } catch (error) {
        if (error instanceof RpcError && error.code === UNAUTHORISED) return this.o.failed(error);
        // A connection that broke meanwhile has said so itself.
        if (!this.o.ready()) return;
        this.say("warn", `options of ${currency}: ${error instanceof Error ? error.message : ""}`);
        return;
      }
    }
  }

  /** Minutes before the desk opened, once each: a chart begins with the day. */
  async bars(names: readonly string[]): Promise<void> {
    for (const name of names) {
      if (!this.o.ready() || this.charted.has(name)) continue;
      this.charted.add(name);
      const end = Math.floor(this.o.out.nowUs() / 1000);
      const asked = {
        instrument_name: name,
        start_timestamp: end - BARS_MS,
        end_timestamp: end,
        resolution: "1",
      };
      try {
        await this.o.rpc.ask("public/get_tradingview_chart_data", asked, `deribit.bars:${name}`);
      } catch (error) {
        this.charted.delete(name);
        const why = error instanceof Error ? error.message : "";
        return this.say("info", `the chart begins now: bars of ${name} could not be had: ${why}`);
      }
    }
  }

  /** How far this machine's clock is off the exchange's: said where it is, once. */
  async clock(): Promise<void> {
    const asked = this.o.out.nowUs();
    const told = await this.o.rpc.ask("public/get_time").catch(() => null);
    if (typeof told !== "number") return;
    const skewUs = (asked + this.o.out.nowUs()) / 2 - told * 1000;
    if (Math.abs(skewUs - this.skewUs) > AGAIN_US && saySkew(this.o.name, skewUs, this.o.out))
      this.skewUs = skewUs;
  }

  /** Time of the newest trade that the exchange tells when asked, µs; NaN for none. Tickers carry the time of the answer, which proves nothing. */
  async newestTrade(names: readonly string[]): Promise<number> {
    let newest = Number.NaN;
    for (const instrument_name of names) {
      const answer = (await this.o.rpc.ask("public/get_last_trades_by_instrument", {
        instrument_name,
        count: 1,
      })) as { readonly trades?: readonly { readonly timestamp?: unknown }[] } | null;
      const ms = Array.isArray(answer?.trades) ? answer.trades[0]?.timestamp : null;
      if (typeof ms === "number" && !(ms * 1000 <= newest)) newest = ms * 1000;
    }
    return newest;
  }

  say(level: "info" | "warn", text: string): void {
    this.o.out.event({ kind: "note", level, source: "feed", text: `${this.o.name}: ${text}` });
  }
}
