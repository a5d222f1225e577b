import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { BrokerOrder } from "../../../src/brokers/broker.ts";
import { until } from "../../harness/until.ts";
import { Caller } from "../caller.ts";
import { type BrokerRig, newClientId, termsOf } from "./rig.ts";

/** After this long a broker's own limits of orders a second are as at the start. */
const RATES_ANEW_MS = 4_000;

/** What every broker does, whatever its protocol: run by each against its own venue. */
export function brokerContract(name: string, make: () => Promise<BrokerRig>): void {
  describe(`${name} keeps the contract of a broker`, () => {
    let rig: BrokerRig;
    let caller: Caller;

    beforeAll(async () => {
      rig = await make();
      caller = new Caller(await rig.open());
    });
    afterEach(async () => {
      rig.venue.faults.clear();
      rig.later(RATES_ANEW_MS);
      // A test may have broken the connection: the next one begins once orders go out again.
      const { clientId, reply } = await until("an order that goes out", async () => {
        const tried = await place();
        return tried.reply.outcome === "acked" && tried;
      });
      if (reply.outcome === "acked") await caller.cancel(clientId, reply.brokerId);
      expect(caller.answeredAgain).toEqual([]);
    });
    afterAll(async () => {
      await caller.broker.close();
      await rig.close();
    });

    const place = async (change: Parameters<typeof termsOf>[2] = {}, wanted = rig.single) => {
      const clientId = newClientId();
      const terms = termsOf(rig, wanted, change);
      return { clientId, terms, reply: await caller.submit(clientId, terms) };
    };
    /** An order that is filled at once. */
    const filled = async () => {
      const { clientId, reply } = await place({ limit: rig.single.high });
      expect(reply).toMatchObject({ outcome: "acked" });
      return caller.event(clientId, "fill");
    };
    const resting = async () => {
      const { clientId, terms, reply } = await place();
      if (reply.outcome !== "acked") throw new Error(`not acknowledged: ${reply.reason}`);
      await caller.event(clientId, "acked");
      return { clientId, terms, brokerId: reply.brokerId };
    };
    const found = async (clientId: string): Promise<BrokerOrder> => {
      const order = await caller.found(clientId);
      expect(order.clientId).toBe(clientId);
      return order;
    };
    const held = async (): Promise<number> => {
      const id = rig.single.legs[0]?.instrument;
      return Number((await caller.positions()).find((p) => p.instrument === id)?.qty ?? 0);
    };

    it("an order that meets the market is acknowledged, filled, found, listed and held", async () => {
      const [before, account] = [await held(), await caller.account()];
      const { clientId, reply, terms } = await place({ limit: rig.single.high });
      expect(reply).toMatchObject({ outcome: "acked" });
      const { fill } = await caller.event(clientId, "fill");
      expect(fill).toMatchObject({ legIndex: 0, instrument: rig.single.legs[0]?.instrument });
      await until("all of it", () => sum(caller.fills(clientId)) === Number(terms.qty));
      const order = await found(clientId);
      expect(order.status).toBe("filled");
      const mine = (await caller.executions(fill.us)).filter((x) => x.clientId === clientId);
      const ids = caller.fills(clientId).map((f) => f.execId);
      expect(mine.map((x) => x.fill.execId).sort()).toEqual([...ids].sort());
      expect(order.fills.map((f) => f.execId).sort()).toEqual([...ids].sort());
      const { us, ...rest } = fill;
      expect(mine[0]?.fill).toMatchObject(rest);
      // An event may have the time at which it was told.
      expect(Math.abs((mine[0]?.fill.us ?? 0) - us)).toBeLessThan(1e6);
      await until("the position", async () => (await held()) - before === Number(terms.qty));
      expect((await caller.account()).id).toBe(account.id);
    });

    it("a sale is executed with a negative quantity", async () => {
      await filled();
      const legs = rig.single.legs.map((leg) => ({ ...leg, intent: "close" as const }));
      const sold = await place({ side: "sell", legs, limit: rig.single.low });
      expect(sold.reply).toMatchObject({ outcome: "acked" });
      const { fill } = await caller.event(sold.clientId, "fill");
      expect(Number(fill.qty)).toBeLessThan(0);
    });

    it("an order away from the market rests: open, with its terms, until it is cancelled", async () => {
      const { clientId, terms, brokerId } = await resting();
      expect(await found(clientId)).toMatchObject({ status: "working", brokerId, fills: [] });
      const open = (await caller.openOrders()).find((o) => o.clientId === clientId);
      expect(open?.terms).toMatchObject({ side: "buy", qty: terms.qty, limit: terms.limit });
      expect(open?.terms?.legs[0]).toMatchObject({ instrument: terms.legs[0]?.instrument, ratio: 1 });
      expect(await caller.cancel(clientId, brokerId)).toEqual({ outcome: "asked", reason: null });
      await caller.event(clientId, "cancelled");
      expect((await found(clientId)).status).toBe("cancelled");
      expect((await caller.cancel(clientId, brokerId)).outcome).toBe("refused");
      expect((await caller.openOrders()).map((o) => o.clientId)).not.toContain(clientId);
    });

    it("a cancel needs no broker id: the client id is enough", async () => {
      const { clientId } = await resting();
      expect((await caller.cancel(clientId, null)).outcome).toBe("asked");
      await caller.event(clientId, "cancelled");
    });

    it("what the venue refuses is rejected with its reason, and nothing is there", async () => {
      const { clientId, reply } = await place(rig.refused);
      expect(reply).toMatchObject({ outcome: "rejected" });
      if (reply.outcome === "rejected") expect(reply.reason.length).toBeGreaterThan(5);
      expect((await rig.at(clientId)).filter((o) => o.status !== "rejected")).toEqual([]);
    });

    it("an order that is rejected after it was taken says so", async () => {
      rig.venue.faults.add({ kind: "rejectAfterAck", on: rig.orders, count: 1 });
      const { clientId } = await place();
      await caller.event(clientId, "rejected");
      expect((await found(clientId)).status).toBe("rejected");
    });

    it("half filled and cancelled by the venue: the half is told before the end", async () => {
      rig.venue.faults.add({ kind: "partialThenCancel", on: rig.orders, count: 1 });
      const { clientId, reply } = await place({ limit: rig.single.high, qty: rig.single.qty(4) });
      expect(reply).toMatchObject({ outcome: "acked" });
      await caller.event(clientId, "cancelled");
      expect(sum(caller.fills(clientId))).toBe(Number(rig.single.qty(2)));
      const order = await found(clientId);
      expect(order.status).toBe("cancelled");
      expect(sum(order.fills)).toBe(Number(rig.single.qty(2)));
    });

    it("a new limit keeps the client id, is found, and can be cancelled by the old broker id", async () => {
      if (caller.broker.traits.replace === "none") return;
      const { clientId, terms, brokerId } = await resting();
      const limit = rig.single.low.replace(/[1-9]/, (d) => String(Number(d) === 9 ? 8 : Number(d) + 1));
      // A venue may refuse while the order is not at work yet; then it is asked again by hand.
      await until("the replacement", async () => {
        const reply = await caller.replace(clientId, brokerId, limit);
        return reply.outcome === "acked";
      });
      const order = await until("the new limit", async () => {
        const now = await found(clientId);
        return now.terms?.limit === limit && now;
      });
      expect(order).toMatchObject({ clientId, status: "working", terms: { qty: terms.qty } });
      expect((await caller.cancel(clientId, brokerId)).outcome).toBe("asked");
      await caller.event(clientId, "cancelled");
    });

    it("a replacement that the fill overtakes is no replacement: the order is filled under its own id", async () => {
      if (caller.broker.traits.replace === "none" || rig.outcomes?.["replaceRace"] === null) return;
      const { clientId, brokerId } = await resting();
      rig.venue.faults.add({ kind: "replaceRace", on: rig.orders, count: 1 });
      await until("the fill", async () => {
        const reply = await caller.replace(clientId, brokerId, rig.single.low.replace(/[1-9]/, "2"));
        expect(reply.outcome).not.toBe("acked");
        return rig.venue.faults.list().length === 0;
      });
      await caller.event(clientId, "fill");
      expect((await found(clientId)).status).toBe("filled");
      expect(caller.of(clientId, "rejected")).toEqual([]);
    });

    it("a client id that has an order already makes no second one", async () => {
      if (!caller.broker.traits.idempotentIds) return;
      const { clientId, terms, brokerId } = await resting();
      const again = await caller.submit(clientId, terms);
      expect(again.outcome === "acked" ? again.brokerId : brokerId).toBe(brokerId);
      expect(await rig.at(clientId)).toHaveLength(1);
      await caller.cancel(clientId, brokerId);
    });

    it("an order made elsewhere is open, under no client id of ours", async () => {
      const brokerId = await rig.external();
      const order = await until("the order made elsewhere", async () =>
        (await caller.openOrders()).find((o) => o.brokerId === brokerId),
      );
      expect(order.status).toBe("working");
      expect(order.clientId === null || !/^0{8}/.test(order.clientId)).toBe(true);
    });

    it("no answer is unknown, whether the order came through or not; later it is known", async () => {
      for (const when of ["before", "after"] as const) {
        rig.venue.faults.add({ kind: "ackLost", when, on: rig.orders, count: 1 });
        const { clientId, reply } = await place();
        expect(reply.outcome).toBe("unknown");
        const there = when === "after";
        expect(await rig.at(clientId)).toHaveLength(there ? 1 : 0);
        if (there) expect((await found(clientId)).status).toBe("working");
        else {
          expect((await caller.find(clientId)).found).not.toBe("order");
          rig.later(caller.broker.traits.settleUs / 1000);
          await until("a positive no", async () => (await caller.find(clientId)).found === "none");
        }
      }
    });

    it("events that come twice are one execution", async () => {
      rig.venue.faults.add({ kind: "ackDuplicate", on: rig.orders });
      const { clientId, terms, reply } = await place({ limit: rig.single.high });
      expect(reply).toMatchObject({ outcome: "acked" });
      await until("the fill", () => sum(caller.fills(clientId)) === Number(terms.qty));
      const ids = new Set((await found(clientId)).fills.map((f) => f.execId));
      for (const { fill } of caller.of(clientId, "fill")) expect(ids).toContain(fill.execId);
    });

    it("a fill that no event told of comes all the same", async () => {
      rig.venue.faults.add({ kind: "dropFill", on: rig.orders, count: 1 });
      const { clientId, terms, reply } = await place({ limit: rig.single.high });
      expect(reply).toMatchObject({ outcome: "acked" });
      await until("the fill", () => sum(caller.fills(clientId)) === Number(terms.qty));
    });

    it("what happens while the connection is broken is told after it", async () => {
      const { clientId, brokerId } = await resting();
      rig.venue.faults.add({ kind: "refuseUpgrade", status: 503, forMs: 150 });
      rig.venue.faults.add({ kind: "reset" });
      const other = new Caller(await until("another connection", () => rig.open().catch(() => null)));
      await other.cancel(clientId, brokerId);
      await caller.event(clientId, "cancelled");
      await other.broker.close();
    });

    it("an execution that is taken back is named as it was told", async () => {
      const { clientId, fill } = await filled();
      rig.venue.faults.add({ kind: "tradeBust", on: rig.orders });
      expect((await caller.event(clientId, "bust")).execId).toBe(fill.execId);
    });

    it("a broker that can't answer says so and does not throw", async () => {
      rig.venue.faults.add({ kind: "restReset" });
      rig.venue.faults.add({ kind: "halfOpen" });
      const positions = expect(caller.positions()).rejects.toThrow("positions: ");
      expect((await caller.find(newClientId())).found).toBe("unanswered");
      await positions;
      rig.venue.faults.clear();
      await until("an answer", () => caller.positions().catch(() => null));
    });

    it("a package fills whole, leg by leg at exact prices", async () => {
      if (rig.pack === null) return;
      const { clientId, terms, reply } = await place(
        { limit: rig.pack.high, qty: rig.pack.qty(2) },
        rig.pack,
      );
      expect(reply).toMatchObject({ outcome: "acked" });
      await caller.filled(clientId, ...terms.legs.map((leg) => leg.ratio * Number(terms.qty)));
      const order = await until("the whole", async () => {
        const now = await found(clientId);
        return now.status === "filled" && now;
      });
      for (const [legIndex, leg] of terms.legs.entries()) {
        const mine = caller.fills(clientId).filter((f) => f.legIndex === legIndex);
        expect(mine.every((f) => f.instrument === leg.instrument && Number(f.price) > 0)).toBe(true);
      }
      expect(order.fills.map((f) => f.execId).sort()).toEqual(
        caller
          .fills(clientId)
          .map((f) => f.execId)
          .sort(),
      );
    });
  });
}

const sum = (fills: readonly { readonly qty: string; readonly legIndex: number }[]): number =>
  fills.filter((f) => f.legIndex === 0).reduce((s, f) => s + Math.abs(Number(f.qty)), 0);
