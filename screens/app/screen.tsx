import type { InstrumentId, Slot } from "../../engines/market/index.ts";
import type { AlertsView, Command, StatusView } from "../../src/desk/protocol.ts";
import type { DeskClient, FocusInstrument } from "../desk-client.ts";
import type { Dispatcher, Works } from "../keys/dispatch.ts";
import type { ActionId, PaneId } from "../keys/keymap.ts";
import type { SendResult } from "../orders/mode.ts";
import { named } from "../orders/named.ts";
import { READ_MS } from "../orders/shown.ts";
import { Compositor } from "../terminal/compositor.ts";
import type { Grid } from "../terminal/grid.ts";
import { type Link, linkWords, passed } from "../terminal/link.ts";
import type { TermEvent } from "../terminal/tokenizer.ts";
import type { Theme } from "../theme/theme.ts";
import { AlertWatch, signalBytes } from "./alerts.ts";
import { grammarContext } from "./command-line.ts";
import { Composer } from "./composer.ts";
import { Followed } from "./followed.ts";
import { KeyRouter } from "./key-router.ts";
import type { UserLayout } from "./layouts.ts";
import { Looks } from "./looks.ts";
import { Navigation } from "./navigation.ts";
import { Notices } from "./notices.ts";
import { OrderDesk } from "./order-desk.ts";
import { askAboutUnknown } from "./order-dialogs.ts";
import type { Dialog, Overlay } from "./overlay.ts";
import { Painters } from "./painters.ts";
import type { NoticeLevel, PromptOptions } from "./pane.ts";
import { paneHost } from "./pane-host.ts";
import { PaneMoves } from "./pane-moves.ts";
import { PaneSet } from "./pane-set.ts";
import { Pinned } from "./pinned.ts";
import { screenActions } from "./screen-actions.ts";
import type { Exporter, ScreenFace } from "./screen-face.ts";
import type { ScreenOptions } from "./screen-options.ts";
import { Sender } from "./sender.ts";
import { memoryStore, type ScreenStore } from "./store.ts";
import { Tour } from "./tour.ts";

/** Session time moves panes with a clock this often at most, ms. */
const TICK_MS = 200;

/**
 * The whole screen without a terminal: keys in, cells out. Ink lays the structure out when it changes; everything else is painted. It
 * has no timers: it says when there is work, and {@link compose} does it.
 */
export class Screen implements ScreenFace {
  readonly panes: PaneSet;
  readonly compositor: Compositor;
  readonly notices = new Notices();
  readonly store: ScreenStore;
  readonly #composer: Composer;
  readonly #painters: Painters;
  readonly #keys: KeyRouter;
  readonly #nav: Navigation;
  readonly #moves: PaneMoves;
  readonly #followed: Followed;
  readonly orders: OrderDesk;
  readonly #tour = new Tour();
  readonly #pinned: Pinned;
  readonly #stops: readonly (() => void)[];
  readonly #alerts: AlertWatch;
  readonly looks: Looks;
  readonly #sender: Sender;
  #status: StatusView | null = null;
  #lastTick = Number.NEGATIVE_INFINITY;
  /** Keys are being handled: what they touch is their answer. */
  #answering = false;

  constructor(readonly options: ScreenOptions) {
    const { desk } = options;
    this.looks = new Looks(options, () => this.#restructure());
    this.#sender = new Sender(
      desk,
      (text, level) => this.notify(named(text, this.dispatcher), level),
      (area) => this.#touch(area),
    );
    this.store = options.store ?? memoryStore();
    this.#tour.shown = options.tour === true && !this.store.tourHidden;
    this.#nav = new Navigation(options.cols, options.rows, (id) => this.panes.has(id));
    this.#followed = new Followed(desk, () => options.onWork(false));
    this.compositor = new Compositor(options.cols, options.rows, options.theme.styles);
    this.panes = new PaneSet(
      options.panes,
      desk,
      (id) => paneHost(this, id, this.#followed, () => this.#touch(`pane:${id}`)),
      (id) => this.#touch(`pane:${id}`),
      options.onPaneError,
    );
    this.#pinned = new Pinned(desk, () => this.#touch("pinned"));
    const shared = {
      panes: this.panes,
      nav: this.#nav,
      followed: this.#followed,
      keeper: this.store,
      touch: (area: string) => this.#touch(area),
      restructure: () => this.#restructure(),
      notify: (text: string, level?: NoticeLevel, about?: string) => this.notify(text, level, about),
    };
    this.#moves = new PaneMoves(shared);
    this.orders = new OrderDesk({
      desk,
      keys: () => this.dispatcher,
      status: () => this.#status,
      now: options.now,
      readMs: options.readMs ?? READ_MS,
      notify: shared.notify,
      send: (command, level) => this.send(command, level),
      touch: shared.touch,
      setOverlay: (overlay) => this.setOverlay(overlay),
      index: () => grammarContext(this).index,
      quote: (slot) => grammarContext(this).quote(slot),
      screenText: () => this.grid.toText(),
      opened: (view) => askAboutUnknown(this, view),
    });
    this.#keys = new KeyRouter({
      ...shared,
      modes: this.orders.stack,
      action: (action) => actions[action],
      again: (key) => this.orders.again(key),
      tried: (action) => {
        if (this.#tour.tried(action)) this.#touch("card");
      },
    });
    const actions = screenActions(this);
    this.#painters = new Painters({
      ...shared,
      desk,
      keys: this.#keys,
      orders: this.orders,
      killing: () => this.#sender.killing,
      notices: this.notices,
      tour: this.#tour,
      pinned: this.#pinned,
      theme: () => this.looks.theme,
      flash: () => this.looks.flash,
      status: () => this.#status,
      now: options.now,
      link: () => (options.link ? linkWords(options.link, this.looks.calm) : null),
      wake: (area, atMs) => this.#composer.wake(area, atMs),
    });
    this.compositor.cursor = () => this.#painters.cursor();
    this.#composer = new Composer({
      ...shared,
      options,
      compositor: this.compositor,
      keys: this.#keys,
      orders: this.orders,
      notices: this.notices,
      tour: this.#tour,
      pinned: this.#pinned,
      painters: this.#painters,
      status: () => this.#status,
    });
    this.#alerts = new AlertWatch(
      ({ text }) => {
        this.notify(text, "order");
        this.control(passed(this.link, signalBytes(options.signal ?? "none", text)));
      },
      (problem) => this.notify(problem, "error"),
    );
    this.loadKeys(false);
    this.#stops = [
      desk.subscribe("status", {}, (status) => this.#onStatus(status)),
      desk.subscribe("alerts", {}, (view) => {
        this.#alerts.receive(view);
        // Its frame is as wide as its rows, which grow when one fires.
        if (this.overlay?.kind === "list") this.#restructure();
      }),
    ];
    this.orders.start();
  }

  // ---- what others may know ---------------------------------------------------------------------

  get desk(): DeskClient {
    return this.options.desk;
  }
  get now(): () => number {
    return this.options.now;
  }
  get status(): StatusView | null {
    return this.#status;
  }
  get theme(): Theme {
    return this.looks.theme;
  }
  get instrument(): FocusInstrument {
    return this.#followed.instrument;
  }
  get focus(): PaneId {
    return this.#nav.focus;
  }
  get overlay(): Overlay | null {
    return this.#keys.overlay;
  }
  get grid(): Grid {
    return this.compositor.grid;
  }
  get tooSmall(): boolean {
    return this.#nav.tree === null;
  }
  get visible(): readonly PaneId[] {
    return this.#nav.visible;
  }
  get dispatcher(): Dispatcher {
    return this.#keys.dispatcher;
  }
  get works(): Works {
    return this.#keys.works;
  }
  get layout(): UserLayout {
    return this.#moves.layout;
  }
  get alerts(): AlertsView | null {
    return this.#alerts.view;
  }
  get link(): Link | null {
    return this.options.link ?? null;
  }
  get exporter(): Exporter | null {
    return this.options.exporter ?? null;
  }

  // ---- changes ----------------------------------------------------------------------------------

  readonly quit = (): void => this.options.onQuit();
  readonly suspend = (): void => this.options.onSuspend();
  readonly control = (sequence: string): void => this.options.onControl(sequence);
  readonly ask = (dialog: Dialog): void => this.setOverlay(dialog);
  readonly setOverlay = (overlay: Overlay | null): void => this.#keys.setOverlay(overlay);
  readonly openPrompt = (options: PromptOptions): void => this.#keys.openPrompt(options);
  readonly act = (action: ActionId): boolean => this.#keys.act(action, "");
  readonly useLayout = (layout: UserLayout): void => this.#moves.use(layout);
  readonly focusPane = (id: PaneId): void => this.#moves.focus(id);
  readonly focusNext = (by: 1 | -1): void => this.#moves.next(by);
  readonly focusLast = (): void => this.#moves.focus(this.#nav.last);
  readonly zoom = (): void => this.#moves.zoom();
  readonly closeOpened = (): boolean => this.#moves.close();
  readonly pin = (): boolean => this.#moves.pin();
  readonly setInstrument = (slot: Slot | null, underlying: InstrumentId | null): void =>
    this.#followed.set(slot, underlying);

  end(): void {
    for (const stop of this.#stops) stop();
    this.orders.end();
    this.panes.close();
    this.#composer.end();
  }

  resize(cols: number, rows: number): void {
    this.#nav.cols = Math.max(1, cols);
    this.#nav.rows = Math.max(1, rows);
    this.compositor.resize(this.#nav.cols, this.#nav.rows);
    this.orders.shown.forget();
    this.#restructure();
    this.options.onWork(true);
  }

  /** What the terminal shows is not known any more: every cell is written again. */
  repaint(): void {
    this.#composer.forget();
    this.orders.shown.forget();
    this.options.onWork(true);
  }

  notify(text: string, level: NoticeLevel = "info", about: string | null = null): void {
    this.notices.say(text, level, this.options.now(), about);
    this.#touch("notice");
  }

  send(command: Command, level: NoticeLevel = "info"): Promise<SendResult> {
    return this.#sender.send(command, level);
  }
  readonly kill = (reason: string): void => this.#sender.kill(reason);

  showTour(shown: boolean): boolean {
    const was = this.#tour.shown;
    if (shown) this.#tour.restart();
    else this.#tour.shown = false;
    if (was || shown) {
      this.store.hideTour(!shown);
      this.#restructure();
    }
    return was;
  }

  /** Takes the keys as their file has them now; says what became of it when asked to. */
  readonly loadKeys = (say: boolean): void => {
    const { keymap, problem, own } = this.store.loadKeys();
    this.dispatcher.use(keymap);
    this.#touch("hint");
    if (problem !== null) this.notify(problem, "error");
    else if (say)
      this.notify(own ? "keys.yaml is in force" : "There is no keys.yaml: the built-in keys hold.");
  };

  pinExplanation(overlay: Overlay & { readonly kind: "explain" }): void {
    if (!this.#pinned.pin(overlay)) this.notify("This is said once and does not move: nothing to pin.");
    this.setOverlay(null);
  }

  /** Leaves the innermost thing that can be left; false at the root. */
  back(): boolean {
    if (this.#keys.back()) return true;
    let left = false;
    this.panes.run(this.#nav.focus, (pane) => {
      left = pane.back?.() ?? false;
    });
    if (left) {
      this.#touch(`pane:${this.#nav.focus}`);
      this.panes.resubscribe(this.#nav.focus);
    } else if (this.#pinned.drop()) this.#restructure();
    else if (this.notices.dismiss(this.options.now())) this.#touch("notice");
    else return this.closeOpened();
    return true;
  }

  /** Everything that came from the terminal in one go. */
  onEvents(events: readonly TermEvent[]): void {
    for (const event of events) {
      if (event.type === "reply" && this.looks.widthHeard(event.body))
        this.notify("This terminal draws some glyphs two cells wide: ASCII is used instead (screen.ascii).");
    }
    this.#answering = true;
    try {
      this.#keys.onEvents(events);
    } finally {
      this.#answering = false;
    }
    this.options.onWork(true);
  }

  // ---- frames: see Composer -----------------------------------------------------------------------

  readonly poll = (): void => this.#composer.poll();
  readonly follow = (): void => this.#composer.follow();
  readonly compose = (whole = true): string => this.#composer.compose(whole);
  readonly written = (): void => this.orders.shown.written(this.options.now());
  readonly awake = (): void => this.#composer.awake();

  #onStatus(status: StatusView): void {
    const before = this.#status;
    this.#status = status;
    this.#sender.statusCame();
    this.#touch("status");
    if (before?.mode !== status.mode || before.trading !== status.trading) {
      for (const id of this.visible) this.#touch(`pane:${id}`);
      this.#touch("hint");
    }
    const nowMs = this.options.now();
    this.#pinned.refresh(nowMs);
    if (before?.nowUs !== status.nowUs && nowMs - this.#lastTick >= TICK_MS) {
      this.#lastTick = nowMs;
      this.panes.tick();
    }
  }

  #touch(area: string): void {
    if (this.#answering) this.compositor.touch(area);
    else this.compositor.touchLater(area);
    this.options.onWork(false);
  }

  #restructure(): void {
    this.#composer.restructure();
  }
}
