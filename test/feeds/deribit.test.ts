import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DeribitFeed } from "../../src/feeds/deribit/feed.ts";
import { coinOf, deribitName } from "../../src/feeds/deribit/names.ts";
import type { Want } from "../../src/feeds/feed.ts";
import { systemClock } from "../../src/shell/clock.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { pause, until } from "../harness/until.ts";
import { Collected } from "./collected.ts";

let venue: Venue;
const KEYS = { id: "id", secret: "shh", from: "test" };
const open: DeribitFeed[] = [];

beforeAll(async () => {
  venue = await startVenue({
    day: "2026-11-20",
    at: "10:00",
    seed: 3,
    credentials: { key: "id", secret: "shh" },
  });
});
afterEach(async () => {
  venue.faults.clear();
  for (const feed of open.splice(0)) await feed.close();
});
afterAll(() => venue.close());

/** Ten in the morning of the venue's day in New York, as long ago as the test began. */
const AT_US = Date.UTC(2026, 10, 20, 15) * 1000;
const begun = systemClock.wallUs();

function feedOf(keys: typeof KEYS | null = KEYS, limit = 100): { feed: DeribitFeed; out: Collected } {
  const out = new Collected(venue.day, () => AT_US + systemClock.wallUs() - begun);
  const url = `ws://127.0.0.1:${venue.port}/ws/api/v2`;
  const feed = new DeribitFeed({
    name: "deribit",
    url,
    keys,
    limit,
    clock: systemClock,
    chance: () => 0.5,
    out,
  });
  open.push(feed);
  return { feed, out };
}

const want = (out: Collected, name: string): Want => {
  const instrument = out.define.deribit(name);
  if (instrument === null) throw new Error(name);
  return { instrument, why: "watch" };
};
const PERPETUAL = "CRYPTO/BTC-PERPETUAL";

describe("the feed of Deribit", () => {
  it("writes names as Deribit does, there and back", () => {
    const { out } = feedOf();
    for (const name of ["BTC-PERPETUAL", "BTC-8JUN20-8750-P", "ETH-25DEC26-4000-C"])
      expect(deribitName(want(out, name).instrument)).toBe(name);
    expect(coinOf(want(out, "ETH-PERPETUAL").instrument)).toBe("ETH");
  });

  it("signs in, streams what is wanted, and counts only what the server confirms", async () => {
    const { feed, out } = feedOf();
    feed.desire([want(out, "BTC-PERPETUAL"), want(out, "BTC-25DEC26-7-C")]);
    feed.start();
    await until("a quote", () => out.of(PERPETUAL).quotes > 2 && out.of(PERPETUAL).trades > 0);
    const { bid, ask } = out.of(PERPETUAL);
    expect(bid).toBeGreaterThan(0);
    expect(ask).toBeGreaterThan(bid);
    await until("a refusal", () => feed.channels()[0]?.note?.includes("not listed") === true);
    expect(feed.channels()[0]).toMatchObject({ state: "live", subscribed: 1, desired: 2, limit: 100 });
    expect(feed.coverage(want(out, "BTC-25DEC26-7-C").instrument)).toMatchObject({ how: "none" });
  });

  it("asks for a coin's whole chain in one request and defines its contracts by it", async () => {
    const { feed, out } = feedOf(null);
    feed.desire([want(out, "BTC-PERPETUAL")]);
    feed.chains([want(out, "BTC-PERPETUAL").instrument]);
    feed.start();
    await until("a chain", () => [...out.seen].filter(([id]) => id.startsWith("OPT/BTC/")).length > 50);
    const options = [...out.seen].filter(([id]) => id.startsWith("OPT/BTC/")).map(([, seen]) => seen);
    expect(options.every((o) => o.snapshots > 0 || o.openInterest !== null)).toBe(true);
    expect(options.some((o) => o.bid > 0 && o.ask > o.bid)).toBe(true);
  });

  it("asks how options stand that are held or watched, of a coin whose chain nobody follows", async () => {
    const { feed, out } = feedOf(null);
    feed.chains([want(out, "BTC-PERPETUAL").instrument]);
    feed.desire([{ ...want(out, "ETH-25DEC26-4000-C"), why: "position" }]);
    feed.start();
    const told = (coin: string): boolean =>
      [...out.seen].some(([id, seen]) => id.startsWith(`OPT/${coin}/`) && seen.snapshots > 0);
    await until("both chains", () => told("ETH") && told("BTC"));
  });

  it("asks again how a chain stands when a connection was silent at first: what changed meanwhile was lost", async () => {
    const { feed, out } = feedOf(null);
    const summaries = (): number => out.frames.filter(({ bytes }) => bytes.includes('"bid_price"')).length;
    venue.faults.add({ kind: "drop", share: 1, forMs: 600_000 });
    feed.desire([want(out, "BTC-PERPETUAL")]);
    feed.chains([want(out, "BTC-PERPETUAL").instrument]);
    feed.start();
    await until("a chain", () => summaries() > 0);
    const before = summaries();
    await pause(1_200);
    expect(out.of(PERPETUAL).trades).toBe(0);
    venue.faults.clear();
    await until("the chain again", () => summaries() > before);
  });

  it("asks which contracts are listed, and says of others that they are not", async () => {
    const { feed, out } = feedOf(null);
    feed.chains([want(out, "BTC-PERPETUAL").instrument]);
    feed.start();
    const isThere = (): boolean => [...out.seen.keys()].some((id) => id.startsWith("OPT/BTC/"));
    await until("a chain", isThere);
    const gone = want(out, "BTC-20NOV26-7-C").instrument;
    await until("the list", () => feed.coverage(gone).reason === "deribit does not list it any more");
    expect(out.refusals.get("contract with other terms than this desk knows")).toBeUndefined();
  });

  it("asks for the trades that the wire lost by their numbers, each once", async () => {
    const { feed, out } = feedOf();
    feed.desire([want(out, "BTC-PERPETUAL")]);
    feed.start();
    const seqs = (): number[] =>
      out.frames
        .flatMap(({ channel, bytes }) => {
          const m = JSON.parse(bytes.toString("utf8")) as {
            params?: { channel?: string; data?: { trade_seq: number }[] };
            result?: { trades?: { trade_seq: number }[] };
          };
          if (channel === "deribit.trades:fill") return m.result?.trades ?? [];
          return m.params?.channel?.startsWith("trades.") === true ? (m.params.data ?? []) : [];
        })
        .map((t) => t.trade_seq);
    await until("trades", () => seqs().length > 3);
    const filled = (): number =>
      feed.channels()[0]?.counters.find((c) => c.name === "prints back-filled")?.value ?? 0;
    venue.faults.add({ kind: "drop", share: 0.5 });
    await until("the first that came back", () => filled() > 0);
    venue.faults.clear();
    const whole = (all: readonly number[]): boolean =>
      all.toSorted((x, y) => x - y).every((seq, i, sorted) => seq === (sorted[0] as number) + i);
    await until("no hole", () => whole(seqs()));
    const all = seqs();
    expect(out.of(PERPETUAL).trades).toBe(all.length);
  });

  it("has the minutes of before the desk opened, by one question a chart", async () => {
    const { feed, out } = feedOf();
    feed.desire([want(out, "BTC-PERPETUAL")]);
    feed.start();
    await until("bars", () => out.of(PERPETUAL).bars > 400);
    expect(out.frames.filter((f) => f.channel === "deribit.bars:BTC-PERPETUAL")).toHaveLength(1);
  });

  it("ends at wrong keys and says so, instead of trying again", async () => {
    const { feed, out } = feedOf({ ...KEYS, secret: "no" });
    feed.start();
    await until("the end", () => feed.channels()[0]?.state === "closed");
    expect(feed.channels()[0]?.note).toBe("the keys are refused: invalid credentials");
    expect(out.events).toContainEqual(expect.objectContaining({ kind: "note", level: "error" }));
  });

  it("after a reset says the gap, comes back and asks for everything again", async () => {
    const { feed, out } = feedOf();
    feed.desire([want(out, "BTC-PERPETUAL")]);
    feed.start();
    await until("a quote", () => out.of(PERPETUAL).quotes > 0);
    venue.faults.add({ kind: "reset" });
    await until("the gap", () => out.events.some((e) => e.kind === "gap"));
    expect(feed.channels()[0]?.state).toBe("gap");
    venue.faults.clear();
    const before = out.of(PERPETUAL).quotes;
    await until(
      "quotes again",
      () => out.of(PERPETUAL).quotes > before && feed.channels()[0]?.state === "live",
    );
    expect(feed.channels()[0]?.subscribed).toBe(1);
  });
});
