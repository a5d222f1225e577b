import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../src/shell/clock.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { liveBoot, tempDir, venueBroker } from "./boot.ts";
import { Trader } from "./trader.ts";

let venue: Venue;
beforeAll(async () => {
  venue = await startVenue({ port: 0, seed: 7, credentials: { key: "K", secret: "S" } });
});
afterAll(async () => venue.close());

/** A desk whose quotes come from anywhere and whose orders go to Alpaca at the venue. */
function desk(secret = "S"): Trader {
  const stateDir = tempDir();
  const url = `http://127.0.0.1:${venue.port}`;
  const broker = venueBroker(url, `${stateDir}/accounts.sqlite`);
  return new Trader(
    liveBoot(url, venue.nowUs() - systemClock.wallUs(), {
      symbols: ["BTC/USD"],
      record: null,
      stateDir,
      broker: { ...broker, setup: { ...broker.setup, keys: { id: "K", secret, from: "test" } } },
    }),
  );
}

it("a broker whose order events are not heard is told of on the status line and in F, until they are heard again", async () => {
  const trader = desk();
  const link = (state: string, note: string | null) =>
    trader.seen("feeds", {}, (v) =>
      v.feeds.some((r) => r.name === "orders" && r.state === state && (note === null) === (r.note === null)),
    );
  try {
    await trader.seen("status", {}, (s) => s.trading === "active" && s.ordersWhy === null);
    await link("live", null);
    const refused = venue.faults.add({ kind: "refuseUpgrade", on: "/stream", status: 503 });
    venue.faults.add({ kind: "reset", on: "/stream" });
    const words = /^orders: order events are not heard \(.*\); only closing orders go out$/;
    await trader.seen("status", {}, (s) => words.test(s.ordersWhy ?? ""));
    await link("gap", "why");
    venue.faults.remove(refused.id);
    await trader.seen("status", {}, (s) => s.ordersWhy === null);
    await link("live", null);
  } finally {
    await trader.session.close();
  }
});

it("keys that the broker takes back while the desk runs are told of as soon as it is asked anything", async () => {
  const trader = desk();
  try {
    await trader.seen("status", {}, (s) => s.trading === "active" && s.ordersWhy === null);
    const refused = venue.faults.add({ kind: "rest", on: "/v2/positions", status: 401 });
    await trader.command({ name: "reconcile", adopt: false });
    await trader.seen("status", {}, (s) => s.ordersWhy === "orders: the keys are refused (HTTP 401)");
    venue.faults.remove(refused.id);
    await trader.command({ name: "reconcile", adopt: false });
    await trader.seen("status", {}, (s) => s.ordersWhy === null);
  } finally {
    await trader.session.close();
  }
});

it("a broker that refuses the keys is told of in the same places, and no order session opens", async () => {
  const trader = desk("wrong");
  try {
    const told = await trader.seen(
      "status",
      {},
      (s) => s.ordersWhy?.includes("answers for its account: ") === true,
    );
    expect(told.trading).toBeNull();
    const { feeds } = await trader.seen("feeds", {}, (v) =>
      v.feeds.some((r) => r.name === "orders" && r.note?.includes("answers for its account: ") === true),
    );
    expect(feeds.find((r) => r.name === "orders")?.state).toBe("unknown");
  } finally {
    await trader.session.close();
  }
});
