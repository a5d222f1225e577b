import type { Echo } from "./echo.ts";

/** What the writer needs of a terminal's output: a tty.WriteStream, or a stand-in of a test. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  readonly fd?: number | undefined;
  readonly writableNeedDrain?: boolean | undefined;
  write(data: string, done?: (error?: Error | null) => void): boolean;
  on(event: "resize", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

export interface PacingLimits {
  /** Data frames a second when the terminal keeps up. */
  readonly maxFps: number;
  /** …and at least, however slow it drains. */
  readonly minFps: number;
}
export const PACING: PacingLimits = { maxFps: 30, minFps: 2 };

/** Over so long a time is counted what got through, ms. */
const COUNTED_MS = 2000;

/**
 * The one place that writes to the terminal. At most one frame is under way: while its write has not drained the next one waits
 * unmade, so frames never queue and a slow line sees fewer of them. {@link fps} follows the drain: a frame should not keep the line
 * busy for more than half of the time.
 */
export class PacedOutput {
  #busySince: number | null = null;
  #drainMs = 0;
  #bytes = 0;
  #frames = 0;
  #dead = false;
  #fullAt = Number.NEGATIVE_INFINITY;
  /** When the frames of late were written. */
  readonly #written: number[] = [];

  constructor(
    readonly stream: OutputStream,
    readonly now: () => number,
    readonly onDrained: () => void,
    readonly onBroken: (error: Error) => void,
    readonly limits: PacingLimits = PACING,
    /** Where the line is long: the terminal is asked how far behind it is. */
    readonly echo: Echo | null = null,
  ) {
    stream.on("error", this.#broken);
    unblock(stream);
  }

  get busy(): boolean {
    return this.#busySince !== null;
  }
  get dead(): boolean {
    return this.#dead;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get frames(): number {
    return this.#frames;
  }

  /** Data frames a second that the line takes now. */
  get fps(): number {
    const { maxFps, minFps } = this.limits;
    const delayMs = Math.max(this.#drainMs, this.echo?.delayMs(this.now()) ?? 0);
    if (delayMs <= 500 / maxFps) return maxFps;
    return Math.max(minFps, Math.min(maxFps, 500 / delayMs));
  }

  /** Frames lie unseen on the way: data waits until the terminal has caught up. */
  get full(): boolean {
    const full = this.echo?.full(this.now()) ?? false;
    if (full) this.#fullAt = this.now();
    return full;
  }

  /** Frames a second that get through: as many as there were while data had to wait for the line, else what it takes. */
  get through(): number {
    const since = this.now() - COUNTED_MS;
    if (this.#fullAt < since) return this.fps;
    const frames = this.#written.filter((at) => at >= since).length;
    return Math.min(this.fps, (frames * 1000) / COUNTED_MS);
  }

  /** The terminal has caught up with a question. */
  heard(): void {
    this.echo?.heard(this.now());
    if (!this.busy) this.onDrained();
  }

  write(data: string): void {
    if (this.#dead || data === "") return;
    const began = this.now();
    this.#busySince = began;
    this.#bytes += data.length;
    this.#frames++;
    this.#written.push(began);
    while ((this.#written[0] as number) < began - COUNTED_MS) this.#written.shift();
    this.stream.write(data + (this.echo?.question(began) ?? ""), (error) => {
      if (error) return this.#broken(error);
      const took = this.now() - began;
      // Quick to slow down, slow to speed up.
      this.#drainMs = took > this.#drainMs ? took : this.#drainMs * 0.8 + took * 0.2;
      this.#busySince = null;
      this.onDrained();
    });
  }

  close(): void {
    this.#dead = true;
    // The error listener stays: a late EPIPE must not crash a program that is leaving.
  }

  #broken = (error: Error): void => {
    if (this.#dead) return;
    this.#dead = true;
    this.onBroken(error);
  };
}

/** Node writes to terminals synchronously; a slow line would then hold the keys up. */
function unblock(stream: OutputStream): void {
  const handle: unknown = (stream as { _handle?: unknown })._handle;
  if (typeof handle !== "object" || handle === null || !("setBlocking" in handle)) return;
  const { setBlocking } = handle;
  if (typeof setBlocking === "function") setBlocking.call(handle, false);
}
