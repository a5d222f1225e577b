import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AxisKind, formatAxis, parseAxis, tidyAxis } from "../../../engines/scenario/index.ts";

const values = (kind: AxisKind, text: string) => {
  const got = parseAxis(kind, text);
  return got.ok ? got.values : got.error.message;
};

describe("typed axes", () => {
  it("reads the forms a trader types", () => {
    expect(values("spot", "-10%,-5%,0,+5%")).toEqual([-10, -5, 0, 5]);
    expect(values("vol", "-5vp,0,+5vp")).toEqual([-5, 0, 5]);
    expect(values("days", "0,7,22d")).toEqual([0, 7, 22]);
    expect(values("spot", " 5% -5 2.5,2.5 ")).toEqual([-5, 0, 2.5, 5]);
    expect(values("spot", "−3%")).toEqual([-3, 0]);
    expect(values("vol", "0")).toEqual([0]);
    expect(values("vol", "-0.5VP")).toEqual([-0.5, 0]);
  });

  it("refuses what it would have to guess, with what to do", () => {
    expect(values("spot", "-0.1,0.1")).toBe(
      'SCN-001 spot moves: no unit in "-0.1,0.1". Type them in %, as in -10%,-5%,0,+5%.',
    );
    expect(values("vol", "5%")).toContain('"5%" has unit "%"');
    expect(values("days", "1w")).toContain('"1w" has unit "w"');
    expect(values("days", "-1d")).toContain("outside 0 to 3650");
    expect(values("spot", "-100%")).toContain("outside -99.9 to 1000");
    expect(values("spot", "ten%")).toContain("is no number");
    expect(values("spot", "1e3%")).toContain("is no number");
    expect(values("days", "  ")).toContain("nothing typed");
    const many = Array.from({ length: 42 }, (_, i) => i + 1).join(",");
    expect(values("days", `${many}d`)).toContain("43 values, at most 41");
  });

  it("never throws, and what it prints it reads back", () => {
    fc.assert(
      fc.property(fc.constantFrom<AxisKind>("spot", "vol", "days"), fc.string(), (kind, text) => {
        const got = parseAxis(kind, text);
        if (got.ok) expect(parseAxis(kind, formatAxis(kind, got.values))).toEqual(got);
      }),
    );
    const move = fc.integer({ min: -990, max: 9990 }).map((x) => x / 10);
    fc.assert(
      fc.property(fc.array(move, { maxLength: 20 }), (moves) => {
        const axis = tidyAxis(moves);
        expect(parseAxis("spot", formatAxis("spot", axis))).toEqual({ ok: true, values: axis });
      }),
    );
  });
});
