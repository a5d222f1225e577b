import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type ExposureColumns, type ExposureExpiry, exposure } from "../../../engines/exposure/index.ts";

const shared = process.env["VOLDESK_SHARED"];
const data = join(shared ?? "", "data");

interface Row {
  readonly expiry: number;
  readonly strike: number;
  readonly put: number;
  readonly oi: number;
  readonly iv: number;
  readonly gamma: number;
  readonly mid: number;
}

function columns(rows: readonly Row[], expiries: readonly ExposureExpiry[]): ExposureColumns {
  const of = (f: (r: Row) => number): Float64Array => Float64Array.from(rows, f);
  return {
    n: rows.length,
    expiries,
    expiry: Int32Array.from(rows, (r) => r.expiry),
    strike: of((r) => r.strike),
    put: Uint8Array.from(rows, (r) => r.put),
    openInterest: of((r) => r.oi),
    multiplier: of(() => 100),
    iv: of((r) => r.iv),
    gamma: of((r) => r.gamma),
  };
}

/** A Cboe quote table: calls left, puts right; forwards by parity at the strike where call and put are closest, at a flat rate. */
function cboe(file: string, nowUs: number, rate: number): { columns: ExposureColumns; spot: number } {
  const lines = gunzipSync(readFileSync(join(data, "options/cboe_quotes", file)))
    .toString()
    .split(/\r?\n/);
  const spot = Number(/Last: *([\d.]+)/.exec(lines.slice(0, 3).join(" "))![1]);
  const head = lines.findIndex((l) => l.startsWith("Expiration"));
  const expiries: ExposureExpiry[] = [];
  const place = new Map<string, number>();
  const rows: Row[] = [];
  for (const line of lines.slice(head + 1)) {
    const f = line.split(",");
    if (f.length < 20) continue;
    const day = new Date(`${f[0]} UTC`).toISOString().slice(0, 10);
    for (const [at, put] of [
      [1, 0],
      [12, 1],
    ] as const) {
      const root = f[at]!.slice(0, -15);
      const key = `${day}/${root}`;
      if (!place.has(key)) {
        place.set(key, expiries.length);
        const hours = root === "SPX" ? 13.5 : 20;
        const expiryUs = (Date.parse(day) + hours * 3600e3) * 1e3;
        expiries.push({ root, day, expiryUs, forward: Number.NaN, df: Number.NaN });
      }
      const n = (k: number): number => Number(f[at + k]);
      const mid = (n(3) + n(4)) / 2;
      rows.push({
        expiry: place.get(key)!,
        strike: Number(f[11]),
        put,
        oi: n(9),
        iv: n(6),
        gamma: n(8),
        mid,
      });
    }
  }
  const carried = expiries.map((e, i) => {
    const df = Math.exp((-rate * (e.expiryUs - nowUs)) / (365 * 86_400e6));
    const pairs = new Map<number, [number, number]>();
    for (const r of rows) {
      if (r.expiry !== i || !(r.mid > 0)) continue;
      const pair = pairs.get(r.strike) ?? [Number.NaN, Number.NaN];
      pair[r.put as 0 | 1] = r.mid;
      pairs.set(r.strike, pair);
    }
    let best = Number.POSITIVE_INFINITY;
    let forward = Number.NaN;
    for (const [strike, [call, put]] of pairs) {
      if (Math.abs(call - put) < best) {
        best = Math.abs(call - put);
        forward = strike + (call - put) / df;
      }
    }
    return { ...e, forward, df };
  });
  return { columns: columns(rows, carried), spot };
}

describe.skipIf(!shared)("exposure against listed chains and another project's figures", () => {
  it("agrees with Cboe's own gamma on SPX within its four decimals, and finds one zero-gamma level near spot", () => {
    const nowUs = Date.parse("2023-06-09T17:40:00Z") * 1e3;
    const { columns: c, spot } = cboe("spx_2023-06-09_1340.csv.gz", nowUs, 0.051);
    const market = {
      symbol: "SPX",
      asOf: "2023-06-09",
      chainUs: nowUs,
      spot,
      spotUs: nowUs,
      chainSpot: spot,
      oiDay: "2023-06-08",
    };
    const [ours, theirs] = (["computed", "vendor"] as const).map((greeks) => exposure(c, market, { greeks }));
    let within = 0;
    let both = 0;
    const unit = 100 * spot * spot * 0.01;
    for (const side of ["call", "put"] as const) {
      const oi = side === "call" ? ours!.table.callOi : ours!.table.putOi;
      for (let r = 0; r < ours!.table.n; r++) {
        const a = ours!.table.measures.gamma[side][r]! / (oi[r]! * unit);
        const b = theirs!.table.measures.gamma[side][r]! / (oi[r]! * unit);
        if (Number.isNaN(a - b)) continue;
        both++;
        if (Math.abs(a - b) <= 0.6e-4) within++;
      }
    }
    expect(both).toBeGreaterThan(10_000);
    expect(within / both).toBeGreaterThan(0.95);
    const all = ours!.slices.find((s) => s.name === "all")!;
    const listed = theirs!.slices.find((s) => s.name === "all")!;
    expect(Math.abs(all.totals.gamma.net! / listed.totals.gamma.net! - 1)).toBeLessThan(0.03);
    expect(all.zeroGamma.atSpot! / all.totals.gamma.net!).toBeCloseTo(1, 3);
    expect(all.zeroGamma.roots).toHaveLength(1);
    expect(all.zeroGamma.nearest).toBeGreaterThan(4150);
    expect(all.zeroGamma.nearest).toBeLessThan(4300);
  });

  it("finds the same peak, walls and sums as 66 by-strike profiles of the 0-DTE reference", () => {
    const folder = join(data, "gex_reference");
    const summary = readFileSync(join(folder, "summary.csv"), "utf8").trim().split("\n").slice(1);
    const files = new Set(readdirSync(join(folder, "profile")));
    let compared = 0;
    for (const line of summary) {
      const [day, time, spotText, , , , , peak, callWall, putWall] = line.split(",");
      const file = `${day}_${time!.replace(":", "")}.csv`;
      if (!files.has(file)) continue;
      const spot = Number(spotText);
      const unit = 100 * spot * spot * 0.01;
      const profile = readFileSync(join(folder, "profile", file), "utf8")
        .trim()
        .split("\n")
        .slice(2);
      const rows: Row[] = profile.flatMap((text) => {
        const [strike, cg, pg, , coi, poi] = text.split(",").map(Number) as [number, ...number[]];
        const row = (put: number, oi: number, value: number): Row => ({
          expiry: 0,
          strike,
          put,
          oi,
          iv: Number.NaN,
          gamma: oi > 0 ? Math.abs(value) / (oi * unit) : 0,
          mid: 0,
        });
        return [row(0, coi!, cg!), row(1, poi!, pg!)];
      });
      // One snapshot was taken before any gamma was known: its peak and walls are the first strike of the file.
      if (rows.every((r) => r.gamma === 0)) continue;
      const chainUs = Date.parse(`${day}T${time}:00-04:00`) * 1e3;
      const expiries = [
        { root: "SPXW", day: day!, expiryUs: chainUs + 3600e6, forward: Number.NaN, df: Number.NaN },
      ];
      const market = { symbol: "SPX", asOf: day!, chainUs, spot, spotUs: null, chainSpot: null, oiDay: null };
      const s = exposure(columns(rows, expiries), market, { greeks: "vendor", slices: ["zeroDte"] })
        .slices[0]!;
      const net = profile.reduce((sum, text) => sum + Number(text.split(",")[3]), 0);
      expect(Math.abs(s.totals.gamma.net! - net)).toBeLessThanOrEqual(100 + 1e-7 * Math.abs(net));
      expect(s.top[0]!.strike).toBe(Number(peak));
      expect(s.callWallAbove!.strike).toBe(Number(callWall));
      expect(s.putWallBelow!.strike).toBe(Number(putWall));
      compared++;
    }
    expect(compared).toBe(66);
  });
});
