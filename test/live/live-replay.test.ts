import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FeedsView, FromDesk } from "../../src/desk/protocol.ts";
import { systemClock } from "../../src/shell/clock.ts";
import { runHeadless } from "../../src/shell/headless.ts";
import { LiveSession } from "../../src/shell/live/live-session.ts";
import { openDesk } from "../../src/shell/open-desk.ts";
import { stateHash } from "../../src/shell/state-hash.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { deriveTape } from "../../store/capture/derive.ts";
import { openSession } from "../../store/capture/session.ts";
import { verifySession } from "../../store/capture/verify.ts";
import { until } from "../harness/until.ts";
import { bootOf } from "../shell/boot.ts";
import { liveBoot, tempDir } from "./boot.ts";

let venue: Venue;
beforeAll(async () => {
  venue = await startVenue({ port: 0, seed: 7 });
});
afterAll(async () => venue.close());

const offset = (): number => venue.nowUs() - systemClock.wallUs();

const PORTFOLIO = `version: 1
account: paper
base: USD
deposits:
  - { ccy: USD, amount: 100000, date: 2026-01-02 }
positions:
  - { instrument: SPY, qty: 100, avg: 700, strategy: desk, opened: 2026-01-05 }
`;

describe("a live session", () => {
  it("is recorded so that a replay has the same state at every hash, in any chunks and after jumps", async () => {
    const portfolio = join(tempDir(), "portfolio.yaml");
    writeFileSync(portfolio, PORTFOLIO);
    const sent: FromDesk[] = [];
    const live = new LiveSession(
      liveBoot(`http://127.0.0.1:${venue.port}`, offset(), { portfolio }),
      (m) => sent.push(m),
      systemClock,
    );
    live.begin();
    live.receive({ t: "subscribe", sub: 1, view: "status", params: {} });
    live.receive({ t: "subscribe", sub: 2, view: "feeds", params: {} });
    const known = () => sent.reduce((n, m) => n + (m.t === "slots" ? m.slots.length : 0), 0);
    const models = (view: string) => sent.filter((m) => m.t === "view" && m.view === view);
    type Model = { readonly feed?: string; readonly feeds?: FeedsView["feeds"] };
    const model = (view: string): Model =>
      (models(view).at(-1) as { model?: Model } | undefined)?.model ?? {};
    const sip = () => model("feeds").feeds?.find((f) => f.name === "sip");
    await until("contracts", () => known() >= 60, known);
    await until("live", () => model("status").feed === "live" && sip()?.subscribed === 2, sip);
    await until(
      "hashes to compare",
      () => live.seq > 2_000,
      () => live.seq,
    );
    await live.close();

    const statuses = sent.filter((m) => m.t === "view" && m.view === "status");
    const status = statuses.find((m) => (m as { model: { feed: string } }).model.feed === "live");
    expect(status).toMatchObject({ model: { mode: "paper", account: "paper venue", feed: "live" } });
    const feeds = sent.filter((m) => m.t === "view" && m.view === "feeds").at(-1);
    expect(feeds).toMatchObject({
      model: {
        feeds: expect.arrayContaining([
          expect.objectContaining({ name: "sip", state: "live", subscribed: 2 }),
        ]),
      },
    });

    const dir = live.captureDir as string;
    expect(verifySession(dir).problems).toEqual([]);
    const session = openSession(dir);
    expect(session.instruments.length).toBeGreaterThan(50);
    const boot = bootOf("goog-2015-12-24", { session: dir, portfolio });
    const replay = runHeadless({ ...boot, settings: { ...boot.settings, hashEvents: 500 } }, () =>
      performance.now(),
    );
    expect(replay.live?.of).toBeGreaterThan(2);
    expect(replay.live?.same).toBe(replay.live?.of);
    expect(replay.nav).toBeGreaterThan(90_000);
    expect(replay.nav).toBeLessThan(110_000);

    const { player } = openDesk(boot);
    for (const seq of [7, 1_000, 3, replay.events, 501, 1, replay.events]) player.seek(seq);
    for (let seq = 0; seq < replay.events; seq += 173) player.playTo(seq);
    player.playTo(replay.events);
    expect(stateHash(player.desk)).toBe(replay.stateHash);
    session.close();
  });

  it("has a tape that its raw frames give again", async () => {
    const live = new LiveSession(
      liveBoot(`http://127.0.0.1:${venue.port}`, offset(), { symbols: ["BTC/USD", "ETH/USD"] }),
      () => {},
      systemClock,
    );
    live.begin();
    await until(
      "events",
      () => live.seq >= 200,
      () => live.seq,
    );
    await live.close();
    const dir = live.captureDir as string;
    const before = openSession(dir).manifest.derived;
    const after = deriveTape(dir).derived;
    expect(after?.kinds["trade"]).toBe(before?.kinds["trade"]);
    expect(after?.instruments).toBe(before?.instruments);
    expect(verifySession(dir).problems).toEqual([]);
  });
});
