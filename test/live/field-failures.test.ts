import { afterAll, describe, expect, it } from "vitest";
import type { VenueOptions } from "../../src/venue/venue.ts";
import { desk, market as openMarket } from "./desk.ts";

const ended: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(ended.map((end) => end()));
});
const market = (options: VenueOptions = {}) => openMarket(ended, options);

describe.concurrent("field failures of feeds", () => {
  it("3: another session holds the feed: said plainly, asked again on the same socket", async () => {
    const { venue, open } = await market();
    venue.faults.add({ kind: "authError", on: "sip", code: 406, count: 2 });
    const d = open();
    await d.until(
      "told",
      () => d.feed("sip")?.note?.includes("another session holds this feed (406)") === true,
    );
    await d.until("live", () => d.feed("sip")?.state === "live");
    expect(d.log()).not.toContain("gap on sip");
  });

  it("4: a message of many megabytes and a burst neither break the stream nor lose it", async () => {
    const { venue, open } = await market();
    const d = open();
    await d.until("live", () => d.feed("sip")?.state === "live");
    venue.faults.add({ kind: "hugeFrame", on: "sip", bytes: 4_000_000, count: 1 });
    const before = d.session.seq;
    await d.until("all applied", () => d.session.seq > before + 15_000);
    expect(d.feed("sip")?.state).toBe("live");
    expect(d.log()).not.toContain("gap on sip");
  });

  it("5: an answer that lacks a key or a symbol is repaired; after a reset the whole set is asked for once", async () => {
    const { venue, open } = await market();
    venue.faults.add({ kind: "partialAck", on: "sip", lacks: "key", count: 1 });
    venue.faults.add({ kind: "dataBeforeAck", on: "sip", count: 1 });
    const d = open({ symbols: ["SPY", "AAPL", "MSFT"] });
    await d.until("whole", () => d.feed("sip")?.subscribed === 3 && d.feed("sip")?.state === "live");
    venue.faults.add({ kind: "partialAck", on: "sip", lacks: "symbol", count: 1 });
    venue.faults.add({ kind: "reset", on: "sip" });
    await d.until("gap told", () => d.log().includes("gap on sip"));
    await d.until("whole again", () => d.feed("sip")?.subscribed === 3 && d.feed("sip")?.state === "live");
  });

  it("14: big ids, empty words, unknown keys and types are taken or counted, never thrown", async () => {
    const { venue, open } = await market();
    for (const kind of ["bigIds", "emptyWords", "unknownKeys"] as const) venue.faults.add({ kind });
    venue.faults.add({ kind: "unknownType" });
    const d = open();
    await d.until("counted", () => d.counter("unknown message type") > 5);
    expect(d.feed("sip")?.state).toBe("live");
    expect(d.counter("decoder fault")).toBe(0);
  });

  it("15: late prints do not turn the last price back; corrections and cancels are taken", async () => {
    const { venue, open } = await market();
    venue.faults.add({ kind: "lateTrades", ms: 1_500, share: 0.5 });
    const d = open();
    await d.until("late ones counted", () => d.counter("tradeOutOfOrder") > 2);
    venue.faults.add({ kind: "correction" });
    venue.faults.add({ kind: "cancelTrade" });
    const before = d.session.seq;
    await d.until("goes on", () => d.session.seq > before + 100);
    expect(d.feed("sip")?.state).toBe("live");
  });
});

describe.concurrent("hard days", () => {
  it("refused keys are final and said so; nothing is tried again", async () => {
    const { venue, open } = await market();
    venue.faults.add({ kind: "authError", on: "sip", code: 402 });
    const d = open();
    await d.until(
      "final",
      () => d.feed("sip")?.state === "closed" && d.feed("sip")?.note?.includes("keys are refused") === true,
    );
    await d.until("told", () => d.log().includes("sip: the keys are refused (402)"));
  });

  it("a plan that does not include the feed says which to choose", async () => {
    const { open } = await market({ plan: "basic" });
    const d = open();
    await d.until("final", () => d.feed("sip")?.note?.includes("choose iex or indicative") === true);
  });

  it("a plan too small for the subscription streams what it may and says how many are left out", async () => {
    const { open } = await market({ plan: "basic" });
    const d = open({
      setup: {
        stockFeed: "iex",
        optionFeed: "indicative",
        optionLimit: 1_000,
        chainDays: 30,
        chainWidth: 0.08,
      },
    });
    await d.until(
      "limit found",
      () => d.feed("indicative")?.subscribed === 200 && d.feed("indicative")?.limit === 200,
    );
    await d.until(
      "rest in turn",
      () => (d.feed("snapshots")?.desired ?? 0) > 0 || d.feed("indicative")?.desired === 200,
    );
  });

  it("without a network the desk opens anyway and says so", async () => {
    const d = desk(ended, "http://127.0.0.1:9", 0, { symbols: ["SPY", "nonsense symbol"] });
    expect(d.sent.some((m) => m.t === "welcome")).toBe(true);
    await d.until("told", () => d.feed("sip")?.note?.includes("nothing listens there; try") === true);
    expect(d.feed("sip")?.state).toBe("unknown");
    await d.until("unknown symbol told", () => d.log().includes("nonsense symbol is not known here"));
  });
});
