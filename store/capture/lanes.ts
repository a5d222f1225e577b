/**
 * Merges the streams of a session into one order: by receive time, then by the lane's rank, then by the order in which lanes were
 * opened and rows pushed. So all events of one instant have one fixed order, whatever the sources' order.
 */
import {
  type EventColumns,
  type Instrument,
  Kind,
  NO_SLOT,
  type ObjectEvent,
  type Slot,
} from "../../engines/market/index.ts";
import { PrintMemory } from "./decode/print-memory.ts";
import type { Definitions } from "./instruments.ts";
import type { Condition } from "./manifest.ts";
import { RowBuffer } from "./rows.ts";
import type { TapeWriter } from "./tape-writer.ts";

/** Ranks of lanes within one instant: what ended before what begins, underlyings before options, quotes before bars. */
export const Rank = {
  barClose: 10,
  bar: 20,
  openInterest: 30,
  /** A tick's trade stands before the quote of its millisecond: it met the quote that was there before. */
  trade: 40,
  quote: 50,
  open: 60,
  openTrade: 70,
  /** Added for options. */
  option: 5,
} as const;

interface Lane {
  readonly rank: number;
  readonly rows: RowBuffer;
}

/** What decoders write to. */
export class EventSink {
  readonly define: Definitions;
  readonly instruments: Instrument[] = [];
  readonly conditions: Condition[] = [];
  /** Frames that hold nothing for the tape. */
  unread = 0;
  /** Messages that could not be taken, by reason. */
  readonly refusals = new Map<string, number>();
  /** All of them. */
  refused = 0;
  /** Prints that came lately, of all streams. */
  readonly prints = new PrintMemory();
  private arrivals: RowBuffer | null = null;
  /** Instruments already told to a live session. */
  private told = 0;
  private readonly slots = new Map<string, Slot>();
  private readonly refs = new Map<string, number>();
  private readonly lanes: Lane[] = [];
  private objects: ObjectEvent[] = [];
  private readonly opening: ObjectEvent[] = [];

  constructor(define: Definitions) {
    this.define = define;
  }

  /** The slot of an instrument, dense in order of first sight. */
  slot(id: string, define: () => Instrument): Slot {
    let slot = this.slots.get(id);
    if (slot === undefined) {
      slot = (this.instruments.push(define()) - 1) as Slot;
      this.slots.set(id, slot);
    }
    return slot;
  }

  /** The dictionary index of a venue and condition code. */
  condition(venue: string, code: string): number {
    const key = `${venue}\n${code}`;
    let ref = this.refs.get(key);
    if (ref === undefined) {
      ref = this.conditions.push({ venue, code }) - 1;
      this.refs.set(key, ref);
    }
    return ref;
  }

  refuse(reason: string): void {
    this.refused++;
    this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
  }

  lane(rank: number): RowBuffer {
    const rows = new RowBuffer();
    this.lanes.push({ rank, rows });
    return rows;
  }

  /** The one lane of everything that came as frames: rows of one instant keep the order in which they came. */
  arrival(): RowBuffer {
    this.arrivals ??= this.lane(Rank.trade);
    return this.arrivals;
  }

  /** Puts a rare event on a lane. */
  object(lane: RowBuffer, recvUs: number, event: ObjectEvent): void {
    const ref = this.objects.push(event) - 1;
    const none = Number.NaN;
    lane.push(Kind.object, 0, slotOf(event), recvUs, none, none, none, none, none, none, ref);
  }

  /** Tells a rare event at the first instant of the session, after the instruments. */
  atStart(event: ObjectEvent): void {
    this.opening.push(event);
  }

  /**
   * How a live session reads its decoders: hands over what came as frames since the last time, definitions of new instruments first,
   * and forgets it. The columns are good until the next frame.
   */
  takeArrivals(nowUs: number, take: (rows: EventColumns) => void): void {
    const arrivals = this.arrival();
    const { cols } = arrivals;
    if (this.told < this.instruments.length)
      take(this.definitions(cols.n > 0 ? (cols.recvUs[0] as number) : nowUs));
    this.told = this.instruments.length;
    if (cols.n > 0) take({ ...cols, objects: this.objects });
    this.objects = [];
    cols.n = 0;
  }

  /** Writes everything, definitions of all instruments first, to the tape. */
  drain(tape: TapeWriter, progress?: (share: number) => void): void {
    const lanes = this.lanes.map((l) => ({ rank: l.rank, cols: inOrder(l.rows.cols) }));
    lanes.sort((a, b) => a.rank - b.rank);
    const live = lanes.filter((l) => l.cols.n > 0).map((l) => ({ cols: l.cols, at: 0 }));
    const total = live.reduce((n, l) => n + l.cols.n, 0);
    const firstUs = live.reduce((us, l) => Math.min(us, l.cols.recvUs[0] ?? us), Number.POSITIVE_INFINITY);
    if (total === 0) return;
    tape.append(this.definitions(firstUs));
    const out = new Merged(tape, this.objects);
    let done = 0;
    while (done < total) {
      let best = -1;
      let bestUs = Number.POSITIVE_INFINITY;
      for (let k = 0; k < live.length; k++) {
        const lane = live[k] as { cols: EventColumns; at: number };
        const us = lane.at < lane.cols.n ? (lane.cols.recvUs[lane.at] as number) : Number.POSITIVE_INFINITY;
        if (us < bestUs) {
          bestUs = us;
          best = k;
        }
      }
      const lane = live[best] as { cols: EventColumns; at: number };
      // A lane of lower rank may hold rows of the same instant next: only its own run of this instant is taken at once.
      do {
        out.row(lane.cols, lane.at++);
        done++;
      } while (lane.at < lane.cols.n && lane.cols.recvUs[lane.at] === bestUs);
      if ((done & 0xffff) === 0) progress?.(done / total);
    }
    out.flush();
  }

  private definitions(us: number): EventColumns {
    const define = this.instruments
      .slice(this.told)
      .map((instrument, i) => ({ kind: "instrument", slot: (this.told + i) as Slot, instrument }) as const);
    const objects: ObjectEvent[] = [...define, ...this.opening];
    const rows = new RowBuffer(Math.max(1, objects.length));
    const none = Number.NaN;
    objects.forEach((o, i) => {
      rows.push(Kind.object, 0, slotOf(o), us, none, none, none, none, none, none, i);
    });
    return { ...rows.cols, objects };
  }
}

const slotOf = (o: ObjectEvent): Slot => ("slot" in o ? o.slot : NO_SLOT);

/** The rows sorted by receive time, stable; the same columns when they are already. */
function inOrder(cols: EventColumns): EventColumns {
  let sorted = true;
  for (let i = 1; i < cols.n && sorted; i++)
    sorted = (cols.recvUs[i] as number) >= (cols.recvUs[i - 1] as number);
  if (sorted) return cols;
  const order = Uint32Array.from({ length: cols.n }, (_, i) => i);
  order.sort((x, y) => (cols.recvUs[x] as number) - (cols.recvUs[y] as number) || x - y);
  const rows = new RowBuffer(cols.n);
  for (const i of order) pushRow(rows, cols, i, cols.ref[i] as number);
  return rows.cols;
}

function pushRow(rows: RowBuffer, c: EventColumns, i: number, ref: number): void {
  rows.push(
    c.kind[i] as number,
    c.flags[i] as number,
    c.slot[i] as number,
    c.recvUs[i] as number,
    c.eventUs[i] as number,
    c.a[i] as number,
    c.b[i] as number,
    c.c[i] as number,
    c.d[i] as number,
    c.e[i] as number,
    ref,
  );
}

/** Collects merged rows and hands them to the tape in batches with the objects they name. */
class Merged {
  private readonly tape: TapeWriter;
  private readonly all: readonly ObjectEvent[];
  private rows = new RowBuffer(8192);
  private objects: ObjectEvent[] = [];

  constructor(tape: TapeWriter, all: readonly ObjectEvent[]) {
    this.tape = tape;
    this.all = all;
  }

  row(c: EventColumns, i: number): void {
    let ref = c.ref[i] as number;
    if (c.kind[i] === Kind.object) ref = this.objects.push(this.all[ref] as ObjectEvent) - 1;
    pushRow(this.rows, c, i, ref);
    if (this.rows.n === 8192) this.flush();
  }

  flush(): void {
    this.tape.append({ ...this.rows.cols, objects: this.objects });
    this.rows.cols.n = 0;
    this.objects = [];
  }
}
