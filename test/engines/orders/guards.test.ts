import { describe, expect, it } from "vitest";
import { SETTING_KEYS, setting } from "../../../config/settings.ts";
import { assignmentRisk, readRule, SETTABLE } from "../../../engines/orders/index.ts";

describe("rules of guards", () => {
  it("read a severity with its scope, and nothing else", () => {
    expect(readRule("warn opening")).toEqual({ severity: "warn", orders: "opening", by: null });
    expect(readRule("auto closing automatic")).toEqual({
      severity: null,
      orders: "closing",
      by: "automatic",
    });
    expect(readRule("off manual")).toMatchObject({ severity: "off", by: "manual" });
    for (const bad of ["", "maybe", "warn sometimes", "warn opening closing", "opening"])
      expect(readRule(bad)).toBeNull();
  });

  it("have a setting for each guard that may be set, with just the severities that it may have", () => {
    const keys = SETTING_KEYS.filter((key) => key.startsWith("guards."));
    expect(keys.map((key) => key.slice(7).toUpperCase()).toSorted()).toEqual(
      Object.keys(SETTABLE).toSorted(),
    );
    for (const key of keys) {
      const allowed = SETTABLE[key.slice(7).toUpperCase() as keyof typeof SETTABLE] as readonly string[];
      const taken = ["deny", "confirm", "warn", "off"].filter(
        (word) => setting(key).schema.safeParse(word).success,
      );
      expect(taken, key).toEqual(allowed);
      expect(setting(key).schema.safeParse("auto opening").success).toBe(true);
    }
  });
});

describe("early assignment", () => {
  it("is likely where a dividend is worth more than the time value, or none is left", () => {
    const dividend = { amount: 0.5, exDay: "2016-01-05" };
    expect(assignmentRisk("C", 0.3, true, dividend)).toContain("under the dividend 0.50");
    expect(assignmentRisk("C", 0.6, true, dividend)).toBeNull();
    expect(assignmentRisk("P", 0.3, true, dividend)).toBeNull();
    expect(assignmentRisk("P", -0.01, true, null)).toContain("any day");
    expect(assignmentRisk("C", 0.3, false, dividend)).toBeNull();
    expect(assignmentRisk("C", null, true, dividend)).toBeNull();
  });
});
