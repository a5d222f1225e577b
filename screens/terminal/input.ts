import { type TermEvent, Tokenizer } from "./tokenizer.ts";

/** What the reader needs of a terminal's input: a tty.ReadStream, or a stand-in of a test. */
export interface InputStream {
  readonly isTTY?: boolean | undefined;
  setRawMode?(on: boolean): unknown;
  on(event: "data", listener: (chunk: Uint8Array | string) => void): unknown;
  on(event: "end" | "close", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  off(event: "data", listener: (chunk: Uint8Array | string) => void): unknown;
  off(event: "end" | "close", listener: () => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface InputTimes {
  /** How long a lone ESC waits for the rest of a sequence, ms. */
  readonly escapeMs: number;
  /** How long an open paste waits for its next byte, ms. */
  readonly pasteMs: number;
}
export const INPUT_TIMES: InputTimes = { escapeMs: 30, pasteMs: 1000 };

/** Reads a terminal in raw mode and hands over what the {@link Tokenizer} makes of it: all events of one chunk together. */
export class InputReader {
  readonly #tokens = new Tokenizer();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    readonly stream: InputStream,
    readonly onEvents: (events: readonly TermEvent[]) => void,
    readonly onEnd: () => void,
    readonly times: InputTimes = INPUT_TIMES,
  ) {}

  start(): void {
    this.stream.setRawMode?.(true);
    this.stream.on("data", this.#data);
    this.stream.on("end", this.#ended);
    this.stream.on("close", this.#ended);
    this.stream.on("error", this.#ended);
    this.stream.resume();
  }

  stop(): void {
    this.#disarm();
    this.stream.off("data", this.#data);
    this.stream.off("end", this.#ended);
    this.stream.off("close", this.#ended);
    this.stream.off("error", this.#ended);
    this.stream.pause();
  }

  #ended = (): void => this.onEnd();

  #data = (chunk: Uint8Array | string): void => {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    this.#disarm();
    const events = this.#tokens.feed(bytes);
    this.#arm();
    if (events.length > 0) this.onEvents(events);
  };

  #arm(): void {
    const pending = this.#tokens.pending;
    if (pending === "none") return;
    const ms = pending === "paste" ? this.times.pasteMs : this.times.escapeMs;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      const events = this.#tokens.flush();
      if (events.length > 0) this.onEvents(events);
    }, ms);
  }

  #disarm(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
