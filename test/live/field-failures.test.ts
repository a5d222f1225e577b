import { afterAll, describe, expect, it } from "vitest";
import type { FeedsView, StatusView } from "../../src/desk/protocol.ts";
import { desk as realDesk } from "./desk.ts";
import { inSim, type Sim, type SimChanges, type SimDesk } from "./sim.ts";

const FEW = { chainDays: 0, chainWidth: 0.001 } as const;
const open = (sim: Sim, changes: SimChanges = {}): SimDesk =>
  sim.desk("alpaca", { symbols: ["BTC/USD", "SPY"], setup: FEW, ...changes });
const live = (d: SimDesk): boolean => d.feed("sip")?.state === "live";
const note = (d: SimDesk): string => d.feed("sip")?.note ?? "";
const counter = (d: SimDesk, name: string): number =>
  d.view<FeedsView>("feeds", {})?.counters.find((c) => c.name === name)?.value ?? 0;

describe("field failures of feeds", () => {
  it("3: another session holds the feed: said plainly, asked again on the same socket", () =>
    inSim({}, async (sim) => {
      sim.faults.add({ kind: "authError", on: "sip", code: 406, count: 2 });
      const d = open(sim);
      await sim.until("told", () => note(d).includes("another session holds this feed (406)"));
      await sim.until("live", () => live(d));
      expect(d.text()).not.toContain("gap on sip");
    }));

  it("4: a message of many megabytes and a burst neither break the stream nor lose it", () =>
    inSim({}, async (sim) => {
      const d = open(sim);
      await sim.until("live", () => live(d));
      sim.faults.add({ kind: "hugeFrame", on: "sip", bytes: 4_000_000, count: 1 });
      const before = d.session.seq;
      await sim.until("all applied", () => d.session.seq > before + 15_000);
      expect(d.feed("sip")?.state).toBe("live");
      expect(d.text()).not.toContain("gap on sip");
    }));

  it("5: an answer that lacks a key or a symbol is repaired; after a reset the whole set is asked for once", () =>
    inSim({}, async (sim) => {
      sim.faults.add({ kind: "partialAck", on: "sip", lacks: "key", count: 1 });
      sim.faults.add({ kind: "dataBeforeAck", on: "sip", count: 1 });
      const d = open(sim, { symbols: ["SPY", "AAPL", "MSFT"] });
      const whole = (): boolean => d.feed("sip")?.subscribed === 3 && live(d);
      await sim.until("whole", whole);
      sim.faults.add({ kind: "partialAck", on: "sip", lacks: "symbol", count: 1 });
      sim.faults.add({ kind: "reset", on: "sip" });
      await sim.until("gap told", () => d.text().includes("gap on sip"));
      await sim.until("whole again", whole);
    }));

  it("14: big ids, empty words, unknown keys and types are taken or counted, never thrown", () =>
    inSim({}, async (sim) => {
      for (const kind of ["bigIds", "emptyWords", "unknownKeys"] as const) sim.faults.add({ kind });
      sim.faults.add({ kind: "unknownType" });
      const d = open(sim);
      await sim.until("counted", () => counter(d, "unknown message type") > 5);
      expect(d.feed("sip")?.state).toBe("live");
      expect(counter(d, "decoder fault")).toBe(0);
    }));

  it("15: late prints do not turn the last price back; corrections and cancels are taken", () =>
    inSim({}, async (sim) => {
      sim.faults.add({ kind: "lateTrades", ms: 1_500, share: 0.5 });
      const d = open(sim);
      await sim.until("late ones counted", () => counter(d, "tradeOutOfOrder") > 2);
      sim.faults.add({ kind: "correction" });
      sim.faults.add({ kind: "cancelTrade" });
      const before = d.session.seq;
      await sim.until("goes on", () => d.session.seq > before + 100);
      expect(d.feed("sip")?.state).toBe("live");
    }));
});

describe("hard days", () => {
  it("refused keys are final and said so; nothing is tried again", () =>
    inSim({}, async (sim) => {
      sim.faults.add({ kind: "authError", on: "sip", code: 402 });
      const d = open(sim);
      await sim.until(
        "final",
        () => d.feed("sip")?.state === "closed" && note(d).includes("keys are refused"),
      );
      await sim.until("told", () => d.text().includes("sip: the keys are refused (402)"));
      // Prices that REST still tells are no reason to call the feed live.
      const status = d.view<StatusView>("status", {});
      expect([status?.feed, status?.feedWhy]).toEqual([
        "closed",
        expect.stringContaining("keys are refused"),
      ]);
    }));

  it("a plan that does not include the feed says which to choose", () =>
    inSim({ plan: "basic" }, async (sim) => {
      const d = open(sim);
      await sim.until("final", () => note(d).includes("choose iex or indicative"));
    }));

  const ended: (() => Promise<void>)[] = [];
  afterAll(async () => {
    await Promise.all(ended.map((end) => end()));
  });
  it("without a network the desk opens anyway and says so", async () => {
    const d = realDesk(ended, "http://127.0.0.1:9", 0, { symbols: ["SPY", "nonsense symbol"] });
    expect(d.sent.some((m) => m.t === "welcome")).toBe(true);
    await d.until("told", () => d.feed("sip")?.note?.includes("nothing listens there; try") === true);
    expect(d.feed("sip")?.state).toBe("unknown");
    await d.until("unknown symbol told", () => d.log().includes("nonsense symbol is not known here"));
  });
});
