import type { Clock } from "../../shell/clock.ts";
import type { FeedOut } from "../feed.ts";
import { type AlpacaRest, RestError } from "./rest.ts";
import type { AlpacaSetup } from "./setup.ts";

/** Symbols and prints of one page, and pages of one gap at most. */
const SYMBOLS = 100;
const PAGE = 10_000;
const MOST_PAGES = 50;
/** Asked this long after the stream is back: what it had under way has come by then. */
const SETTLE_MS = 2_000;
/** The gap may have begun before the last print that came. */
const BEFORE_US = 5_000_000;

export interface Gap {
  readonly fromUs: number;
  readonly toUs: number;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Option trades that a break of the stream swallowed, by REST; which of them are news is found where they are decoded. */
export class BackFill {
  private line: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly rest: AlpacaRest,
    private readonly setup: AlpacaSetup,
    private readonly clock: Clock,
    private readonly out: FeedOut,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  /** One gap after the other; `done` hears how many prints came back, or null where they could not be had. */
  ask(symbols: readonly string[], gap: Gap, done: (prints: number | null) => void): void {
    this.line = this.line.then(async () => {
      await new Promise<void>((resolve) => {
        this.clock.after(SETTLE_MS, resolve);
      });
      if (!this.stopped) done(await this.fetch(symbols, gap));
    });
  }

  private async fetch(symbols: readonly string[], gap: Gap): Promise<number | null> {
    const channel = `alpaca.trades:options ${this.setup.optionFeed}`;
    let prints = 0;
    try {
      for (let from = 0; from < symbols.length && !this.stopped; from += SYMBOLS)
        prints += await this.part(channel, symbols.slice(from, from + SYMBOLS), gap);
      return prints;
    } catch (error) {
      // The decoder counts the pages of one filling together: this one ends here.
      this.out.frame(
        channel,
        Buffer.from('{"trades":{},"next_page_token":null}'),
        this.out.nowUs(),
        "snapshot",
      );
      const words = error instanceof RestError ? error.message : String(error);
      const text = `trades of a gap on ${this.setup.optionFeed} could not be had: ${words}`;
      if (!this.stopped) this.out.event({ kind: "note", level: "warn", source: "feed", text });
      return null;
    }
  }

  private async part(channel: string, symbols: readonly string[], gap: Gap): Promise<number> {
    let prints = 0;
    let token: string | undefined;
    for (let page = 0; page < MOST_PAGES && !this.stopped; page++) {
      const body = await this.rest.data("/v1beta1/options/trades", {
        symbols: symbols.join(","),
        start: iso(Math.floor((gap.fromUs - BEFORE_US) / 1000)),
        end: iso(Math.ceil(gap.toUs / 1000)),
        limit: PAGE,
        page_token: token,
      });
      if (this.stopped) break;
      prints += this.out.frame(channel, body, this.out.nowUs(), "snapshot").rows;
      const next = (JSON.parse(body.toString("utf8")) as { next_page_token?: unknown }).next_page_token;
      if (typeof next !== "string" || next === "") break;
      token = next;
    }
    return prints;
  }
}
