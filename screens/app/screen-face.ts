import type { Command, CommandResult, StatusView } from "../../src/desk/protocol.ts";
import type { DeskClient } from "../desk-client.ts";
import type { Dispatcher, Works } from "../keys/dispatch.ts";
import type { PaneId } from "../keys/keymap.ts";
import type { Dialog, Overlay } from "./overlay.ts";
import type { NoticeLevel, PromptOptions } from "./pane.ts";
import type { PaneSet } from "./pane-set.ts";

/** The screen as its own actions see it. */
export interface ScreenFace {
  readonly desk: DeskClient;
  readonly panes: PaneSet;
  readonly dispatcher: Dispatcher;
  readonly works: Works;
  readonly status: StatusView | null;
  readonly focus: PaneId;
  readonly overlay: Overlay | null;
  readonly now: () => number;
  notify(text: string, level?: NoticeLevel): void;
  send(command: Command, level?: NoticeLevel): Promise<CommandResult>;
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
  /** Bytes for the terminal that are no cells. */
  control(sequence: string): void;
}
