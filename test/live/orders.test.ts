import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InstrumentId } from "../../engines/market/index.ts";
import { systemClock } from "../../src/shell/clock.ts";
import { runHeadless } from "../../src/shell/headless.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { openSession } from "../../store/capture/session.ts";
import { bootOf } from "../shell/boot.ts";
import { liveBoot, tempDir } from "./boot.ts";
import { quotedCall, Trader } from "./trader.ts";

let venue: Venue;
beforeAll(async () => {
  venue = await startVenue({ port: 0, seed: 7 });
});
afterAll(async () => venue.close());

const SPY = "EQ/SPY/USD" as InstrumentId;

function bootAt(stateDir: string) {
  const offset = venue.nowUs() - systemClock.wallUs();
  return liveBoot(`http://127.0.0.1:${venue.port}`, offset, {
    symbols: ["SPY"],
    paperCash: 100_000,
    stateDir,
  });
}

describe("paper orders on live quotes", () => {
  it("fill against the feed, are part of the recorded sequence, and survive a restart while they work", async () => {
    const stateDir = tempDir();
    const first = new Trader(bootAt(stateDir));
    const call = await quotedCall(first, SPY);
    const filled = await first.trade({ legs: [{ instrument: call, ratio: 1 }], qty: { by: "count", n: 2 } });
    await first.order(filled, (o) => o.state === "filled");
    const cheap = { by: "limit", price: "0.05" } as const;
    const working = await first.trade({ legs: [{ instrument: call, ratio: 1 }], price: cheap });
    await first.order(working, (o) => o.state === "working");
    const held = await first.seen("status", {}, (s) => s.workingOrders === 1);
    expect(held).toMatchObject({ mode: "paper", trading: "active", nav: expect.any(Number) });
    await first.session.close();

    // Live = replay, with the orders in the sequence.
    const dir = first.session.captureDir as string;
    const boot = bootOf("goog-2015-12-24", { session: dir, portfolio: `${dir}/portfolio.yaml` });
    const replay = runHeadless({ ...boot, settings: { ...boot.settings, hashEvents: 500 } }, () =>
      performance.now(),
    );
    expect(replay.live?.of).toBeGreaterThan(2);
    expect(replay.live?.same).toBe(replay.live?.of);
    expect(orderFacts(dir)).toEqual(expect.arrayContaining(["ticket", "preview", "key", "planned", "fill"]));

    const second = new Trader(bootAt(stateDir));
    await second.order(working, (o) => o.state === "working");
    expect(await second.order(filled)).toMatchObject({ state: "filled", filled: 2 });
    await second.command({ name: "cancel", order: working });
    await second.order(working, (o) => o.state === "cancelled");
    await second.session.close();
  }, 30_000);
});

/** Kinds of the order facts in a capture, as often as they are there. */
function orderFacts(dir: string): string[] {
  const session = openSession(dir);
  const kinds: string[] = [];
  for (let seq = 0; seq < session.rows; ) {
    const block = session.block(session.findBlock(seq));
    for (const object of block.objects)
      if (object?.kind === "orderUpdate") kinds.push((object.data as { k: string }).k);
    seq = block.seq0 + block.n;
  }
  session.close();
  return kinds;
}
