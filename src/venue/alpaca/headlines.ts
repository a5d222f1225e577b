import { uniformAt } from "../market/noise.ts";
import type { VenueMarket } from "../market/types.ts";
import { Nanos, type WireObject } from "./values.ts";

const MINUTE_US = 60_000_000;
const STREAM = 90;
/** Share of minutes with a headline. */
const SHARE = 0.4;

export interface Headline {
  readonly symbols: readonly string[];
  readonly message: WireObject;
}

/** Headlines that the market itself makes: what a name did since its last close. */
export class Headlines {
  private minute: number;

  constructor(
    private readonly market: VenueMarket,
    startUs: number,
  ) {
    this.minute = Math.floor(startUs / MINUTE_US);
  }

  /** Those of the minutes that have passed. */
  due(nowUs: number): Headline[] {
    const found: Headline[] = [];
    for (const last = Math.floor(nowUs / MINUTE_US); this.minute < last; this.minute++) {
      const item = this.at(this.minute + 1);
      if (item !== null) found.push(item);
    }
    return found;
  }

  private at(minute: number): Headline | null {
    const names = this.market.listed.filter(
      (p) => p.instrument.kind === "equity" || p.instrument.kind === "etf",
    );
    const draw = uniformAt(1, STREAM, minute, 0);
    const product = names[Math.floor(uniformAt(1, STREAM, minute, 1) * names.length)];
    if (draw > SHARE || product === undefined) return null;
    const us = minute * MINUTE_US;
    const days = this.market.dailyBars(product, us - 8 * 1440 * MINUTE_US, us).slice(-2);
    const [today, prior] = [days.at(-1), days.at(-2)];
    if (today === undefined || prior === undefined) return null;
    const move = 100 * (today.close / prior.close - 1);
    const headline = `${product.symbol} ${move < 0 ? "falls" : "rises"} ${Math.abs(move).toFixed(1)}% to ${today.close}`;
    const time = new Nanos(us);
    const symbols = [product.symbol];
    return {
      symbols,
      message: {
        T: "n",
        id: minute,
        headline,
        summary: "",
        author: "Venue",
        created_at: time,
        updated_at: time,
        url: "",
        content: "",
        symbols,
        source: "venue",
      },
    };
  }
}
