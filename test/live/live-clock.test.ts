import { expect, it } from "vitest";
import type { Clock } from "../../src/shell/clock.ts";
import { LiveClock } from "../../src/shell/live/live-clock.ts";

it("set back, the desk's clock goes on as before and says how far it is ahead; set right again, it follows", () => {
  let ms = 1_000;
  let shiftMs = 0;
  const clock: Clock = { monotonicMs: () => ms, wallUs: () => (ms + shiftMs) * 1000, after: () => () => {} };
  const time = new LiveClock(clock, 0);
  const pass = (by: number): number[] => {
    ms += by;
    return [time.check(), time.ahead, time.nowUs() / 1000];
  };
  expect(pass(1_000)).toEqual([0, 0, 2_000]);
  shiftMs = -600_000;
  expect(pass(1_000)).toEqual([-600, 600, 3_000]);
  // An age told now is the true one: it does not stand still.
  expect(pass(10_000)).toEqual([0, 600, 13_000]);
  shiftMs = -900_000;
  expect(pass(1_000)).toEqual([-300, 900, 14_000]);
  shiftMs = 3_600_000;
  expect(pass(1_000)).toEqual([4_500, 0, 3_615_000]);
  expect(pass(1_000)).toEqual([0, 0, 3_616_000]);
});

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
