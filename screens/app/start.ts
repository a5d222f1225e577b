import type { DeskClient } from "../desk-client.ts";
import type { PaneId } from "../keys/keymap.ts";
import { Echo, isEcho } from "../terminal/echo.ts";
import { INPUT_TIMES, InputReader, type InputStream, type InputTimes } from "../terminal/input.ts";
import type { Via } from "../terminal/link.ts";
import { type OutputStream, PACING, PacedOutput, type PacingLimits } from "../terminal/output.ts";
import { TerminalGuard, WIDTH_PROBE, writeNow } from "../terminal/restore.ts";
import type { Theme } from "../theme/theme.ts";
import type { AlertSignal } from "./alerts.ts";
import { FrameLoop } from "./frames.ts";
import { PANES } from "./registry.ts";
import { Screen } from "./screen.tsx";
import type { Exporter } from "./screen-face.ts";
import type { ScreenStore } from "./store.ts";

export interface StartOptions {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly desk: DeskClient;
  readonly theme: Theme;
  /** How long an order must stand on the terminal before its `C` counts, ms. */
  readonly readMs?: number;
  /** Whether changed cells flash. */
  readonly flash?: boolean;
  /** Two frames a second and no motion. */
  readonly calm?: boolean;
  readonly store?: ScreenStore;
  readonly exporter?: Exporter;
  readonly signal?: AlertSignal;
  /** What lies between this terminal and the desk. */
  readonly via?: readonly Via[];
  readonly pacing?: PacingLimits;
  readonly times?: InputTimes;
  /** A pane threw: for the log; the screen goes on. */
  readonly onPaneError?: (pane: PaneId, error: unknown) => void;
}

/** How the screen ended. The terminal is restored by then; whoever started it exits. */
export interface ScreenEnd {
  readonly why: "quit" | "signal" | "hangup" | "crash" | "turned";
  /** Exit code that fits: 0 quit, 128 + n by signal, 129 hangup, 70 crash. */
  readonly code: number;
  readonly error: unknown;
}

export interface ScreenHandle {
  /** Leaves in order: the terminal is restored when this resolves. */
  readonly stop: () => Promise<void>;
  /** Ends so that another desk can be shown in its place. */
  readonly turn: () => void;
  /** Ends because of an error elsewhere (a worker, a rejected promise). */
  readonly fail: (error: unknown) => void;
  readonly ended: Promise<ScreenEnd>;
  readonly screen: Screen;
}

/** An answer of the terminal that is still to come is waited for, so that the shell does not get it, ms. */
const LAST_ANSWER_MS = 250;
/** Data frames a second in calm mode. */
const CALM_FPS = 2;

const now = (): number => performance.now();

/** Takes the terminal over and runs the screen on it until it ends. */
export function startScreen(options: StartOptions): ScreenHandle {
  const { stdin, stdout, desk, theme } = options;
  const fd = stdout.fd;
  let resolveEnd: (how: ScreenEnd) => void = () => {};
  const ended = new Promise<ScreenEnd>((resolve) => {
    resolveEnd = resolve;
  });
  let over = false;
  // The screen announces work before there is a loop to do it; the loop begins with all of it.
  let loop: FrameLoop | null = null;

  const output = new PacedOutput(
    stdout,
    now,
    () => loop?.drained(),
    (error) => end({ why: "hangup", code: 129, error }),
    options.pacing ?? PACING,
    // A multiplexer would answer for itself.
    options.via?.join() === "ssh" ? new Echo() : null,
  );
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
      screen.repaint();
    },
  });

  const end = (how: ScreenEnd): void => {
    if (over) return;
    over = true;
    loop?.stop();
    reader.stop();
    stdout.off("resize", onResize);
    output.close();
    guard.leave();
    guard.uninstall();
    try {
      screen.end();
    } catch {
      // A tree that threw once may throw again while it is taken down.
    }
    resolveEnd(how);
  };

  const screen = new Screen({
    cols: stdout.columns ?? 80,
    rows: stdout.rows ?? 24,
    theme,
    desk,
    panes: PANES,
    flash: options.flash ?? true,
    calm: options.calm ?? false,
    ...(options.readMs !== undefined && { readMs: options.readMs }),
    tour: options.store !== undefined,
    ...(options.store && { store: options.store }),
    link: { via: options.via ?? [], fps: () => output.through },
    ...(options.signal && { signal: options.signal }),
    now,
    onWork: (urgent, atMs) => loop?.work(urgent, atMs),
    onControl: (sequence) => void stdout.write(sequence),
    onQuit: () => {
      const quit = () => end({ why: "quit", code: 0, error: null });
      if (output.echo?.awaited) setTimeout(quit, LAST_ANSWER_MS);
      else quit();
    },
    onSuspend: () => guard.suspend(),
    exporter: options.exporter,
    onPaneError: options.onPaneError ?? (() => {}),
    onFatal: (error) => end({ why: "crash", code: 70, error }),
  });
  const onResize = (): void => screen.resize(stdout.columns ?? 80, stdout.rows ?? 24);
  loop = new FrameLoop(
    {
      poll: () => screen.poll(),
      awake: () => screen.awake(),
      compose: (whole) => screen.compose(whole),
      follow: () => screen.follow(),
      maxFps: () => (screen.looks.calm ? CALM_FPS : Number.POSITIVE_INFINITY),
      written: () => screen.written(),
    },
    output,
    now,
    desk.book !== null,
  );
  const reader = new InputReader(
    stdin,
    (events) => {
      for (const e of events) if (e.type === "reply" && isEcho(e.body)) output.heard();
      screen.onEvents(events);
    },
    () => end({ why: "hangup", code: 129, error: null }),
    options.times ?? INPUT_TIMES,
  );

  guard.enter();
  reader.start();
  if (!theme.ascii) stdout.write(WIDTH_PROBE);
  stdout.on("resize", onResize);
  loop.start();
  return {
    stop: async () => {
      end({ why: "quit", code: 0, error: null });
      await ended;
    },
    turn: () => end({ why: "turned", code: 0, error: null }),
    fail: (error) => end({ why: "crash", code: 70, error }),
    ended,
    screen,
  };
}
