import type { PacedOutput } from "../terminal/output.ts";

/** What a frame loop draws. */
export interface FrameSource {
  /** Looks for changes that nobody announces (the shared book). */
  readonly poll: () => void;
  /** Marks what asked to be painted at a time that has come. */
  readonly awake: () => void;
  /** Bytes of a frame: of all that changed, or only of what answers a key. */
  readonly compose: (whole: boolean) => string;
  /** Asks for what panes want to see now. */
  readonly follow: () => void;
  /** Most data frames a second that are wanted. */
  readonly maxFps?: () => number;
  /** The bytes of the last frame have left for the terminal. */
  readonly written: () => void;
}

/** How often the shared book is looked at while nothing happens, ms. */
const QUIET_POLL_MS = 100;
/** Data that is late by so long, since keys keep coming, is drawn with the answer to the next, ms. */
const OVERDUE_MS = 100;
/** A market without a change for this long is quiet, ms. */
const QUIET_AFTER_MS = 2000;

/**
 * When to draw: the answer to a key at once and by itself, data at the rate that the line takes, motion at the time it asked for. While
 * a frame is still draining no other is made; what changed meanwhile is drawn in one when the line is free.
 */
export class FrameLoop {
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  #lastFrame = Number.NEGATIVE_INFINITY;
  #lastChange = Number.NEGATIVE_INFINITY;
  #waiting: "no" | "data" | "key" = "no";
  #urgentQueued = false;
  #stopped = false;

  constructor(
    readonly source: FrameSource,
    readonly output: PacedOutput,
    readonly now: () => number,
    /** Whether there is a shared book to look at. */
    readonly polls: boolean,
  ) {}

  start(): void {
    this.#draw();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Something to draw; see ScreenOptions.onWork. Urgent work is drawn when the code that asked has returned. */
  work(urgent: boolean, atMs?: number): void {
    if (this.#stopped) return;
    if (!urgent) this.#at(atMs ?? this.#nextFrame());
    else if (!this.#urgentQueued) {
      this.#urgentQueued = true;
      queueMicrotask(() => {
        this.#urgentQueued = false;
        this.#draw(true);
      });
    }
  }

  /** The line is free again. */
  drained(): void {
    if (this.#stopped) return;
    this.source.written();
    const waiting = this.#waiting;
    this.#waiting = "no";
    if (waiting !== "no") this.#draw(waiting === "key");
  }

  #nextFrame(): number {
    return this.#lastFrame + 1000 / Math.min(this.output.fps, this.source.maxFps?.() ?? this.output.fps);
  }

  #at(whenMs: number): void {
    const when = Math.max(whenMs, this.#nextFrame());
    if (this.#timer && when >= this.#timerAt) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timerAt = when;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#timerAt = Number.POSITIVE_INFINITY;
        this.#draw();
      },
      Math.max(0, Math.ceil(when - this.now())),
    );
  }

  /** Keys go before a line that is full; data waits for it. */
  #draw(urgent = false): void {
    if (this.#stopped) return;
    if (this.output.busy || (this.output.full && !urgent)) {
      if (urgent || this.#waiting === "no") this.#waiting = urgent ? "key" : "data";
      return;
    }
    if (!urgent && this.now() < this.#nextFrame()) {
      // A frame came between asking for this one and now.
      this.#at(this.#nextFrame());
      return;
    }
    const whole = !urgent || !this.polls || this.now() > this.#nextFrame() + OVERDUE_MS;
    if (whole) {
      this.source.poll();
      this.source.awake();
    }
    const bytes = this.source.compose(whole);
    const nowMs = this.now();
    if (whole) this.#lastFrame = nowMs;
    if (bytes !== "") {
      this.#lastChange = nowMs;
      this.output.write(bytes);
    } else this.source.written();
    this.source.follow();
    if (!this.polls) return;
    const quiet = nowMs - this.#lastChange > QUIET_AFTER_MS;
    this.#at(quiet ? nowMs + QUIET_POLL_MS : this.#nextFrame());
  }
}
