import { expect } from "vitest";
import { seeded } from "../../../engines/stats/index.ts";
import type { FaultRequest } from "../../../src/venue/faults/kinds.ts";
import { pause, until } from "../../harness/until.ts";
import { DeskAtVenue } from "./desk.ts";
import { type BrokerRig } from "./rig.ts";
import { sameAsVenue } from "./same.ts";

const ORDER_FAULTS: readonly FaultRequest[] = [
  { kind: "ackLost", when: "before" },
  { kind: "ackLost", when: "after" },
  { kind: "ackError", status: 500 },
  { kind: "orderLater", ms: 200 },
  { kind: "rejectAfterAck" },
  { kind: "fillBeforeAck" },
  { kind: "fillAfterCancel" },
  { kind: "partialThenCancel" },
  { kind: "cancelSilent", ms: 150 },
  { kind: "replaceRace" },
  { kind: "skipNew" },
  { kind: "dropFill" },
  { kind: "ackDuplicate" },
  { kind: "unknownOrder" },
  { kind: "rest", status: 429 },
  { kind: "rest", status: 503 },
  { kind: "restReset" },
];

/**
 * A day of trading made by one seed: orders, amendments, cancels, faults, broken sockets and restarts in any order. In the end every order of
 * the ledger is what the venue has, and the positions agree.
 */
export async function tradeAtRandom(rig: BrokerRig, seed: number, steps: number): Promise<void> {
  const chance = seeded(seed).uniform;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)] as T;
  const at = await DeskAtVenue.start(rig);
  const ids: string[] = [];
  const attempt = (run: () => void): void => {
    try {
      run();
    } catch {
      // The desk refuses what can't be done: that is its answer.
    }
  };
  try {
    for (let n = 0; n < steps; n++) {
      const what = chance();
      const live = at.desk.book.live();
      const order = live.length > 0 ? pick(live).order.id : null;
      if (what < 0.4) {
        const packed = rig.pack !== null && chance() < 0.25;
        const wanted = packed && rig.pack !== null ? rig.pack : rig.single;
        const qty = Number(wanted.qty(1 + Math.floor(chance() * 4)));
        attempt(() => ids.push(at.order(wanted, chance() < 0.6 ? wanted.high : wanted.low, qty)));
      } else if (what < 0.6) rig.venue.faults.add({ on: rig.orders, count: 1, ...pick(ORDER_FAULTS) });
      else if (what < 0.7 && order !== null) attempt(() => at.command({ name: "cancel", order }));
      else if (what < 0.8 && order !== null)
        attempt(() => {
          at.command({ name: "amend", order, steps: 1 });
          at.command({ name: "amendSend", order });
        });
      else if (what < 0.87) rig.venue.faults.add({ kind: "reset" });
      else if (what < 0.94) await at.restart();
      await pause(chance() * 150);
    }
    rig.venue.faults.clear();
    await until("agreement", () => sameAsVenue(rig, at, ids)).catch(async (error: Error) => {
      const rows = await Promise.all(ids.map(async (id) => [at.told(id), ...(await rig.at(id))]));
      throw new Error(`seed ${seed}: ${error.message}\n${rows.map((row) => JSON.stringify(row)).join("\n")}`);
    });
    for (const [id, n] of at.submits) expect(`${id} ${n}`).toBe(`${id} 1`);
    // The venue has nothing that the ledger does not know.
    const known = await Promise.all(ids.map((id) => rig.at(id)));
    expect(Math.max(0, ...known.map((orders) => orders.length))).toBeLessThanOrEqual(1);
    expect(await rig.at(null)).toHaveLength(known.flat().length);
    at.command({ name: "reconcile" });
    await pause(200);
    await until("the books", () => !at.desk.differences.some((d) => d.fix.kind === "position"));
  } finally {
    at.end();
  }
}
