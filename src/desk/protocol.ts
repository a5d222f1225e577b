/**
 * What the desk and a screen say to each other: in messages between threads, or over a Unix socket. Small view models go up,
 * subscriptions and commands go down. Live quotes do not travel here within one process: the screen reads the shared book.
 * Everything is structured-clonable; unknown is `null`, never 0.
 */
import type { SignConvention, SliceName } from "../../engines/exposure/index.ts";
import type {
  BookShared,
  Instrument,
  InstrumentId,
  Leg,
  Micros,
  Slot,
  TradingStatus,
} from "../../engines/market/index.ts";
import type { AlertCommand, AlertsView } from "./protocol-alerts.ts";
import type {
  ChainView,
  ChartView,
  FeedsView,
  FollowsView,
  LogView,
  PackageView,
  PositionsView,
  StatusView,
  TapeView,
  WatchView,
} from "./protocol-desk.ts";
import type { OrderCommand, OrdersView, PreviewView, StoryView, TicketView } from "./protocol-orders.ts";
import type {
  ExposureView,
  FlowView,
  LevelsView,
  ScenarioParams,
  ScenariosView,
} from "./protocol-studies.ts";
import type { SurfaceView } from "./protocol-surface.ts";

export type * from "./protocol-alerts.ts";
export type * from "./protocol-desk.ts";
export type * from "./protocol-orders.ts";
export type * from "./protocol-studies.ts";
export type * from "./protocol-surface.ts";

export const PROTOCOL = 1;

/** Params and model of each view a screen can subscribe to. */
export interface Views {
  status: { params: Record<never, never>; model: StatusView };
  positions: { params: Record<never, never>; model: PositionsView };
  watch: { params: { readonly list: string }; model: WatchView };
  chart: { params: { readonly slot: Slot | null; readonly barMinutes: number }; model: ChartView };
  tape: { params: { readonly underlying: InstrumentId | null; readonly limit: number }; model: TapeView };
  chain: {
    params: { readonly underlying: InstrumentId | null; readonly expiry: string | null };
    model: ChainView;
  };
  package: {
    params: { readonly legs: readonly Leg[] };
    model: PackageView;
  };
  exposure: {
    params: {
      readonly underlying: InstrumentId | null;
      readonly slice: SliceName;
      readonly convention: SignConvention;
    };
    model: ExposureView;
  };
  flow: {
    params: { readonly underlying: InstrumentId | null; readonly limit: number; readonly minutes: 5 | 15 };
    model: FlowView;
  };
  scenarios: { params: ScenarioParams; model: ScenariosView };
  surface: {
    params: { readonly underlying: InstrumentId | null; readonly expiry: string | null };
    model: SurfaceView;
  };
  levels: {
    /** Anchors of further VWAPs: a time of this session, the open of an earlier day. */
    params: { readonly slot: Slot | null; readonly anchorUs: number | null; readonly anchorDay?: string };
    model: LevelsView;
  };
  feeds: { params: Record<never, never>; model: FeedsView };
  /** Instruments and how each is followed: of one channel, or (null) of all. */
  follows: { params: { readonly channel: string | null }; model: FollowsView };
  log: { params: { readonly limit: number }; model: LogView };
  alerts: { params: Record<never, never>; model: AlertsView };
  orders: { params: Record<never, never>; model: OrdersView };
  ticket: { params: { readonly ticket: string }; model: TicketView };
  preview: { params: { readonly preview: string; readonly scenario?: boolean }; model: PreviewView };
  story: { params: { readonly order: string }; model: StoryView };
}
export type ViewName = keyof Views;

// ---- explain ------------------------------------------------------------------------------------

export interface ExplainTarget {
  readonly view: ViewName;
  readonly row: string;
  readonly column: string;
}
/** One number and where it comes from; inputs are explained one level deeper each. */
export interface Explanation {
  readonly title: string;
  readonly value: string;
  readonly unit: string | null;
  /** Plain sentences: source, time, age, policy and why it was taken, the formula with the numbers in it. */
  readonly lines: readonly string[];
  readonly inputs: readonly Explanation[];
  readonly usedBy: readonly string[];
}

// ---- commands -----------------------------------------------------------------------------------

export type Command =
  | { readonly name: "pause" }
  | { readonly name: "run" }
  | { readonly name: "speed"; readonly speed: number | "max" }
  | { readonly name: "step"; readonly by: "event" | "second" | "minute"; readonly count: number }
  | { readonly name: "jump"; readonly to: { readonly us: Micros } | { readonly seq: number } }
  | { readonly name: "loop"; readonly on: boolean }
  | { readonly name: "bookmark" }
  /** Live: drops the feed's connections and begins again. */
  | { readonly name: "reconnect"; readonly channel?: string }
  | {
      readonly name: "watch";
      readonly list: string;
      readonly add: readonly string[];
      readonly remove: readonly string[];
    }
  | { readonly name: "kill"; readonly reason: string }
  | AlertCommand
  | OrderCommand;

export interface CommandResult {
  readonly ok: boolean;
  /** One sentence for the notification row. */
  readonly message: string | null;
  /** Id of what the command made or concerns: a ticket, a preview, an order. */
  readonly made?: string;
}

// ---- messages -----------------------------------------------------------------------------------

export interface SlotInfo {
  readonly slot: Slot;
  readonly instrument: Instrument;
  readonly status: TradingStatus;
}

export type ToDesk =
  | { readonly t: "hello"; readonly protocol: number }
  | {
      readonly [V in ViewName]: {
        readonly t: "subscribe";
        readonly sub: number;
        readonly view: V;
        readonly params: Views[V]["params"];
      };
    }[ViewName]
  | { readonly t: "unsubscribe"; readonly sub: number }
  | { readonly t: "command"; readonly id: number; readonly command: Command }
  | { readonly t: "explain"; readonly id: number; readonly target: ExplainTarget }
  | { readonly t: "quit" };

export type FromDesk =
  | {
      readonly t: "welcome";
      readonly protocol: number;
      readonly slots: readonly SlotInfo[];
      readonly book: BookShared | null;
      /** Shared words by which a kill takes hold before this thread has heard of it; null where memory can't be shared. */
      readonly brake: SharedArrayBuffer | null;
    }
  | {
      readonly [V in ViewName]: {
        readonly t: "view";
        readonly sub: number;
        readonly view: V;
        readonly model: Views[V]["model"];
      };
    }[ViewName]
  | { readonly t: "slots"; readonly slots: readonly SlotInfo[] }
  | { readonly t: "result"; readonly id: number; readonly result: CommandResult }
  | { readonly t: "explained"; readonly id: number; readonly explanation: Explanation | null }
  /** What had to be finished after a quit is finished. */
  /** `killed`: why trading was stopped, where nobody could be told of it yet. */
  | { readonly t: "bye"; readonly killed: string | null }
  /** A new session date began: this desk is of the day before, and whoever shows it opens the next. */
  /** A session is over and another begins. `offsetUs`: of the venue's own time less the wall's, where that was not known before. */
  | { readonly t: "turned"; readonly day: string; readonly offsetUs?: number; readonly why?: string }
  | { readonly t: "opening"; readonly what: string; readonly share: number }
  | {
      readonly t: "fatal";
      readonly code: string;
      readonly message: string;
      readonly advice: string;
      readonly exitCode: number;
    };
