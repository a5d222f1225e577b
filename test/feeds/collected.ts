import { type EventColumns, Flag, Kind, type ObjectEvent } from "../../engines/market/index.ts";
import type { Decoded, FeedOut } from "../../src/feeds/feed.ts";
import { FRAME_DECODERS } from "../../store/capture/decode/frames.ts";
import type { FrameDecoder } from "../../store/capture/decode/source.ts";
import { Definitions } from "../../store/capture/instruments.ts";
import { EventSink } from "../../store/capture/lanes.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";

export interface Seen {
  quotes: number;
  snapshots: number;
  trades: number;
  bars: number;
  openInterest: number | null;
  bid: number;
  ask: number;
  quality: number;
}

/** What a feed hands over, decoded by the decoders that live sessions and captures use. */
export class Collected implements FeedOut {
  readonly events: ObjectEvent[] = [];
  readonly frames: { readonly channel: string; readonly bytes: Buffer }[] = [];
  readonly seen = new Map<string, Seen>();
  readonly define: Definitions;
  private readonly sink: EventSink;
  private readonly decoders = new Map<string, FrameDecoder>();

  constructor(
    day: string,
    readonly nowUs: () => number,
  ) {
    this.define = new Definitions(shippedCatalog(), day as never);
    this.sink = new EventSink(this.define);
  }

  frame(channel: string, bytes: Buffer, recvUs: number): Decoded {
    this.frames.push({ channel, bytes });
    let decoder = this.decoders.get(channel);
    if (decoder === undefined) {
      const [kind = "", detail = ""] = channel.split(/:(.*)/);
      const factory = FRAME_DECODERS[kind];
      if (factory === undefined) throw new Error(`no decoder for ${channel}`);
      decoder = factory(this.sink, detail);
      this.decoders.set(channel, decoder);
    }
    const before = this.sink.refused;
    decoder.frame(bytes, recvUs);
    let rows = 0;
    let eventUs = Number.NaN;
    this.sink.takeArrivals(recvUs, (columns) => {
      for (let i = 0; i < columns.n; i++) {
        if (this.row(columns, i)) rows++;
        eventUs = columns.eventUs[i] as number;
      }
    });
    return { rows, refused: this.sink.refused - before, eventUs };
  }

  /** What decoders could not take, by reason. */
  get refusals(): ReadonlyMap<string, number> {
    return this.sink.refusals;
  }

  event(event: ObjectEvent): void {
    this.events.push(event);
  }

  of(id: string): Seen {
    const known = this.seen.get(id);
    if (known !== undefined) return known;
    const fresh: Seen = {
      quotes: 0,
      snapshots: 0,
      trades: 0,
      bars: 0,
      openInterest: null,
      bid: Number.NaN,
      ask: Number.NaN,
      quality: -1,
    };
    this.seen.set(id, fresh);
    return fresh;
  }

  private row(c: EventColumns, i: number): boolean {
    if (c.kind[i] === Kind.object) {
      const event = c.objects[c.ref[i] as number];
      if (event !== undefined && event.kind !== "instrument") this.events.push(event);
      return event?.kind !== "instrument";
    }
    const id = this.sink.instruments[c.slot[i] as number]?.id ?? "";
    const seen = this.of(id);
    const flags = c.flags[i] as number;
    seen.quality = flags & Flag.qualityMask;
    if (c.kind[i] === Kind.trade) seen.trades++;
    else if (c.kind[i] === Kind.bar) seen.bars++;
    else if (c.kind[i] === Kind.openInterest) seen.openInterest = c.a[i] as number;
    else if (c.kind[i] === Kind.quote) {
      if ((flags & Flag.snapshot) !== 0) seen.snapshots++;
      else seen.quotes++;
      if ((flags & Flag.bidSide) !== 0) seen.bid = c.a[i] as number;
      if ((flags & Flag.askSide) !== 0) seen.ask = c.c[i] as number;
    }
    return true;
  }
}
