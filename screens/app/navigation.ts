import type { PaneId } from "../keys/keymap.ts";
import { type LayoutNode, layout, panesOf } from "./layout.ts";

/** Where the user is: which panes are on screen, which has the focus, what was opened beyond the layout. */
export class Navigation {
  focus: PaneId = "positions";
  tree: LayoutNode | null = null;
  #last: PaneId = "positions";
  #opened: PaneId | null = null;
  #zoomed = false;
  #panes: readonly PaneId[] | null = null;

  constructor(
    public cols: number,
    public rows: number,
    readonly has: (id: PaneId) => boolean,
  ) {}

  get last(): PaneId {
    return this.#last;
  }
  get zoomed(): boolean {
    return this.#zoomed;
  }
  get opened(): PaneId | null {
    return this.#opened;
  }
  get visible(): readonly PaneId[] {
    return this.tree ? panesOf(this.tree) : [];
  }

  #wish(opened: PaneId | null, zoomed: PaneId | null): LayoutNode | null {
    return layout({ cols: this.cols, rows: this.rows, opened, zoomed, has: this.has, panes: this.#panes });
  }

  /** Works the tree out anew. */
  arrange(): void {
    this.tree = this.#wish(this.#opened, this.#zoomed ? this.focus : null);
    if (this.tree !== null && !this.visible.includes(this.focus)) this.focus = this.visible[0] ?? "positions";
  }

  /** Gives a pane the focus, opening it where it isn't on screen. Returns whether the tree has to be arranged anew. */
  go(id: PaneId): boolean {
    if (id !== this.focus) this.#last = this.focus;
    const shown = this.visible.includes(id);
    this.focus = id;
    if (shown && !this.#zoomed) return false;
    const base = this.#wish(null, null);
    // What belongs to the layout comes back with it, in place of what was opened over it.
    this.#opened = base !== null && panesOf(base).includes(id) ? null : id;
    return true;
  }

  /** Other panes, by weight (null is the Desk), what is opened over them, and where the focus goes. */
  use(panes: readonly PaneId[] | null, opened: PaneId | null, focus: PaneId | null): void {
    this.#panes = panes;
    this.#opened = opened !== null && this.has(opened) ? opened : null;
    this.#zoomed = false;
    this.#last = this.focus;
    const first = panes?.find((id) => this.has(id)) ?? "positions";
    this.focus = focus !== null && this.has(focus) ? focus : first;
    this.arrange();
  }

  /** The next pane in reading order. */
  step(by: 1 | -1): void {
    const all = this.visible;
    const next = all[(all.indexOf(this.focus) + by + all.length) % all.length];
    if (next === undefined || next === this.focus) return;
    this.#last = this.focus;
    this.focus = next;
  }

  zoom(): void {
    this.#zoomed = !this.#zoomed;
  }

  /** Takes the zoom or the opened pane away; false when there is neither. */
  close(): boolean {
    if (this.#zoomed) {
      this.#zoomed = false;
      return true;
    }
    if (this.#opened === null) return false;
    if (this.focus === this.#opened) this.focus = this.#last === this.#opened ? "positions" : this.#last;
    this.#opened = null;
    return true;
  }
}
