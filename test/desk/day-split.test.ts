import { describe, expect, it } from "vitest";
import { SPLIT_PARTS } from "../../engines/portfolio/index.ts";
import { explain } from "../../src/desk/explain/index.ts";
import { packageView } from "../../src/desk/views/package.ts";
import { positionsView } from "../../src/desk/views/positions.ts";
import { contextAt } from "../shell/context.ts";

const context = contextAt("goog-2015-12-24", "10:34");
const { rows } = positionsView(context);
const millionths = (x: number): number => Math.round(x * 1e6) + 0;

describe("day P&L of the bundled book by cause", () => {
  it("adds up in every row", () => {
    const split = rows.filter((r) => r.split !== null);
    expect(split.length).toBe(rows.length);
    for (const r of split) {
      const sum = SPLIT_PARTS.reduce((total, p) => total + millionths(r.split?.[p] ?? 0), 0);
      expect(sum, r.label).toBe(millionths(r.dayPnl as number));
    }
  });
  it("adds up from legs to structures, names and the book, part by part", () => {
    const book = rows.find((r) => r.kind === "book")?.split;
    for (const part of SPLIT_PARTS) {
      const names = rows.filter((r) => r.kind === "underlying");
      const single = rows.filter((r) => r.kind === "structure" || r.kind === "position");
      for (const level of [names, single])
        expect(level.reduce((sum, r) => sum + millionths(r.split?.[part] ?? 0), 0)).toBe(
          millionths(book?.[part] ?? 0),
        );
    }
  });
  it("leaves little to the rest while the model holds", () => {
    const book = rows.find((r) => r.kind === "book");
    expect(Math.abs(book?.split?.rest ?? 1e9)).toBeLessThan(0.25 * Math.abs(book?.split?.delta ?? 0));
  });
  it("says it in one line that adds up to the cent", () => {
    const day = explain(context, { view: "positions", row: "book", column: "day" });
    const line = day?.lines.find((l) => l.includes(" = Δ "));
    const [left = "", right = ""] = (line ?? "").split(" = ");
    const parts = [...right.matchAll(/[+-]?\d+(\.\d+)?/g)].map((m) => Math.round(Number(m[0]) * 100));
    expect(parts.length).toBeGreaterThanOrEqual(6);
    expect(parts.reduce((a, b) => a + b, 0)).toBe(Math.round(Number(left) * 100));
    expect(line).toContain("fees 0");
  });
});

describe("a package that is looked at", () => {
  const id = (strike: number) => {
    const found = context.desk.instruments.find(
      (i) => i.kind === "option" && i.strike === strike && i.type === "C" && i.expiry === "2016-01-15",
    );
    if (!found) throw new Error(`no ${strike} call`);
    return found.id;
  };
  const vertical = [
    { instrument: id(760), ratio: 2 },
    { instrument: id(780), ratio: -2 },
  ];
  it("has the name, the market and the ends of a vertical", () => {
    const view = packageView(context, { legs: vertical });
    expect(view).toMatchObject({ name: "15jan 760/780 CV", units: 2, modelled: false, horizon: "15jan" });
    const { bid, mid, ask } = view?.net ?? {};
    expect(bid).toBeLessThan(mid as number);
    expect(mid).toBeLessThan(ask as number);
    expect(view?.maxLoss).toBeCloseTo(-(mid as number), 9);
    expect(view?.maxGain).toBeCloseTo(20 - (mid as number), 9);
    expect(view?.breakEvens[0]).toBeCloseTo(760 + (mid as number), 6);
    expect(view?.deltaPerShare).toBeGreaterThan(0.1);
    expect(view?.delta).toBeCloseTo((view?.deltaPerShare ?? 0) * 200, 6);
  });
  it("calls what has no name custom, and no legs nothing", () => {
    const three = [...vertical, { instrument: id(800), ratio: 5 }];
    expect(packageView(context, { legs: three })?.name).toBe("custom 3 legs");
    expect(packageView(context, { legs: [] })).toBeNull();
    expect(
      packageView(context, {
        legs: [
          { instrument: id(760), ratio: 1 },
          { instrument: id(760), ratio: -1 },
        ],
      }),
    ).toBeNull();
  });
});
