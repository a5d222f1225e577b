import type { ApiKeys } from "../keys.ts";

/** Where Alpaca is, and what the plan allows. The venue is an Alpaca at another address. */
export interface AlpacaSetup {
  readonly name: string;
  readonly dataUrl: string;
  readonly streamUrl: string;
  readonly tradingUrl: string;
  readonly stockFeed: string;
  readonly optionFeed: string;
  readonly stockLimit: number;
  readonly optionLimit: number;
  readonly cryptoLimit: number;
  readonly restPerMinute: number;
  readonly keys: ApiKeys | null;
  /** Headlines of what is followed go to the log. */
  readonly news: boolean;
  /** A chain is asked for up to this many days ahead, and this far around the spot. */
  readonly chainDays: number;
  readonly chainWidth: number;
  /** Most instruments that are asked for in turn by snapshots. */
  readonly rotated: number;
}

export const ALPACA_URLS = {
  dataUrl: "https://data.alpaca.markets",
  streamUrl: "wss://stream.data.alpaca.markets",
  tradingUrl: "https://paper-api.alpaca.markets",
} as const;
