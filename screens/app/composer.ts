import type { StatusView } from "../../src/desk/protocol.ts";
import type { Compositor } from "../terminal/compositor.ts";
import { MODE_WORD } from "../theme/theme.ts";
import type { Followed } from "./followed.ts";
import type { KeyRouter } from "./key-router.ts";
import type { Navigation } from "./navigation.ts";
import type { Notices } from "./notices.ts";
import type { OrderDesk } from "./order-desk.ts";
import type { Painters } from "./painters.ts";
import type { PaneSet } from "./pane-set.ts";
import type { Pinned } from "./pinned.ts";
import type { ScreenOptions } from "./screen-options.ts";
import { Structure, type StructureProps } from "./structure.tsx";
import { CARD_MIN_ROWS, type Tour } from "./tour.ts";
import { Wakes } from "./wakes.ts";

export interface ComposerParts {
  readonly options: ScreenOptions;
  readonly compositor: Compositor;
  readonly panes: PaneSet;
  readonly nav: Navigation;
  readonly keys: KeyRouter;
  readonly followed: Followed;
  readonly orders: OrderDesk;
  readonly notices: Notices;
  readonly tour: Tour;
  readonly pinned: Pinned;
  readonly painters: Painters;
  readonly status: () => StatusView | null;
}

/** What is between changes and bytes: lets Ink lay the structure out when it changed, and has the changed areas painted into its boxes. */
export class Composer {
  readonly #structure: Structure;
  readonly #wakes = new Wakes();
  #stale = true;
  #title = "";

  constructor(readonly parts: ComposerParts) {
    const { compositor, options } = parts;
    this.#structure = new Structure(this.#props(), (frame) => compositor.setFrame(frame), options.onFatal);
  }

  end(): void {
    this.#structure.end();
  }

  /** Looks at the shared book; afterwards {@link compose} has what changed. */
  poll(): void {
    const { orders, panes, options } = this.parts;
    orders.polled();
    const { book } = options.desk;
    if (book) panes.pollBook(book);
    this.follow();
  }

  /** Panes that follow an instrument which has moved ask the desk for the new one. */
  follow(): void {
    if (this.parts.followed.takeMoved()) this.parts.panes.resubscribeAll();
  }

  /**
   * All changes since the last time, as bytes for the terminal; only what a key has changed where the frame is not `whole`. What stands
   * there to be sent is always painted with its stamp.
   */
  compose(whole = true): string {
    const { options, painters, compositor, orders, notices } = this.parts;
    if (this.#stale) this.#layOut();
    const nowMs = options.now();
    const areas = painters.placeMode();
    if (areas) compositor.setAreas(areas);
    const stamp = painters.sendStamp();
    const cells = compositor.compose(whole || stamp !== null);
    orders.shown.painted(painters.sendStamp());
    const title = this.#terminalTitle();
    if (title !== this.#title) {
      this.#title = title;
      options.onControl(`\x1b]2;${title}\x07`);
    }
    const until = notices.current(nowMs)?.notice.untilMs;
    if (until !== undefined && Number.isFinite(until)) this.wake("notice", until);
    return cells;
  }

  /** Areas whose time has come are painted anew in the next frame. */
  awake(): void {
    const { options, compositor } = this.parts;
    for (const area of this.#wakes.due(options.now())) compositor.touch(area);
  }

  wake(area: string, atMs: number): void {
    if (this.#wakes.ask(area, atMs)) this.parts.options.onWork(false, atMs);
  }

  /** The structure is laid out anew with the next frame. */
  restructure(): void {
    this.#stale = true;
    this.parts.options.onWork(false);
  }

  /** What the terminal shows is not known any more: every cell and the title are written again. */
  forget(): void {
    this.parts.compositor.forget();
    this.#title = "";
  }

  #terminalTitle(): string {
    const status = this.parts.status();
    return status ? `[${MODE_WORD[status.mode]}] voldesk` : "voldesk";
  }

  #props(): StructureProps {
    const { nav, keys, pinned, tour } = this.parts;
    return {
      cols: nav.cols,
      rows: nav.rows,
      tree: nav.tree,
      overlay: nav.tree === null ? null : keys.overlay,
      pinned: pinned.size(nav.cols),
      card: tour.shown && nav.rows >= CARD_MIN_ROWS,
    };
  }

  #layOut(): void {
    const { nav, panes, compositor, painters } = this.parts;
    this.#stale = false;
    nav.arrange();
    panes.show(nav.visible);
    compositor.setAreas(painters.areas(this.#structure.layOut(this.#props())));
  }
}
