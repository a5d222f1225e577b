import { expect, it } from "vitest";
import type { ChainView } from "../../src/desk/protocol.ts";
import { inSim } from "./sim.ts";

const near = (v: ChainView): number[] =>
  [...v.strikes.keys()].filter((i) => Math.abs((v.strikes[i] as number) / (v.spot ?? 0) - 1) < 0.03);

it("options that are paid in the coin have the vols, deltas and forward that their premiums in dollars give", () =>
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
  }));
