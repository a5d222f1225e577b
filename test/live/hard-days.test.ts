import { describe, expect, it } from "vitest";
import { Quality } from "../../engines/market/index.ts";
import type { ChartView, StatusView } from "../../src/desk/protocol.ts";
import { runHeadless } from "../../src/shell/headless.ts";
import { bootOf } from "../shell/boot.ts";
import { tempDir } from "./boot.ts";
import { inSim } from "./sim.ts";

const MINUTE = 60_000;
/** What a desk's clock is ahead of the venue's by, for it to be at an instant. */
const offsetTo = (iso: string): number => (Date.parse(iso) - Date.UTC(2026, 10, 20, 14, 30)) * 1000;

describe("a canary and the calendar", () => {
  it("quiet minutes of far options and halted names give no alarm", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { symbols: ["SPY261218P00300000"], setup: { chainDays: 0 } });
      await sim.until("live", () => d.feed("sip")?.state === "live");
      sim.faults.add({ kind: "halt", symbols: ["SPY"], forMs: MINUTE });
      await sim.pass(4 * MINUTE);
      expect(d.text()).not.toContain("gap on");
      expect(d.feed("opra")?.state).not.toBe("stale");
    }));

  it.each([
    ["while REST tells newer quotes", false, "while the vendor's REST has newer ones"],
    ["with nobody to ask", true, "not even of SPY, and the vendor's REST does not answer"],
  ])("a mute feed of one quiet name is found within 15 s, %s", (_, deaf, words) =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { symbols: ["AAPL"], setup: { chainDays: 0 } });
      await sim.until("live", () => d.feed("sip")?.state === "live");
      expect(d.follows().get("SPY")).toMatchObject({ why: "canary", how: "streamed" });
      await sim.pass(30_000);
      if (deaf) sim.faults.add({ kind: "restSlow", ms: 60_000, forMs: MINUTE });
      sim.faults.add({ kind: "drop", on: "sip", share: 1, forMs: MINUTE });
      const took = await sim.until("found", () => d.text().includes(words));
      expect(took).toBeLessThanOrEqual(15_000);
      expect(d.feed("sip")?.state).not.toBe("live");
      await sim.until("live again", () => d.feed("sip")?.state === "live", 3 * MINUTE);
    }),
  );

  it("of a closed market nothing is expected: its state says closed, crypto goes on", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", {
        symbols: ["AAPL", "BTC/USD"],
        setup: { chainDays: 0 },
        offsetUs: offsetTo("2026-11-21T17:00:00Z"),
      });
      await sim.until("crypto live", () => d.feed("crypto")?.state === "live");
      sim.faults.add({ kind: "drop", on: "sip", share: 1 });
      await sim.pass(2 * MINUTE);
      expect(d.feed("sip")?.state).toBe("closed");
      expect(d.follows().get("AAPL")?.state).toBe("closed");
      expect(d.text()).not.toContain("gap on sip");
    }));
});

it("of a closed market the status line says closed, though answers of REST still come", () =>
  inSim({ at: "16:30" }, async (sim) => {
    const d = sim.desk("alpaca", { symbols: ["SPY"] });
    await sim.until(
      "answers beside closed streams",
      () => d.feed("snapshots")?.state === "live" && d.feed("sip")?.state === "closed",
    );
    await sim.until("closed", () => d.view<StatusView>("status", {})?.feed === "closed");
  }));

describe("hard days of the machine", () => {
  it("a laptop that slept ten minutes believes nothing from before and is live again within seconds", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { setup: { chainDays: 0 } });
      await sim.until(
        "live",
        () => d.feed("sip")?.state === "live" && d.follows().get("SPY")?.state === "live",
      );
      sim.wall.jump(600e6);
      await sim.until("told", () =>
        d.text().includes("the clock of this machine jumped 600 s ahead: all streams begin again"),
      );
      expect(d.text()).toContain("gap on sip: the clock of this machine jumped");
      const took = await sim.until("live again", () => d.follows().get("SPY")?.state === "live");
      expect(took).toBeLessThan(10_000);
    }));

  it("a wall clock set back an hour turns no time back, lets none stand still, and another session begins", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { setup: { chainDays: 0 } });
      await sim.until("live", () => d.feed("sip")?.state === "live");
      const before = d.session.desk.nowUs;
      sim.wall.jump(-3600e6);
      await sim.until("told", () => d.text().includes("jumped 3600 s back"));
      await sim.until("live again", () => d.feed("sip")?.state === "live" && d.session.desk.nowUs > before);
      expect(d.sent.find((m) => m.t === "turned")).toMatchObject({
        day: "2026-11-20",
        why: expect.stringContaining("jumped 3600 s back: another session begins"),
      });
      // Until then a price that is told no more grows old.
      sim.faults.add({ kind: "drop", on: "sip", share: 1, forMs: MINUTE });
      const age = () => d.follows().get("SPY")?.ageMs ?? 0;
      const [from, fromMs] = [age(), sim.clock.monotonicMs()];
      await sim.pass(2_500);
      expect(age() - from).toBeGreaterThan((sim.clock.monotonicMs() - fromMs) / 2);
      expect(d.session.desk.log.every((e, i, all) => i === 0 || e.us >= (all[i - 1]?.us ?? 0))).toBe(true);
    }));

  it("a night in which clocks are set back is one session of 25 hours, and the time shown follows", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { symbols: ["BTC/USD"], offsetUs: offsetTo("2026-11-01T05:59:30Z") });
      const zone = () => d.zoneOffsetMin();
      await sim.until("live", () => d.feed("crypto")?.state === "live");
      expect(zone()).toBe(-240);
      await sim.pass(MINUTE);
      expect(zone()).toBe(-300);
      expect(d.text()).not.toContain("gap on");
      expect(d.sent.some((m) => m.t === "turned")).toBe(false);
    }));

  it("a Sunday on which clocks are set back is played by the venue: coins trade, the chart goes on and has the hours before", () =>
    inSim({ day: "2026-11-01", at: "01:59:30" }, async (sim) => {
      const d = sim.desk("deribit", { symbols: ["BTC-PERPETUAL"], limit: 3 });
      const chart = () => d.view<ChartView>("chart", { slot: null, barMinutes: 1 });
      const bars = () => chart()?.bars.startUs.length ?? 0;
      await sim.until("live", () => d.feed("venue")?.state === "live" && bars() > 350);
      expect([d.zoneOffsetMin(), chart()?.zoneOffsetMin]).toEqual([-240, -240]);
      // Of the coin's own day, which is that of UTC.
      expect(chart()?.bars.startUs[0]).toBe(Date.UTC(2026, 10, 1) * 1000);
      const before = bars();
      await sim.pass(2 * MINUTE);
      expect([d.zoneOffsetMin(), chart()?.zoneOffsetMin]).toEqual([-300, -300]);
      expect(bars()).toBeGreaterThan(before);
      expect(chart()?.bars.startUs.at(-1)).toBe(Date.UTC(2026, 10, 1, 6, 1) * 1000);
      expect(d.text()).not.toContain("gap on");
      expect(d.sent.some((m) => m.t === "turned")).toBe(false);
    }));

  it("a date that turns is told once, for the next session to begin", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", {
        symbols: ["BTC/USD"],
        offsetUs: offsetTo("2026-11-21T04:59:50Z"),
        record: { folder: tempDir(), stopMb: 10, warnMb: 20 },
      });
      await sim.pass(20_000);
      expect(d.sent.filter((m) => m.t === "turned")).toEqual([{ t: "turned", day: "2026-11-21" }]);
      expect(d.text()).toContain("the session of 2026-11-20 is over; that of 2026-11-21 begins");
      expect(d.session.captureDir).toContain("venue-2026-11-20");
    }));

  it("a disk that gets full is warned of", () =>
    inSim({}, async (sim) => {
      const folder = tempDir();
      const warned = sim.desk("alpaca", {
        symbols: ["BTC/USD"],
        record: { folder, stopMb: 1, warnMb: 1e12 },
      });
      await sim.pass(2_000);
      expect(warned.text()).toMatch(/the disk has \d+ MB left; recording stops under 1\./);
      expect(warned.feed("capture")?.state).toBe("live");
    }));

  it("before a disk is full recording stops, and the desk goes on", () =>
    inSim({}, async (sim) => {
      const folder = tempDir();
      const full = sim.desk("alpaca", {
        symbols: ["BTC/USD"],
        record: { folder, stopMb: 1e12, warnMb: 1e12 },
      });
      await sim.until("live", () => full.feed("crypto")?.state === "live");
      expect(full.text()).toContain("The desk goes on.");
      expect(full.feed("capture")).toMatchObject({
        state: "closed",
        note: expect.stringContaining("stopped:"),
      });
    }));

  it("too many open files: the channel says what to raise, and goes on when there is room", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { symbols: ["BTC/USD"] });
      await sim.until("live", () => d.feed("crypto")?.state === "live");
      sim.mayOpen = false;
      sim.faults.add({ kind: "reset", on: "crypto" });
      await sim.until("told", () => d.feed("crypto")?.note?.includes("raise `ulimit -n`") === true);
      expect(d.feed("crypto")?.state).toBe("gap");
      sim.mayOpen = true;
      await sim.until("live again", () => d.feed("crypto")?.state === "live", 2 * MINUTE);
    }));

  it("an inbox too small for a burst merges quotes, says so, loses no trade, and a replay has the same state", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", {
        setup: { chainDays: 0 },
        inboxRows: 20,
        record: { folder: tempDir(), stopMb: 10, warnMb: 20 },
      });
      await sim.until("live", () => d.feed("sip")?.state === "live");
      sim.faults.add({ kind: "burst", rate: 3_000, forMs: 4_000 });
      await sim.until("merged", () => /\d+ quotes merged on inbox/.test(d.text()));
      await sim.pass(5_000);
      const closed = d.session.close();
      await sim.pass(1_000);
      await closed;
      const boot = bootOf("goog-2015-12-24", { session: d.session.captureDir as string, portfolio: null });
      const replay = runHeadless({ ...boot, settings: { ...boot.settings, hashEvents: 500 } }, () =>
        performance.now(),
      );
      expect(replay.live?.of).toBeGreaterThan(2);
      expect(replay.live?.same).toBe(replay.live?.of);
    }));
});

describe("hard days of the vendor", () => {
  it("a plan too small says which symbols are dropped and why, on each row", () =>
    inSim({ plan: "basic" }, async (sim) => {
      const d = sim.desk("alpaca", {
        symbols: ["SPY", "BTC/USD"],
        setup: {
          stockFeed: "iex",
          optionFeed: "indicative",
          optionLimit: 1_000,
          rotated: 20,
          chainDays: 20,
          chainWidth: 0.08,
        },
      });
      await sim.until(
        "limit found",
        () => d.feed("indicative")?.limit === 200 && d.feed("indicative")?.subscribed === 200,
        3 * MINUTE,
      );
      await sim.pass(3_000);
      const rows = [...d.follows().values()];
      expect(rows.filter((r) => r.how === "snapshot")).toHaveLength(20);
      const dropped = rows.filter((r) => r.how === "none");
      expect(dropped.length).toBeGreaterThan(10);
      expect(dropped[0]?.reason).toBe(
        "dropped: indicative streams 200, snapshots take 20 more, others are needed first",
      );
      expect(rows.filter((r) => r.how === "snapshot")[0]?.reason).toContain("indicative streams at most 200");
      expect(d.follows().get("SPY")).toMatchObject({ how: "streamed", quality: 3 });
    }));

  it("a symbol that nobody knows stays unknown on its row; the others are live", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { symbols: ["SPY", "ZZZZQ"], setup: { chainDays: 0 } });
      await sim.until("live", () => d.follows().get("SPY")?.state === "live");
      await sim.pass(5_000);
      expect(d.follows().get("ZZZZQ")).toMatchObject({ state: "unknown", ageMs: null });
    }));

  it("a field that is missing or of the wrong type is counted by its reason, and the others go on", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { setup: { chainDays: 0 } });
      await sim.until("live", () => d.feed("sip")?.state === "live");
      sim.faults.add({ kind: "malformed", how: "shape", count: 3 });
      sim.faults.add({ kind: "malformed", how: "type", count: 3 });
      await sim.pass(5_000);
      expect(d.session.refusals.size).toBeGreaterThan(0);
      expect(d.feed("sip")?.state).toBe("live");
    }));

  it("a halt shows on its row and is no fault of the feed", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { setup: { chainDays: 0 } });
      await sim.until("live", () => d.follows().get("AAPL")?.state === "live");
      sim.faults.add({ kind: "halt", symbols: ["AAPL"], forMs: 20_000 });
      await sim.until("halted", () => d.follows().get("AAPL")?.trading === "halted");
      expect(d.feed("sip")?.state).toBe("live");
      await sim.until("resumed", () => d.follows().get("AAPL")?.trading === "open", 2 * MINUTE);
    }));

  it("rows go from snapshot to live, to gap when the stream breaks, and back", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { setup: { chainDays: 0 } });
      const seen = new Set<string>();
      const look = () => {
        const state = d.follows().get("SPY")?.state;
        if (state !== undefined) seen.add(state);
        return state;
      };
      await sim.until("live", () => look() === "live");
      sim.faults.add({ kind: "refuseUpgrade", on: "sip", status: 503, count: 2 });
      sim.faults.add({ kind: "reset", on: "sip" });
      await sim.until("gap", () => look() === "gap");
      await sim.until("live again", () => look() === "live");
      expect(d.text()).toMatch(/gap on sip over after \d+\.\d s: 2 of 2 back/);
      expect([...seen]).toEqual(expect.arrayContaining(["gap", "live"]));
    }));

  it("an expired token is found and renewed by a new login on the same socket; prices are public and go on", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("deribit", { symbols: ["BTC-PERPETUAL"], limit: 3 });
      await sim.until("live", () => d.follows().get("BTC-PERPETUAL")?.state === "live");
      sim.faults.add({ kind: "tokenExpiry" });
      const words = "the access token has expired (13009): signing in again";
      await sim.until("told", () => d.text().includes(`${words}; prices are public and go on`));
      await sim.until("signed in again", () => d.text().includes("venue: signed in again"));
      expect(d.feed("venue")).toMatchObject({
        state: "live",
        note: null,
        troubles: [expect.objectContaining({ text: words })],
      });
      expect(d.text()).not.toContain("gap on");
      // The new sign-in is good: nothing more is said of it.
      await sim.pass(MINUTE);
      expect(d.text().split(words)).toHaveLength(2);
    }));

  it("keys that are taken back while the desk runs end no public data, and are told", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("deribit", { symbols: ["BTC-PERPETUAL"], limit: 3 });
      await sim.until("live", () => d.follows().get("BTC-PERPETUAL")?.state === "live");
      sim.revoke();
      const words = "the keys are refused: invalid credentials (13004); prices are public and go on";
      await sim.until("told", () => d.feed("venue")?.note === words);
      await sim.pass(MINUTE);
      expect(d.feed("venue")).toMatchObject({ state: "live", note: words });
    }));
});

describe("the gateway", () => {
  it("with a vol index come its futures from the front one on, by the roll rule, as a curve", () =>
    inSim({ day: "2026-11-13" }, async (sim) => {
      const d = sim.desk("ibkr", { symbols: ["IDX/V2TX", "IDX/SX5E"], limit: 20, offsetUs: sim.offsetUs });
      const futures = () => [...d.follows()].filter(([name]) => /^(FVS|FESX) /.test(name));
      await sim.until("live", () => futures().filter(([, r]) => r.state === "live").length >= 3, 3 * MINUTE);
      const names = futures().map(([name]) => name);
      // The expiry of 18 November is five days away: rolled.
      expect(names.some((n) => n.includes("nov"))).toBe(false);
      await sim.until("index", () => d.follows().get("V2TX")?.state === "live", 3 * MINUTE);
      expect(names.filter((n) => n.startsWith("FVS")).length).toBeGreaterThan(2);
      expect(names.filter((n) => n.startsWith("FESX"))).toHaveLength(2);
    }));
});

describe("field failures of the gateway", () => {
  it("a login that has run out is told with what to do, and taken up when somebody logged in again", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("ibkr", { symbols: ["SPY"], limit: 2 });
      await sim.until("live", () => d.follows().get("SPY")?.state === "live");
      const fault = sim.faults.add({ kind: "rest", on: "/tickle", status: 401 });
      sim.faults.add({ kind: "loggedOut" });
      const words = "the gateway is not logged in: open it in a browser and log in";
      await sim.until("told", () => d.feed("venue")?.note === words, 2 * MINUTE);
      expect(d.feed("venue")?.state).toBe("gap");
      expect(d.text()).toContain(words);
      await sim.until("on its row", () => /gap|stale/.test(d.follows().get("SPY")?.state ?? ""));
      sim.faults.remove(fault.id);
      await sim.until("live again", () => d.follows().get("SPY")?.state === "live", 3 * MINUTE);
    }));

  it("quotes that are delayed or frozen carry their letter, and what is not subscribed is counted and no market", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("ibkr", { symbols: ["SPY"], limit: 2 });
      const quality = () => d.follows().get("SPY")?.quality;
      await sim.until("real time", () => quality() === Quality.realtime);
      for (const [as, expected] of [
        ["D", Quality.delayed],
        ["Z", Quality.frozen],
      ] as const) {
        const fault = sim.faults.add({ kind: "availability", as });
        await sim.until(as, () => quality() === expected, MINUTE);
        sim.faults.remove(fault.id);
        await sim.until(`real time after ${as}`, () => quality() === Quality.realtime, MINUTE);
      }
      sim.faults.add({ kind: "availability", as: "N" });
      await sim.until(
        "counted",
        () => [...d.session.refusals.keys()].some((k) => k === "availability Np"),
        MINUTE,
      );
    }));

  it("11: subscriptions that end silently are renewed before", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("ibkr", { symbols: ["SPY"], limit: 2 });
      await sim.until("live", () => d.follows().get("SPY")?.state === "live");
      sim.faults.add({ kind: "smdAge", ms: 10 * MINUTE });
      await sim.pass(12 * MINUTE);
      expect(d.follows().get("SPY")).toMatchObject({ state: "live" });
      expect(d.follows().get("SPY")?.ageMs).toBeLessThan(5_000);
      expect(d.text()).not.toContain("gap on");
    }));

  it("12: another program takes the session: said, never taken back by itself, live again when it is free", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("ibkr", { symbols: ["SPY"], limit: 2 });
      await sim.until("live", () => d.follows().get("SPY")?.state === "live");
      const fault = sim.faults.add({ kind: "competing" });
      await sim.until("told", () => d.feed("venue")?.note?.includes("another program") === true, 2 * MINUTE);
      expect(d.feed("venue")?.state).toBe("gap");
      await sim.until("on its row", () => /gap|stale/.test(d.follows().get("SPY")?.state ?? ""));
      await sim.pass(2 * MINUTE);
      expect(d.feed("venue")?.state).toBe("gap");
      sim.faults.remove(fault.id);
      await sim.until("live again", () => d.feed("venue")?.state === "live", 3 * MINUTE);
    }));

  it("12: a logged-out session and a socket that stays open and mute: everything is built anew after the login", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("ibkr", { symbols: ["SPY"], limit: 2 });
      await sim.until("live", () => d.follows().get("SPY")?.state === "live");
      sim.faults.add({ kind: "zombie", forMs: 40_000 });
      sim.faults.add({ kind: "loggedOut", forMs: 40_000 });
      await sim.until("broken", () => d.feed("venue")?.state === "gap", 3 * MINUTE);
      await sim.until("live again", () => d.follows().get("SPY")?.state === "live", 5 * MINUTE);
    }));
});
