import { describe, expect, it } from "vitest";
import type { FromDesk, ViewName } from "../../src/desk/protocol.ts";
import type { Clock } from "../../src/shell/clock.ts";
import { Publisher } from "../../src/shell/publisher.ts";

const VIEWS: readonly ViewName[] = ["surface", "exposure", "levels", "chart", "orders", "status"];
/** What one model costs, ms. */
const BUILD_MS = 5;

/** A desk whose every model takes its time, on a clock that only that moves. */
function busy(aheadMs = 0) {
  let left = aheadMs;
  let nowMs = 0;
  const timers: { readonly atMs: number; readonly run: () => void }[] = [];
  const clock: Clock = {
    monotonicMs: () => nowMs,
    wallUs: () => nowMs * 1000,
    after: (ms, run) => {
      const timer = { atMs: nowMs + ms, run };
      timers.push(timer);
      return () => {
        timers.splice(timers.indexOf(timer), 1);
      };
    },
  };
  const sent: string[] = [];
  const publisher = new Publisher(
    () => {
      nowMs += BUILD_MS;
      return {} as never;
    },
    (message: FromDesk) => {
      if (message.t === "view") sent.push(message.view);
    },
    clock,
    // What the surface rests on takes its time too, and may be done in pieces.
    (view, _params, spare) => {
      while (view === "surface" && left > 0) {
        left--;
        nowMs++;
        if (!spare()) return left === 0;
      }
      return true;
    },
  );
  /** The next thing that the thread does once nothing else waits for it. */
  const turn = (): void => {
    const [next] = timers.toSorted((a, b) => a.atMs - b.atMs);
    if (next === undefined) return;
    timers.splice(timers.indexOf(next), 1);
    nowMs = Math.max(nowMs, next.atMs);
    next.run();
  };
  VIEWS.forEach((view, sub) => {
    publisher.subscribe({ t: "subscribe", sub, view, params: {} } as never);
    turn();
  });
  sent.length = 0;
  return { publisher, sent, turn };
}

describe("models for the screen", () => {
  it("are built a few at a time, what may be sent first: a command never waits for all of them", () => {
    const { publisher, sent, turn } = busy();
    publisher.touchNow();
    expect(sent).toEqual(["orders", "status"]);
    turn();
    expect(sent.length).toBe(4);
    turn();
    expect(sent.toSorted()).toEqual(VIEWS.toSorted());
  });

  it("rest on long work that is done in pieces: what may be sent comes in between, and the model once the work is done", () => {
    const { publisher, sent, turn } = busy(400);
    publisher.touchNow();
    for (let turns = 0; !sent.includes("surface") && turns < 400; turns++) {
      publisher.touch();
      turn();
    }
    const before = sent.slice(0, sent.indexOf("surface"));
    expect(before.filter((view) => view === "status").length).toBeGreaterThan(2);
    expect(sent).toContain("surface");
  });

  it("each goes out once for all that moved while others were built", () => {
    const { publisher, sent, turn } = busy();
    publisher.touchNow();
    publisher.touch();
    publisher.touch();
    for (let n = 0; n < 2; n++) turn();
    expect(sent.toSorted()).toEqual(VIEWS.toSorted());
  });
});
