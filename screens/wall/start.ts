import type { DeskClient } from "../desk-client.ts";
import { InputReader, type InputStream } from "../terminal/input.ts";
import type { OutputStream } from "../terminal/output.ts";
import { TerminalGuard, writeNow } from "../terminal/restore.ts";
import type { TermEvent } from "../terminal/tokenizer.ts";
import { MODE_WORD, type Theme } from "../theme/theme.ts";
import { loadKit, makeScreen, type WallScreen } from "./blessed.ts";
import { silentInput, WallOutput } from "./streams.ts";
import { Wall } from "./wall.ts";

export interface WallOptions {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly desk: DeskClient;
  readonly theme: Theme;
  /** Name of the terminal, for its terminfo. */
  readonly terminal: string;
  /** Paintings a second at most. */
  readonly fps: number;
}

/** How the wall ended; the terminal is restored by then. */
export interface WallEnd {
  readonly why: "quit" | "signal" | "hangup" | "crash";
  readonly code: number;
  readonly error: unknown;
}

export interface WallHandle {
  /** Ends because of an error elsewhere (the desk stopped). */
  readonly fail: (error: unknown) => void;
  readonly ended: Promise<WallEnd>;
}

/**
 * The terminal whose sequences blessed writes, from its own copy: where it finds none under a terminal's name (`tmux-256color`), or one that knows
 * eight colours, it darkens the bright half of the palette that the theme is made of: frames in black on black. Which colours there are the
 * theme has decided already.
 */
const inColours = (terminal: string, { styles }: Theme): string =>
  styles.depth === "mono" ? terminal : "xterm-256color";

/** Takes the terminal over and shows the wall on it until q or ctrl-c. No other key does anything but ctrl-z and ctrl-l. */
export function startWall(options: WallOptions): WallHandle {
  const { stdin, stdout, desk, theme } = options;
  const { fd } = stdout;
  let resolveEnd: (how: WallEnd) => void = () => {};
  const ended = new Promise<WallEnd>((resolve) => {
    resolveEnd = resolve;
  });
  let over = false;
  let screen: WallScreen | null = null;
  let wall: Wall | null = null;
  let timer: NodeJS.Timeout | null = null;
  const kit = loadKit();
  const output = new WallOutput(stdout, theme.styles.depth !== "mono");

  const end = (how: WallEnd): void => {
    if (over) return;
    over = true;
    if (timer !== null) clearInterval(timer);
    reader.stop();
    stdout.off("resize", onResize);
    try {
      wall?.end();
      screen?.destroy();
    } catch {
      // What blessed cannot take down is gone with the process; the terminal is restored below in any case.
    }
    guard.leave();
    guard.uninstall();
    resolveEnd(how);
  };
  const guarded = (run: () => void): void => {
    try {
      run();
    } catch (error) {
      end({ why: "crash", code: 70, error });
    }
  };
  const guard = new TerminalGuard({
    write: (text) => {
      if (fd !== undefined) writeNow(fd, text);
      else stdout.write(text);
    },
    input: stdin,
    onLeave: (why, code) => end({ why: "signal", code, error: why }),
    onCrash: (error) => end({ why: "crash", code: 70, error }),
    onResume: () => {
      stdin.resume();
      onResize();
    },
  });
  const onResize = (): void =>
    guarded(() => {
      output.measure();
      output.emit("resize");
      wall?.arrange();
    });
  const onEvents = (events: readonly TermEvent[]): void => {
    for (const event of events) {
      if (event.type !== "key") continue;
      if (event.key === "q" || event.key === "ctrl-c") return end({ why: "quit", code: 0, error: null });
      if (event.key === "ctrl-z") guard.suspend();
      else if (event.key === "ctrl-l") onResize();
    }
  };
  const reader = new InputReader(stdin, onEvents, () => end({ why: "hangup", code: 129, error: null }));
  stdout.on("error", (error) => end({ why: "hangup", code: 129, error }));

  let title = "";
  const frame = (): void => {
    // A line that is still busy with the last painting gets no other: the newest state is painted when it is through.
    if (stdout.writableNeedDrain) return;
    guarded(() => wall?.paint());
    const mode = wall?.status?.mode;
    const next = mode === undefined ? "" : `\x1b]2;[${MODE_WORD[mode]}] voldesk wall\x07`;
    if (next !== title && !over) stdout.write(next);
    title = next;
  };

  guard.enter();
  guarded(() => {
    screen = makeScreen(kit, {
      input: silentInput(),
      output,
      terminal: inColours(options.terminal, theme),
      fullUnicode: false,
      forceUnicode: !theme.ascii,
    });
    wall = new Wall(kit, screen, desk, theme);
  });
  if (!over) {
    reader.start();
    stdout.on("resize", onResize);
    timer = setInterval(frame, 1000 / options.fps);
    frame();
  }
  return { fail: (error) => end({ why: "crash", code: 70, error }), ended };
}
