import type { AlpacaSetup } from "../../feeds/alpaca/setup.ts";
import type { DeskBoot, DeskSettings } from "../boot.ts";

/** What a live desk worker is started with: plain data. Keys travel in memory only and are never logged. */
export interface LiveBoot {
  readonly live: true;
  readonly feed: FeedSetup;
  /** Instrument ids to follow, first wish first; options as ids or OCC symbols. */
  readonly symbols: readonly string[];
  readonly portfolio: string | null;
  /** The venue's own time less the wall's, µs. */
  readonly offsetUs: number;
  readonly record: RecordSetup | null;
  readonly build: string;
  readonly marketFile: string;
  readonly ownMarketFile: string | null;
  readonly historyDir: string;
  readonly log: DeskBoot["log"];
  readonly slots: number;
  readonly inboxRows: number;
  readonly keptBlocks: number;
  readonly settings: DeskSettings;
}

/** One entry for each kind of feed that the registry can make. */
export type FeedSetup = { readonly kind: "alpaca"; readonly paper: boolean; readonly alpaca: AlpacaSetup };

export interface RecordSetup {
  readonly folder: string;
  readonly stopMb: number;
  readonly warnMb: number;
}
