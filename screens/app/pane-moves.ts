import type { PaneId } from "../keys/keymap.ts";
import type { Followed } from "./followed.ts";
import { BUILT_IN, type UserLayout } from "./layouts.ts";
import type { Navigation } from "./navigation.ts";
import type { NoticeLevel } from "./pane.ts";
import type { PaneSet } from "./pane-set.ts";

export interface MovesHost {
  readonly nav: Navigation;
  readonly panes: PaneSet;
  readonly followed: Followed;
  readonly touch: (area: string) => void;
  /** Something that Ink lays out has changed. */
  readonly restructure: () => void;
  readonly notify: (text: string, level?: NoticeLevel) => void;
}

/** Moves of the focus and of the panes on screen. */
export class PaneMoves {
  #layout: UserLayout = { base: "desk", panes: [], opened: null, focus: null, pins: {} };

  constructor(readonly on: MovesHost) {}

  get layout(): UserLayout {
    const { nav, followed } = this.on;
    return { ...this.#layout, opened: nav.opened, focus: nav.focus, pins: followed.pins };
  }

  use(layout: UserLayout): void {
    const { nav, followed } = this.on;
    this.#layout = layout;
    for (const [id, of] of followed.usePins(layout.pins))
      this.on.notify(`${id} follows the others: no ${of} in this session`, "warn");
    const panes = layout.base === null ? layout.panes : BUILT_IN[layout.base];
    this.#move(() => nav.use(panes, layout.opened, layout.focus));
    this.on.restructure();
  }

  focus(id: PaneId): void {
    if (!this.on.panes.has(id)) {
      this.on.notify(`${id.charAt(0).toUpperCase()}${id.slice(1)} is not in this build yet.`);
      return;
    }
    this.on.panes.prepare(id);
    this.#move(() => {
      if (this.on.nav.go(id)) this.on.restructure();
    });
  }

  next(by: 1 | -1): void {
    const { nav } = this.on;
    this.#move(() => {
      nav.step(by);
      if (nav.zoomed) this.on.restructure();
    });
  }

  zoom(): void {
    this.on.nav.zoom();
    this.on.restructure();
  }

  /** Takes the zoom or the opened pane away; false when there is neither. */
  close(): boolean {
    let closed = false;
    this.#move(() => {
      closed = this.on.nav.close();
    });
    if (closed) this.on.restructure();
    return closed;
  }

  pin(): boolean {
    const { nav, followed, panes } = this.on;
    const id = nav.focus;
    const pinned = followed.togglePin(id);
    panes.resubscribe(id);
    this.on.touch(`pane:${id}`);
    return pinned;
  }

  #move(move: () => void): void {
    const { nav, touch } = this.on;
    touch(`pane:${nav.focus}`);
    move();
    touch(`pane:${nav.focus}`);
    touch("hint");
  }
}
