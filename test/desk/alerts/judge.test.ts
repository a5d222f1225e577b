import { describe, expect, it } from "vitest";
import { FRESH, judge } from "../../../src/desk/alerts/judge.ts";
import type { AlertOp } from "../../../src/desk/protocol-alerts.ts";

/** Which looks fire, with the values seen one after the other. */
function firings(op: AlertOp, level: number, again: boolean, values: readonly (number | null)[]): number[] {
  const at: number[] = [];
  let state = FRESH;
  for (const [i, value] of values.entries()) {
    const judged = judge(state, op, level, again, value, i);
    state = judged.state;
    if (judged.fired) at.push(i);
  }
  return at;
}

describe("an alert", () => {
  it("fires once, at the first look that is beyond its level", () => {
    expect(firings(">", 20, false, [18, 20, 20.1, 19, 21])).toEqual([2]);
    expect(firings("<", -500, false, [-400, -501, -900])).toEqual([1]);
  });

  it("re-armed fires again only after it was no longer true", () => {
    expect(firings(">", 20, true, [21, 22, 19, 23, 24, 20, 25])).toEqual([0, 3, 6]);
  });

  it("crosses from either side; a touch counts, standing on it and leaving does not", () => {
    expect(firings("crosses", 741.3, true, [740, 742, 743, 741, 741.3, 741.3, 740, 741.3, 742])).toEqual([
      1, 3, 4, 7,
    ]);
    expect(firings("crosses", 741.3, false, [740, 742, 740])).toEqual([1]);
  });

  it("does not take the unknown for a value: it neither fires nor forgets the side", () => {
    expect(firings(">", 20, false, [null, null, 21])).toEqual([2]);
    expect(firings("crosses", 100, false, [99, null, Number.NaN, 101])).toEqual([3]);
  });
});
