import { expect, it } from "vitest";
import { RateMeter } from "../../src/shell/rate.ts";

it("smooths bursts over five seconds and begins anew after a jump back", () => {
  const meter = new RateMeter();
  expect(meter.perSecond()).toBe(0);
  for (let ms = 0; ms <= 10_000; ms += 50) meter.note(ms, Math.floor(ms / 2000) * 6000);
  expect(meter.perSecond()).toBeGreaterThan(2000);
  expect(meter.perSecond()).toBeLessThan(4000);
  meter.note(11_000, 10);
  expect(meter.perSecond()).toBe(0);
});
