/** `C` counts when what it would send has stood on the terminal for this long, ms, unless the user sets another time. */
export const READ_MS = 300;

/**
 * Since when what decides an order stands written on the terminal. `painted` is what the last frame shows; `written` says that this
 * frame's bytes have left. Anything else painted starts the time anew.
 */
export class Shown {
  #painted: string | null = null;
  #written: { readonly stamp: string; readonly sinceMs: number } | null = null;

  painted(stamp: string | null): void {
    this.#painted = stamp;
    if (this.#written !== null && this.#written.stamp !== stamp) this.#written = null;
  }

  written(nowMs: number): void {
    if (this.#painted === null || this.#written !== null) return;
    this.#written = { stamp: this.#painted, sinceMs: nowMs };
  }

  /** What the terminal shows is not known any more. */
  forget(): void {
    this.#written = null;
    this.#painted = null;
  }

  /** How long it has stood there, ms; 0 while it is not written. */
  ms(stamp: string, nowMs: number): number {
    return this.#written?.stamp === stamp ? nowMs - this.#written.sinceMs : 0;
  }
}
