import { type Instance, render } from "ink";
import type { CommandResult, StatusView } from "../../src/desk/protocol.ts";
import type { DeskClient, FocusInstrument } from "../desk-client.ts";
import { Dispatcher } from "../keys/dispatch.ts";
import type { ActionId, PaneId } from "../keys/keymap.ts";
import { Canvas } from "../kit/canvas.ts";
import { TextField } from "../kit/field.ts";
import { Compositor, type LiveArea, type Rect } from "../terminal/compositor.ts";
import type { Grid } from "../terminal/grid.ts";
import { InkStdin, InkStdout } from "../terminal/ink-tty.ts";
import type { TermEvent } from "../terminal/tokenizer.ts";
import { MODE_WORD, modeFrame, type Theme } from "../theme/theme.ts";
import { paintField, paintHalted, paintHints, paintNotice, paintStatus } from "./chrome.ts";
import { type LayoutNode, layout, MIN_COLS, MIN_ROWS, panesOf } from "./layout.ts";
import { LiveBoxes } from "./live-boxes.ts";
import { Notices } from "./notices.ts";
import { type Dialog, type Overlay, paintExplain, paintHelp } from "./overlay.ts";
import type { NoticeLevel, PaintContext, PaneHost, PaneSpec, PromptOptions } from "./pane.ts";
import { PaneSet } from "./pane-set.ts";
import { Root } from "./root.tsx";
import { screenActions } from "./screen-actions.ts";
import type { ScreenFace } from "./screen-face.ts";

export interface ScreenOptions {
  readonly cols: number;
  readonly rows: number;
  readonly theme: Theme;
  readonly desk: DeskClient;
  readonly panes: readonly PaneSpec[];
  readonly flash: boolean;
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

interface Prompt {
  readonly options: PromptOptions;
  readonly field: TextField;
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
  readonly dispatcher = new Dispatcher();
  readonly notices = new Notices();
  readonly #boxes = new LiveBoxes();
  readonly #inkOut: InkStdout;
  readonly #ink: Instance;
  readonly #stopStatus: () => void;
  readonly #actions: Partial<Record<ActionId, (key: string) => void>>;
  #cols: number;
  #rows: number;
  readonly #theme: Theme;
  #status: StatusView | null = null;
  #lastTick = Number.NEGATIVE_INFINITY;
  #focus: PaneId = "positions";
  #lastFocus: PaneId = "positions";
  #opened: PaneId | null = null;
  #zoom = false;
  #overlay: Overlay | null = null;
  #prompt: Prompt | null = null;
  #hintText = "";
  #tree: LayoutNode | null = null;
  #stale = true;
  #instrument: FocusInstrument = { slot: null, underlying: null };
  #instrumentMoved = false;
  #title = "";
  #ended = false;

  constructor(readonly options: ScreenOptions) {
    this.#cols = options.cols;
    this.#rows = options.rows;
    this.#theme = options.theme;
    this.compositor = new Compositor(options.cols, options.rows, options.theme.styles);
    this.panes = new PaneSet(
      options.panes,
      options.desk,
      (id) => this.#hostOf(id),
      (id) => this.#touch(`pane:${id}`),
      options.onPaneError,
    );
    this.#actions = screenActions(this);
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
  get focus(): PaneId {
    return this.#focus;
  }
  get overlay(): Overlay | null {
    return this.#overlay;
  }
  get grid(): Grid {
    return this.compositor.grid;
  }
  get tooSmall(): boolean {
    return this.#tree === null;
  }
  get visible(): readonly PaneId[] {
    return this.#tree ? panesOf(this.#tree) : [];
  }
  readonly works = (action: ActionId): boolean =>
    this.#actions[action] !== undefined || this.panes.pane(this.#focus)?.actions[action] !== undefined;

  // ---- changes ----------------------------------------------------------------------------------

  end(): void {
    this.#ended = true;
    this.#stopStatus();
    this.panes.close();
    this.#ink.unmount();
  }

  resize(cols: number, rows: number): void {
    this.#cols = Math.max(1, cols);
    this.#rows = Math.max(1, rows);
    this.compositor.resize(this.#cols, this.#rows);
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
    this.#overlay = overlay;
    this.#restructure();
  }

  openPrompt(options: PromptOptions): void {
    this.#prompt = { options, field: new TextField(options.text, options.history) };
    this.#touch("hint");
  }

  focusPane(id: PaneId): void {
    const spec = this.panes.spec(id);
    if (!spec) {
      this.notify(`${id.charAt(0).toUpperCase()}${id.slice(1)} is not in this build yet.`);
      return;
    }
    if (id !== this.#focus) this.#lastFocus = this.#focus;
    const shown = this.visible.includes(id);
    this.#setFocus(id);
    if (shown && !this.#zoom) return;
    if (!this.#inLayout(id)) this.#opened = id;
    this.#restructure();
  }

  focusNext(by: 1 | -1): void {
    const all = this.visible;
    const at = all.indexOf(this.#focus);
    const next = all[(at + by + all.length) % all.length];
    if (next !== undefined && next !== this.#focus) {
      this.#lastFocus = this.#focus;
      this.#setFocus(next);
    }
  }

  focusLast(): void {
    this.focusPane(this.#lastFocus);
  }

  zoom(): void {
    this.#zoom = !this.#zoom;
    this.#restructure();
  }

  /** Leaves the innermost thing that can be left; false at the root. */
  back(): boolean {
    if (this.dispatcher.prefix !== "") {
      this.dispatcher.reset();
      this.#setHint("");
    } else if (this.#prompt) {
      const { options } = this.#prompt;
      this.#prompt = null;
      this.#touch("hint");
      options.onCancel?.();
    } else if (this.#overlay) this.#overlayBack(this.#overlay);
    else if (this.#paneBack()) this.#touch(`pane:${this.#focus}`);
    else if (this.notices.dismiss(this.options.now())) this.#touch("notice");
    else if (this.#zoom) this.zoom();
    else if (this.#opened !== null) this.closeOpened();
    else return false;
    return true;
  }

  /** Takes the opened pane away again; false when none is. */
  closeOpened(): boolean {
    if (this.#zoom) {
      this.zoom();
      return true;
    }
    if (this.#opened === null) return false;
    const was = this.#opened;
    this.#opened = null;
    if (this.#focus === was) this.#setFocus(this.#lastFocus === was ? "positions" : this.#lastFocus);
    this.#restructure();
    return true;
  }

  quit(): void {
    this.options.onQuit();
  }
  suspend(): void {
    this.options.onSuspend();
  }
  control(sequence: string): void {
    this.options.onControl(sequence);
  }

  // ---- keys -------------------------------------------------------------------------------------

  /** Everything that came from the terminal in one go. */
  onEvents(events: readonly TermEvent[]): void {
    for (const event of events) {
      if (event.type === "key") this.#onKey(event);
      else if (event.type === "paste") this.#onPaste(event);
    }
    this.options.onWork(true);
  }

  #onPaste(event: TermEvent & { type: "paste" }): void {
    if (this.#prompt) this.#inField(event);
    else this.notify("A paste does nothing here: keys that act are typed.");
  }

  #onKey(event: TermEvent & { type: "key" }): void {
    const always = this.dispatcher.always(event.key);
    if (always !== null) {
      this.#actions[always]?.(event.key);
      return;
    }
    if (this.tooSmall) return;
    if (this.#prompt) this.#inField(event);
    else if (this.#overlay?.kind === "dialog") this.#inDialog(this.#overlay, event.key);
    else this.#inPane(event.key);
  }

  #inField(event: TermEvent): void {
    const prompt = this.#prompt;
    if (!prompt) return;
    const result = prompt.field.handle(event);
    this.#touch("hint");
    if (result === "edited") this.#inFocused(() => prompt.options.onEdit?.(prompt.field.text));
    if (result !== "done") return;
    this.#prompt = null;
    this.#inFocused(() => prompt.options.onDone(prompt.field.text));
  }

  #inDialog(dialog: Dialog, key: string): void {
    const choice = dialog.choices.find((c) => (key === "enter" ? c.safe : c.key === key));
    if (!choice) return;
    this.setOverlay(null);
    choice.run();
  }

  #inPane(key: string): void {
    const meaning = this.dispatcher.press(key, this.#focus, this.works);
    this.#setHint(meaning.kind === "prefix" ? meaning.options : "");
    if (meaning.kind === "prefix") return;
    if (meaning.kind === "unbound") {
      this.notify(`${meaning.key} does nothing here (? shows what does)`);
      return;
    }
    if (this.#overlay) {
      if (this.#inOverlay(this.#overlay, meaning.action)) return;
      // Any other key leaves the overlay and means what it always does.
      this.setOverlay(null);
    }
    const { action } = meaning;
    const own = this.panes.pane(this.#focus)?.actions[action];
    if (action === "open" && this.panes.failed(this.#focus)) this.panes.retry(this.#focus);
    else if (own) this.#inFocused(() => own(meaning.key));
    else this.#actions[action]?.(meaning.key);
  }

  /** Runs a pane's code; what it shows, wants and points at may have changed. */
  #inFocused(act: () => void): void {
    const id = this.#focus;
    this.panes.run(id, act);
    this.#touch(`pane:${id}`);
    this.panes.resubscribe(id);
  }

  #paneBack(): boolean {
    let left = false;
    this.panes.run(this.#focus, (pane) => {
      left = pane.back?.() ?? false;
    });
    return left;
  }

  #inOverlay(overlay: Overlay, action: ActionId): boolean {
    const by = { up: -1, down: 1, pageUp: -10, pageDown: 10 }[action as "up"];
    if (overlay.kind === "help") {
      if (action === "help") this.setOverlay(null);
      else if (action === "filter") this.#searchHelp(overlay);
      else if (by !== undefined) overlay.top += by;
      else return false;
    } else if (overlay.kind === "explain") {
      const level = overlay.trail.at(-1);
      if (!level) return false;
      const inputs = level.explanation.inputs;
      if (by !== undefined) level.cursor = Math.max(0, Math.min(inputs.length - 1, level.cursor + by));
      else if (action === "open") {
        const deeper = inputs[level.cursor];
        if (!deeper) return true;
        overlay.trail = [...overlay.trail, { explanation: deeper, cursor: 0 }];
        this.#restructure();
      } else if (action === "copyCell") this.#actions.copyCell?.("y");
      else return false;
    } else return false;
    this.#touch("overlay");
    return true;
  }

  #searchHelp(help: Overlay & { kind: "help" }): void {
    const set = (query: string) => {
      help.query = query;
      help.top = 0;
      this.#restructure();
    };
    this.openPrompt({ label: "/", text: help.query, onEdit: set, onDone: set, onCancel: () => set("") });
  }

  #overlayBack(overlay: Overlay): void {
    if (overlay.kind === "explain" && overlay.trail.length > 1) {
      overlay.trail = overlay.trail.slice(0, -1);
      this.#restructure();
    } else if (overlay.kind === "dialog") {
      this.setOverlay(null);
      overlay.choices.find((c) => c.safe)?.run();
    } else this.setOverlay(null);
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
    this.compositor.setCursor(this.#cursor());
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

  readonly #wakes = new Map<string, number>();
  #wake(area: string, atMs: number): void {
    const planned = this.#wakes.get(area);
    if (planned !== undefined && planned <= atMs) return;
    this.#wakes.set(area, atMs);
    this.options.onWork(false, atMs);
  }

  /** Areas whose time has come are painted anew in the next frame. */
  awake(): void {
    const nowMs = this.options.now();
    for (const [area, atMs] of this.#wakes) {
      if (atMs > nowMs) continue;
      this.#wakes.delete(area);
      this.compositor.touch(area);
    }
  }

  #restructure(): void {
    this.#stale = true;
    this.options.onWork(false);
  }

  #setFocus(id: PaneId): void {
    this.#touch(`pane:${this.#focus}`);
    this.#focus = id;
    this.#touch(`pane:${id}`);
    this.#touch("hint");
    if (this.#zoom) this.#restructure();
  }

  #setHint(text: string): void {
    if (text === this.#hintText) return;
    this.#hintText = text;
    this.#touch("hint");
  }

  #wish(opened: PaneId | null, zoomed: PaneId | null): LayoutNode | null {
    return layout({ cols: this.#cols, rows: this.#rows, opened, zoomed, has: (id) => this.panes.has(id) });
  }

  #inLayout(id: PaneId): boolean {
    const tree = this.#wish(null, null);
    return tree !== null && panesOf(tree).includes(id);
  }

  #root() {
    return (
      <Root
        cols={this.#cols}
        rows={this.#rows}
        tree={this.#tree}
        overlay={this.#tree === null ? null : this.#overlay}
        live={this.#boxes.register}
      />
    );
  }

  /** Lets Ink lay the structure out and takes the rectangles of the live boxes. */
  #layOut(): void {
    this.#stale = false;
    this.#tree = this.#wish(this.#opened, this.#zoom ? this.#focus : null);
    if (this.#tree !== null && !this.visible.includes(this.#focus))
      this.#focus = this.visible[0] ?? "positions";
    this.#inkOut.columns = this.#cols;
    this.#inkOut.rows = this.#rows;
    this.panes.show(this.visible);
    this.#ink.rerender(this.#root());
    this.compositor.setAreas(this.#boxes.rects().map(([id, rect]) => this.#area(id, rect)));
  }

  #area(id: string, rect: Rect): LiveArea {
    const canvasOf = (grid: Grid, r: Rect) => new Canvas(grid, r.x, r.y, r.w, r.h, this.#theme);
    if (id.startsWith("pane:")) {
      const pane = id.slice(5) as PaneId;
      return { id, rect, paint: (grid, r) => this.panes.paint(pane, grid, r, this.#context(pane)) };
    }
    const painters: Readonly<Record<string, (canvas: Canvas) => void>> = {
      status: (c) => paintStatus(c, this.#status),
      notice: (c) => paintNotice(c, this.notices.current(this.options.now()), ""),
      hint: (c) => this.#paintHint(c),
      overlay: (c) => this.#paintOverlay(c),
      small: (c) => this.#paintSmall(c),
    };
    const paint = painters[id];
    return { id, rect, paint: (grid, r) => paint?.(canvasOf(grid, r)) };
  }

  #context(id: PaneId): PaintContext {
    return {
      theme: this.#theme,
      focused: id === this.#focus && this.#overlay?.kind !== "dialog",
      nowMs: this.options.now(),
      flash: this.options.flash,
      wake: (atMs) => this.#wake(`pane:${id}`, atMs),
      status: this.#status,
      book: this.options.desk.book,
    };
  }

  #fieldCursor: number | null = null;

  #paintHint(canvas: Canvas): void {
    const { s } = this.#theme;
    this.#fieldCursor = null;
    if (this.#prompt) this.#fieldCursor = paintField(canvas, this.#prompt.options.label, this.#prompt.field);
    else if (this.#hintText !== "") {
      canvas.text(canvas.text(1, 0, this.dispatcher.prefix, s.key) + 1, 0, this.#hintText, s.text);
    } else if (this.#status && this.#status.trading !== "active") {
      const word = this.#status.trading.toUpperCase();
      paintHalted(
        canvas,
        `${word}  orders are blocked. :resume to trade again   ? help   ctrl-x KILL`,
        s.halted,
      );
    } else paintHints(canvas, this.dispatcher.listed(this.#focus, this.works));
  }

  #paintSmall(canvas: Canvas): void {
    const size = `${this.#cols}x${this.#rows}`;
    const words = `Voldesk needs ${MIN_COLS}x${MIN_ROWS}, this is ${size}. Session runs on. ctrl-x still stops trading.`;
    let line = "";
    let y = 0;
    for (const word of words.split(" ")) {
      if (line !== "" && line.length + 1 + word.length > canvas.w) {
        canvas.text(0, y++, line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    canvas.text(0, y, line);
  }

  #paintOverlay(canvas: Canvas): void {
    const overlay = this.#overlay;
    if (!overlay) return;
    const { s } = this.#theme;
    const frame = modeFrame(this.#theme, this.#status?.mode ?? "replay");
    const title = this.#overlayTitle(overlay);
    if (overlay.kind !== "dialog") canvas.clear();
    const inside = canvas.box(frame, s.focus);
    canvas.cut(2, 0, canvas.w - 4, ` ${title} `, s.focus);
    const foot = {
      help: "/ search  Esc close",
      explain: "j k input  Enter deeper  y copy  Esc back",
      dialog: "",
    }[overlay.kind];
    if (foot !== "") canvas.cut(2, canvas.h - 1, canvas.w - 4, ` ${foot} `, s.dim);
    if (overlay.kind === "help") paintHelp(inside, overlay);
    const level = overlay.kind === "explain" ? overlay.trail.at(-1) : undefined;
    if (level) paintExplain(inside, level);
  }

  #overlayTitle(overlay: Overlay): string {
    if (overlay.kind === "help") return `? Help: ${overlay.pane}`;
    if (overlay.kind === "dialog") return overlay.question;
    return `i explain: ${overlay.trail.map((l) => l.explanation.title).join(" > ")}`;
  }

  #cursor(): { readonly x: number; readonly y: number } | null {
    if (this.#tree === null) return null;
    const rects = new Map(this.#boxes.rects());
    if (this.#prompt && this.#fieldCursor !== null) {
      const hint = rects.get("hint");
      return hint ? { x: Math.min(this.#cols - 1, hint.x + this.#fieldCursor), y: hint.y } : null;
    }
    if (this.#overlay) return null;
    const rect = rects.get(`pane:${this.#focus}`);
    const at = this.panes.pane(this.#focus)?.cursor?.();
    return rect && at && at.y < rect.h - 2 ? { x: rect.x + 1 + at.x, y: rect.y + 1 + at.y } : null;
  }

  #hostOf(id: PaneId): PaneHost {
    return {
      desk: this.options.desk,
      theme: () => this.#theme,
      status: () => this.#status,
      touch: () => this.#touch(`pane:${id}`),
      resubscribe: () => this.panes.resubscribe(id),
      notify: (text, level) => this.notify(text, level),
      command: (command) => this.send(command),
      focus: () => this.#instrument,
      setFocus: (slot, underlying) => {
        const now = this.#instrument;
        if (now.slot === slot && now.underlying === underlying) return;
        this.#instrument = { slot, underlying };
        this.#instrumentMoved = true;
        this.options.onWork(false);
      },
      prompt: (options) => this.openPrompt(options),
      openPane: (pane) => this.focusPane(pane),
    };
  }
}
