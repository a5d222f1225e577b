import type { BookReader } from "../../engines/market/index.ts";
import type { DeskClient } from "../desk-client.ts";
import type { PaneId } from "../keys/keymap.ts";
import { Canvas } from "../kit/canvas.ts";
import type { Rect } from "../terminal/compositor.ts";
import type { Grid } from "../terminal/grid.ts";
import { textWidth } from "../terminal/width.ts";
import { modeFrame } from "../theme/theme.ts";
import type { PaintContext, Pane, PaneHost, PaneSpec } from "./pane.ts";

interface Entry {
  readonly spec: PaneSpec;
  readonly pane: Pane;
  readonly subscriptions: Map<string, () => void>;
  visible: boolean;
  failed: string | null;
  /** Checksum over the versions of the slots on screen when last looked at. */
  bookMark: number;
}

/** The panes that have been on screen: created when first shown, subscribed while visible, each failing by itself. */
export class PaneSet {
  readonly #specs: ReadonlyMap<PaneId, PaneSpec>;
  readonly #entries = new Map<PaneId, Entry>();

  constructor(
    specs: readonly PaneSpec[],
    readonly desk: DeskClient,
    readonly hostOf: (id: PaneId) => PaneHost,
    readonly touched: (id: PaneId) => void,
    readonly onFailure: (id: PaneId, error: unknown) => void,
  ) {
    this.#specs = new Map(specs.map((spec) => [spec.id, spec]));
  }

  has(id: PaneId): boolean {
    return this.#specs.has(id);
  }
  spec(id: PaneId): PaneSpec | undefined {
    return this.#specs.get(id);
  }
  pane(id: PaneId): Pane | undefined {
    return this.#entries.get(id)?.pane;
  }
  failed(id: PaneId): boolean {
    return this.#entries.get(id)?.failed != null;
  }

  /** A pane that will be on screen with the next frame takes keys already: what is typed right after its number is for it. */
  prepare(id: PaneId): void {
    this.#entry(id);
  }

  /** These panes are on screen now, and no others. */
  show(ids: readonly PaneId[]): void {
    for (const [id, entry] of this.#entries) {
      if (entry.visible && !ids.includes(id)) {
        entry.visible = false;
        this.#unsubscribe(entry);
      }
    }
    for (const id of ids) {
      const entry = this.#entry(id);
      if (entry && !entry.visible) {
        entry.visible = true;
        this.resubscribe(id);
      }
    }
  }

  /** Asks a visible pane what it wants to see, and keeps what it has already. */
  resubscribe(id: PaneId): void {
    const entry = this.#entries.get(id);
    if (!entry?.visible || entry.failed !== null) return;
    const wants = this.#guard(entry, () => entry.pane.wants()) ?? [];
    const wanted = new Set(wants.map((w) => w.key));
    for (const [key, stop] of entry.subscriptions) {
      if (wanted.has(key)) continue;
      stop();
      entry.subscriptions.delete(key);
    }
    for (const w of wants) {
      if (entry.subscriptions.has(w.key)) continue;
      entry.subscriptions.set(w.key, () => {});
      entry.subscriptions.set(
        w.key,
        w.subscribe(this.desk, (act) => {
          if (entry.failed === null) this.#guard(entry, act);
          this.touched(id);
        }),
      );
    }
  }

  /** Asks the desk anew for everything the pane shows. */
  refresh(id: PaneId): void {
    const entry = this.#entries.get(id);
    if (entry) this.#unsubscribe(entry);
    this.resubscribe(id);
  }

  resubscribeAll(): void {
    for (const id of this.#entries.keys()) this.resubscribe(id);
  }

  /** Touches panes whose quotes changed since the last look. */
  pollBook(book: BookReader): void {
    for (const [id, entry] of this.#entries) {
      if (!entry.visible || entry.failed !== null || !entry.pane.slots) continue;
      let mark = book.epoch;
      for (const slot of entry.pane.slots()) mark = (Math.imul(mark, 31) + book.version(slot)) | 0;
      if (mark === entry.bookMark) continue;
      entry.bookMark = mark;
      this.touched(id);
    }
  }

  /** Touches panes that show the session's clock. */
  tick(): void {
    for (const [id, entry] of this.#entries) if (entry.visible && entry.spec.clock) this.touched(id);
  }

  /** Runs something of a pane; if it throws, the pane is failed and the others go on. */
  run(id: PaneId, action: (pane: Pane) => void): void {
    const entry = this.#entries.get(id);
    if (entry && entry.failed === null) this.#guard(entry, () => action(entry.pane));
  }

  /** Starts a failed pane anew. */
  retry(id: PaneId): void {
    if (this.failed(id)) this.renew(id);
  }

  /** Makes a pane anew, as it is kept. */
  renew(id: PaneId): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const shown = entry.visible;
    this.#unsubscribe(entry);
    this.#entries.delete(id);
    if (!shown) return;
    this.show([...this.#visible(), id]);
    this.touched(id);
  }

  close(): void {
    for (const entry of this.#entries.values()) this.#unsubscribe(entry);
    this.#entries.clear();
  }

  paint(id: PaneId, grid: Grid, rect: Rect, context: PaintContext): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    const canvas = new Canvas(grid, rect.x, rect.y, rect.w, rect.h, context.theme);
    if (rect.h < 3) {
      this.#guard(entry, () => entry.pane.paintLine?.(canvas, context));
      return;
    }
    const mode = context.status?.mode ?? "replay";
    const edge = context.focused ? context.theme.s.focus : context.theme.s.frame;
    const inside = canvas.box(modeFrame(context.theme, mode), edge);
    const { min } = entry.spec;
    if (rect.w < min.cols || rect.h < min.rows) {
      inside.cut(0, 0, inside.w, `${entry.spec.name} needs ${min.cols}x${min.rows}`, context.theme.s.dim);
      return;
    }
    if (entry.failed === null) {
      this.#guard(entry, () => {
        paintEdges(canvas, entry, context);
        entry.pane.paint(inside, context);
      });
    }
    if (entry.failed !== null) {
      inside.clear();
      const { s } = context.theme;
      canvas.text(2, 0, ` ${entry.spec.name} `, s.error);
      inside.cut(1, 0, inside.w - 2, entry.failed, s.error);
      inside.cut(1, 1, inside.w - 2, "Others run. Enter: retry. Written to the log.", s.dim);
    }
  }

  #visible(): PaneId[] {
    return [...this.#entries].filter(([, e]) => e.visible).map(([id]) => id);
  }

  #entry(id: PaneId): Entry | null {
    const known = this.#entries.get(id);
    if (known) return known;
    const spec = this.#specs.get(id);
    if (!spec) return null;
    const entry: Entry = {
      spec,
      pane: spec.create(this.hostOf(id)),
      subscriptions: new Map(),
      visible: false,
      failed: null,
      bookMark: -1,
    };
    this.#entries.set(id, entry);
    return entry;
  }

  #guard<T>(entry: Entry, action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      entry.failed = `This pane failed (E-PANE-${entry.spec.key ?? entry.spec.id.toUpperCase()}).`;
      this.onFailure(entry.spec.id, error);
      return undefined;
    }
  }

  #unsubscribe(entry: Entry): void {
    for (const stop of entry.subscriptions.values()) stop();
    entry.subscriptions.clear();
  }
}

/** Words and figures stand two blanks apart: the last of them go where there is no room, so that no figure is cut. */
function whole(title: string, room: number): string {
  let kept = title;
  while (textWidth(kept) > room && kept.includes("  "))
    kept = kept.slice(0, kept.lastIndexOf("  ")).trimEnd();
  return kept;
}

/** Name and state in the top edge, the pane's own keys in the bottom edge. */
function paintEdges(canvas: Canvas, entry: Entry, context: PaintContext): void {
  const { s } = context.theme;
  const { spec, pane } = entry;
  let x = canvas.text(2, 0, " ", s.frame);
  if (spec.key !== null) x = canvas.text(x, 0, `${spec.key} `, s.key);
  x = canvas.text(x, 0, spec.name, context.focused ? s.focus : s.title);
  if (typeof context.pinned === "string") x = canvas.text(x, 0, ` =${context.pinned}`, s.key);
  const room = canvas.w - x - 3;
  const title = whole(pane.title(context), room - 1);
  if (title !== "" && room > 4) x = canvas.cut(x, 0, room, ` ${title}`, s.dim);
  canvas.text(x, 0, " ", s.frame);
  const foot = context.focused ? whole(pane.foot?.() ?? "", canvas.w - 6) : "";
  if (foot !== "") canvas.text(3, canvas.h - 1, ` ${foot} `, s.dim);
}
