import { expect, it } from "vitest";
import { Pace } from "../../src/feeds/ibkr/pace.ts";
import type { Clock } from "../../src/shell/clock.ts";

/** A clock that a test moves. */
function handClock(): Clock & { move(ms: number): Promise<void> } {
  let now = 0;
  const timers: { at: number; run: () => void }[] = [];
  return {
    monotonicMs: () => now,
    wallUs: () => now * 1000,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    async move(ms) {
      now += ms;
      for (const t of timers.filter((t) => t.at <= now)) {
        timers.splice(timers.indexOf(t), 1);
        t.run();
      }
      for (let i = 0; i < 5; i++) await Promise.resolve();
    },
  };
}

it("requests keep their distance however late their turn comes, orders go ahead, and a rest is kept", async () => {
  const clock = handClock();
  const pace = new Pace(clock, 100);
  const went: string[] = [];
  const ask = (name: string, urgent = false) => void pace.turn(urgent).then(() => went.push(name));
  for (const name of ["a", "b", "c"]) ask(name);
  ask("order", true);
  await clock.move(0);
  expect(went).toEqual(["a"]);
  // A busy moment of five turns is no leave for five requests.
  await clock.move(500);
  expect(went).toEqual(["a", "order"]);
  await clock.move(100);
  expect(went).toEqual(["a", "order", "b"]);
  pace.rest(1_000);
  await clock.move(999);
  expect(went).toHaveLength(3);
  await clock.move(1);
  expect(went).toEqual(["a", "order", "b", "c"]);
});
