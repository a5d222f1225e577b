import { describe, expect, it, vi } from "vitest";
import { type EventColumns, Flag, Kind } from "../../engines/market/index.ts";
import type { ChartView, ExposureView, FlowView } from "../../src/desk/protocol.ts";
import { sessionNote } from "../../src/feeds/alpaca/session-check.ts";
import { runHeadless } from "../../src/shell/headless.ts";
import { openSession } from "../../store/capture/session.ts";
import { bootOf } from "../shell/boot.ts";
import { tempDir } from "./boot.ts";
import { inSim, type Sim, type SimDesk } from "./sim.ts";

vi.setConfig({ testTimeout: 120_000 });
const MINUTE = 60_000;

/** Ends a desk in its simulation, and replays what it recorded: how many of its state hashes were met, and its rows. */
async function replayed(sim: Sim, d: SimDesk): Promise<{ same: number; of: number; dir: string }> {
  const closed = d.session.close();
  await sim.pass(1_000);
  await closed;
  const dir = d.session.captureDir as string;
  const boot = bootOf("goog-2015-12-24", { session: dir, portfolio: null });
  const { live } = runHeadless({ ...boot, settings: { ...boot.settings, hashEvents: 500 } }, () => 0);
  return { same: live?.same ?? -1, of: live?.of ?? 0, dir };
}

function rowsOf(dir: string, take: (rows: EventColumns, i: number, id: string) => void): void {
  const session = openSession(dir);
  for (let b = 0; b < session.blocks.length; b++) {
    const rows = session.block(b);
    for (let i = 0; i < rows.n; i++) take(rows, i, session.instruments[rows.slot[i] as number]?.id ?? "");
  }
  session.close();
}

const NAMES = ["SPY", "QQQ", "IWM", "AAPL", "MSFT", "NVDA", "TSLA"];
/** As few options as there may be. */
const NO_CHAIN = { chainDays: 0, chainWidth: 0.0001 };
const RECORD = { folder: "", stopMb: 10, warnMb: 20 };

describe("a desk that opens late in the day", () => {
  it("has the chart since the open, by the vendor's bars, and a replay of it has the same state", () =>
    inSim({ at: "11:00" }, async (sim) => {
      const d = sim.desk("alpaca", {
        symbols: ["SPY", "BTC/USD"],
        setup: NO_CHAIN,
        record: { ...RECORD, folder: tempDir() },
      });
      const chart = () =>
        d.view<ChartView>("chart", { slot: d.session.desk.slot("EQ/SPY/USD"), barMinutes: 1 });
      await sim.until("bars", () => (chart()?.bars.startUs.length ?? 0) > 89);
      await sim.pass(2 * MINUTE);
      const { bars, vwap, openUs } = chart() as ChartView & { openUs: number };
      expect(bars.startUs[0]).toBe(openUs);
      // A bar for each minute, in order, none twice.
      expect([...bars.startUs].every((us, i) => us === openUs + i * 60e6)).toBe(true);
      expect(vwap.at(-1)).toBeGreaterThan(Math.min(...bars.low));
      expect(vwap.at(-1)).toBeLessThan(Math.max(...bars.high));
      // What happened before is no print of now.
      expect(d.session.desk.book.volume[d.session.desk.slot("EQ/SPY/USD") as number]).toBeLessThan(
        bars.volume.reduce((a, b) => a + b, 0),
      );
      const { same, of } = await replayed(sim, d);
      expect(of).toBeGreaterThan(2);
      expect(same).toBe(of);
    }));

  it("knows the open interest of its chains, which the list of contracts alone tells", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { symbols: ["SPY"], setup: { chainDays: 7, chainWidth: 1 } });
      const asked = { underlying: null, slice: "all", convention: "callsPlusPutsMinus" };
      const exposure = () => d.view<ExposureView>("exposure", asked);
      await sim.until("open interest", () => (exposure()?.coverage.withOpenInterest ?? 0) > 5);
      const { coverage, contracts } = exposure() as ExposureView;
      expect(coverage.withOpenInterest).toBe(contracts);
      await sim.until("gamma", () => (exposure()?.coverage.gammaKnown ?? 0) > 0.9);
    }));

  it("says that it is a half day, and what differs between the broker's calendar and its own", async () => {
    await inSim({ day: "2026-11-27" }, async (sim) => {
      const d = sim.desk("alpaca", { symbols: ["SPY"], setup: NO_CHAIN, offsetUs: sim.offsetUs });
      await sim.until("told", () => d.text().includes("half day: US stocks close at 13:00 ET"));
    });
    const usual = { open: "09:30", close: "16:00" };
    const early = { open: "09:30", close: "13:00" };
    const note = (told: typeof usual | null, own: typeof usual | null, half = false) =>
      sessionNote("alpaca", "2026-11-27" as never, told, own, half);
    expect(note(usual, usual)).toBeNull();
    expect(note(null, null)).toEqual({ level: "info", text: "2026-11-27 has no session of US stocks" });
    expect(note(early, usual)).toMatchObject({
      level: "warn",
      text: expect.stringContaining(
        "alpaca says 09:30 to 13:00 ET for 2026-11-27, this desk's calendar 09:30 to 16:00 ET",
      ),
    });
    expect(note(null, usual)?.text).toContain("alpaca says no session for");
  });

  it("says that its clock is wrong", () =>
    inSim({}, async (sim) => {
      sim.faults.add({ kind: "clockSkew", ms: -3_000, forMs: 5_000 });
      const skewed = sim.desk("alpaca", { symbols: ["SPY"], setup: NO_CHAIN });
      await sim.until("told", () => /this machine's clock is 3\.0 s ahead of venue's/.test(skewed.text()));
    }));

  it("goes on by its own calendar where the broker's could not be asked, and says so", () =>
    inSim({}, async (sim) => {
      sim.faults.add({ kind: "rest", on: "/v2/clock", status: 403 });
      const refused = sim.desk("alpaca", { symbols: ["SPY"], setup: NO_CHAIN });
      await sim.until("told", () => refused.text().includes("clock and calendar could not be asked"));
      await sim.until("live all the same", () => refused.feed("sip")?.state === "live");
    }));

  it("hears headlines of what it follows, and only of that", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { symbols: NAMES, setup: { ...NO_CHAIN, news: true } });
      await sim.until("subscribed", () => d.feed("news")?.state === "live");
      const news = () => d.session.desk.log.filter((e) => e.source === "news");
      await sim.until("a headline", () => news().length > 0, 60 * MINUTE);
      expect(news().every((e) => NAMES.some((n) => e.text.startsWith(`${n}: ${n} `)))).toBe(true);
      // Hours without one are no fault.
      expect(d.text()).not.toContain("gap on news");
    }));
});

describe("chains and canaries of options", () => {
  it("a chain that could not be had for want of a network comes with the network", () =>
    inSim({}, async (sim) => {
      sim.mayOpen = false;
      const d = sim.desk("alpaca", { symbols: ["AAPL"], setup: { chainDays: 8, chainWidth: 0.02 } });
      await sim.until("told", () => d.text().includes("chain of AAPL"), 2 * MINUTE);
      sim.mayOpen = true;
      await sim.until("chain", () => (d.feed("opra")?.subscribed ?? 0) > 5, 3 * MINUTE);
    }));

  it("a mute option stream of quiet names is found by a contract of SPY at the money", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", { symbols: ["AAPL261218P00100000"], setup: NO_CHAIN });
      const canary = () =>
        [...d.follows()].find(([name, r]) => r.why === "canary" && name.startsWith("SPY "));
      await sim.until("canary", () => canary()?.[1].state === "live");
      await sim.pass(20_000);
      sim.faults.add({ kind: "drop", on: "opra", share: 1, forMs: MINUTE });
      const took = await sim.until("found", () => d.text().includes("gap on opra"), MINUTE);
      expect(took).toBeLessThanOrEqual(15_000);
      await sim.until("live again", () => d.feed("opra")?.state === "live", 3 * MINUTE);
    }));
});

describe("trades that a gap swallowed", () => {
  it("come back for stocks and coins too, each once; flow counts those of options as late prints", () =>
    inSim({}, async (sim) => {
      const d = sim.desk("alpaca", {
        symbols: ["SPY", "BTC/USD"],
        setup: { chainDays: 5, chainWidth: 0.01 },
        record: { ...RECORD, folder: tempDir() },
      });
      await sim.until("live", () => ["sip", "crypto", "opra"].every((c) => d.feed(c)?.state === "live"));
      await sim.pass(10_000);
      sim.faults.add({ kind: "refuseUpgrade", status: 503, count: 9 });
      sim.faults.add({ kind: "reset" });
      for (const channel of ["sip", "crypto", "opra"])
        await sim.until(
          `${channel} filled`,
          () => new RegExp(`${channel}: \\d+ trades of the gap came back by REST`).test(d.text()),
          3 * MINUTE,
        );
      const flow = d.view<FlowView>("flow", { underlying: null, limit: 10_000, minutes: 15 });
      const { same, of, dir } = await replayed(sim, d);
      expect(same).toBe(of);

      const counts = new Map<string, number>();
      const filled = new Map<string, number>();
      rowsOf(dir, (rows, i, id) => {
        const flags = rows.flags[i] as number;
        if (rows.kind[i] !== Kind.trade || (flags & Flag.snapshot) !== 0) return;
        const key = `${id} ${rows.eventUs[i]} ${rows.a[i]} ${rows.b[i]}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        const kind = id.split("/")[0] as string;
        if ((flags & Flag.backFill) !== 0) filled.set(kind, (filled.get(kind) ?? 0) + 1);
      });
      expect([...filled.keys()].toSorted()).toEqual(["CRYPTO", "EQ", "OPT"]);
      expect(Math.max(...counts.values())).toBe(1);
      // The pane of flow shows each of them, at its own time.
      expect(flow?.trades.filter((t) => t.reason === "late")).toHaveLength(filled.get("OPT") as number);
    }));
});
