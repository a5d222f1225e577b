import { describe, expect, it, vi } from "vitest";
import type { StatusView } from "../../src/desk/protocol.ts";
import { inSim, type SimChanges } from "./sim.ts";

vi.setConfig({ testTimeout: 120_000 });
const MINUTE = 60_000;

interface Case {
  readonly kind: "deribit" | "ibkr" | "alpaca";
  readonly changes: SimChanges;
  readonly channel: string;
  readonly row: string;
  readonly words: string;
}
const DERIBIT: Case = {
  kind: "deribit",
  changes: { symbols: ["BTC-PERPETUAL"], limit: 3 },
  channel: "venue",
  row: "BTC-PERPETUAL",
  words: "while the exchange when asked has newer ones",
};
const IBKR: Case = {
  kind: "ibkr",
  changes: { symbols: ["SPY", "AAPL"], limit: 5 },
  channel: "venue",
  row: "SPY",
  words: "while the gateway's REST has newer ones",
};

describe("a socket that beats and tells nothing", () => {
  it.each([DERIBIT, IBKR])("is found on $kind within 15 s of a running market, and replaced", (c) =>
    inSim({}, async (sim) => {
      const d = sim.desk(c.kind, c.changes);
      await sim.until("live", () => d.follows().get(c.row)?.state === "live");
      await sim.pass(8_000);
      // Heartbeats and answers still come.
      sim.faults.add({ kind: "drop", share: 1 });
      const took = await sim.until("found", () => d.text().includes(c.words), MINUTE);
      expect(took).toBeLessThanOrEqual(15_000);
      expect(d.feed(c.channel)?.state).toMatch(/gap|stale/);
      await sim.until("its row says so", () => /gap|stale/.test(d.follows().get(c.row)?.state ?? ""));
      // Connected again it tells no more than before, and why nothing is believed stays on the screen.
      const note = (): string => d.feed(c.channel)?.note ?? "";
      await sim.until("stale", () => d.feed(c.channel)?.state === "stale", MINUTE);
      expect(note()).toBe(`connected again, no data yet: pongs come but no data, ${c.words}`);
      expect(d.view<StatusView>("status", {})).toMatchObject({ feed: "stale", feedWhy: note() });
      sim.faults.clear();
      await sim.until("live again", () => d.follows().get(c.row)?.state === "live", 4 * MINUTE);
      expect(d.view<StatusView>("status", {})?.feedWhy).toBeNull();
    }),
  );

  it.each([
    ["alpaca", ["SPY"], "while the vendor's REST has newer ones"],
    ["deribit", ["BTC-PERPETUAL"], "the connection broke"],
    ["ibkr", ["SPY"], "while the gateway's REST has newer ones"],
  ] as const)(
    "whose messages on %s cannot be read says that, not that there is no data",
    (kind, symbols, rest) =>
      inSim({}, async (sim) => {
        const d = sim.desk(kind, { symbols: [...symbols], limit: 3 });
        await sim.until("live", () => d.follows().get(symbols[0])?.state === "live");
        await sim.pass(8_000);
        sim.faults.add({ kind: "malformed", how: "json", count: 100_000 });
        await sim.until("found", () => /\d+ messages came and none could be read/.test(d.text()), MINUTE);
        expect(d.text()).toContain(rest);
        expect(d.text()).not.toContain("pongs come but no data");
      }),
  );

  it("a gateway that was asked too much is asked on after a rest: a chain is built all the same", () =>
    inSim({}, async (sim) => {
      sim.faults.add({ kind: "rest", on: "/iserver/secdef/info", status: 429, count: 2 });
      const d = sim.desk("ibkr", { symbols: ["SPY"], limit: 20 });
      await sim.until("a chain", () => d.follows().size > 40, 2 * MINUTE);
      expect(sim.faults.list()).toEqual([]);
      expect(d.text()).not.toContain("chain of SPY");
    }));

  it("gives no alarm on a gateway of halted names: quiet is not dead", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("ibkr", { symbols: ["SPY"], limit: 2 });
      await sim.until("live", () => d.follows().get("SPY")?.state === "live");
      sim.faults.add({ kind: "halt", symbols: ["SPY"], forMs: 2 * MINUTE });
      await sim.pass(90_000);
      expect(d.text()).not.toContain("gap on");
      expect(d.feed("venue")?.state).toBe("live");
    }));

  it("of a closed market is none: the gateway's channel says closed, and wakes with the opening", () =>
    inSim({ at: "09:29" }, async (sim) => {
      const d = sim.desk("ibkr", { symbols: ["SPY"], limit: 2 });
      await sim.until("closed", () => d.feed("venue")?.state === "closed");
      await sim.pass(30_000);
      expect(d.text()).not.toContain("gap on");
      await sim.until("live", () => d.follows().get("SPY")?.state === "live", 3 * MINUTE);
    }));
});
