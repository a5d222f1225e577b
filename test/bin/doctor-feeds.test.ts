import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkOpenFiles } from "../../bin/doctor/checks.ts";
import { checkFeeds } from "../../bin/doctor/feeds.ts";
import { checkDeribit, checkGateway } from "../../bin/doctor/other-feeds.ts";
import type { LoadedConfig } from "../../config/load.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { tempDir } from "../live/boot.ts";

let venue: Venue;
let loaded: LoadedConfig;
beforeAll(async () => {
  venue = await startVenue({ port: 0, seed: 3, credentials: { key: "ID", secret: "SECRET" } });
  const live = {
    ibkrUrl: `http://127.0.0.1:${venue.port}/v1/api`,
    deribitUrl: `ws://127.0.0.1:${venue.port}/ws/api/v2`,
  };
  loaded = { config: { live }, paths: { configDir: tempDir() } } as unknown as LoadedConfig;
});
afterAll(() => venue.close());

describe("doctor of the other feeds", () => {
  it("says who is logged in at the gateway, and who holds the session", async () => {
    expect(await checkGateway(loaded)).toMatchObject([{ state: "ok" }]);
    const fault = venue.faults.add({ kind: "competing" });
    expect(await checkGateway(loaded)).toMatchObject([
      { state: "warn", found: "another program holds this user's session" },
    ]);
    venue.faults.remove(fault.id);
    expect(await checkGateway(loaded)).toMatchObject([{ state: "warn", found: "nobody is logged in" }]);
  });

  it("says whether Deribit answers, its clock, and whether keys are taken; never what they are", async () => {
    expect(await checkDeribit({}, loaded)).toMatchObject([
      { found: "none: public data needs none" },
      { name: "Deribit" },
    ]);
    const good = await checkDeribit({ DERIBIT_CLIENT_ID: "ID", DERIBIT_CLIENT_SECRET: "SECRET" }, loaded);
    expect(good.at(-1)).toMatchObject({ name: "Deribit login", state: "ok" });
    const wrong = await checkDeribit(
      { DERIBIT_CLIENT_ID: "ID", DERIBIT_CLIENT_SECRET: "other-secret" },
      loaded,
    );
    expect(wrong.at(-1)).toMatchObject({
      name: "Deribit login",
      state: "warn",
      found: "invalid credentials",
    });
    expect(JSON.stringify([good, wrong])).not.toMatch(/SECRET|other-secret/);
  });

  it("says whether Alpaca answers, its clock, what the plan allows, and that keys are wrong; never what they are", async () => {
    const at = `http://127.0.0.1:${venue.port}`;
    const urls = { dataUrl: at, streamUrl: at.replace("http", "ws"), tradingUrl: at };
    const live = { feed: "alpaca", stockFeed: "iex", optionFeed: "indicative" };
    const alpaca = { ...loaded, config: { live } } as unknown as LoadedConfig;
    const keys = (secret: string) => ({ APCA_API_KEY_ID: "ID", APCA_API_SECRET_KEY: secret });
    const good = await checkFeeds(keys("SECRET"), alpaca, urls);
    expect(good).toMatchObject([
      { name: "Alpaca keys", state: "ok", found: "from environment" },
      { name: "Alpaca", found: expect.stringMatching(/this clock is \d+ m?s/) },
      { name: "Alpaca iex", state: "ok", found: "allowed" },
      { name: "Alpaca indicative", state: "ok", found: "allowed" },
    ]);
    const wrong = await checkFeeds(keys("other-secret"), alpaca, urls);
    expect(wrong.at(-1)).toMatchObject({
      name: "Alpaca",
      state: "warn",
      found: expect.stringContaining("refused"),
    });
    expect(await checkFeeds({}, alpaca, urls)).toMatchObject([{ name: "Alpaca keys", found: "none" }]);
    await expect(checkFeeds({ APCA_API_KEY_ID: "ID" }, alpaca, urls)).resolves.toMatchObject([
      { state: "fail" },
    ]);
    expect(JSON.stringify([good, wrong])).not.toMatch(/SECRET|other-secret/);
  });

  it("counts the files that may be open", () => {
    expect(checkOpenFiles()).toMatchObject({ name: "open files" });
  });
});
