import type { StatusView } from "../../src/desk/protocol.ts";
import type { DeskClient } from "../desk-client.ts";
import type { PaneId } from "../keys/keymap.ts";
import { Canvas } from "../kit/canvas.ts";
import type { Cell, LiveArea, Rect } from "../terminal/compositor.ts";
import type { Grid } from "../terminal/grid.ts";
import type { Theme } from "../theme/theme.ts";
import {
  paintBelow,
  paintField,
  paintHalted,
  paintHints,
  paintNotice,
  paintStatus,
  paintTooSmall,
} from "./chrome.ts";
import type { Followed } from "./followed.ts";
import { haltedWords } from "./halted.ts";
import type { KeyRouter } from "./key-router.ts";
import type { Anchor, ModePaint } from "./mode-stack.ts";
import type { Navigation } from "./navigation.ts";
import type { Notices } from "./notices.ts";
import type { OrderDesk } from "./order-desk.ts";
import { paintOverlay } from "./overlay.ts";
import type { PaintContext } from "./pane.ts";
import type { PaneSet } from "./pane-set.ts";
import type { Pinned } from "./pinned.ts";
import type { Tour } from "./tour.ts";

/** What the painters of the screen's parts look at. */
export interface Painted {
  readonly desk: DeskClient;
  readonly panes: PaneSet;
  readonly nav: Navigation;
  readonly keys: KeyRouter;
  readonly orders: OrderDesk;
  /** A kill is on its way. */
  readonly killing: () => boolean;
  readonly notices: Notices;
  readonly tour: Tour;
  readonly pinned: Pinned;
  readonly followed: Followed;
  readonly theme: () => Theme;
  readonly flash: () => boolean;
  readonly status: () => StatusView | null;
  readonly now: () => number;
  readonly link: () => string | null;
  readonly wake: (area: string, atMs: number) => void;
}

/** Who paints which box of the structure, and where the terminal's own cursor belongs. */
export class Painters {
  #rects: ReadonlyMap<string, Rect> = new Map();
  #modeRect: Rect | null = null;
  #fieldCursor: number | null = null;

  constructor(readonly on: Painted) {}

  /** The boxes as laid out, each with its painter. */
  areas(rects: readonly (readonly [string, Rect])[]): LiveArea[] {
    this.#rects = new Map(rects);
    this.#modeRect = this.#wantedModeRect();
    return this.#areas();
  }

  /** A mode grows, shrinks and follows its row: the areas anew when it has another place, else null. */
  placeMode(): LiveArea[] | null {
    const rect = this.#wantedModeRect();
    const was = this.#modeRect;
    if (rect?.x === was?.x && rect?.y === was?.y && rect?.w === was?.w && rect?.h === was?.h) return null;
    this.#modeRect = rect;
    return this.#areas();
  }

  /** What `C` would send now, as it was painted; whatever lies over it takes it away. */
  sendStamp(): string | null {
    const { nav, keys, panes, orders } = this.on;
    if (nav.tree === null || keys.overlay !== null || keys.prompt !== null) return null;
    if (orders.stack.top) return this.#modeRect === null ? null : orders.stack.stamp;
    return panes.pane(nav.focus)?.sendStamp?.() ?? null;
  }

  /** A mode lies over panes and card, a dialog over it. */
  #areas(): LiveArea[] {
    const rects = [...this.#rects];
    const areas = rects.map(([id, rect]) => this.#area(id, rect));
    if (this.#modeRect) {
      const under = rects.findIndex(([id]) => id === "overlay");
      areas.splice(under < 0 ? areas.length : under, 0, this.#area("mode", this.#modeRect));
    }
    return areas;
  }

  #wantedModeRect(): Rect | null {
    const { nav, orders } = this.on;
    if (nav.tree === null) return null;
    return orders.stack.rect(nav.cols, nav.rows, this.#anchor(), this.#modePaint());
  }

  #modePaint(): ModePaint {
    return {
      theme: this.on.theme(),
      nowMs: this.on.now(),
      status: this.on.status(),
      wake: (atMs) => this.on.wake("mode", atMs),
    };
  }

  /** The row with the cursor, in cells of the screen. */
  #anchor(): Anchor | null {
    const { nav, panes } = this.on;
    const rect = this.#rects.get(`pane:${nav.focus}`);
    const at = panes.pane(nav.focus)?.cursor?.();
    return rect && at && at.y < rect.h - 2 ? { x: rect.x, y: rect.y + 1 + at.y } : null;
  }

  /** In a field, or on the row that the focused pane has selected. */
  cursor(): Cell | null {
    const { nav, keys, panes } = this.on;
    if (nav.tree === null) return null;
    if (keys.prompt && this.#fieldCursor !== null) {
      const hint = this.#rects.get(keys.prompt.options.below ? "notice" : "hint");
      return hint ? { x: Math.min(nav.cols - 1, hint.x + this.#fieldCursor), y: hint.y } : null;
    }
    if (keys.overlay || this.on.orders.stack.top) return null;
    const rect = this.#rects.get(`pane:${nav.focus}`);
    const at = panes.pane(nav.focus)?.cursor?.();
    return rect && at && at.y < rect.h - 2 ? { x: rect.x + 1 + at.x, y: rect.y + 1 + at.y } : null;
  }

  #area(id: string, rect: Rect): LiveArea {
    const { panes, keys, tour } = this.on;
    const canvasOf = (grid: Grid, r: Rect) => new Canvas(grid, r.x, r.y, r.w, r.h, this.on.theme());
    if (id.startsWith("pane:")) {
      const pane = id.slice(5) as PaneId;
      return { id, rect, paint: (grid, r) => panes.paint(pane, grid, r, this.#context(pane)) };
    }
    const mode = () => this.on.status()?.mode ?? "replay";
    const painters: Readonly<Record<string, (canvas: Canvas) => void>> = {
      status: (c) => paintStatus(c, this.#statusNow()),
      notice: (c) => this.#paintNotice(c),
      hint: (c) => this.#paintHint(c),
      overlay: (c) => paintOverlay(c, keys.overlay, mode()),
      pinned: (c) => this.on.pinned.paint(c, mode()),
      card: (c) => tour.paint(c, mode(), (action) => keys.dispatcher.labelOf(action)),
      small: (c) => paintTooSmall(c, this.#halted()),
      mode: (c) => this.on.orders.stack.paint(c, this.#modePaint()),
    };
    const paint = painters[id];
    return { id, rect, paint: (grid, r) => paint?.(canvasOf(grid, r)) };
  }

  /** A kill that holds already is shown before the desk has answered it. */
  #statusNow(): StatusView | null {
    const status = this.on.status();
    if (status === null || !this.on.killing() || !this.on.desk.killsAtOnce) return status;
    return { ...status, trading: "halted" };
  }

  #halted(): string | null {
    return haltedWords(this.on.killing(), this.on.status(), this.on.orders.view);
  }

  #context(id: PaneId): PaintContext {
    const { nav, keys, desk, followed } = this.on;
    return {
      theme: this.on.theme(),
      focused: id === nav.focus && keys.overlay?.kind !== "dialog",
      nowMs: this.on.now(),
      flash: this.on.flash(),
      pinned: followed.pinnedTo(id),
      numbered: id === nav.focus && keys.prompt?.options.below !== undefined,
      wake: (atMs) => this.on.wake(`pane:${id}`, atMs),
      status: this.on.status(),
      link: this.on.link(),
      book: desk.book,
    };
  }

  /** The notification row; the command line takes it while the row below reads it back. */
  #paintNotice(canvas: Canvas): void {
    const { prompt } = this.on.keys;
    if (prompt?.options.below) this.#fieldCursor = paintField(canvas, prompt.options.label, prompt.field);
    else paintNotice(canvas, this.on.notices.current(this.on.now()), "");
  }

  #paintHint(canvas: Canvas): void {
    const { keys, nav } = this.on;
    const { s } = this.on.theme();
    const { prompt, dispatcher } = keys;
    if (prompt?.options.below) {
      const said = prompt.assist.below;
      const below = said === null ? prompt.options.below(prompt.field.text) : { text: said, caret: null };
      paintBelow(canvas, below, prompt);
      return;
    }
    this.#fieldCursor = null;
    const halted = this.#halted();
    if (prompt) this.#fieldCursor = paintField(canvas, prompt.options.label, prompt.field);
    else if (keys.hint !== "") {
      canvas.text(canvas.text(1, 0, dispatcher.prefix, s.key) + 1, 0, keys.hint, s.text);
    } else if (halted !== null) paintHalted(canvas, halted, s.halted);
    else if (this.on.orders.stack.top && keys.overlay === null) {
      const kill = dispatcher.listed(nav.focus, keys.works).filter((b) => b.action === "kill");
      paintHints(canvas, [...dispatcher.ofMode(this.on.orders.stack.top.id), ...kill], false);
    } else {
      const replay = (this.on.status()?.mode ?? "replay") === "replay";
      const listed = dispatcher.listed(nav.focus, keys.works);
      paintHints(
        canvas,
        listed.filter((b) => replay || b.group !== "REPLAY"),
      );
    }
  }
}
