import { describe, expect, it } from "vitest";
import type { OptionInstrument } from "../../../engines/market/index.ts";
import { americanIv, sviVol } from "../../../engines/pricing/index.ts";
import { type SurfaceExpiry, surface, termPoints, termStructure } from "../../../engines/surface/index.ts";
import { contextAt } from "../../shell/context.ts";

const { desk } = contextAt("goog-2015-12-24", "11:00");
const now = desk.nowUs as number;
const RATE = 0.004;

interface Row {
  readonly e: number;
  readonly K: number;
  readonly put: number;
  readonly bid: number;
  readonly ask: number;
}

/** The chain as the book shows it at 11:00. */
function chainNow(): { rows: Row[]; expiries: SurfaceExpiry[] } {
  const expiries: SurfaceExpiry[] = [];
  const place = new Map<number, number>();
  const rows: Row[] = [];
  desk.instruments.forEach((instrument, slot) => {
    if (instrument.kind !== "option") return;
    const o = instrument as OptionInstrument;
    let e = place.get(o.expiryUs);
    if (e === undefined) {
      const T = (o.expiryUs - now) / (365 * 86_400e6);
      const expiry = { root: o.symbol, day: o.expiry, expiryUs: o.expiryUs, df: Math.exp(-RATE * T) };
      e = expiries.push({ ...expiry, style: "american" }) - 1;
      place.set(o.expiryUs, e);
    }
    const { bid, ask } = desk.book;
    rows.push({ e, K: o.strike, put: o.type === "P" ? 1 : 0, bid: bid[slot]!, ask: ask[slot]! });
  });
  return { rows, expiries };
}

describe("the GOOG session at 11:00, American, a weekly that expires in two hours", () => {
  const { rows, expiries } = chainNow();
  const spot = (desk.book.bid[0]! + desk.book.ask[0]!) / 2;
  const r = surface(
    {
      n: rows.length,
      expiries,
      expiry: Int32Array.from(rows, (x) => x.e),
      strike: Float64Array.from(rows, (x) => x.K),
      put: Uint8Array.from(rows, (x) => x.put),
      bid: Float64Array.from(rows, (x) => x.bid),
      ask: Float64Array.from(rows, (x) => x.ask),
    },
    { symbol: "GOOG", asOf: "2015-12-24", chainUs: now, spot, spotUs: now, chainSpot: null },
  );

  it("finds forwards on spot: the stock pays nothing", () => {
    expect(r.expiries).toHaveLength(12);
    for (const e of r.expiries) {
      const carried = spot * Math.exp((RATE * e.minutesLeft) / 525_600);
      expect(Math.abs(e.smile!.forward / carried - 1)).toBeLessThan(0.006);
      expect(e.smile!.forwardSource).toBe("parity");
    }
  });

  it("agrees near the money with the full American vol of each quote", () => {
    for (const e of r.expiries.slice(3)) {
      const { smile } = e;
      const q = Math.log(spot / (smile!.forward * smile!.df)) / smile!.T;
      let sum = 0;
      let n = 0;
      for (const x of rows) {
        const k = Math.log(x.K / smile!.forward);
        if (expiries[x.e] !== e.expiry || Math.abs(k) > 0.05 || !(x.bid > 0 && x.ask > x.bid)) continue;
        if ((x.put === 1) !== k < 0) continue;
        const { sigma } = americanIv(x.put ? -1 : 1, (x.bid + x.ask) / 2, spot, x.K, smile!.T, RATE, q);
        sum += sviVol(smile!.params, k, smile!.T)! - sigma!;
        n++;
      }
      expect(n).toBeGreaterThan(5);
      expect(Math.abs(sum / n)).toBeLessThan(0.001);
    }
  });

  it("knows the weekly to the minute, and no arbitrage between quotes", () => {
    expect(r.expiries[0]!.minutesLeft).toBe(120);
    expect(r.expiries[0]!.figures!.atmVol).toBeGreaterThan(0.15);
    expect(r.violations).toEqual({ butterflySmile: 0, butterflyQuotes: 0, calendar: [] });
    expect(r.tenors.every((t) => t.kind === "interpolated" && t.figures!.skew25! > 0.01)).toBe(true);
  });

  it("prices the event that the chain holds in the last week of January", () => {
    const results = { label: "results", T: (Date.UTC(2016, 0, 28, 21) * 1000 - now) / (365 * 86_400e6) };
    const term = termStructure(termPoints(r), { events: [results] });
    const [event] = term.events;
    expect(event!.move!).toBeGreaterThan(0.03);
    expect(event!.move!).toBeLessThan(0.1);
    const sixty = term.curve.find((x) => x.days === 60)!;
    expect(sixty.cleanVol!).toBeLessThan(sixty.vol! - 0.03);
    expect(term.curve[0]!.cleanVol).toBeCloseTo(term.curve[0]!.vol!, 12);
  });
});
