import { describe, expect, it } from "vitest";
import { explain } from "../../src/desk/explain/index.ts";
import type { FlowView } from "../../src/desk/protocol.ts";
import { ChainIndex } from "../../src/desk/views/chain.ts";
import { PlanCache, ViewContext } from "../../src/desk/views/context.ts";
import { exposureView } from "../../src/desk/views/exposure.ts";
import { flowView } from "../../src/desk/views/flow.ts";
import { STILL } from "../../src/shell/headless.ts";
import { openDesk } from "../../src/shell/open-desk.ts";
import { bootOf } from "../shell/boot.ts";
import { contextAt } from "../shell/context.ts";

const PARAMS = { underlying: null, limit: 1000, minutes: 15 } as const;
const view = (context: ViewContext): FlowView => {
  const found = flowView(context, PARAMS);
  if (!found) throw new Error("no flow");
  return found;
};

describe("flow of the bundled session", () => {
  it("is the same however the desk came to a moment: in steps, in one go, after jumps", () => {
    const opened = openDesk(bootOf("goog-2015-12-24"));
    const { player, facts, session } = opened;
    const now = (): FlowView =>
      view(new ViewContext(player.desk, player.desk.nowUs, facts, STILL, () => [], new PlanCache()));
    const goal = Math.floor(session.rows * 0.4);
    for (let seq = 30_011; seq < goal; seq += 37_117) {
      player.playTo(seq);
      now();
    }
    player.playTo(goal);
    const stepped = now();
    player.seek(Math.floor(session.rows * 0.7));
    now();
    player.seek(goal);
    expect(now()).toEqual(stepped);
    const other = openDesk(bootOf("goog-2015-12-24"));
    other.player.seek(goal);
    const fresh = new ViewContext(
      other.player.desk,
      other.player.desk.nowUs,
      other.facts,
      STILL,
      () => [],
      new PlanCache(),
    );
    expect(view(fresh)).toEqual(stepped);
  });

  it("counts every trade bar of the day, nineteen in twenty on a quote", () => {
    const { totals, byStrike, byTime, byExpiry, byDelta, quality } = view(
      contextAt("goog-2015-12-24", "13:00"),
    );
    expect(totals.trades).toBe(958);
    expect(totals.quoteCoverage).toBeCloseTo(0.961, 3);
    expect(totals.highVolume).toBe(0);
    expect(quality).toBe("bar");
    for (const bins of [byStrike, byTime, byExpiry, byDelta]) {
      const sum = bins.reduce((a, b) => a + b.buy + b.sell + b.unknown, 0);
      expect(sum).toBe(totals.buyVolume + totals.sellVolume + totals.unknownVolume);
    }
  });

  const context = contextAt("goog-2015-12-24", "10:34");

  it("explains a trade by the quote it met", () => {
    const flow = view(context);
    const trade = flow.trades.find((t) => t.method === "mid");
    const row = `${flow.underlying}|tape|15|${trade?.row}`;
    const e = explain(context, { view: "flow", row, column: "side" });
    expect(e?.value).toBe(trade?.side);
    expect(e?.lines[0]).toContain(`met ${trade?.bid} | ${trade?.ask}`);
    const delta = explain(context, { view: "flow", row, column: "dollarDelta" });
    expect(Number(delta?.value.replace("+", ""))).toBeCloseTo(trade?.dollarDelta as number, 5);
    const strike = flow.byStrike[0];
    const bin = explain(context, {
      view: "flow",
      row: `${flow.underlying}|strike|15|${strike?.strike}`,
      column: "net",
    });
    expect(Number(bin?.value.replace("+", ""))).toBe((strike?.buy ?? 0) - (strike?.sell ?? 0));
  });

  it("gives the exposure of a customer-flow convention", () => {
    const flow = view(context);
    const exposure = exposureView(context, new ChainIndex(), {
      underlying: null,
      slice: "all",
      convention: "customerFlow",
    });
    const traded = new Set(flow.byStrike.filter((b) => b.buy + b.sell > 0).map((b) => b.strike));
    const { net } = exposure?.measures.delta ?? { net: new Float64Array(0) };
    exposure?.strikes.forEach((k, i) => {
      if (!traded.has(k) && net[i] === net[i]) expect(net[i]).toBeCloseTo(0, 9);
    });
    expect(exposure?.conventionLabel).toBe("dealers opposite to signed customer flow");
    // Customers' net delta by present Greeks and by those of each trade have one sign.
    expect(Math.sign(exposure?.measures.delta.total.net ?? 0)).toBe(-Math.sign(flow.totals.netDelta));
  });
});
