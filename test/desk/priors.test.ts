import { describe, expect, it } from "vitest";
import type { Slot } from "../../engines/market/index.ts";
import { contextAt } from "../shell/context.ts";

describe("prior settlements", () => {
  it("are the closing auctions of the day before for BAC and IBM, so that day P&L is known", () => {
    const context = contextAt("bac-ibm-2013-10-08", "10:00");
    const prior = (id: string) => context.facts.valuer.prior(context.desk.slot(id) as Slot);
    const source = "closing auction of its primary exchange";
    expect(prior("EQ/BAC/USD")).toEqual({ price: 13.81, day: "2013-10-07", source });
    expect(prior("EQ/IBM/USD")).toEqual({ price: 182.01, day: "2013-10-07", source });
    expect(context.value().book.figures.dayPnl).not.toBeNull();
  });

  it("of GOOG's stock is implied by its options and near the first trades of the day", () => {
    const context = contextAt("goog-2015-12-24", "10:00");
    const prior = context.facts.valuer.prior(context.desk.slot("EQ/GOOG/USD") as Slot);
    expect(prior?.day).toBe("2015-12-23");
    expect(Math.abs((prior?.price ?? 0) - 749.5)).toBeLessThan(1.5);
  });
});
