import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Flag, type IsoDay, Quality } from "../../engines/market/index.ts";
import type { Want } from "../../src/feeds/feed.ts";
import { IbkrFeed } from "../../src/feeds/ibkr/feed.ts";
import { fromFront } from "../../src/feeds/ibkr/futures.ts";
import { systemClock } from "../../src/shell/clock.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { CONTRACT_TOPIC, gatewayNumber, sidePrice } from "../../store/capture/decode/ibkr-gateway.ts";
import { until } from "../harness/until.ts";
import { Collected } from "./collected.ts";

let venue: Venue;
const open: IbkrFeed[] = [];

beforeAll(async () => {
  venue = await startVenue({ day: "2026-11-20", at: "10:00", seed: 3 });
});
afterEach(async () => {
  venue.faults.clear();
  for (const feed of open.splice(0)) await feed.close();
});
afterAll(() => venue.close());

function feedOf(limit = 100, tls = false): { feed: IbkrFeed; out: Collected; cache: Map<string, number> } {
  const out = new Collected(venue.day, () => systemClock.wallUs());
  const cache = new Map<string, number>();
  const url = tls ? `https://127.0.0.1:${venue.tlsPort}/v1/api` : `http://127.0.0.1:${venue.port}/v1/api`;
  const feed = new IbkrFeed({
    name: "ibkr",
    url,
    limit,
    rotated: 50,
    cache,
    define: (root, expiry, right, strike) => out.define.listedOption(root, expiry, right, String(strike)),
    open: () => true,
    futures: { roots: () => [], define: () => null },
    rollDays: 5,
    clock: systemClock,
    chance: () => 0.5,
    out,
  });
  open.push(feed);
  return { feed, out, cache };
}
const spot = (out: Collected, id: string): Want => ({ instrument: out.define.spot(id), why: "watch" });

describe("the feed of the gateway", () => {
  it("reads the gateway's numbers: grouped, shortened, per cent, and none", () => {
    expect(["1,234", "12.3M", "32.5%", "-0.25", "", "C1"].map(gatewayNumber)).toEqual([
      1234,
      12_300_000,
      0.325,
      -0.25,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it("a side that is told to be gone, as -1 or as nothing, is a market without it; what is no number leaves it as it was", () => {
    expect(["1,234.5", "-1.00", "", "0", "?"].map(sidePrice)).toEqual([1234.5, 0, 0, 0, Number.NaN]);
    const out = new Collected(venue.day, () => systemClock.wallUs());
    const { instrument } = spot(out, "EQ/AAPL/USD");
    const tell = (message: object): void => {
      out.frame("ibkr.gateway:ws", Buffer.from(JSON.stringify(message)), systemClock.wallUs());
    };
    const smd = (fields: object): void => tell({ topic: "smd+1", conid: 1, "6509": "RpB", ...fields });
    tell({ topic: CONTRACT_TOPIC, conid: 1, instrument });
    smd({ "84": "0.01", "86": "0.02" });
    expect(out.of(instrument.id)).toMatchObject({ bid: 0.01, ask: 0.02 });
    smd({ "84": "?" });
    expect(out.of(instrument.id).bid).toBe(0.01);
    smd({ "84": "-1.00" });
    expect(out.of(instrument.id).bid).toBe(0);
    // After a break: what a whole message leaves out has no price, what a message of changes leaves out is as it was.
    smd({ "84": "0.03" });
    smd({ "86": "0.05" });
    expect(out.of(instrument.id)).toMatchObject({ bid: 0.03, ask: 0.05 });
    smd({ "6119": "q0", "86": "0.04" });
    expect(out.of(instrument.id)).toMatchObject({ bid: 0, ask: 0.04 });
  });

  it("takes the front future until its roll and the one after it", () => {
    const expiries = ["2026-12-16", "2026-11-18", "2027-01-20"] as IsoDay[];
    const front = (today: string) => fromFront(expiries, today as IsoDay, 5, 2);
    expect(front("2026-11-10")).toEqual(["2026-11-18", "2026-12-16"]);
    expect(front("2026-11-13")).toEqual(["2026-12-16", "2027-01-20"]);
  });

  it("logs in, finds contracts, streams by lines and counts those that spoke", async () => {
    const { feed, out, cache } = feedOf();
    feed.desire([spot(out, "EQ/AAPL/USD"), spot(out, "FX/EURUSD"), spot(out, "EQ/NOSUCH/USD")]);
    feed.start();
    await until("quotes", () => out.of("EQ/AAPL/USD").quotes > 0 && out.of("FX/EURUSD").quotes > 0);
    const { bid, ask, quality } = out.of("EQ/AAPL/USD");
    expect(ask).toBeGreaterThan(bid);
    expect(quality).toBe(Quality.realtime);
    expect(cache.get("EQ/AAPL/USD")).toBe(265_598);
    await until("a refusal", () => feed.coverage(spot(out, "EQ/NOSUCH/USD").instrument).how === "none");
    expect(feed.channels()[0]).toMatchObject({ state: "live", subscribed: 2, desired: 3 });
  });

  it("builds a chain, gives lines to what is needed most and asks for the rest by snapshots", async () => {
    const { feed, out } = feedOf(1, true);
    const apple = spot(out, "EQ/AAPL/USD");
    feed.desire([apple]);
    feed.chains([apple.instrument]);
    feed.start();
    const defined = () => out.frames.filter(({ bytes }) => bytes.includes('"kind":"option"'));
    await until("contracts", () => defined().length >= 2);
    const [first] = defined();
    const { instrument } = JSON.parse(String(first?.bytes)) as { instrument: Want["instrument"] };
    feed.desire([apple, { instrument, why: "chain" }]);
    expect(feed.coverage(instrument)).toMatchObject({
      how: "snapshot",
      reason: "ibkr streams at most 1, this one is asked for in turn",
    });
    await until("a snapshot", () => out.of(instrument.id).snapshots > 0);
    expect(Flag.snapshot).toBeGreaterThan(0);
  });

  it("stops at once when another program takes the session, says so, and does not take it back", async () => {
    const { feed, out } = feedOf();
    feed.desire([spot(out, "EQ/AAPL/USD")]);
    feed.start();
    await until("a quote", () => out.of("EQ/AAPL/USD").quotes > 0);
    venue.faults.add({ kind: "competing" });
    await until("the loss", () => out.events.some((e) => e.kind === "gap"));
    await until("words", () => feed.channels()[0]?.note?.includes("another program") === true);
    expect(feed.channels()[0]?.state).toBe("gap");
  });
});
