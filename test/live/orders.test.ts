import { spawn } from "node:child_process";
import { hostname } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { InstrumentId } from "../../engines/market/index.ts";
import type { ViewName, Views } from "../../src/desk/protocol.ts";
import { systemClock } from "../../src/shell/clock.ts";
import { runHeadless } from "../../src/shell/headless.ts";
import { DeskHost } from "../../src/shell/host.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { openSession } from "../../store/capture/session.ts";
import { LedgerFile } from "../../store/ledger/ledger.ts";
import { takeLock } from "../../store/ledger/lock.ts";
import { bootOf } from "../shell/boot.ts";
import { liveBoot, tempDir, venueBroker } from "./boot.ts";
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

/** A replay shows what the live desk had at work, tells its story, and lets nobody touch it. */
async function sameOrdersIn(boot: ReturnType<typeof bootOf>, filled: string, working: string): Promise<void> {
  const host = await DeskHost.open(boot, {
    fatal: (f) => {
      throw new Error(f.message);
    },
  });
  const seen = <V extends ViewName>(
    view: V,
    params: Views[V]["params"],
    fits: (m: Views[V]["model"]) => boolean,
  ) =>
    new Promise<Views[V]["model"]>((resolve) => {
      const stop = host.subscribe(view, params, (model) => {
        if (!fits(model)) return;
        stop();
        resolve(model);
      });
    });
  try {
    const { lastUs } = await seen("status", {}, () => true);
    await seen("orders", {}, () => true);
    await host.command({ name: "jump", to: { us: lastUs } });
    const orders = await seen("orders", {}, (o) => o.rows.length === 2);
    expect(orders.rows.map((r) => [r.id, r.state, r.external])).toEqual([
      [`R:${working}`, "working", true],
      [`R:${filled}`, "filled", true],
    ]);
    const story = await seen("story", { order: `R:${filled}` }, () => true);
    expect(story.lines.map((l) => l.kind)).toContain("fill");
    expect(await host.command({ name: "cancel", order: `R:${working}` })).toMatchObject({ ok: false });
    await host.command({ name: "jump", to: { seq: 1 } });
    expect((await seen("orders", {}, (o) => o.rows.length === 0)).external).toBe(0);
  } finally {
    await host.close();
  }
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
    await sameOrdersIn(boot, filled, working);

    const second = new Trader(bootAt(stateDir));
    await second.order(working, (o) => o.state === "working");
    expect(await second.order(filled)).toMatchObject({ state: "filled", filled: 2 });
    await second.command({ name: "cancel", order: working });
    await second.order(working, (o) => o.state === "cancelled");
    await second.session.close();
  });
});

describe("orders at a broker", () => {
  const at = (stateDir: string, accounts: string, account: string | null = null) => ({
    ...bootAt(stateDir),
    broker: { ...venueBroker(`http://127.0.0.1:${venue.port}`, accounts), account },
  });

  it("go to the account that the broker names, are found again, and one desk alone writes there", async () => {
    const one = tempDir();
    const accounts = `${tempDir()}/accounts.sqlite`;
    const first = new Trader(at(one, accounts));
    await first.seen("orders", {});
    const { account } = await first.seen("status", {}, (s) => s.account.startsWith("alpaca venue "));
    expect(account).toMatch(/^alpaca venue .+···.+$/);
    const call = await quotedCall(first, SPY);
    const filled = await first.trade({ legs: [{ instrument: call, ratio: 1 }] });
    await first.order(filled, (o) => o.state === "filled");
    const working = await first.trade({
      legs: [{ instrument: call, ratio: 1 }],
      price: { by: "limit", price: "0.05" },
    });
    await first.order(working, (o) => o.state === "working");
    await elsewhere("SPY");
    await first.command({ name: "reconcile" });
    const external = await first.seen("orders", {}, (m) => m.external === 1);
    expect(external.rows.find((r) => r.external)).toMatchObject({ side: "buy", qty: 3, state: "working" });

    await first.session.close();
    const again = new Trader(at(one, accounts));
    await again.order(working, (o) => o.state === "working");
    expect(await again.seen("orders", {}, (m) => m.external === 1)).toMatchObject({ locked: null });
    const done = await again.command({ name: "reconcile" });
    expect(done.message).toMatch(
      /alpaca asked about 1 orders; positions and cash agree; 1 orders made elsewhere/i,
    );
    await again.command({ name: "kill", reason: "test" });
    await again.order(working, (o) => o.state === "cancelled");
    expect(await again.seen("orders", {}, (m) => m.trading === "halted")).toMatchObject({ external: 1 });
    await again.session.close();

    const wrong = new Trader(at(one, accounts, "U123"));
    const answer = async () => (await wrong.command({ name: "reconcile" })).message ?? "";
    await expect.poll(answer).toMatch(/orders.account asks for U123/);
    await wrong.session.close();
  });

  it("are only looked at while another desk has the account, and not when that one is gone", async () => {
    const accounts = `${tempDir()}/accounts.sqlite`;
    const other = spawn("sleep", ["60"]);
    const file = LedgerFile.open(accounts);
    const writer = { owner: "other", pid: other.pid as number, host: hostname() };
    takeLock(file, "account:alpaca venue:PA3VENUE0001", writer, systemClock.wallUs(), () => false);
    file.close();
    const looking = new Trader(at(tempDir(), accounts));
    const { locked } = await looking.seen("orders", {}, (m) => m.locked !== null);
    expect(locked).toMatch(
      /another Voldesk \(process \d+\) trades alpaca venue PA···001: this one only looks/,
    );
    expect(await looking.command({ name: "kill", reason: "test" })).toMatchObject({ ok: false });
    await looking.session.close();

    other.kill("SIGKILL");
    await new Promise((resolve) => other.once("exit", resolve));
    const next = new Trader(at(tempDir(), accounts));
    expect(await next.seen("orders", {})).toMatchObject({ locked: null });
    await next.session.close();
  });

  /** Somebody trades the account with another program. */
  async function elsewhere(symbol: string): Promise<void> {
    const order = { symbol, qty: "3", side: "buy", type: "limit", limit_price: "100", time_in_force: "day" };
    const response = await fetch(`http://127.0.0.1:${venue.port}/v2/orders`, {
      method: "POST",
      headers: {
        "APCA-API-KEY-ID": "voldesk",
        "APCA-API-SECRET-KEY": "voldesk",
        "content-type": "application/json",
      },
      body: JSON.stringify(order),
    });
    expect(response.status).toBe(200);
  }
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
