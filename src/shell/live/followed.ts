import { type EventColumns, type Instrument, Kind, type Slot } from "../../../engines/market/index.ts";
import type { LiveFollow } from "../../desk/live-facts.ts";
import type { ChannelView, Feed } from "../../feeds/feed.ts";

/** Which instruments a stream itself has told of, and when: beside the state, for the screen. */
export class StreamProof {
  private readonly streamedUs: Float64Array;
  private readonly lagUs: Float64Array;

  constructor(
    private readonly feed: () => Feed,
    slots: number,
  ) {
    this.streamedUs = new Float64Array(slots).fill(Number.NaN);
    this.lagUs = new Float64Array(slots).fill(Number.NaN);
  }

  /** The last `count` of `rows` came in one frame of a stream. */
  note(rows: EventColumns, count: number): void {
    const { kind, slot, recvUs, eventUs, n } = rows;
    for (let i = n - count; i < n; i++) {
      if (kind[i] === Kind.object) continue;
      const s = slot[i] as number;
      if (s < 0 || s >= this.streamedUs.length) continue;
      this.streamedUs[s] = recvUs[i] as number;
      this.lagUs[s] = (recvUs[i] as number) - (eventUs[i] as number);
    }
  }

  follow(slot: Slot, instrument: Instrument, channels: ReadonlyMap<string, ChannelView>): LiveFollow {
    const feed = this.feed();
    const { how, reason, why, roundMs } = feed.coverage(instrument);
    const name = feed.channelOf(instrument);
    const channel = name === null ? undefined : channels.get(name);
    return {
      channel: name,
      channelState: channel?.state ?? null,
      sinceUs: (how === "streamed" ? feed.streamedSince(instrument) : channel?.sinceUs) ?? Number.NaN,
      how,
      // A channel's own trouble is the nearer reason for what it should carry.
      reason: reason ?? (channel !== undefined && channel.state !== "live" ? channel.note : null),
      why,
      streamedUs: this.streamedUs[slot] as number,
      lagUs: this.lagUs[slot] as number,
      roundUs: (roundMs ?? 0) * 1000,
    };
  }
}
