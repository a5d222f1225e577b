import type { BookReader, InstrumentId, Slot } from "../../engines/market/index.ts";
import type {
  Command,
  CommandResult,
  Draft,
  ExplainTarget,
  StatusView,
  ViewName,
  Views,
} from "../../src/desk/protocol.ts";
import type { Completion } from "../command/complete.ts";
import type { DeskClient, FocusInstrument } from "../desk-client.ts";
import type { ActionId, PaneId } from "../keys/keymap.ts";
import type { Canvas } from "../kit/canvas.ts";
import type { Keeper } from "../kit/column-chooser.ts";
import type { OrderTarget } from "../orders/target.ts";
import type { Theme } from "../theme/theme.ts";

/** What a painter knows beyond its models. */
export interface PaintContext {
  readonly theme: Theme;
  readonly focused: boolean;
  /** Host clock in ms, for motion only: ages and times come with the models. */
  readonly nowMs: number;
  readonly flash: boolean;
  /** Asks for another painting at this time of the host clock. */
  readonly wake: (atMs: number) => void;
  readonly status: StatusView | null;
  readonly book: BookReader | null;
  /** Rows show their numbers: a command line that may name them is open. */
  readonly numbered?: boolean;
  /** `ssh 8 f/s`: how the frames get to the terminal; null where nobody measures it. */
  readonly link?: string | null;
  /** Symbol of the instrument that this pane keeps to, whatever the others follow. */
  readonly pinned?: string | null;
}

/** One subscription a pane wants while it is on screen. */
export interface Want {
  readonly view: ViewName;
  readonly params: Views[ViewName]["params"];
  readonly key: string;
  /** `deliver` runs what a model does to the pane, and touches it. */
  readonly subscribe: (desk: DeskClient, deliver: (act: () => void) => void) => () => void;
}

/** A wish for a view: two wishes with the same view and params are the same subscription. */
export function want<V extends ViewName>(
  view: V,
  params: Views[V]["params"],
  onModel: (model: Views[V]["model"]) => void,
): Want {
  return {
    view,
    params,
    key: `${view} ${JSON.stringify(params)}`,
    subscribe: (desk, deliver) => desk.subscribe(view, params, (model) => deliver(() => onModel(model))),
  };
}

export type NoticeLevel = "info" | "order" | "warn" | "error";

/** What is said below a field: how it is read, or what is wrong with the word above the caret. */
export interface BelowField {
  readonly text: string;
  readonly caret: number | null;
}

export interface PromptOptions {
  readonly label: string;
  readonly text: string;
  readonly history?: readonly string[];
  /** What Tab offers for the word at the cursor. */
  readonly complete?: (text: string, cursor: number) => Completion;
  /** Words for the row below the field, which then stands a row higher. */
  readonly below?: (text: string) => BelowField;
  /** Called with every edit. */
  readonly onEdit?: (text: string) => void;
  readonly onDone: (text: string) => void;
  readonly onCancel?: () => void;
}

/** What a pane may do with tickets and orders; nothing of it sends. */
export interface OrderHost {
  /** Opens the strip of a ticket. */
  readonly ticket: (id: string) => void;
  /** Several tickets are one basket. */
  readonly preview: (tickets: readonly string[]) => void;
  /** Shows a preview that the desk has made. */
  readonly showPreview: (preview: string, tickets: readonly string[]) => void;
  readonly story: (order: string) => void;
  readonly askToCancelAll: () => void;
  /** Null when what {@link Pane.sendStamp} stands for was on the terminal long enough to be read, else a sentence. */
  readonly unread: (stamp: string) => string | null;
  /** What a key has just sent, where it comes a second time. */
  readonly again: (key: string) => string | null;
  /** `C` went out for an order: the time to the broker's answer is told. */
  readonly confirmed: (order: string) => void;
}

/** What a pane may ask of the screen. */
export interface PaneHost extends Keeper {
  readonly desk: DeskClient;
  readonly theme: () => Theme;
  readonly status: () => StatusView | null;
  /** What the pane wants to see has changed without a key. */
  readonly rewant: () => void;
  /** The pane's cells are out of date. */
  readonly touch: () => void;
  readonly notify: (text: string, level?: NoticeLevel) => void;
  readonly command: (command: Command) => Promise<CommandResult>;
  readonly focus: () => FocusInstrument;
  readonly setFocus: (slot: Slot | null, underlying: InstrumentId | null) => void;
  readonly prompt: (options: PromptOptions) => void;
  readonly openPane: (id: PaneId) => void;
  /** Puts a draft on the desk as a ticket and opens its strip under the row with the cursor. */
  readonly stage: (draft: Draft) => void;
  readonly orders: OrderHost;
  /** The key of an action as it is bound now. */
  readonly keyOf: (action: ActionId) => string;
  /** Opens the command line with words in it. */
  readonly commandLine: (text: string) => void;
}

/** What copies with `y` and `Y`. */
export interface Copied {
  readonly cell: string;
  readonly row: string;
}

export interface Pane {
  /** Subscriptions for what it shows now; asked again after each key and when the focus instrument moves. */
  readonly wants: () => readonly Want[];
  /** Words after the name in the frame's top edge. */
  readonly title: (context: PaintContext) => string;
  /** Words in the bottom edge: the pane's own keys. */
  readonly foot?: () => string;
  /** Paints the inside of the frame, which is blank. */
  readonly paint: (canvas: Canvas, context: PaintContext) => void;
  /** Paints a single row without a frame, for panes that can shrink to one. */
  readonly paintLine?: (canvas: Canvas, context: PaintContext) => void;
  readonly actions: Partial<Readonly<Record<ActionId, (key: string) => void>>>;
  /** Esc: whether the pane had something to leave (a filter, a mark). */
  readonly back?: () => boolean;
  /** Slots whose quotes are on screen: a change of one repaints the pane. */
  readonly slots?: () => Iterable<Slot>;
  readonly explain?: () => ExplainTarget | null;
  /** The one contract of a row by its number, or (null) of the row under the cursor. */
  readonly rowSlot?: (n: number | null) => Slot | null;
  /** What the order keys trade at the cursor (or in a row by its number), where that may be more than one contract. */
  readonly orderTarget?: (n?: number | null) => OrderTarget | null;
  /** What a `C` would send from this pane, as it was painted; null when nothing. */
  readonly sendStamp?: () => string | null;
  /** Staged tickets that are marked, else the one under the cursor. */
  readonly tickets?: () => readonly string[];
  /** What a trader calls the row under the cursor. */
  readonly rowName?: () => string | null;
  readonly copied?: () => Copied | null;
  /** Where the hardware cursor rests inside the frame. */
  readonly cursor?: () => { readonly x: number; readonly y: number } | null;
}

/** A pane's entry in the registry: one folder exports one of these. */
export interface PaneSpec {
  readonly id: PaneId;
  /** Its number (or letter) for life; null for panes that come with another. */
  readonly key: string | null;
  readonly name: string;
  /** Least size that it paints in, frame included; below it says so. */
  readonly min: { readonly cols: number; readonly rows: number };
  /** Shows ages or session time: repainted as the session's clock moves. */
  readonly clock?: boolean;
  readonly create: (host: PaneHost) => Pane;
}
