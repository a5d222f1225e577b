import { describe, expect, it } from "vitest";
import type { OptionInstrument, Slot } from "../../engines/market/index.ts";
import { americanIv } from "../../engines/pricing/index.ts";
import { contextAt } from "../shell/context.ts";

const context = contextAt("goog-2015-12-24", "11:00");
const { desk } = context;
const quoted = desk.instruments
  .map((instrument, slot) => ({ option: instrument as OptionInstrument, slot: slot as Slot }))
  .filter(
    ({ option, slot }) => option.kind === "option" && desk.book.validUs[slot] === desk.book.quoteUs[slot],
  );

describe("valuation of listed options", () => {
  it("gives the mid back where the quote is fresh, puts and calls, with their early exercise", () => {
    const off: string[] = [];
    let checked = 0;
    for (const { option, slot } of quoted) {
      const value = context.source().quoted(option);
      const mid = desk.book.validMid[slot] as number;
      if (!value?.vol || value.price === null || value.vol.ageUs > 0) continue;
      checked++;
      if (Math.abs(value.price - mid) > 2e-5 * value.spot) off.push(`${option.id} ${value.price} ${mid}`);
    }
    expect(checked).toBeGreaterThan(100);
    expect(off).toEqual([]);
  });

  it("agrees with the full American method on the vol of the money", () => {
    for (const { option, slot } of quoted) {
      const value = context.source().quoted(option);
      if (
        !value?.vol ||
        option.type !== "P" ||
        Math.abs(option.strike / value.spot - 1) > 0.03 ||
        value.vol.ageUs > 0
      )
        continue;
      const mid = desk.book.validMid[slot] as number;
      const full = americanIv(-1, mid, value.spot, option.strike, value.years, value.rate, value.yield);
      if (full.sigma !== null && value.years > 0.02)
        expect(Math.abs(value.vol.sigma - full.sigma)).toBeLessThan(2e-4);
    }
  });

  it("has no vol and no model price before a two-sided quote was seen", () => {
    const unseen = desk.instruments.findIndex(
      (i, slot) => i.kind === "option" && Number.isNaN(desk.book.validMid[slot] as number),
    );
    const value = context.source().quoted(desk.instruments[unseen] as OptionInstrument);
    expect(value).toMatchObject({ vol: null, price: null, greeks: null });
  });
});
