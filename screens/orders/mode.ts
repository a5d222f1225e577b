import type { Slot } from "../../engines/market/index.ts";
import type { Command, CommandResult, Draft, StatusView } from "../../src/desk/protocol.ts";
import type { NoticeLevel } from "../app/pane.ts";
import type { InstrumentIndex } from "../command/instruments.ts";
import type { DeskClient } from "../desk-client.ts";
import type { Dispatcher } from "../keys/dispatch.ts";
import type { ModeId } from "../keys/keymap.ts";
import type { Theme } from "../theme/theme.ts";
import type { Sheet } from "./sheet.ts";

/** A key as a mode gets it. */
export interface ModeKey {
  readonly key: string;
  readonly text: string | null;
  /** Came by itself, or as the same key again: other keys in one lump were typed ahead or are a paste without its marks. */
  readonly alone: boolean;
}

export interface SheetRoom {
  /** Cells of a line, and lines, inside the frame. */
  readonly w: number;
  readonly h: number;
  readonly theme: Theme;
  readonly nowMs: number;
}

/** Something that has the keys for itself and lies over the panes. */
export interface Mode {
  readonly id: ModeId;
  /** Under the row it came from, or over the panes. */
  readonly place: "strip" | "body";
  readonly sheet: (room: SheetRoom) => Sheet;
  readonly key: (event: ModeKey) => void;
  /** Esc: whether there was something inside to leave; if not the mode itself is left. */
  readonly back: () => boolean;
  /** It is on the stack no more. */
  readonly closed: () => void;
  /**
   * What is on screen, as far as it decides what `C` would send: null when `C` can send nothing. `whole` says that all lines that must
   * be seen were painted.
   */
  readonly stamp?: (whole: boolean) => string | null;
  /** Ages and countdowns: painted again after so many ms. */
  readonly everyMs?: number;
}

/** A command's answer; `lost` when none came: what became of it is not known. */
export interface SendResult extends CommandResult {
  readonly lost?: true;
}

/** What a mode may ask of the screen. */
export interface ModeHost {
  readonly desk: DeskClient;
  /** The keys as they are set now. */
  readonly keys: Dispatcher;
  readonly status: () => StatusView | null;
  readonly now: () => number;
  readonly touch: () => void;
  readonly notify: (text: string, level?: NoticeLevel) => void;
  readonly send: (command: Command, level?: NoticeLevel) => Promise<SendResult>;
  readonly push: (mode: Mode) => void;
  /** Takes a mode and all above it away. */
  readonly leave: (mode: Mode) => void;
  readonly isTop: (mode: Mode) => boolean;
  readonly isOpen: (mode: Mode) => boolean;
  /** All modes are left. */
  readonly leaveAll: () => void;
  /** How long what the stamp stands for has stood written on the terminal, ms. */
  readonly shownMs: (stamp: string) => number;
  /** Null when it stood there long enough to be read, else a sentence. */
  readonly unread: (stamp: string, sends: "preview.confirm" | "orders.send") => string | null;
  /** What stands there has to be read anew. */
  readonly readAgain: () => void;
  readonly screenHash: () => string;
  /** False when the screen stood still: keys that come now were typed at something older. */
  readonly moving: () => boolean;
  /** Makes a ticket and opens its strip; `then` previews it at once. */
  readonly stage: (draft: Draft, words: string, then?: "preview") => void;
  /** Opens the strip of a ticket, unless it is open. */
  readonly ticket: (id: string) => void;
  /** Asks for a preview of these tickets and shows it, unless the mode that asked was left meanwhile. */
  readonly preview: (tickets: readonly string[], from: Mode | null) => Promise<void>;
  /** Shows a preview the desk has made, in place of the one it comes from. */
  readonly showPreview: (preview: string, tickets: readonly string[], from: Mode | null) => void;
  readonly help: (mode: ModeId) => void;
  readonly explainText: (title: string, lines: readonly string[]) => void;
  readonly index: () => InstrumentIndex;
  readonly quote: (slot: Slot) => { readonly bid: number; readonly ask: number } | null;
  /** `C` went out for these tickets: the time to the broker's answer is told. */
  readonly confirmed: (orders: string | undefined, atMs: number, key?: string) => void;
}
