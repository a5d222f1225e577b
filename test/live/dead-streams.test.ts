import { expect, it } from "vitest";
import { inSim } from "./sim.ts";

it("1: a socket that is open and dead is found by its missing pong within 5 s, marked, and replaced", () =>
  inSim({}, async (sim) => {
    const d = sim.desk("alpaca", { setup: { chainDays: 0 } });
    await sim.until("live", () => d.feed("sip")?.state === "live");
    // Nobody else is there to ask.
    sim.faults.add({ kind: "restSlow", ms: 60_000, forMs: 5_500 });
    sim.faults.add({ kind: "mute", forMs: 5_500 });
    const took = await sim.until("found", () => d.text().includes("gap on sip: no answer to a ping"));
    expect(took).toBeLessThanOrEqual(5_000);
    expect(d.feed("sip")?.state).toBe("gap");
    await sim.until("live again", () => d.feed("sip")?.state === "live");
  }));

it("1: a stream whose pongs come but whose data stopped is found against REST within 15 s", () =>
  inSim({}, async (sim) => {
    const d = sim.desk("alpaca", { setup: { chainDays: 0 } });
    await sim.until(
      "live",
      () => d.feed("sip")?.state === "live" && (d.feed("sip")?.eventsPerSecond ?? 0) > 10,
    );
    sim.faults.add({ kind: "drop", on: "sip", share: 1, forMs: 15_000 });
    const took = await sim.until("found", () => d.text().includes("pongs come but no data"));
    expect(took).toBeLessThanOrEqual(15_000);
    await sim.until("live again", () => d.feed("sip")?.state === "live" && d.feed("sip")?.note === null);
  }));

it("2: a refused upgrade is not stormed: Retry-After is obeyed, waits double", () =>
  inSim({}, async (sim) => {
    sim.faults.add({ kind: "refuseUpgrade", on: "sip", status: 429, retryAfter: 3, count: 1 });
    const d = sim.desk("alpaca", { setup: { chainDays: 0 } });
    await sim.until(
      "told",
      () => d.feed("sip")?.note?.includes("asks to wait (HTTP 429); try 2 in") === true,
    );
    expect(await sim.until("live", () => d.feed("sip")?.state === "live")).toBeGreaterThan(2_800);
  }));
