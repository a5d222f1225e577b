import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ChannelFacts, Quality, type QuoteFacts, quoteValidity } from "../../../engines/market/index.ts";

const S = 1e6;
const NOW = 1_450_971_240 * S;
const quote = (more: Partial<QuoteFacts> = {}): QuoteFacts => ({
  bid: 8.1,
  ask: 8.5,
  confirmUs: NOW - 400_000,
  quality: Quality.realtime,
  status: "open",
  ...more,
});
const ticks: ChannelFacts = { cadence: "tick", provenUs: NaN, sinceUs: NaN };
const bars: ChannelFacts = { cadence: "minute", provenUs: NOW, sinceUs: 0 };
const verdict = (q: QuoteFacts, c: ChannelFacts): string => quoteValidity(q, c, NOW).kind;

describe("validity of a quote", () => {
  it("ages by its own confirm where the channel proves nothing", () => {
    expect(verdict(quote(), ticks)).toBe("valid");
    expect(verdict(quote({ confirmUs: NOW - 5 * S }), ticks)).toBe("valid");
    expect(quoteValidity(quote({ confirmUs: NOW - 6 * S }), ticks, NOW)).toMatchObject({
      kind: "stale",
      buyable: false,
      sellable: false,
      ageUs: 6 * S,
      limitUs: 5 * S,
      proof: "contract",
      reason: "quote 6 s old, over 5",
    });
  });

  it("an unchanged quote of a quiet option stands while its channel is proven live", () => {
    const quiet = quote({ confirmUs: NOW - 600 * S });
    const live: ChannelFacts = { cadence: "tick", provenUs: NOW - S, sinceUs: NOW - 3600 * S };
    expect(quoteValidity(quiet, live, NOW)).toMatchObject({ kind: "valid", proof: "channel", ageUs: S });
    // After a reconnect only what was confirmed since counts.
    expect(verdict(quiet, { ...live, sinceUs: NOW - 60 * S })).toBe("stale");
    expect(verdict(quiet, { ...live, provenUs: NOW - 6 * S })).toBe("stale");
    expect(verdict(quiet, { ...live, sinceUs: NaN })).toBe("stale");
  });

  it("bars have 90 seconds of their own: another contract's bar proves nothing", () => {
    const bar = (age: number): QuoteFacts => quote({ confirmUs: NOW - age * S, quality: Quality.bar });
    expect([verdict(bar(90), bars), verdict(bar(94), bars)]).toEqual(["valid", "stale"]);
    expect(quoteValidity(bar(94), bars, NOW).reason).toBe("quote 94 s old, over 90");
  });

  it("no bid is a market to buy from; a sell needs a bid", () => {
    expect(quoteValidity(quote({ bid: 0 }), ticks, NOW)).toMatchObject({
      kind: "noBid",
      buyable: true,
      sellable: false,
      reason: "no bid",
    });
    expect(quoteValidity(quote({ ask: NaN }), ticks, NOW)).toMatchObject({
      kind: "noAsk",
      buyable: false,
      sellable: true,
    });
    expect(verdict(quote({ bid: NaN, ask: NaN }), ticks)).toBe("none");
    expect(verdict(quote({ confirmUs: NaN }), ticks)).toBe("none");
  });

  it("nothing is traded off crossed, frozen, halted or closed quotes", () => {
    const bad: [Partial<QuoteFacts>, string][] = [
      [{ bid: 9 }, "crossed"],
      [{ quality: Quality.frozen }, "frozen"],
      [{ status: "halted" }, "halted"],
      [{ status: "luldPause" }, "halted"],
      [{ status: "auction" }, "halted"],
      [{ status: "closed" }, "closed"],
    ];
    for (const [more, kind] of bad) {
      expect(quoteValidity(quote(more), ticks, NOW)).toMatchObject({ kind, buyable: false, sellable: false });
    }
    expect(verdict(quote({ bid: 8.5 }), ticks)).toBe("valid");
  });

  it("never gets better by waiting", () => {
    const facts = fc.record({
      bid: fc.constantFrom(NaN, 0, 8, 9),
      ask: fc.constantFrom(NaN, 0, 8, 9),
      confirmUs: fc.oneof(fc.constant(NaN), fc.integer({ min: NOW - 200 * S, max: NOW })),
      quality: fc.constantFrom(...Object.values(Quality)),
      status: fc.constantFrom("open" as const, "halted" as const, "closed" as const),
    });
    const channel = fc.record({
      cadence: fc.constantFrom("tick" as const, "minute" as const),
      provenUs: fc.oneof(fc.constant(NaN), fc.integer({ min: NOW - 200 * S, max: NOW })),
      sinceUs: fc.oneof(fc.constant(NaN), fc.integer({ min: NOW - 200 * S, max: NOW })),
    });
    fc.assert(
      fc.property(facts, channel, fc.nat({ max: 200 * S }), (q, c, later) => {
        const now = quoteValidity(q, c, NOW);
        const then = quoteValidity(q, c, NOW + later);
        if (then.buyable) expect(now.buyable).toBe(true);
        if (then.sellable) expect(now.sellable).toBe(true);
        expect(now.reason.length).toBeGreaterThan(0);
        if (now.buyable) expect(q.ask).toBeGreaterThan(0);
        if (now.sellable) expect(q.bid).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
