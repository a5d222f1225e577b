import { describe, expect, it } from "vitest";
import { explain } from "../../src/desk/explain/index.ts";
import type { Explanation, PositionsView } from "../../src/desk/protocol.ts";
import { positionsView } from "../../src/desk/views/positions.ts";
import { statusView } from "../../src/desk/views/status.ts";
import { contextAt } from "../shell/context.ts";

const context = contextAt("goog-2015-12-24", "10:34");
const view: PositionsView = positionsView(context);
const row = (kind: string, text: string) => view.rows.find((r) => r.kind === kind && r.label.includes(text));
const explained = (key: string, column: string): Explanation => {
  const found = explain(context, { view: "positions", row: key, column });
  if (!found) throw new Error(`nothing explains ${column} of ${key}`);
  return found;
};
const numberOf = (e: Explanation) => Number(e.value.replace("+", ""));

describe("explain", () => {
  it("says where a mark comes from, one level deeper each time", () => {
    const mark = explained(row("leg", "760 C")?.key ?? "", "mark");
    expect(mark.title).toBe("mark of GOOG 15jan 760 C");
    expect(numberOf(mark)).toBe(row("leg", "760 C")?.mark);
    expect(mark.lines.join("\n")).toContain("policy neutral");
    expect(mark.inputs.map((i) => i.title)).toEqual([
      "quote of GOOG 15jan 760 C",
      "model",
      "last print",
      "prior settlement",
    ]);
    expect(mark.inputs[1]?.inputs[0]?.title).toBe("implied vol");
  });

  it("checks an American contract's quick vol against the full method, for the row that is asked about", () => {
    const iv = explained(row("leg", "720 P")?.key ?? row("leg", "760 C")?.key ?? "", "iv");
    const full = iv.inputs.find((i) => i.title === "American by the full method");
    expect(full).toBeDefined();
    // The quick way is good to a hundredth of a vol point.
    expect(Math.abs(Number(full?.value) - Number(iv.value))).toBeLessThan(0.01);
    expect(full?.lines.join(" ")).toContain("theta");
  });

  it.each(["day", "pnl", "value", "dollarDelta", "theta", "vega"])(
    "adds up %s from the book to the legs",
    (column) => {
      const check = (e: Explanation, depth: number): void => {
        if (depth === 0) return;
        const sum = e.inputs.reduce((total, part) => total + numberOf(part), 0);
        expect(sum).toBeCloseTo(numberOf(e), 5);
        for (const part of e.inputs) check(part, depth - 1);
      };
      check(explained("book", column), 2);
    },
  );

  it("names the stock's prior price as implied, since the capture holds no settlement of it", () => {
    const day = explained(row("position", "GOOG")?.key ?? "", "day");
    const stock = view.rows.find((r) => r.kind === "position" && r.label === "GOOG");
    const prior = explained(stock?.key ?? "", "day").inputs.find((i) => i.title === "prior settlement");
    expect(day).toBeDefined();
    expect(prior?.lines.join()).toMatch(
      /implied by parity from \d+ pairs of option settlements of 2015-12-23/,
    );
  });

  it("adds structures, single positions and legs up to their totals at one instant", () => {
    const book = view.rows.find((r) => r.kind === "book");
    const parts = view.rows.filter((r) => r.kind === "position" || r.kind === "structure");
    for (const field of ["pnl", "dayPnl", "value", "theta", "vega", "dollarDelta"] as const) {
      expect(parts.reduce((sum, r) => sum + (r[field] as number), 0)).toBeCloseTo(book?.[field] as number, 5);
    }
  });
});

describe("a closed market", () => {
  it("says by its calendar when it opens next: over Christmas and a weekend, and on the same day before the open", () => {
    const shut = contextAt("goog-2015-12-24", "13:00");
    expect(statusView(shut)).toMatchObject({
      feed: "closed",
      opensNext: { us: Date.UTC(2015, 11, 28, 14, 30) * 1000, day: "2015-12-28", zoneOffsetMin: -300 },
    });
    const why = explain(shut, { view: "status", row: "", column: "feed" })?.lines;
    expect(why).toContain("the market of NYSE opens next on 2015-12-28 at 09:30:00 ET, by its calendar");
    expect(statusView(contextAt("goog-2015-12-24", "09:00")).opensNext?.day).toBe("2015-12-24");
    expect(statusView(context).opensNext).toBeNull();
  });
});
