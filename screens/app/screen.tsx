import { type Instance, render } from "ink";
import type { InstrumentId, Slot } from "../../engines/market/index.ts";
import type { CommandResult, StatusView } from "../../src/desk/protocol.ts";
import type { DeskClient, FocusInstrument } from "../desk-client.ts";
import type { Dispatcher, Works } from "../keys/dispatch.ts";
import type { ActionId, PaneId } from "../keys/keymap.ts";
import { Canvas } from "../kit/canvas.ts";
import { type Cell, Compositor, type LiveArea, type Rect } from "../terminal/compositor.ts";
import type { Grid } from "../terminal/grid.ts";
import { InkStdin, InkStdout } from "../terminal/ink-tty.ts";
import type { TermEvent } from "../terminal/tokenizer.ts";
import { inAscii, MODE_WORD, type Theme } from "../theme/theme.ts";
import {
  paintBelow,
  paintField,
  paintHalted,
  paintHints,
  paintNotice,
  paintStatus,
  paintTooSmall,
} from "./chrome.ts";
import { KeyRouter } from "./key-router.ts";
import { BUILT_IN, type UserLayout } from "./layouts.ts";
import { LiveBoxes } from "./live-boxes.ts";
import { Navigation } from "./navigation.ts";
import { Notices } from "./notices.ts";
import { type Dialog, type Overlay, paintOverlay } from "./overlay.ts";
import type { NoticeLevel, PaintContext, PaneHost, PaneSpec, PromptOptions } from "./pane.ts";
import { PaneSet } from "./pane-set.ts";
import { Root } from "./root.tsx";
import { screenActions } from "./screen-actions.ts";
import type { Exporter, ScreenFace } from "./screen-face.ts";
import { memoryStore, type ScreenStore } from "./store.ts";
import { CARD_MIN_ROWS, Tour } from "./tour.ts";
import { Wakes } from "./wakes.ts";

export interface ScreenOptions {
  readonly cols: number;
  readonly rows: number;
  readonly theme: Theme;
  readonly desk: DeskClient;
  readonly panes: readonly PaneSpec[];
  readonly flash: boolean;
  /** What outlives the screen; without one nothing does. */
  readonly store?: ScreenStore;
  /** Whether the card of the first run is shown until it was put away once. */
  readonly tour?: boolean;
  readonly exporter?: Exporter | undefined;
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
  readonly #boxes = new LiveBoxes();
  readonly #inkOut: InkStdout;
  readonly #ink: Instance;
  readonly #stopStatus: () => void;
  readonly #keys: KeyRouter;
  readonly #wakes = new Wakes();
  readonly #nav: Navigation;
  readonly store: ScreenStore;
  #theme: Theme;
  #flash: boolean;
  readonly #tour = new Tour();
  #layout: UserLayout = { base: "desk", panes: [], opened: null, focus: null, pins: {} };
  readonly #pins = new Map<PaneId, FocusInstrument>();
  #status: StatusView | null = null;
  #lastTick = Number.NEGATIVE_INFINITY;
  #stale = true;
  #rects: ReadonlyMap<string, Rect> = new Map();
  #instrument: FocusInstrument = { slot: null, underlying: null };
  #instrumentMoved = false;
  #title = "";
  #ended = false;

  constructor(readonly options: ScreenOptions) {
    this.#theme = options.theme;
    this.#flash = options.flash;
    this.store = options.store ?? memoryStore();
    this.#tour.shown = options.tour === true && !this.store.tourHidden;
    this.#nav = new Navigation(options.cols, options.rows, (id) => this.panes.has(id));
    this.compositor = new Compositor(options.cols, options.rows, options.theme.styles);
    this.compositor.cursor = () => this.#cursor();
    this.panes = new PaneSet(
      options.panes,
      options.desk,
      (id) => this.#hostOf(id),
      (id) => this.#touch(`pane:${id}`),
      options.onPaneError,
    );
    this.#keys = new KeyRouter({
      panes: this.panes,
      nav: this.#nav,
      action: (action) => actions[action],
      touch: (area) => this.#touch(area),
      restructure: () => this.#restructure(),
      notify: (text) => this.notify(text),
      tried: (action) => {
        if (this.#tour.tried(action)) this.#touch("card");
      },
    });
    const actions = screenActions(this);
    this.#inkOut = new InkStdout(options.cols, options.rows, (frame) => this.compositor.setFrame(frame));
    this.#ink = render(this.#root(), {
      stdout: this.#inkOut as unknown as NodeJS.WriteStream,
      stdin: new InkStdin() as unknown as NodeJS.ReadStream,
      debug: true,
      patchConsole: false,
      exitOnCtrlC: false,
      isScreenReaderEnabled: false,
    });
    this.#ink.waitUntilExit().catch((error: unknown) => {
      if (!this.#ended) options.onFatal(error);
    });
    this.#stopStatus = options.desk.subscribe("status", {}, (status) => this.#onStatus(status));
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
    return this.#theme;
  }
  get instrument(): FocusInstrument {
    return this.#instrument;
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

  // ---- changes ----------------------------------------------------------------------------------

  end(): void {
    this.#ended = true;
    this.#stopStatus();
    this.panes.close();
    this.#ink.unmount();
  }

  resize(cols: number, rows: number): void {
    this.#nav.cols = Math.max(1, cols);
    this.#nav.rows = Math.max(1, rows);
    this.compositor.resize(this.#nav.cols, this.#nav.rows);
    this.#restructure();
    this.options.onWork(true);
  }

  /** What the terminal shows is not known any more: every cell is written again. */
  repaint(): void {
    this.compositor.forget();
    this.#title = "";
    this.options.onWork(true);
  }

  notify(text: string, level: NoticeLevel = "info"): void {
    this.notices.say(text, level, this.options.now());
    this.#touch("notice");
  }

  /** Sends a command; its answer goes to the notification row. */
  async send(
    command: Parameters<DeskClient["command"]>[0],
    level: NoticeLevel = "info",
  ): Promise<CommandResult> {
    try {
      const result = await this.options.desk.command(command);
      if (result.message !== null) this.notify(result.message, result.ok ? level : "warn");
      return result;
    } catch (error) {
      const message = `The desk did not answer "${command.name}": ${String(error)}`;
      this.notify(message, "error");
      return { ok: false, message };
    }
  }

  ask(dialog: Dialog): void {
    this.setOverlay(dialog);
  }

  setOverlay(overlay: Overlay | null): void {
    this.#keys.setOverlay(overlay);
  }

  openPrompt(options: PromptOptions): void {
    this.#keys.openPrompt(options);
  }

  act(action: ActionId): boolean {
    return this.#keys.act(action, "");
  }

  setInstrument(slot: Slot | null, underlying: InstrumentId | null): void {
    const now = this.#instrument;
    if (now.slot === slot && now.underlying === underlying) return;
    this.#instrument = { slot, underlying };
    this.#instrumentMoved = true;
    this.options.onWork(false);
  }

  get layout(): UserLayout {
    const pins: Partial<Record<PaneId, string>> = {};
    for (const [id, { slot, underlying }] of this.#pins) {
      const of = (slot === null ? undefined : this.desk.slot(slot)?.instrument.id) ?? underlying;
      if (of !== null) pins[id] = of;
    }
    return { ...this.#layout, opened: this.#nav.opened, focus: this.#nav.focus, pins };
  }

  useLayout(layout: UserLayout): void {
    this.#layout = layout;
    this.#pins.clear();
    for (const [id, of] of Object.entries(layout.pins)) this.#pinTo(id as PaneId, of);
    this.#instrumentMoved = true;
    const panes = layout.base === null ? layout.panes : BUILT_IN[layout.base];
    this.#moveFocus(() => this.#nav.use(panes, layout.opened, layout.focus));
    this.#restructure();
  }

  #pinTo(id: PaneId, of: string): void {
    for (let i = 0; ; i++) {
      const info = this.desk.slot(i as Slot);
      if (!info) break;
      const { instrument, slot } = info;
      if (instrument.id !== of) continue;
      const underlying = instrument.kind === "option" ? instrument.underlying : instrument.id;
      this.#pins.set(id, { slot, underlying });
      return;
    }
    this.notify(`${id} follows the others: no ${of} in this session`, "warn");
  }

  pin(): boolean {
    const id = this.#nav.focus;
    const pinned = !this.#pins.delete(id);
    if (pinned) this.#pins.set(id, this.#instrument);
    this.panes.resubscribe(id);
    this.#touch(`pane:${id}`);
    return pinned;
  }

  /** A pane moves the instrument that all follow, or, pinned, only its own. */
  #point(id: PaneId, slot: Slot | null, underlying: InstrumentId | null): void {
    if (!this.#pins.has(id)) {
      this.setInstrument(slot, underlying);
      return;
    }
    this.#pins.set(id, { slot, underlying });
    this.#instrumentMoved = true;
  }

  #pinnedTo(id: PaneId): string | null {
    const pin = this.#pins.get(id);
    if (!pin) return null;
    const of = pin.slot === null ? undefined : this.desk.slot(pin.slot)?.instrument;
    return of?.symbol ?? pin.underlying ?? "";
  }

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

  setTheme(theme: Theme): void {
    this.#theme = theme;
    this.#restructure();
  }

  setFlash(on: boolean): void {
    this.#flash = on;
  }

  focusPane(id: PaneId): void {
    const spec = this.panes.spec(id);
    if (!spec) {
      this.notify(`${id.charAt(0).toUpperCase()}${id.slice(1)} is not in this build yet.`);
      return;
    }
    this.#moveFocus(() => {
      if (this.#nav.go(id)) this.#restructure();
    });
  }

  focusNext(by: 1 | -1): void {
    this.#moveFocus(() => {
      this.#nav.step(by);
      if (this.#nav.zoomed) this.#restructure();
    });
  }

  focusLast(): void {
    this.focusPane(this.#nav.last);
  }

  zoom(): void {
    this.#nav.zoom();
    this.#restructure();
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
    } else if (this.notices.dismiss(this.options.now())) this.#touch("notice");
    else return this.closeOpened();
    return true;
  }

  /** Takes the zoom or the opened pane away; false when there is neither. */
  closeOpened(): boolean {
    let closed = false;
    this.#moveFocus(() => {
      closed = this.#nav.close();
    });
    if (closed) this.#restructure();
    return closed;
  }

  readonly quit = (): void => this.options.onQuit();
  readonly suspend = (): void => this.options.onSuspend();
  get exporter(): Exporter | null {
    return this.options.exporter ?? null;
  }
  readonly control = (sequence: string): void => this.options.onControl(sequence);

  /** Everything that came from the terminal in one go. */
  onEvents(events: readonly TermEvent[]): void {
    for (const event of events) if (event.type === "reply") this.#onReply(event.body);
    this.#keys.onEvents(events);
    this.options.onWork(true);
  }

  /** The terminal says where its cursor stood after one glyph of ambiguous width: see WIDTH_PROBE. */
  #onReply(body: string): void {
    const column = /^\d+;(\d+)R$/.exec(body)?.[1];
    if (column !== "3" || this.#theme.ascii) return;
    this.#theme = inAscii(this.#theme);
    this.#restructure();
    this.notify("This terminal draws some glyphs two cells wide: ASCII is used instead (screen.ascii).");
  }

  // ---- frames -----------------------------------------------------------------------------------

  /** Looks at the shared book and the clock; afterwards {@link compose} has what changed. */
  poll(): void {
    const { book } = this.options.desk;
    if (book) this.panes.pollBook(book);
    if (this.#instrumentMoved) {
      this.#instrumentMoved = false;
      this.panes.resubscribeAll();
    }
  }

  /** All changes since the last time, as bytes for the terminal. */
  compose(): string {
    if (this.#stale) this.#layOut();
    const nowMs = this.options.now();
    const cells = this.compositor.compose();
    const title = this.#terminalTitle();
    if (title !== this.#title) {
      this.#title = title;
      this.options.onControl(`\x1b]2;${title}\x07`);
    }
    const until = this.notices.current(nowMs)?.notice.untilMs;
    if (until !== undefined && Number.isFinite(until)) this.#wake("notice", until);
    return cells;
  }

  #terminalTitle(): string {
    return this.#status ? `[${MODE_WORD[this.#status.mode]}] voldesk` : "voldesk";
  }

  #onStatus(status: StatusView): void {
    const before = this.#status;
    this.#status = status;
    this.#touch("status");
    if (before?.mode !== status.mode || before.trading !== status.trading) {
      for (const id of this.visible) this.#touch(`pane:${id}`);
      this.#touch("hint");
    }
    const nowMs = this.options.now();
    if (before?.nowUs !== status.nowUs && nowMs - this.#lastTick >= TICK_MS) {
      this.#lastTick = nowMs;
      this.panes.tick();
    }
  }

  #touch(area: string): void {
    this.compositor.touch(area);
    this.options.onWork(false);
  }

  #wake(area: string, atMs: number): void {
    if (this.#wakes.ask(area, atMs)) this.options.onWork(false, atMs);
  }

  /** Areas whose time has come are painted anew in the next frame. */
  awake(): void {
    for (const area of this.#wakes.due(this.options.now())) this.compositor.touch(area);
  }

  #restructure(): void {
    this.#stale = true;
    this.options.onWork(false);
  }

  #moveFocus(move: () => void): void {
    this.#touch(`pane:${this.#nav.focus}`);
    move();
    this.#touch(`pane:${this.#nav.focus}`);
    this.#touch("hint");
  }

  #root() {
    return (
      <Root
        cols={this.#nav.cols}
        rows={this.#nav.rows}
        tree={this.#nav.tree}
        overlay={this.tooSmall ? null : this.#keys.overlay}
        card={this.#tour.shown && this.#nav.rows >= CARD_MIN_ROWS}
        live={this.#boxes.register}
      />
    );
  }

  /** Lets Ink lay the structure out and takes the rectangles of the live boxes. */
  #layOut(): void {
    this.#stale = false;
    this.#nav.arrange();
    this.#inkOut.columns = this.#nav.cols;
    this.#inkOut.rows = this.#nav.rows;
    this.panes.show(this.visible);
    this.#ink.rerender(this.#root());
    const rects = this.#boxes.rects();
    this.#rects = new Map(rects);
    this.compositor.setAreas(rects.map(([id, rect]) => this.#area(id, rect)));
  }

  #area(id: string, rect: Rect): LiveArea {
    const canvasOf = (grid: Grid, r: Rect) => new Canvas(grid, r.x, r.y, r.w, r.h, this.#theme);
    if (id.startsWith("pane:")) {
      const pane = id.slice(5) as PaneId;
      return { id, rect, paint: (grid, r) => this.panes.paint(pane, grid, r, this.#context(pane)) };
    }
    const painters: Readonly<Record<string, (canvas: Canvas) => void>> = {
      status: (c) => paintStatus(c, this.#status),
      notice: (c) => this.#paintNotice(c),
      hint: (c) => this.#paintHint(c),
      overlay: (c) => paintOverlay(c, this.#keys.overlay, this.#status?.mode ?? "replay"),
      card: (c) => this.#tour.paint(c, this.#status?.mode ?? "replay"),
      small: (c) => paintTooSmall(c),
    };
    const paint = painters[id];
    return { id, rect, paint: (grid, r) => paint?.(canvasOf(grid, r)) };
  }

  #context(id: PaneId): PaintContext {
    return {
      theme: this.#theme,
      focused: id === this.#nav.focus && this.#keys.overlay?.kind !== "dialog",
      nowMs: this.options.now(),
      flash: this.#flash,
      pinned: this.#pinnedTo(id),
      numbered: id === this.#nav.focus && this.#keys.prompt?.options.below !== undefined,
      wake: (atMs) => this.#wake(`pane:${id}`, atMs),
      status: this.#status,
      book: this.options.desk.book,
    };
  }

  #fieldCursor: number | null = null;

  /** The notification row; the command line takes it while the row below reads it back. */
  #paintNotice(canvas: Canvas): void {
    const { prompt } = this.#keys;
    if (prompt?.options.below) this.#fieldCursor = paintField(canvas, prompt.options.label, prompt.field);
    else paintNotice(canvas, this.notices.current(this.options.now()), "");
  }

  #paintHint(canvas: Canvas): void {
    const { s } = this.#theme;
    const { prompt } = this.#keys;
    if (prompt?.options.below) {
      const said = prompt.assist.below;
      paintBelow(
        canvas,
        said === null ? prompt.options.below(prompt.field.text) : { text: said, caret: null },
        prompt,
      );
      return;
    }
    this.#fieldCursor = null;
    if (this.#keys.prompt)
      this.#fieldCursor = paintField(canvas, this.#keys.prompt.options.label, this.#keys.prompt.field);
    else if (this.#keys.hint !== "") {
      canvas.text(canvas.text(1, 0, this.dispatcher.prefix, s.key) + 1, 0, this.#keys.hint, s.text);
    } else if (this.#status && this.#status.trading !== "active") {
      const word = this.#status.trading.toUpperCase();
      paintHalted(
        canvas,
        `${word}  orders are blocked. :resume to trade again   ? help   ctrl-x KILL`,
        s.halted,
      );
    } else paintHints(canvas, this.dispatcher.listed(this.#nav.focus, this.works));
  }

  #cursor(): Cell | null {
    if (this.tooSmall) return null;
    if (this.#keys.prompt && this.#fieldCursor !== null) {
      const hint = this.#rects.get(this.#keys.prompt.options.below ? "notice" : "hint");
      return hint ? { x: Math.min(this.#nav.cols - 1, hint.x + this.#fieldCursor), y: hint.y } : null;
    }
    if (this.#keys.overlay) return null;
    const rect = this.#rects.get(`pane:${this.#nav.focus}`);
    const at = this.panes.pane(this.#nav.focus)?.cursor?.();
    return rect && at && at.y < rect.h - 2 ? { x: rect.x + 1 + at.x, y: rect.y + 1 + at.y } : null;
  }

  #hostOf(id: PaneId): PaneHost {
    return {
      desk: this.options.desk,
      theme: () => this.#theme,
      status: () => this.#status,
      touch: () => this.#touch(`pane:${id}`),
      notify: (text, level) => this.notify(text, level),
      command: (command) => this.send(command),
      focus: () => this.#pins.get(id) ?? this.#instrument,
      setFocus: (slot, underlying) => this.#point(id, slot, underlying),
      prompt: (options) => this.openPrompt(options),
      openPane: (pane) => this.focusPane(pane),
    };
  }
}
