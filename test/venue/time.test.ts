import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { SimClock } from "../chaos/sim-clock.ts";
import { pause, settled, until } from "../harness/until.ts";
import { Client, type Message } from "./client.ts";
import { Rpc } from "./rpc.ts";

const STEP_MS = 500;
const clock = new SimClock(Date.UTC(2026, 10, 20, 15) * 1000);
/** Lets so much time pass, half a second at once; what is sent meanwhile comes through between. */
async function pass(ms: number, between: () => Promise<unknown> = () => pause(1)): Promise<void> {
  for (const end = clock.monotonicMs() + ms; clock.monotonicMs() < end; await between()) {
    const next = clock.monotonicMs() + STEP_MS;
    while (clock.step(next));
  }
}
/** Lets time pass until it is so. */
const passUntil = (what: string, so: () => boolean): Promise<boolean> =>
  until(what, async () => {
    await pass(STEP_MS);
    return so();
  });

let venue: Venue;
const open: Client[] = [];

beforeAll(async () => {
  venue = await startVenue({
    day: "2026-11-20",
    at: "10:00",
    seed: 3,
    clock,
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
    await c.get({ msg: "connected" });
    await pass(9_000);
    expect(c.messages).toHaveLength(1);
    await pass(2_000);
    await c.get({ T: "error", code: 404 });
    await c.until(() => c.closed);
  });

  it("a Deribit socket that leaves a test request unanswered is cut; one that answers stays", async () => {
    const lazy = new Rpc(connect("/ws/api/v2"));
    const good = new Rpc(connect("/ws/api/v2"));
    for (const rpc of [lazy, good]) await rpc.call("public/set_heartbeat", { interval: 10 });
    const answer = (): Promise<Message> => good.call("public/test");
    await pass(11_000, answer);
    const beat = await lazy.client.until(() =>
      lazy.client.messages.find((m) => (m["params"] as Message | undefined)?.["type"] === "test_request"),
    );
    expect(beat).not.toHaveProperty("id");
    await pass(30_000, answer);
    expect((await lazy.client.until(() => lazy.client.closed)).code).toBe(1006);
    expect(good.client.closed).toBeNull();
  });

  it("the gateway's websocket beats every ten seconds, unless that is what goes wrong", async () => {
    const { session } = (await (await fetch(`http://127.0.0.1:${venue.port}/v1/api/tickle`)).json()) as {
      session: string;
    };
    const c = connect("/v1/api/ws", { cookie: `api=${session}` });
    const beats = (): number => c.messages.filter((m) => m["hb"] !== undefined).length;
    await c.get({ message: "waiting for session" });
    await passUntil("two beats", () => beats() >= 2);
    venue.faults.add({ kind: "noHeartbeat" });
    const before = await settled(beats);
    await pass(25_000);
    expect(await settled(beats)).toBe(before);
  });

  it("after a logout an old socket is a zombie: open, without a beat and without data", async () => {
    const post = (path: string, body = {}): Promise<Response> =>
      fetch(`http://127.0.0.1:${venue.port}/v1/api${path}`, { method: "POST", body: JSON.stringify(body) });
    const { session } = (await (await post("/tickle")).json()) as { session: string };
    const c = connect("/v1/api/ws", { cookie: `api=${session}` });
    c.send('smd+756733+{"fields":["31","84","86"]}');
    await passUntil("data", () => c.messages.some((m) => m["topic"] === "smd+756733"));
    venue.faults.add({ kind: "zombie" });
    venue.faults.add({ kind: "loggedOut", count: 1 });
    await post("/iserver/auth/ssodh/init", { publish: true, compete: true });
    const seen = await settled(() => c.messages.length);
    await pass(25_000);
    expect(await settled(() => c.messages.length)).toBe(seen);
    expect(c.ws.readyState).toBe(c.ws.OPEN);
    const again = (await (await post("/tickle")).json()) as { session: string };
    expect(again.session).not.toBe(session);
  });
});
