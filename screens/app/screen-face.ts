import type { InstrumentId, Slot } from "../../engines/market/index.ts";
import type { AlertsView, Command, StatusView, ViewName, Views } from "../../src/desk/protocol.ts";
import type { ExportFormat, ExportWhat } from "../command/statement.ts";
import type { DeskClient, FocusInstrument } from "../desk-client.ts";
import type { Dispatcher, Works } from "../keys/dispatch.ts";
import type { ActionId, PaneId } from "../keys/keymap.ts";
import type { SendResult } from "../orders/mode.ts";
import type { Grid } from "../terminal/grid.ts";
import type { Link } from "../terminal/link.ts";
import type { Theme } from "../theme/theme.ts";
import type { UserLayout } from "./layouts.ts";
import type { Looks } from "./looks.ts";
import type { OrderDesk } from "./order-desk.ts";
import type { Dialog, Overlay } from "./overlay.ts";
import type { NoticeLevel, PromptOptions } from "./pane.ts";
import type { PaneSet } from "./pane-set.ts";
import type { ScreenStore } from "./store.ts";

/** Writes what a screen shows to a file; a sentence for the notification row. Rejects with one that says what to do. */
export type Exporter = (
  what: Exclude<ExportWhat, "pane">,
  format: ExportFormat,
  file: string,
  /** How the panes on screen ask for their views: what is exported is what is shown. */
  asked: Asked,
) => Promise<string>;
export type Asked = { readonly [V in ViewName]?: Views[V]["params"] };

/** The screen as its own actions see it. */
export interface ScreenFace {
  readonly orders: OrderDesk;
  readonly desk: DeskClient;
  readonly panes: PaneSet;
  readonly dispatcher: Dispatcher;
  readonly works: Works;
  readonly status: StatusView | null;
  readonly focus: PaneId;
  /** Panes on screen. */
  readonly visible: readonly PaneId[];
  readonly overlay: Overlay | null;
  /** Cells as they were last composed. */
  readonly grid: Grid;
  readonly now: () => number;
  readonly theme: Theme;
  readonly looks: Looks;
  readonly instrument: FocusInstrument;
  readonly store: ScreenStore;
  /** Null until the desk has said what is watched. */
  readonly alerts: AlertsView | null;
  readonly link: Link | null;
  /** Null where nothing can be written. */
  readonly exporter: Exporter | null;
  notify(text: string, level?: NoticeLevel): void;
  send(command: Command, level?: NoticeLevel): Promise<SendResult>;
  /** Cancels all and blocks sending; the bar says so before the desk has answered. */
  kill(reason: string): void;
  ask(dialog: Dialog): void;
  setOverlay(overlay: Overlay | null): void;
  openPrompt(options: PromptOptions): void;
  focusPane(id: PaneId): void;
  focusNext(by: 1 | -1): void;
  focusLast(): void;
  zoom(): void;
  /** Leaves the innermost thing that can be left; false at the root. */
  back(): boolean;
  closeOpened(): boolean;
  repaint(): void;
  quit(): void;
  suspend(): void;
  /** Does what a key's action does where the focus is; false when nothing there has it. */
  act(action: ActionId): boolean;
  /** All panes follow this instrument from now on. */
  setInstrument(slot: Slot | null, underlying: InstrumentId | null): void;
  /** How the panes are laid out now: to be saved. */
  readonly layout: UserLayout;
  /** Lays the panes out so, and moves the focus there. */
  useLayout(layout: UserLayout): void;
  /** The focused pane keeps its own instrument, or follows the others again. Returns whether it keeps it. */
  pin(): boolean;
  /** The level that an explanation shows stays on screen, asked anew as the session moves. */
  pinExplanation(overlay: Overlay & { readonly kind: "explain" }): void;
  /** Puts the card of the first run on screen, or away for good. False when there was none to put away. */
  showTour(shown: boolean): boolean;
  /** Takes the keys as their file has them now. */
  loadKeys(say: boolean): void;
  /** Bytes for the terminal that are no cells. */
  control(sequence: string): void;
}
