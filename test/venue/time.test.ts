import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../src/shell/clock.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { pause } from "../harness/until.ts";
import { Client, type Message } from "./client.ts";
import { Rpc } from "./rpc.ts";

/** A clock on which ten seconds take a fifth of one. */
const FACTOR = 50;
const fast: Clock = {
  monotonicMs: () => systemClock.monotonicMs() * FACTOR,
  wallUs: () => systemClock.wallUs(),
  after: (ms, run) => systemClock.after(ms / FACTOR, run),
};

let venue: Venue;
const open: Client[] = [];

beforeAll(async () => {
  venue = await startVenue({
    day: "2026-11-20",
    at: "10:00",
    seed: 3,
    clock: fast,
    speed: 1 / FACTOR,
    gatewayRate: 1e6,
  });
});
afterEach(() => {
  venue.faults.clear();
  for (const client of open.splice(0)) client.close();
});
afterAll(() => venue.close());

const connect = (path: string, headers: Record<string, string> = {}): Client => {
  const client = Client.open(venue, path, { headers });
  open.push(client);
  return client;
};

describe("limits of time", () => {
  it("an Alpaca socket that does not sign in within ten seconds is told 404 and closed", async () => {
    const c = connect("/v2/sip");
    await c.get({ T: "error", code: 404 });
    await c.until(() => c.closed);
  });

  it("a Deribit socket that leaves a test request unanswered is cut; one that answers stays", async () => {
    const lazy = new Rpc(connect("/ws/api/v2"));
    const good = new Rpc(connect("/ws/api/v2"));
    for (const rpc of [lazy, good]) await rpc.call("public/set_heartbeat", { interval: 10 });
    const answering = setInterval(
      () => good.client.send({ jsonrpc: "2.0", id: 0, method: "public/test" }),
      60,
    );
    const beat = await lazy.client.until(() =>
      lazy.client.messages.find((m) => (m["params"] as Message | undefined)?.["type"] === "test_request"),
    );
    expect(beat).not.toHaveProperty("id");
    expect((await lazy.client.until(() => lazy.client.closed)).code).toBe(1006);
    await pause(300);
    expect(good.client.closed).toBeNull();
    clearInterval(answering);
  });

  it("the gateway's websocket beats every ten seconds, unless that is what goes wrong", async () => {
    const { session } = (await (await fetch(`http://127.0.0.1:${venue.port}/v1/api/tickle`)).json()) as {
      session: string;
    };
    const c = connect("/v1/api/ws", { cookie: `api=${session}` });
    const beats = (): number => c.messages.filter((m) => m["hb"] !== undefined).length;
    await c.until(() => beats() >= 2);
    venue.faults.add({ kind: "noHeartbeat" });
    await pause(50);
    const before = beats();
    await pause(500);
    expect(beats()).toBe(before);
  });

  it("after a logout an old socket is a zombie: open, without a beat and without data", async () => {
    const post = (path: string, body = {}): Promise<Response> =>
      fetch(`http://127.0.0.1:${venue.port}/v1/api${path}`, { method: "POST", body: JSON.stringify(body) });
    const { session } = (await (await post("/tickle")).json()) as { session: string };
    const c = connect("/v1/api/ws", { cookie: `api=${session}` });
    c.send('smd+756733+{"fields":["31","84","86"]}');
    await c.get({ topic: "smd+756733" });
    venue.faults.add({ kind: "zombie" });
    venue.faults.add({ kind: "loggedOut", count: 1 });
    await post("/iserver/auth/ssodh/init", { publish: true, compete: true });
    await pause(60);
    const seen = c.messages.length;
    await pause(500);
    expect(c.messages.length).toBe(seen);
    expect(c.ws.readyState).toBe(c.ws.OPEN);
    const again = (await (await post("/tickle")).json()) as { session: string };
    expect(again.session).not.toBe(session);
  });
});
