import {
  type EventColumns,
  eventColumns,
  Kind,
  type ObjectEvent,
  type Slot,
} from "../../../engines/market/index.ts";
import { FRAME_DECODERS } from "../../../store/capture/decode/frames.ts";
import type { FrameDecoder } from "../../../store/capture/decode/source.ts";
import type { EventSink } from "../../../store/capture/lanes.ts";
import { copyRows } from "../../../store/capture/rows.ts";
import type { Desk } from "../../desk/desk.ts";
import type { Decoded } from "../../feeds/feed.ts";
import type { Clock } from "../clock.ts";
import type { Lookout, Milestone } from "../player.ts";
import { applyWatched, type RowWatch } from "../watched-rows.ts";
import { shedQuotes } from "./shed.ts";

/** Rows of a block in memory; the tape's own size, so that both number alike. */
export const BLOCK = 65_536;

export interface JournalOptions {
  readonly desk: Desk;
  readonly sink: EventSink;
  readonly clock: Clock;
  readonly nowUs: () => number;
  /** Rows that may wait for the desk; beyond it quotes are merged. */
  readonly inboxRows: number;
  /** Blocks kept in memory for who reads the session again. */
  readonly keptBlocks: number;
  readonly milestone: Milestone;
  /** Keeps a frame as received, before it is decoded. */
  readonly keepFrame: (bytes: Buffer, recvUs: number, channel: string) => void;
  /** Keeps rows that were applied: a block of them, or what came since they were last handed over. */
  readonly keepRows: (rows: EventColumns) => void;
  /** Rows were applied. */
  readonly moved: () => void;
}

/**
 * The one way into a live desk: frames are kept, decoded into an inbox, and applied in order a moment later; what is applied is exactly what
 * the tape holds. Quotes that a burst makes obsolete may be merged; the event that says so is part of the journal.
 */
export class Journal {
  private readonly decoders = new Map<string, FrameDecoder>();
  private readonly answer = { rows: 0, refused: 0, eventUs: Number.NaN };
  private readonly blocks: (EventColumns | null)[] = [];
  /** Of the block, until they are handed over. */
  private readonly objects: ObjectEvent[] = [];
  private block: EventColumns;
  /** Rows of the block that were handed over. */
  private handed = 0;
  private empty: EventColumns | null = null;
  private waiting: (() => void) | null = null;
  /** Rows are being applied: what happens on the way comes after them. */
  private applying = false;
  private later: ObjectEvent[] = [];
  /** Who sees rows one by one as they are applied, and who looks at the desk at times of its own. */
  watch: RowWatch | null = null;
  lookout: Lookout | null = null;
  /** Rows merged away since the start. */
  shed = 0;
  /** Frames of which a decoder made nothing, and decoders that failed. */
  faults = 0;

  constructor(private readonly options: JournalOptions) {
    this.block = eventColumns(BLOCK, this.objects);
    this.blocks.push(this.block);
  }

  get inbox(): number {
    return this.options.sink.arrival().n;
  }

  frame(channel: string, bytes: Buffer, recvUs: number): Decoded {
    const { sink, keepFrame } = this.options;
    keepFrame(bytes, recvUs, channel);
    const lane = sink.arrival();
    const from = lane.n;
    const known = sink.instruments.length;
    const refused = sink.refused;
    try {
      this.decoder(channel).frame(bytes, recvUs);
    } catch {
      // A decoder never throws by its contract; if one does, its frame is lost and counted, the stream goes on.
      lane.cols.n = from;
      this.faults++;
      sink.refuse("decoder fault");
    }
    const { n, eventUs } = lane.cols;
    this.answer.rows = n - from;
    this.answer.refused = sink.refused - refused;
    this.answer.eventUs = n > from ? (eventUs[n - 1] as number) : Number.NaN;
    // What a frame makes known is followed from then on, whether or not it told a price.
    if (n > from || sink.instruments.length > known) this.wake();
    return this.answer;
  }

  /** A rare event of the desk's own: kept beside the frames, so that it survives where the tape does not. */
  event(event: ObjectEvent): void {
    if (this.applying) {
      this.later.push(event);
      return;
    }
    const { sink, nowUs, keepFrame } = this.options;
    const us = nowUs();
    if (event.kind !== "instrument") keepFrame(Buffer.from(JSON.stringify(event)), us, "desk");
    sink.object(sink.arrival(), us, event);
    this.wake();
  }

  /** Instruments that were made known to the sink but have no row yet get theirs. */
  wake(): void {
    this.waiting ??= this.options.clock.after(0, () => this.drain());
  }

  drain(): void {
    this.waiting?.();
    this.waiting = null;
    const { sink, inboxRows, nowUs, moved } = this.options;
    let any = false;
    this.applying = true;
    sink.takeArrivals(nowUs(), (rows) => {
      any = true;
      this.apply(rows.n > inboxRows ? this.merged(rows) : rows);
    });
    this.applying = false;
    const { later } = this;
    this.later = [];
    for (const event of later) this.event(event);
    if (any) moved();
  }

  /**
   * What was applied since the last time goes to who keeps it, together, since each handing over costs as much as many rows. Its objects are
   * forgotten then: who reads the session again reads rows, and a vendor's Greeks, an object each, take more room than all of them.
   */
  handOver(): void {
    const { block, handed } = this;
    const { n, kind, ref } = block;
    if (n === handed) return;
    this.options.keepRows(window(block, handed, n));
    for (let i = handed; i < n; i++) if (kind[i] === Kind.object) ref[i] = NO_OBJECT;
    this.objects.length = 0;
    this.handed = n;
  }

  /** Which quotes went is part of the journal: a replay of it needs no luck. */
  private merged(rows: EventColumns): EventColumns {
    const { rows: kept, slots, count } = shedQuotes(rows);
    this.shed += count;
    if (count === 0) return rows;
    const us = rows.recvUs[0] as number;
    const one = eventColumns(1, [{ kind: "shed", channel: "inbox", slots, count }]);
    one.n = 1;
    one.kind[0] = Kind.object;
    one.slot[0] = -1;
    one.recvUs[0] = us;
    for (const column of [one.eventUs, one.a, one.b, one.c, one.d, one.e]) column[0] = Number.NaN;
    one.ref[0] = 0;
    this.options.keepFrame(Buffer.from(JSON.stringify(one.objects[0])), us, "desk");
    this.apply(one);
    return kept;
  }

  private apply(rows: EventColumns): void {
    let from = 0;
    while (from < rows.n) {
      if (this.block.n === BLOCK) this.turn();
      const take = Math.min(rows.n - from, BLOCK - this.block.n);
      this.append(rows, from, from + take);
      from += take;
    }
  }

  private append(rows: EventColumns, from: number, to: number): void {
    const { block, objects } = this;
    const { desk, milestone } = this.options;
    const at = block.n;
    copyRows(rows, from, to, block, at);
    const end = at + to - from;
    for (let i = at; i < end; i++)
      if (block.kind[i] === Kind.object)
        block.ref[i] = objects.push(rows.objects[block.ref[i] as number] as ObjectEvent) - 1;
    block.n = end;
    for (let i = at; i < end; ) {
      const seq = desk.seq;
      const next = Math.floor(seq / milestone.every) * milestone.every + milestone.every;
      this.lookout?.advance(block.recvUs[i] as number);
      const stop = firstAt(block, i + 1, Math.min(end, i + next - seq), this.lookout?.dueUs ?? NEVER);
      applyWatched(desk, this.watch, block, i, stop);
      i = stop;
      if (desk.seq % milestone.every === 0) milestone.reached(desk);
    }
  }

  private turn(): void {
    this.handOver();
    this.handed = 0;
    const old = this.blocks.length - this.options.keptBlocks;
    const gone = old >= 0 ? this.blocks[old] : undefined;
    if (gone) this.blocks[old] = null;
    const { seq0, n } = this.block;
    // Memory of a block that is let go is that of the next: a day makes no garbage of it.
    this.block = { ...(gone ?? eventColumns(BLOCK)), n: 0, seq0: seq0 + n, objects: this.objects };
    this.blocks.push(this.block);
  }

  private decoder(channel: string): FrameDecoder {
    let decoder = this.decoders.get(channel);
    if (decoder === undefined) {
      const at = channel.indexOf(":");
      const [name, detail] = at < 0 ? [channel, ""] : [channel.slice(0, at), channel.slice(at + 1)];
      const make = FRAME_DECODERS[name];
      if (make === undefined) throw new Error(`no decoder for ${channel}`);
      decoder = make(this.options.sink, detail);
      this.decoders.set(channel, decoder);
    }
    return decoder;
  }

  // ---- as a source of rows for who follows the session ------------------------------------------

  get rows(): number {
    return this.block.seq0 + this.block.n;
  }
  findBlock(seq: number): number {
    return seq >= 0 && seq < this.rows ? Math.floor(seq / BLOCK) : -1;
  }
  /**
   * A block that is no longer kept comes as rows of no kind: who reads it learns nothing from it. Objects are told to who keeps rows only. What
   * comes is to be read at once: its memory is filled again.
   */
  readBlock(index: number): EventColumns {
    const kept = this.blocks[index];
    if (kept !== undefined && kept !== null) return kept;
    this.empty ??= eventColumns(BLOCK);
    return { ...this.empty, n: BLOCK, seq0: index * BLOCK };
  }
}

const NO_OBJECT = -1;
const NEVER = Number.POSITIVE_INFINITY;

/** The first of rows `from..to` that came at or after `us`, else `to`. */
function firstAt(block: EventColumns, from: number, to: number, us: number): number {
  if (us === NEVER) return to;
  let at = from;
  while (at < to && (block.recvUs[at] as number) < us) at++;
  return at;
}

/** Rows `from..to` of a block as columns of their own, viewed in place. */
function window(block: EventColumns, from: number, to: number): EventColumns {
  return {
    n: to - from,
    seq0: block.seq0 + from,
    kind: block.kind.subarray(from, to),
    flags: block.flags.subarray(from, to),
    slot: block.slot.subarray(from, to),
    ref: block.ref.subarray(from, to),
    recvUs: block.recvUs.subarray(from, to),
    eventUs: block.eventUs.subarray(from, to),
    a: block.a.subarray(from, to),
    b: block.b.subarray(from, to),
    c: block.c.subarray(from, to),
    d: block.d.subarray(from, to),
    e: block.e.subarray(from, to),
    objects: block.objects,
  };
}

export type { Slot };
