import { expect, it } from "vitest";
import type { Clock } from "../../src/shell/clock.ts";
import { LiveClock } from "../../src/shell/live/live-clock.ts";

it("a program that was held is known by its own clock, where wall and steady clock went on alike", () => {
  let ms = 1_000;
  const clock: Clock = { monotonicMs: () => ms, wallUs: () => ms * 1000, after: () => () => {} };
  const time = new LiveClock(clock, 0);
  for (let k = 0; k < 100; k++) {
    // A busy machine wakes it late, and that is no sleep.
    ms += k % 10 === 0 ? 9_000 : 1_000;
    expect([time.check(), time.held()]).toEqual([0, 0]);
  }
  ms += 600_000;
  expect([time.check(), time.held()]).toEqual([0, 600]);
  ms += 1_000;
  expect(time.held()).toBe(0);
});
