import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "../../src/shell/clock.ts";
import { startVenue, type Venue } from "../../src/venue/venue.ts";
import { commandsIn } from "../bin/in-process.ts";
import { liveBoot, tempDir, venueBroker } from "./boot.ts";
import { quotedCall, Trader } from "./trader.ts";

let venue: Venue;
beforeAll(async () => {
  venue = await startVenue({ port: 0, seed: 7 });
});
afterAll(async () => venue.close());

it("without a desk the command line finds what works at the broker by the ledger, and cancels it", async () => {
  const home = tempDir();
  const voldesk = commandsIn(() => home);
  const stateDir = `${home}/.local/state/voldesk`;
  const url = `http://127.0.0.1:${venue.port}`;
  const at = ["--broker", "alpaca", "--venue", url];
  const trader = new Trader(
    liveBoot(url, venue.nowUs() - systemClock.wallUs(), {
      symbols: ["SPY"],
      record: null,
      stateDir,
      broker: venueBroker(url, `${stateDir}/accounts.sqlite`),
    }),
  );
  await trader.seen("orders", {});
  const call = await quotedCall(trader, "EQ/SPY/USD" as never);
  const price = { by: "limit", price: "0.05" } as const;
  const id = await trader.trade({ legs: [{ instrument: call, ratio: 1 }], price });
  await trader.order(id, (o) => o.state === "working");

  // While it runs the desk is asked, and nobody else may write.
  expect((await voldesk("orders", "reconcile")).out).toMatch(
    /asked about 1 orders; positions and cash agree/,
  );
  await trader.session.close();
  // The ledger's thread gives its lock back a moment after the desk is gone.
  const ask = async () => (await voldesk("orders", "ls", ...at)).error;
  await expect.poll(ask).toBeNull();
  const list = async () => JSON.parse((await voldesk("orders", "ls", "--all", "--json", ...at)).out);
  expect(await list()).toMatchObject({ trading: "active", orders: [{ id, status: "ACKED" }], external: [] });
  expect((await voldesk("orders", "reconcile", ...at)).out).toMatch(
    /asked about 1 orders, 1 work; positions and cash agree/,
  );
  // What the broker booked by itself meanwhile is booked; what was traded elsewhere is a difference until it is taken over.
  venue.book({ on: "alpaca", kind: "fee", amount: -1.25 } as never);
  const booked = (await voldesk("orders", "reconcile", ...at)).out;
  expect(booked).toMatch(/booked by the broker: .*1\.25/);
  expect(booked).toMatch(/positions and cash agree/);
  const made = await fetch(`${url}/v2/orders`, {
    method: "POST",
    headers: { "APCA-API-KEY-ID": "k", "APCA-API-SECRET-KEY": "s", "content-type": "application/json" },
    body: JSON.stringify({
      symbol: "SPY",
      qty: "1",
      side: "buy",
      type: "limit",
      limit_price: "900",
      time_in_force: "day",
    }),
  });
  expect(made.status).toBe(200);
  const differs = async () => (await voldesk("orders", "reconcile", ...at)).out;
  await expect.poll(differs, { timeout: 20_000 }).toMatch(/2 differences: .*--adopt takes them over/);
  expect((await voldesk("orders", "reconcile", "--adopt", ...at)).out).toMatch(/positions and cash agree/);
  expect(await differs()).toMatch(/positions and cash agree/);
  expect((await voldesk("orders", "cancel-all", "QQQ", ...at)).out).toMatch(/PA3VENUE0001: 0 cancels sent/);
  expect((await voldesk("orders", "kill", ...at)).out).toMatch(/HALTED: 1 cancels sent\n/);
  expect(await list()).toMatchObject({ trading: "halted", orders: [{ id, status: "CANCELLED" }] });
});
