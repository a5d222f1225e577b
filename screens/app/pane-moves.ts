import type { PaneId } from "../keys/keymap.ts";
import type { Keeper } from "../kit/column-chooser.ts";
import type { Followed } from "./followed.ts";
import { BUILT_IN, CHOOSERS, type UserLayout } from "./layouts.ts";
import type { Navigation } from "./navigation.ts";
import type { NoticeLevel } from "./pane.ts";
import type { PaneSet } from "./pane-set.ts";

export interface MovesHost {
  readonly nav: Navigation;
  readonly panes: PaneSet;
  readonly followed: Followed;
  /** Where panes keep which columns they show and what they are sorted by. */
  readonly keeper: Keeper;
  readonly touch: (area: string) => void;
  /** Something that Ink lays out has changed. */
  readonly restructure: () => void;
  readonly notify: (text: string, level?: NoticeLevel) => void;
}

/** Moves of the focus and of the panes on screen. */
export class PaneMoves {
  #layout: UserLayout = {
    base: "desk",
    panes: [],
    opened: null,
    focus: null,
    pins: {},
    hidden: {},
    sorts: {},
  };

  constructor(readonly on: MovesHost) {}

  get layout(): UserLayout {
    const { nav, followed } = this.on;
    const place = { opened: nav.opened, focus: nav.focus, pins: followed.pins };
    return { ...this.#layout, ...place, hidden: this.#kept("hidden"), sorts: this.#kept("sort") };
  }

  #kept(what: "hidden" | "sort"): UserLayout["hidden"] {
    const said = CHOOSERS.map((id) => [id, this.on.keeper.kept(`${id}.${what}`)] as const);
    return Object.fromEntries(said.filter(([, words]) => words !== null));
  }

  /** Columns and sorts of a layout: a pane that is to look otherwise is made anew. */
  #choose({ hidden, sorts }: UserLayout): void {
    const { keeper, panes } = this.on;
    for (const id of CHOOSERS) {
      let other = false;
      for (const [name, words] of [
        [`${id}.hidden`, hidden[id]],
        [`${id}.sort`, sorts[id]],
      ] as const) {
        if (words === undefined || words === (keeper.kept(name) ?? "")) continue;
        keeper.keep(name, words);
        other = true;
      }
      if (other) panes.renew(id);
    }
  }

  use(layout: UserLayout): void {
    const { nav, followed } = this.on;
    this.#layout = layout;
    this.#choose(layout);
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
