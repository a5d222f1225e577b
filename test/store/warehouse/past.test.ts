import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  storedCurve,
  tenorDifferences,
  tenorHistory,
  tenorStandings,
  termStandings,
} from "../../../store/warehouse/past.ts";
import {
  providersOf,
  storedCandles,
  storedDays,
  strikeDifferences,
} from "../../../store/warehouse/stored.ts";
import { upsert } from "../../../store/warehouse/upsert.ts";
import { Warehouse } from "../../../store/warehouse/warehouse.ts";
import { removeFolder } from "../../harness/folders.ts";

const NOW = 1_787_000_000e6;
const DAYS = ["2026-08-12", "2026-08-13", "2026-08-14", "2026-08-17", "2026-08-18"];
const ATM = [0.2, 0.24, 0.22, 0.2, 0.22];
const SPY = { symbol: "SPY", provider: "cboe" };
let dir: string;
let w: Warehouse;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-past-"));
  w = await Warehouse.open(join(dir, "w.duckdb"), { create: true, threads: 1, memoryMb: 256 });
  await w.migrate(NOW);
  const tenor = (day: string, t: number, atm: number | null, skew: number | null) => ({
    ...SPY,
    as_of: day,
    tenor_target_dte: t,
    atm_iv: atm,
    skew_25d_pp: skew,
  });
  await upsert(
    w,
    "iv_surface_tenor",
    DAYS.flatMap((d, i) => [
      tenor(d, 30, ATM[i] as number, i === 4 ? null : i),
      ...(i > 2 ? [tenor(d, 90, (30 + i) / 100, 1)] : []),
    ]),
    NOW,
  );
  await upsert(w, "iv_surface_tenor", [{ ...tenor("2026-08-18", 30, 0.9, 9), provider: "cboe compat" }], NOW);
  await upsert(
    w,
    "iv_term",
    DAYS.map((d, i) => ({ ...SPY, as_of: d, slope: i / 100, level: 0.2, regime: "flat" })),
    NOW,
  );
  const strike = (day: string, k: number, net: number, oi: number) => ({
    ...SPY,
    as_of: day,
    expiry: "2026-09-18",
    strike: k,
    net_gex: net,
    call_oi: oi,
    put_oi: 1,
  });
  await upsert(
    w,
    "dealer_exposure_strikes",
    [strike("2026-08-17", 640, 5, 10), strike("2026-08-18", 640, 7, 30), strike("2026-08-18", 650, 2, 4)],
    NOW,
  );
  await upsert(
    w,
    "daily",
    DAYS.map((d, i) => ({ ...SPY, as_of: d, adjusted: false, close: 640 + i })),
    NOW,
  );
});
afterAll(() => {
  w.close();
  removeFolder(dir);
});

describe("a figure among its past", () => {
  it("ranks every tenor and field at once, each by the days that have it", async () => {
    const all = await tenorStandings(w, SPY);
    const of = (tenor: number, field: string) => all.find((r) => r.tenor === tenor && r.field === field);
    expect(of(30, "atm_iv")).toMatchObject({
      day: "2026-08-18",
      value: 0.22,
      sessions: 4,
      percentile: 2.5 / 4,
    });
    expect(of(30, "atm_iv")?.rank).toBeCloseTo(0.5, 12);
    expect(of(30, "skew_25d_pp")).toMatchObject({ day: "2026-08-17", value: 3, percentile: 1, rank: 1 });
    expect(of(90, "atm_iv")).toMatchObject({ sessions: 1, percentile: 1 });
    expect(of(90, "skew_25d_pp")).toMatchObject({ percentile: 0.5, rank: null });
    expect(of(30, "one_sigma")).toBeUndefined();
  });

  it("looks only at the window and the days asked for", async () => {
    const [first] = await tenorStandings(w, SPY, "2026-08-14", 2);
    expect(first).toMatchObject({ field: "atm_iv", value: 0.22, sessions: 1, percentile: 0 });
    expect(await tenorStandings(w, { ...SPY, symbol: "QQQ" })).toEqual([]);
    expect((await termStandings(w, SPY)).map((r) => [r.field, r.percentile])).toEqual([
      ["level", 0.5],
      ["slope", 1],
    ]);
    expect(await tenorHistory(w, SPY, "atm_iv", "2026-08-18")).toEqual(
      new Map([
        [30, [0.2, 0.24, 0.22, 0.2]],
        [90, [0.33]],
      ]),
    );
  });
});

describe("a day and an earlier one", () => {
  it("differ by tenor and field; what one day lacks is unknown", async () => {
    const all = await tenorDifferences(w, SPY);
    const atm = all.find((r) => r.tenor === 30 && r.field === "atm_iv");
    expect(atm).toMatchObject({ day: "2026-08-18", thenDay: "2026-08-17", value: 0.22, then: 0.2 });
    expect(atm?.change).toBeCloseTo(0.02, 12);
    expect(all.find((r) => r.tenor === 30 && r.field === "skew_25d_pp")).toMatchObject({
      value: null,
      then: 3,
      change: null,
    });
    const week = await tenorDifferences(w, SPY, "2026-08-18", "2026-08-13");
    expect(week.find((r) => r.tenor === 30 && r.field === "atm_iv")?.thenDay).toBe("2026-08-13");
    expect(await tenorDifferences(w, SPY, "2026-08-12")).toEqual([]);
  });

  it("tells curves, candles, days and sources", async () => {
    expect(await storedCurve(w, SPY, "2026-08-16")).toMatchObject({
      day: "2026-08-14",
      tenors: [{ tenor: 30, atmIv: 0.22 }],
    });
    expect(await storedCurve(w, SPY, "2026-08-01")).toBeNull();
    expect(await storedDays(w, "iv_surface_tenor", SPY)).toEqual(DAYS);
    expect(await providersOf(w, "iv_surface_tenor", "SPY")).toEqual(["cboe", "cboe compat"]);
    const candles = await storedCandles(w, { ...SPY, adjusted: false }, "2026-08-14", 2);
    expect(candles.map((c) => [c.day, c.close, c.open])).toEqual([
      ["2026-08-13", 641, null],
      ["2026-08-14", 642, null],
    ]);
  });

  it("tells what came and went by strike", async () => {
    expect(await strikeDifferences(w, SPY)).toEqual({
      day: "2026-08-18",
      thenDay: "2026-08-17",
      strikes: [
        { strike: 640, net: 7, then: 5, change: 2, openInterest: 20 },
        { strike: 650, net: 2, then: null, change: null, openInterest: null },
      ],
    });
    expect(await strikeDifferences(w, { ...SPY, symbol: "QQQ" })).toBeNull();
  });
});
