import { expect, it } from "vitest";
import type { ChainView, ExposureView, FlowView } from "../../src/desk/protocol.ts";
import { inSim } from "./sim.ts";

const near = (v: ChainView): number[] =>
  [...v.strikes.keys()].filter((i) => Math.abs((v.strikes[i] as number) / (v.spot ?? 0) - 1) < 0.03);

it("options that are paid in the coin have the vols, deltas, forward, exposure and flow that their premiums in dollars give", () =>
  inSim({}, async (sim) => {
    const desk = sim.desk("deribit", { symbols: ["BTC-PERPETUAL"], limit: 60 });
    const chain = (): ChainView | null => desk.view("chain", { underlying: null, expiry: null });
    const told = (v: ChainView | null): v is ChainView =>
      v !== null && near(v).length > 3 && near(v).every((i) => (v.calls.iv[i] as number) > 0);
    await sim.pass(32_000);
    const v = chain();
    if (!told(v)) throw new Error(`no chain with vols: ${JSON.stringify(v)}`);
    expect(v.underlying).toBe("CRYPTO/BTC-USD");
    expect((v.forward as number) / (v.spot as number)).toBeCloseTo(1, 1);
    expect(v.atmIv).toBeGreaterThan(0.2);
    expect(v.atmIv).toBeLessThan(1.2);
    for (const i of near(v)) {
      const [call, put] = [v.calls.iv[i] as number, v.puts.iv[i] as number];
      expect(Math.abs(call - put), `${v.strikes[i]}`).toBeLessThan(0.05);
      const [up, down] = [v.calls.delta[i] as number, v.puts.delta[i] as number];
      expect(up - down, `${v.strikes[i]}`).toBeCloseTo(1, 1);
    }
    // Two standard ways to the same move: the straddle is 0.8 of one sigma.
    expect((v.straddle as number) / (v.oneSigma as number)).toBeGreaterThan(0.7);
    expect((v.straddle as number) / (v.oneSigma as number)).toBeLessThan(0.9);

    // So are exposure and flow.
    const asked = { underlying: null, slice: "all", convention: "callsPlusPutsMinus" };
    const exposure = desk.view<ExposureView>("exposure", asked);
    const spot = exposure?.spot ?? Number.NaN;
    expect(exposure?.oiDay, "told all day by the exchange").toBe("2026-11-20");
    const at = [...(exposure?.strikes ?? [])].flatMap((k, i) => (Math.abs(k / spot - 1) < 0.03 ? [i] : []));
    expect(at.length).toBeGreaterThan(2);
    for (const i of at) {
      const { measures, callOi, strikes } = exposure as ExposureView;
      // S x 1 % x φ(d1) / (σ √T) of expiries from a day to half a year and vols from 30 % to 120 %.
      const each = (measures.gamma.call[i] as number) / (callOi[i] as number);
      expect(each, `${strikes[i]}`).toBeGreaterThan(spot * 0.002);
      expect(each, `${strikes[i]}`).toBeLessThan(spot * 0.26);
    }
    const flow = desk.view<FlowView>("flow", { underlying: null, limit: 1000, minutes: 15 });
    expect(flow).toMatchObject({ ccy: "USD", premiumCcy: "BTC" });
    expect(flow?.totals.deltaCoverage).toBeGreaterThan(0.9);
    const trades = flow?.trades.filter((t) => t.dollarDelta !== null) ?? [];
    expect(trades.length).toBeGreaterThan(5);
    for (const t of trades)
      expect(Math.abs((t.dollarDelta ?? 0) / (t.size * spot)), t.label).toBeLessThan(1.01);
    const most = Math.max(...trades.map((t) => Math.abs((t.dollarDelta ?? 0) / (t.size * spot))));
    expect(most).toBeGreaterThan(0.3);
  }));
