import type { GuardLimits } from "../../engines/orders/index.ts";

import type { LeggingLimits } from "../orders/execution/face.ts";
import type { LogOptions } from "../telemetry/log.ts";

/** What the desk worker is started with: plain data, since it crosses a thread border. */
export interface DeskBoot {
  /** Folder of the recorded session. */
  readonly session: string;
  /** Portfolio file, or null for an empty paper account. */
  readonly portfolio: string | null;
  readonly speed: number | "max" | null;
  /** Local time `HH:MM[:SS]` in the exchange's zone to begin at, or null for the session's own start. */
  readonly at: string | null;
  readonly paused: boolean;
  /** Play the session once beside the desk, so that every jump is cheap. */
  readonly index: boolean;
  readonly loop: boolean;
  /** File of the market data that is nobody's feed. */
  readonly marketFile: string;
  /** The user's own on top of it, which may not be there. */
  readonly ownMarketFile: string | null;
  /** Folder of what is kept of earlier sessions, a file a name. It need not be there. */
  readonly historyDir: string;
  readonly settings: DeskSettings;
  /** Where and how the desk keeps its log, or null for none. */
  readonly log: Omit<LogOptions, "name"> | null;
  /** Folder of the ledger; null keeps nothing: a desk for a test or a bench. */
  readonly stateDir: string | null;
}

/** The part of the config that the desk itself reads. */
export interface DeskSettings {
  readonly marksPolicy: "neutral" | "conservative" | "intrinsic" | "bs_model";
  readonly marginProfile: "cash" | "regT";
  /** How long a quote stands unconfirmed, by the cadence of its recording. */
  readonly quoteAgeMs: { readonly ticks: number; readonly "minute bars": number };
  readonly tapePrints: number;
  readonly checkpointEvents: number;
  readonly checkpointLimit: number;
  readonly hashEvents: number;
  readonly logEntries: number;
  /** Greatest timed speed of the replay where a bench raises it; no setting. */
  readonly fastest?: number;
  /** Folder of the watch lists, a file each, or null to forget them. */
  readonly watchDir: string | null;
  /** Where alerts are kept, or null to forget them. */
  readonly alertsFile: string | null;
  readonly watchLists: Readonly<Record<string, readonly string[]>>;
  readonly orders: OrderSettings;
}

/** The part of the config that orders go by. */
export interface OrderSettings {
  readonly defaults: { readonly contracts: number; readonly shares: number };
  readonly limits: GuardLimits;
  readonly previewMs: number;
  readonly shownMs: number;
  readonly typedAbove: number;
  readonly paperLatencyMs: number;
  /** Whether a live desk opens halted: only where money is real, always, or never. */
  readonly openHalted: "live" | "always" | "never";
  /** The kill key cancels orders made elsewhere too. */
  readonly killOthers: boolean;
  /** What is done, and when, about a part of a pair or a split package that stands naked. */
  readonly legging: LeggingLimits;
}
