import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { bundledSessionsDir } from "../../store/capture/bundled.ts";
import { type Client, get, type Message, signedIn } from "./client.ts";

let ticks: Venue;
let minutes: Venue;
let stream: Client;

beforeAll(async () => {
  ticks = await startVenue({ capture: `${bundledSessionsDir()}/bac-ibm-2013-10-08`, at: "10:00", speed: 5 });
  minutes = await startVenue({ capture: `${bundledSessionsDir()}/goog-2015-12-24`, at: "10:35" });
});
afterAll(async () => {
  stream.close();
  await ticks.close();
  await minutes.close();
});

describe("a recorded session as a market", () => {
  it("plays its quotes and trades at their own times", async () => {
    expect(ticks.day).toBe("2013-10-08");
    stream = await signedIn(ticks, "/v2/sip");
    stream.send({ action: "subscribe", quotes: ["BAC", "IBM"], trades: ["BAC", "IBM"] });
    const q = await stream.get({ T: "q", S: "BAC" });
    expect(q["t"]).toMatch(/^2013-10-08T14:0/);
    expect(q["bp"]).toBeGreaterThan(13);
    await stream.get({ T: "t", S: "IBM" });
  });

  it("serves its chain with quotes, vols and open interest as they stand", async () => {
    const page = await get(minutes, "/v1beta1/options/snapshots/GOOG?limit=1000&expiration_date=2016-01-15");
    const chain = Object.entries((page.body as { snapshots: Record<string, Message> }).snapshots);
    expect(chain.length).toBeGreaterThan(50);
    const near = chain.find(([symbol]) => symbol === "GOOG160115C00750000")?.[1];
    expect(near?.["impliedVolatility"]).toBeGreaterThan(0.1);
    expect(near?.["latestQuote"]).toMatchObject({ t: expect.stringMatching(/^2015-12-24T15:3/) });
    const bars = await get(
      minutes,
      "/v2/stocks/bars?symbols=GOOG&timeframe=1Min&start=2015-12-24T15:30:00Z&end=2015-12-24T15:34:00Z",
    );
    expect((bars.body as { bars: { GOOG: Message[] } }).bars.GOOG.length).toBeGreaterThan(2);
    const contracts = await get(
      minutes,
      "/v2/options/contracts?underlying_symbols=GOOG&limit=1&expiration_date=2016-01-15",
    );
    expect((contracts.body as { option_contracts: Message[] }).option_contracts[0]).toMatchObject({
      multiplier: "100",
    });
  });

  it("knows nothing of what comes after", async () => {
    const after = await get(
      minutes,
      "/v2/stocks/bars?symbols=GOOG&timeframe=1Min&start=2015-12-24T16:00:00Z",
    );
    expect((after.body as { bars: object }).bars).toEqual({});
  });
});
