import type { BrokerSetup } from "../../brokers/setup.ts";
import type { AlpacaSetup } from "../../feeds/alpaca/setup.ts";
import type { DeribitSetup } from "../../feeds/deribit/feed.ts";
import type { IbkrSetup } from "../../feeds/ibkr/setup.ts";
import type { DeskBoot, DeskSettings } from "../boot.ts";

/** What a live desk worker is started with: plain data. Keys travel in memory only and are never logged. */
export interface LiveBoot {
  readonly live: true;
  readonly feed: FeedSetup;
  /** Instrument ids to follow, first wish first; options as ids or OCC symbols. */
  readonly symbols: readonly string[];
  readonly portfolio: string | null;
  /** Cash of a paper account that no portfolio file describes; null for an account without orders. */
  readonly paperCash: number | null;
  /** Folder of the ledger; null for a desk that only looks. */
  readonly stateDir: string | null;
  /** A broker beyond the embedded paper one; null for that one. */
  readonly broker?: BrokerBoot | null;
  /** The venue's own time less the wall's, µs. */
  readonly offsetUs: number;
  /** Address of the venue, where it has not told its time and `offsetUs` is a guess; null where that is known. */
  readonly awaits?: string | null;
  /** Why trading was stopped before its account was known; carried from one session to the next. */
  readonly killed?: string | null;
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

/** One entry for each kind of feed that the registry can make. `paper`: a venue, where nothing is real. */
export type FeedSetup = { readonly name: string; readonly paper: boolean } & (
  | { readonly kind: "alpaca"; readonly alpaca: AlpacaSetup }
  | { readonly kind: "deribit"; readonly deribit: DeribitSetup }
  | { readonly kind: "ibkr"; readonly ibkr: IbkrSetup }
);

export interface BrokerBoot {
  readonly setup: BrokerSetup;
  /** `alpaca`, `alpaca venue` */
  readonly label: string;
  /** A venue on this machine: nothing is real whatever it says. */
  readonly venue: boolean;
  /** The only account that may be traded, null for whichever the keys open. */
  readonly account: string | null;
  /** File of the locks of accounts. */
  readonly accounts: string;
  /** A silence of the desk after which its guard cancels, null for no guard. */
  readonly guardMs: number | null;
}

export interface RecordSetup {
  readonly folder: string;
  readonly stopMb: number;
  readonly warnMb: number;
}
