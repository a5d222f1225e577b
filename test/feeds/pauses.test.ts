import { describe, expect, it } from "vitest";
import { Pauses } from "../../src/feeds/deribit/pauses.ts";
import { DataClock } from "../../src/feeds/health.ts";

/** A stream that tells something every 100 ms. */
class Stream {
  private readonly pace = new DataClock();
  readonly pauses = new Pauses(this.pace);
  ms = 0;

  constructor() {
    this.pace.begin(0);
    this.forMs(10_000);
  }
  say(behindUs = 0): void {
    this.pauses.data(this.ms, behindUs);
    this.pace.data(this.ms, 1, 0);
  }
  forMs(ms: number): void {
    for (const end = this.ms + ms; this.ms < end; ) {
      this.ms += 100;
      this.say();
    }
  }
}

describe("what a stream of Deribit may have lost without a break", () => {
  it("is nothing while it goes on as usual", () => {
    const stream = new Stream();
    stream.forMs(60_000);
    expect(stream.pauses.take(stream.ms)).toBe(false);
  });

  it("is asked for after a pause, once; of pauses that follow each other every 10 s", () => {
    const stream = new Stream();
    const pause = (): boolean => {
      stream.ms += 1_000;
      stream.say();
      return stream.pauses.take(stream.ms);
    };
    expect(pause()).toBe(true);
    expect(stream.pauses.take(stream.ms)).toBe(false);
    stream.forMs(2_000);
    expect(pause()).toBe(false);
    stream.forMs(7_000);
    expect(stream.pauses.take(stream.ms)).toBe(true);
    stream.forMs(60_000);
    expect(stream.pauses.take(stream.ms)).toBe(false);
  });

  it("is asked for again when the stream went on only after the question", () => {
    const stream = new Stream();
    stream.ms += 600;
    stream.pauses.asked();
    stream.ms += 600;
    stream.say();
    expect(stream.pauses.take(stream.ms)).toBe(true);
  });

  it("is asked for when times went back, for the book refuses what is older than what it holds", () => {
    const stream = new Stream();
    stream.say(100_000);
    expect(stream.pauses.take(stream.ms)).toBe(false);
    stream.say(3_000_000);
    expect(stream.pauses.take(stream.ms)).toBe(true);
  });
});
