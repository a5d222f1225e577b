/** Samples kept: when they are full every second one goes, and from then on half as many come in. */
const CAPACITY = 720;
const FIRST_STEP_US = 1_000_000;

export interface Sample {
  readonly us: number;
  readonly value: number;
}

/** A figure over session time as the wall has seen it: bounded, the last value of each step. */
export class History {
  #samples: Sample[] = [];
  #stepUs = FIRST_STEP_US;

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Takes what the figure is at this session time; unknown is no sample. Time that went back is a new playing: a new history. */
  add(us: number, value: number | null): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && us < last.us) {
      this.#samples = [];
      this.#stepUs = FIRST_STEP_US;
    }
    if (value === null || !Number.isFinite(value)) return;
    const before = this.#samples.at(-1);
    if (before !== undefined && Math.floor(us / this.#stepUs) === Math.floor(before.us / this.#stepUs))
      this.#samples[this.#samples.length - 1] = { us, value };
    else this.#samples.push({ us, value });
    if (this.#samples.length < CAPACITY) return;
    this.#samples = this.#samples.filter((_, i) => i % 2 === 1);
    this.#stepUs *= 2;
  }
}

/** The samples on an even grid of `n` times from the first to the last: at each the last value known by then. */
export function onGrid(samples: readonly Sample[], n: number): readonly Sample[] {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return [];
  if (samples.length === 1 || n < 2) return [last];
  const out: Sample[] = [];
  let at = 0;
  for (let i = 0; i < n; i++) {
    const us = first.us + ((last.us - first.us) * i) / (n - 1);
    while (at + 1 < samples.length && (samples[at + 1] as Sample).us <= us) at++;
    out.push({ us, value: (samples[at] as Sample).value });
  }
  return out;
}
