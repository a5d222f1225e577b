import type { AlertSignal } from "../../screens/app/alerts.ts";
import type { PaneSpec } from "../../screens/app/pane.ts";
import { PANES } from "../../screens/app/registry.ts";
import { Screen } from "../../screens/app/screen.tsx";
import type { ScreenStore } from "../../screens/app/store.ts";
import { glyphText } from "../../screens/terminal/glyphs.ts";
import type { Depth } from "../../screens/terminal/styles.ts";
import { Tokenizer } from "../../screens/terminal/tokenizer.ts";
import type { Role, ThemeName } from "../../screens/theme/roles.ts";
import { createTheme, type Theme } from "../../screens/theme/theme.ts";
import type { FakeDesk } from "./fake-desk.ts";

export interface MountOptions {
  readonly cols?: number;
  readonly rows?: number;
  readonly desk: FakeDesk;
  readonly theme?: ThemeName;
  readonly depth?: Depth;
  readonly ascii?: boolean;
  readonly panes?: readonly PaneSpec[];
  readonly store?: ScreenStore;
  readonly tour?: boolean;
  readonly signal?: AlertSignal;
}

/** A whole screen without a terminal, driven by hand: no timers, no chance. */
export class Mounted {
  readonly theme: Theme;
  readonly screen: Screen;
  readonly desk: FakeDesk;
  /** Bytes of every frame and control sequence so far. */
  readonly frames: string[] = [];
  readonly controls: string[] = [];
  readonly paneErrors: unknown[] = [];
  /** Frames are painted but not on the terminal yet. */
  holdWrites = false;
  quits = 0;
  suspends = 0;
  fatal: unknown = null;
  nowMs = 1000;
  readonly #tokens = new Tokenizer();

  constructor(options: MountOptions) {
    this.desk = options.desk;
    this.theme = createTheme({
      name: options.theme ?? "default",
      depth: options.depth ?? "true",
      ascii: options.ascii ?? false,
    });
    this.screen = new Screen({
      cols: options.cols ?? 80,
      rows: options.rows ?? 24,
      theme: this.theme,
      desk: options.desk,
      panes: options.panes ?? PANES,
      flash: true,
      tour: options.tour ?? false,
      ...(options.signal && { signal: options.signal }),
      ...(options.store && { store: options.store }),
      now: () => this.nowMs,
      onWork: () => {},
      onControl: (sequence) => this.controls.push(sequence),
      onQuit: () => this.quits++,
      onSuspend: () => this.suspends++,
      onPaneError: (_, error) => this.paneErrors.push(error),
      onFatal: (error) => {
        this.fatal = error;
      },
    });
    this.frame();
  }

  /** One frame, `ms` later. */
  frame(ms = 50): string {
    this.nowMs += ms;
    this.screen.poll();
    this.screen.awake();
    const bytes = this.screen.compose();
    if (!this.holdWrites) this.screen.written();
    this.frames.push(bytes);
    return bytes;
  }

  /** Types bytes as a terminal would send them, and draws. */
  async keys(...keys: string[]): Promise<void> {
    for (const key of keys) {
      const bytes = new TextEncoder().encode(key);
      const events = this.#tokens.feed(bytes);
      this.screen.onEvents([...events, ...this.#tokens.flush()]);
      // Commands and explanations answer in a later turn.
      await new Promise((resolve) => setImmediate(resolve));
      this.frame();
    }
  }

  resize(cols: number, rows: number): void {
    this.screen.resize(cols, rows);
    this.frame();
  }

  text(): string {
    return this.screen.grid.toText();
  }
  line(y: number): string {
    return this.screen.grid.rowText(y).trimEnd();
  }

  /** First place of a text on the screen. */
  find(text: string): { readonly x: number; readonly y: number } {
    const { grid } = this.screen;
    for (let y = 0; y < grid.rows; y++) {
      const x = [...grid.rowText(y)].join("").indexOf(text);
      if (x >= 0) return { x, y };
    }
    throw new Error(`"${text}" is not on the screen:\n${this.text()}`);
  }

  /** Whether the first cell of a text has the look of a role (its ground apart). */
  looks(text: string, role: Role): boolean {
    const { x, y } = this.find(text);
    const { grid } = this.screen;
    const got = this.theme.styles.get(grid.style[y * grid.cols + x] as number);
    const want = this.theme.styles.get(this.theme.s[role]);
    return (
      got.fg === want.fg &&
      (want.bg === null || got.bg === want.bg) &&
      (got.attrs & want.attrs) === want.attrs
    );
  }

  glyph(x: number, y: number): string {
    return glyphText(this.screen.grid.glyph[y * this.screen.grid.cols + x] as number);
  }

  end(): void {
    this.screen.end();
  }
}

export const mountScreen = (options: MountOptions): Mounted => new Mounted(options);
