import type { Instrument, Slot } from "../../engines/market/index.ts";
import type { Desk } from "../../src/desk/desk.ts";
import type { LiveSession } from "../../src/shell/live/live-session.ts";

/** Silence of an application is found within this (contracts section 8); until then a book may stand where the market was. */
const FOUND_WITHIN_US = 15_000_000;

/** Quotes of an instrument that are remembered before those too old to count are swept out. */
const LEAST_PAST = 16;

/** Books of streamed instruments at all checks so far. */
export interface Verdicts {
  checks: number;
  /** As the clean one, to the bit. */
  right: number;
  /** By REST, which knows of a quote before the market's next round brings it to the streams. */
  ahead: number;
  /** As the clean one was less than 15 s ago: a silence not yet found. */
  late: number;
  /** Each side as the market was of late, both never at once: one side's message was lost, and REST has yet to tell of it. */
  torn: number;
  /** Not shown as live. */
  stale: number;
  wrong: number;
  /** The clean desk does not follow it at the moment: nothing to compare with. */
  unknown: number;
  /** The first wrong ones, in words. */
  readonly examples: string[];
}

export type Quote = readonly [bid: number, bidSize: number, ask: number, askSize: number];
interface Past {
  readonly us: number;
  readonly quote: Quote;
}
interface Suspect {
  readonly instrument: Instrument;
  readonly slot: Slot;
  readonly shown: Quote;
  readonly clean: Quote;
  readonly us: number;
}

/** Tells `heard` of every quote of an instrument in the market itself, once it was named. */
export type Truth = (instrument: Instrument, heard: (quote: Quote) => void) => void;

/** Remembers what the clean book said of late, and holds the other desk's book against it. */
export class Judge {
  readonly verdicts: Verdicts = {
    checks: 0,
    right: 0,
    ahead: 0,
    late: 0,
    torn: 0,
    stale: 0,
    wrong: 0,
    unknown: 0,
    examples: [],
  };
  private readonly past = new Map<Slot, { readonly list: Past[]; sweepAt: number }>();
  private named = 0;
  /** When the market was first heard of an instrument: what stood before is not known. */
  private readonly namedUs: number[] = [];
  private suspects: Suspect[] = [];
  /** Since when a book is torn, µs. */
  private readonly tornUs = new Map<Slot, number>();

  constructor(
    private readonly clean: LiveSession,
    private readonly faulty: LiveSession,
    private readonly isLive: (slot: Slot) => boolean,
    /**
     * For a protocol that samples the market: two connections see different moments of it, so the market itself is what may be shown. Such a
     * one tells of sizes with the next price only; they are not compared.
     */
    private readonly truth: Truth | null,
    /**
     * What stands in the market itself. REST tells of it before the streams do; where the clean desk was told of the next quote by REST, it never
     * shows the one before.
     */
    private readonly standing: (instrument: Instrument) => Quote | null,
  ) {
    if (truth !== null) return;
    clean.desk.sentinel = {
      slots: { has: () => true } as unknown as ReadonlySet<Slot>,
      moved: (slot) => this.remember(slot, quoteOf(clean.desk, slot)),
    };
  }

  check(): void {
    const { verdicts, faulty } = this;
    verdicts.checks++;
    this.settle();
    this.nameNew();
    faulty.desk.instruments.forEach((instrument, s) => {
      if (this.isLive(s as Slot)) this.compare(instrument, s as Slot);
      else if (faulty.streams(s as Slot)) verdicts.stale++;
    });
  }

  private nameNew(): void {
    const { truth, clean } = this;
    if (truth === null) return;
    for (; this.named < clean.desk.instruments.length; this.named++) {
      const slot = this.named as Slot;
      this.namedUs[slot] = clean.desk.nowUs;
      truth(clean.desk.instruments[slot] as Instrument, (quote) => this.remember(slot, quote));
    }
  }

  /** What was not told (NaN, shown as `–`) is not wrong; where the clean one was not told of a size, it cannot say. */
  private same(shown: Quote, clean: Quote): boolean {
    const sampled = this.truth !== null;
    return shown.every((x, k) => {
      const size = k % 2 === 1;
      return Object.is(x, clean[k]) || x !== x || (size && (sampled || clean[k] !== clean[k]));
    });
  }

  private compare(instrument: Instrument, slot: Slot): void {
    const { verdicts, faulty, clean } = this;
    const other = clean.desk.slot(instrument.id);
    if (other === null || !clean.isLive(other)) {
      verdicts.unknown++;
      return;
    }
    const shown = quoteOf(faulty.desk, slot);
    const now = quoteOf(clean.desk, other);
    const { nowUs } = clean.desk;
    const right = this.same(shown, now);
    const late = !right && this.stood(other, shown, nowUs - FOUND_WITHIN_US);
    if (right || late) this.tornUs.delete(other);
    if (right) verdicts.right++;
    else if (late) verdicts.late++;
    else if (this.isTorn(other, shown, nowUs)) verdicts.torn++;
    else if (this.stands(instrument, shown)) verdicts.ahead++;
    else if (nowUs - (this.namedUs[other] ?? Number.NEGATIVE_INFINITY) < FOUND_WITHIN_US) verdicts.unknown++;
    else this.suspects.push({ instrument, slot: other, shown, clean: now, us: nowUs });
  }

  private stands(instrument: Instrument, shown: Quote): boolean {
    const quote = this.standing(instrument);
    return quote !== null && this.same(shown, quote);
  }

  /**
   * A protocol that tells only the fields that changed may lose the word of one side: both are true, but of two instants. That is made good by
   * the next round of snapshots, so it may not last.
   */
  private isTorn(slot: Slot, [bid, bidSize, ask, askSize]: Quote, nowUs: number): boolean {
    if (this.truth === null) return false;
    const none = Number.NaN;
    const since = nowUs - FOUND_WITHIN_US;
    const sides: readonly Quote[] = [
      [bid, bidSize, none, none],
      [none, none, ask, askSize],
    ];
    const began = this.tornUs.get(slot) ?? nowUs;
    this.tornUs.set(slot, began);
    return nowUs - began <= FOUND_WITHIN_US && sides.every((side) => this.stood(slot, side, since));
  }

  /** What was neither is wrong, unless the clean one has had it by now. */
  private settle(): void {
    const { verdicts } = this;
    for (const { instrument, slot, shown, clean, us } of this.suspects) {
      if (this.stood(slot, shown, us)) {
        verdicts.ahead++;
        continue;
      }
      verdicts.wrong++;
      if (verdicts.examples.length < 5)
        verdicts.examples.push(
          `${instrument.id} at ${new Date(us / 1000).toISOString()}: ${shown.join(" ")} instead of ${clean.join(" ")}`,
        );
    }
    this.suspects = [];
  }

  private stood(slot: Slot, shown: Quote, since: number): boolean {
    const list = this.past.get(slot)?.list ?? [];
    for (let i = list.length - 1; i >= 0; i--) {
      const { us, quote } = list[i] as Past;
      if (this.same(shown, quote)) return true;
      // What stood at the beginning of the span had come before it.
      if (us < since) return false;
    }
    return false;
  }

  private remember(slot: Slot, quote: Quote): void {
    const { desk } = this.clean;
    let past = this.past.get(slot);
    if (past === undefined) this.past.set(slot, (past = { list: [], sweepAt: LEAST_PAST }));
    const { list } = past;
    const last = list.at(-1);
    if (last?.quote.every((x, k) => Object.is(x, quote[k])) === true) return;
    list.push({ us: desk.nowUs, quote });
    if (list.length < past.sweepAt) return;
    // What stood at the beginning of the span had come before it.
    const from = list.findIndex((p) => p.us >= desk.nowUs - FOUND_WITHIN_US);
    list.splice(0, Math.max(0, from - 1));
    past.sweepAt = Math.max(LEAST_PAST, 2 * list.length);
  }
}

function quoteOf({ book }: Desk, slot: Slot): Quote {
  return [
    book.bid[slot] as number,
    book.bidSize[slot] as number,
    book.ask[slot] as number,
    book.askSize[slot] as number,
  ];
}
