import { MAX_FUTURE_STAMP_US } from "../../engines/market/index.ts";
import type { Clock } from "../shell/clock.ts";
import type { ChannelView, FeedOut } from "./feed.ts";
import { DataClock } from "./health.ts";
import { unreadable } from "./silence.ts";
import { ChannelStory } from "./story.ts";

/** The frames of one read of the socket count as one: a clock is read for each otherwise. */
const COUNT_EVERY_US = 500;

/** How the data of one socket comes: what its row on the screen tells, and what a silence of it is judged by. */
export class Pulse {
  readonly pace = new DataClock();
  readonly story = new ChannelStory();
  /** When data came last, µs; null before the first. */
  dataUs: number | null = null;
  /** Newest event time that streamed, µs; NaN before the first. */
  newestUs = Number.NaN;
  /** Messages since data came last, or since this connection is up, that could not be read. */
  unread = 0;
  private muteWhy: string | null = null;
  /** Rows that the data clock has yet to hear of, and when it last did. */
  private uncounted = 0;
  private countedUs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly out: FeedOut,
  ) {}

  /** Why a connection ended, with what came on it and could not be read; counted anew from then on. */
  ended(reason: string): string {
    const { unread } = this;
    this.unread = 0;
    return unread === 0 || reason === this.muteWhy ? reason : `${reason}: ${unreadable(unread)}`;
  }

  /** A new connection is up. */
  begin(): void {
    this.unread = 0;
    this.pace.begin(this.clock.monotonicMs());
  }

  /** Rows that a stream told: no answer to a question, which is no sign of life of it. */
  data(nowUs: number, rows: number, eventUs: number): void {
    this.dataUs = nowUs;
    this.unread = 0;
    this.muteWhy = null;
    if (eventUs <= nowUs + MAX_FUTURE_STAMP_US && !(eventUs <= this.newestUs)) this.newestUs = eventUs;
    this.uncounted += rows;
    if (nowUs - this.countedUs < COUNT_EVERY_US) return;
    this.pace.data(this.clock.monotonicMs(), this.uncounted, (nowUs - eventUs) / 1000);
    this.countedUs = nowUs;
    this.uncounted = 0;
  }

  /** Its wire lives and its data does not: so until data comes. */
  muted(reason: string): void {
    this.muteWhy = reason;
  }

  get isMute(): boolean {
    return this.muteWhy !== null;
  }
  /** Why nothing is believed of a channel that is connected again and still tells nothing; null where it does. */
  get muteNote(): string | null {
    return this.muteWhy === null ? null : `connected again, no data yet: ${this.muteWhy}`;
  }

  /** The row of the channel; `pongMs` is NaN where none came. */
  view(
    facts: Pick<
      ChannelView,
      "name" | "state" | "final" | "beside" | "sinceUs" | "subscribed" | "desired" | "limit" | "note"
    >,
    pongMs: number,
  ): ChannelView {
    const now = this.clock.monotonicMs();
    return {
      ...facts,
      dataUs: this.dataUs,
      pongUs: pongMs === pongMs ? this.out.nowUs() - (now - pongMs) * 1000 : null,
      lagMs: this.pace.lagMs,
      perSecond: this.pace.perSecond(now),
      troubles: this.story.troubles,
      counters: this.story.counters,
    };
  }
}
