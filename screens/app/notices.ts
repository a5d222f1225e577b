import type { NoticeLevel } from "./pane.ts";

export interface Notice {
  readonly text: string;
  readonly level: NoticeLevel;
  readonly untilMs: number;
  /** How often the same text came. */
  readonly times: number;
  /** What it speaks of, null for nothing that is spoken of again. */
  readonly about: string | null;
}

/** Errors stay until Esc, orders and warnings 10 s, the rest 4 s. */
const STAY_MS: Readonly<Record<NoticeLevel, number>> = {
  info: 4000,
  order: 10_000,
  warn: 10_000,
  error: Number.POSITIVE_INFINITY,
};
/** Messages that wait behind the one shown; older ones are in the log. */
const MAX_WAITING = 50;

/**
 * The one-message row: an error on top until Esc, else the newest, so that a key's answer is seen whatever was said before it; the same text
 * merged, the rest counted, what was said of an order taken back by what is said of it next. What it covers comes back while its own time lasts.
 */
export class Notices {
  #queue: Notice[] = [];

  say(text: string, level: NoticeLevel, nowMs: number, about: string | null = null): void {
    const same = this.#queue.find((n) => n.text === text && n.level === level);
    const times = (same?.times ?? 0) + 1;
    this.#queue = this.#queue.filter((n) => n !== same && (about === null || n.about !== about));
    this.#queue.unshift({ text, level, untilMs: nowMs + STAY_MS[level], times, about });
    this.#queue.length = Math.min(this.#queue.length, MAX_WAITING);
  }

  /** The message to show now, with how many wait behind it; and when to look again. */
  current(nowMs: number): { readonly notice: Notice; readonly more: number } | null {
    this.#queue = this.#queue.filter((n) => n.untilMs > nowMs);
    const top = this.#queue.find((n) => n.level === "error") ?? this.#queue[0];
    return top === undefined ? null : { notice: top, more: this.#queue.length - 1 };
  }

  /** Esc on a message that stays. */
  dismiss(nowMs: number): boolean {
    const top = this.current(nowMs)?.notice;
    if (top === undefined || Number.isFinite(top.untilMs)) return false;
    this.#queue = this.#queue.filter((n) => n !== top);
    return true;
  }
}
