import { describe, expect, it } from "vitest";
import { type FollowFacts, followState } from "../../src/desk/views/follows.ts";

const S = 1e6;
/** Seen a second ago by a stream that runs for a minute. */
const FACTS: FollowFacts = {
  how: "streamed",
  open: true,
  seenUs: 99 * S,
  streamedUs: 98 * S,
  sinceUs: 40 * S,
  channelLive: true,
  nowUs: 100 * S,
  maxAgeUs: 5 * S,
  roundUs: 0,
};
const state = (changes: Partial<FollowFacts>) => followState({ ...FACTS, ...changes });

describe("how an instrument is followed", () => {
  it("is unknown until something came, then goes by snapshot to live", () => {
    expect(state({ seenUs: 0, streamedUs: Number.NaN })).toBe("unknown");
    expect(state({ streamedUs: Number.NaN })).toBe("snapshot");
    expect(state({})).toBe("live");
  });

  it("is in a gap when its channel broke, and until the new connection has told of it", () => {
    expect(state({ channelLive: false, sinceUs: Number.NaN })).toBe("gap");
    expect(state({ sinceUs: 99.5 * S })).toBe("gap");
    expect(state({ sinceUs: 98.5 * S })).toBe("snapshot");
    expect(state({ channelLive: false, seenUs: 30 * S })).toBe("stale");
  });

  it("is stale when a proven channel has said nothing of it for longer than a quote may stand", () => {
    expect(state({ seenUs: 94 * S })).toBe("stale");
  });

  it("a snapshot lives for some rounds of its rotation, not for the age of a streamed quote", () => {
    expect(state({ how: "snapshot", seenUs: 80 * S, roundUs: 12 * S })).toBe("snapshot");
    expect(state({ how: "snapshot", seenUs: 60 * S, roundUs: 12 * S })).toBe("stale");
    expect(state({ how: "none", seenUs: 90 * S })).toBe("stale");
  });

  it("of a closed market is closed, not stale", () => {
    expect(state({ open: false, seenUs: 10 * S })).toBe("closed");
  });
});
