import type { DeskClient } from "../desk-client.ts";
import type { PaneId } from "../keys/keymap.ts";
import type { Link } from "../terminal/link.ts";
import type { Theme } from "../theme/theme.ts";
import type { AlertSignal } from "./alerts.ts";
import type { PaneSpec } from "./pane.ts";
import type { Exporter } from "./screen-face.ts";
import type { ScreenStore } from "./store.ts";

export interface ScreenOptions {
  readonly cols: number;
  readonly rows: number;
  readonly theme: Theme;
  readonly desk: DeskClient;
  readonly panes: readonly PaneSpec[];
  readonly flash: boolean;
  /** Two frames a second and no motion. */
  readonly calm?: boolean;
  /** How long an order must stand on the terminal before its `C` counts, ms. */
  readonly readMs?: number;
  /** What outlives the screen; without one nothing does. */
  readonly store?: ScreenStore;
  /** Whether the card of the first run is shown until it was put away once. */
  readonly tour?: boolean;
  readonly exporter?: Exporter | undefined;
  /** How an alert that fires is signalled beyond its message. */
  readonly signal?: AlertSignal;
  /** What lies between the terminal and the desk, and how many frames a second it takes now. */
  readonly link?: Link;
  /** Host clock in ms. */
  readonly now: () => number;
  /** Something to draw: `urgent` for a key's answer, else for the next data frame, at `atMs` when motion asks for a time. */
  readonly onWork: (urgent: boolean, atMs?: number) => void;
  /** Bytes for the terminal that are no cells: clipboard, title, bell. */
  readonly onControl: (sequence: string) => void;
  readonly onQuit: () => void;
  readonly onSuspend: () => void;
  /** A pane threw: for the log. The screen goes on. */
  readonly onPaneError: (pane: PaneId, error: unknown) => void;
  /** The structure itself threw: the screen can't go on. */
  readonly onFatal: (error: unknown) => void;
}
