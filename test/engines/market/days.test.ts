import fc from "fast-check";
import { expect, it } from "vitest";
import {
  formatIsoMicros,
  isoDayNumber,
  isoDayOfNumber,
  parseIsoMicros,
  weekdayOf,
} from "../../../engines/market/index.ts";

it("counts days and weekdays like the host's calendar", () => {
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 100_000 }), (no) => {
      const host = new Date(no * 86_400_000);
      expect(isoDayOfNumber(no)).toBe(host.toISOString().slice(0, 10));
      expect(isoDayNumber(isoDayOfNumber(no))).toBe(no);
      expect(weekdayOf(no)).toBe(host.getUTCDay());
    }),
  );
  for (const bad of ["2026-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "today", ""])
    expect(isoDayNumber(bad)).toBeNull();
});

it("reads and writes instants, and takes no time without a zone", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e15 }), (us) => {
      expect(parseIsoMicros(formatIsoMicros(us))).toBe(us);
      expect(formatIsoMicros(us).slice(0, 19)).toBe(new Date(us / 1000).toISOString().slice(0, 19));
    }),
  );
  expect(parseIsoMicros("2026-03-02T14:37:00-05:00")).toBe(Date.parse("2026-03-02T19:37:00Z") * 1000);
  expect(parseIsoMicros("2026-03-02 14:37:00.000001Z")).toBe(Date.parse("2026-03-02T14:37:00Z") * 1000 + 1);
  expect(parseIsoMicros("2026-03-02T14:37:00")).toBeNull();
  expect(parseIsoMicros("2026-03-02T14:37:00", true)).toBe(Date.parse("2026-03-02T14:37:00Z") * 1000);
  expect(parseIsoMicros("2026-03-02T25:00:00Z")).toBeNull();
});
