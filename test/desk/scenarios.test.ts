import { describe, expect, it } from "vitest";
import type { InstrumentId } from "../../engines/market/index.ts";
import { explain } from "../../src/desk/explain/index.ts";
import type { ScenarioParams } from "../../src/desk/protocol.ts";
import { PlanCache, ViewContext } from "../../src/desk/views/context.ts";
import { scenariosView } from "../../src/desk/views/scenarios.ts";
import { contextAt } from "../shell/context.ts";

const context = contextAt("goog-2015-12-24", "11:00");
const params: ScenarioParams = {
  underlying: null,
  spotPct: [-10, -5, 5, 10],
  volPts: [-5, 5],
  days: [0, 7],
  dynamics: "stickyStrike",
  volTerm: "parallel",
  spotAxis: "own",
  staged: false,
};
const cellOf = (s: number, v: number, d: number): number => (s * 3 + v) * 2 + d;

describe("scenarios of the bundled session's book", () => {
  const view = scenariosView(context, params);

  it("prices every open position from its mark: no move is no P&L", () => {
    const open = context.value().positions.filter((p) => p.qty !== 0);
    expect(view.legs.map((l) => l.key)).toEqual(open.map((p) => p.key));
    expect(view.legs.some((l) => l.sigma !== null)).toBe(true);
    expect(view.missing).toBe(0);
    expect(view.pnl[cellOf(2, 1, 0)]).toBe(0);
    for (const leg of view.legs) expect(leg.pnl[cellOf(2, 1, 0)]).toBe(0);
    const sum = view.legs.reduce((total, leg) => total + (leg.pnl[cellOf(0, 2, 1)] as number), 0);
    expect(view.pnl[cellOf(0, 2, 1)]).toBeCloseTo(sum, 6);
    expect(view.worst).not.toBeNull();
  });

  it("agrees with the book's Greeks for a small move", () => {
    const small = scenariosView(context, { ...params, spotPct: [-0.1, 0.1], volPts: [], days: [0, 1] });
    const { dollarDelta, theta } = context.value().book.figures;
    const slope = ((small.pnl[4] as number) - (small.pnl[0] as number)) / 2;
    expect(slope / ((dollarDelta as number) * 0.001)).toBeCloseTo(1, 1);
    expect((small.burnPerDay as number) / (theta as number)).toBeGreaterThan(0.8);
    expect((small.burnPerDay as number) / (theta as number)).toBeLessThan(1.25);
  });

  it("takes one name, sticky delta by the smile of own quotes, and cuts long axes", () => {
    const goog = "EQ/GOOG/USD" as InstrumentId;
    expect(view.underlyings.map((u) => u.id)).toContain(goog);
    const one = scenariosView(context, { ...params, underlying: goog, dynamics: "stickyMoneyness" });
    expect(one.label).toBe("GOOG");
    expect(one.spot).toBeGreaterThan(700);
    expect(one.missing).toBe(0);
    expect(one.pnl.every((x) => x === x)).toBe(true);
    expect(one.pnl[0]).not.toBe(view.pnl[0]);
    const long = scenariosView(context, { ...params, spotPct: Array.from({ length: 99 }, (_, i) => i + 1) });
    expect(long.spotPct.length).toBe(16);
    expect(scenariosView(context, { ...params, underlying: "EQ/ABC/USD" as InstrumentId }).legs).toEqual([]);
  });

  it("explains a cell by Greek, adding up to the grid", () => {
    const told = explain(context, {
      view: "scenarios",
      row: "book -5 5 7 stickyStrike parallel",
      column: "pnl",
    });
    const cell = view.pnl[cellOf(1, 2, 1)] as number;
    expect(Math.abs(Number(told?.value) - cell)).toBeLessThan(1 + 1e-3 * Math.abs(cell));
    expect(told?.lines[0]).toContain("vanna");
    expect(told?.inputs).toHaveLength(view.legs.length);
    expect(explain(context, { view: "scenarios", row: "book x", column: "pnl" })).toBeNull();
  });

  const slotOf = (id: string) => context.desk.instruments[context.desk.slot(id) as number] as never;
  const call = "OPT/GOOG/2016-01-15/C/760/USD/1";
  const withStaged = (qty: number) =>
    new ViewContext(
      context.desk,
      context.nowUs,
      { ...context.facts, staged: () => [{ ticket: "T1", instrument: slotOf(call), qty }] },
      context.pace,
      () => [],
      new PlanCache(),
    );

  it("counts staged tickets only when asked, as if filled at their marks", () => {
    const staged = withStaged(2);
    const without = scenariosView(staged, params);
    expect(without.tickets).toEqual(["T1"]);
    expect(without.pnl).toEqual(view.pnl);
    const filled = scenariosView(staged, { ...params, staged: true });
    const leg = filled.legs.find((l) => l.ticket === "T1");
    expect(leg).toMatchObject({ qty: 2, basis: "mark" });
    expect(filled.pnl[cellOf(2, 1, 0)]).toBe(0);
    expect((filled.pnl[cellOf(4, 1, 0)] as number) - (view.pnl[cellOf(4, 1, 0)] as number)).toBeCloseTo(
      leg?.pnl[cellOf(4, 1, 0)] as number,
      6,
    );
  });

  it("moves names by their beta to the index, and names what has none", () => {
    const index = scenariosView(context, { ...params, spotAxis: "index" });
    expect(index.betas).toEqual([
      { label: "GOOG", beta: 1.01, index: "SPX", source: expect.stringContaining("60 daily returns") },
    ]);
    const own = scenariosView(context, { ...params, spotPct: [5.05] });
    const at = (v: typeof index, s: number) => v.pnl[(s * v.volPts.length + 1) * v.days.length] as number;
    expect(at(index, 3)).toBeCloseTo(at(own, 1), 4);
    const bare = new ViewContext(
      context.desk,
      context.nowUs,
      {
        ...context.facts,
        valuer: Object.assign(Object.create(context.facts.valuer), {
          facts: { ...context.facts.valuer.facts, beta: () => null },
        }),
      },
      context.pace,
      () => [],
      new PlanCache(),
    );
    const none = scenariosView(bare, { ...params, spotAxis: "index" });
    expect(none.missing).toBe(none.legs.length);
    expect(none.legs[0]?.reason).toBe("no beta");
  });

  it("takes the spot-vol beta off the fitted smile, and sticky delta off the fitted surface", () => {
    const beta = scenariosView(context, { ...params, dynamics: "spotVolBeta" });
    const [goog] = beta.spotVolBeta;
    expect(goog?.beta).toBeGreaterThan(0.05);
    expect(goog?.beta).toBeLessThan(1);
    // A long-vega book gains on the way down against a strike's own vol.
    const down = cellOf(0, 1, 0);
    expect(beta.pnl[down]).toBeGreaterThan(view.pnl[down] as number);
  });

  it("shows the margin now as on the status line, and less cushion where the book loses", () => {
    const now = context.facts.margin.of(context.desk, context.value());
    expect(view.margin.cushion).toBeCloseTo(now.cushion as number, 6);
    expect(view.margin.initial).toBeCloseTo(now.initial as number, 6);
    expect(view.margin.cushionBySpot[0]).toBeLessThan(view.margin.cushion as number);
    const one = scenariosView(context, { ...params, underlying: "EQ/GOOG/USD" as InstrumentId });
    expect(one.margin).toMatchObject({ initial: null, reason: "margin is of the whole account" });
  });

  it("explains betas, margin at a move and break-evens", () => {
    const of = (column: string, spot = -10, axis = "own") =>
      explain(context, {
        view: "scenarios",
        row: `book ${spot} 0 0 spotVolBeta parallel ${axis} `,
        column,
      });
    const beta = of("beta", -10, "index");
    expect(beta).toMatchObject({ value: "1 of 1" });
    expect(beta?.inputs[0]).toMatchObject({ title: "beta of GOOG", value: "1.01", unit: "SPX" });
    expect(beta?.inputs[0]?.lines.join(" ")).toMatch(/60 daily returns.*vol gains 0\.\d+ points per −1 %/);

    const same = scenariosView(context, { ...params, dynamics: "spotVolBeta" });
    const margin = of("margin");
    expect(Number(margin?.value)).toBeCloseTo(same.margin.initialBySpot[0] as number, 1);
    expect(margin?.title).toBe("margin at spot -10 %");
    expect(margin?.inputs.map((e) => e.title)).toEqual(["margin of GOOG", "margin now"]);
    const now = of("margin", 0);
    const parts = now?.inputs.reduce((sum, e) => sum + Number(e.value), 0);
    expect(parts).toBeCloseTo(same.margin.initial as number, 1);

    const even = of("breakEven -10 10");
    expect(even?.inputs.length).toBe(same.breakEvensPct[0]?.length);
    for (const at of even?.inputs ?? []) expect(Math.abs(Number(at.value))).toBeLessThan(5);
    expect(of("breakEven")).toBeNull();
  });
});
