import { describe, expect, it } from "vitest";
import type { BrokerOrder } from "../../src/brokers/broker.ts";
import type { Beat, GuardDeed } from "../../src/guard/beat.ts";
import { Guard } from "../../src/guard/guard.ts";

/** A guard over a broker with some working orders, with time in hand. */
function rig() {
  let ms = 0;
  let timers: { at: number; run: () => void }[] = [];
  const world = {
    beat: null as Beat | null,
    working: ["a", "b", "theirs"],
    /** Cancels that the broker loses. */
    deaf: 0,
    asked: [] as string[],
    deeds: [] as GuardDeed[],
    ended: false,
    alive: true,
  };
  const guard = new Guard({
    clock: {
      monotonicMs: () => ms,
      wallUs: () => 0,
      after: (wait, run) => {
        const timer = { at: ms + wait, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((t) => t !== timer);
        };
      },
    },
    broker: {
      cancel: ({ clientId }, reply) => {
        world.asked.push(clientId);
        if (world.deaf-- > 0) return reply({ outcome: "unknown", reason: "no answer" });
        world.working = world.working.filter((w) => w !== clientId);
        reply({ outcome: "asked", reason: null });
      },
      openOrders: (reply) =>
        reply({
          ok: true,
          value: world.working.map(
            (clientId) => ({ clientId, brokerId: "x", status: "working" }) as BrokerOrder,
          ),
        }),
    },
    beat: () => world.beat,
    silentMs: 60_000,
    alive: () => world.alive,
    did: (deed) => world.deeds.push(deed),
    say: () => undefined,
    ended: () => {
      world.ended = true;
    },
  });
  guard.start();
  const run = (seconds: number, each: () => void = () => undefined): void => {
    const until = ms + seconds * 1000;
    while (ms < until) {
      ms += 100;
      for (const timer of timers.filter((t) => t.at <= ms)) {
        timers = timers.filter((t) => t !== timer);
        timer.run();
      }
      each();
    }
  };
  const beat = (n: number, more: Partial<Beat> = {}): void => {
    const orders = ["a", "b"].map((clientId) => ({ clientId, brokerId: null }));
    world.beat = { pid: 7, n, ended: false, orders, ...more };
  };
  return { world, run, beat };
}

describe("guard", () => {
  it("leaves a desk alone that beats, and cancels the desk's own orders once when it is silent for 60 s", () => {
    const { world, run, beat } = rig();
    let n = 1;
    for (let s = 0; s < 300; s++) {
      beat(n++);
      run(1);
    }
    expect(world.asked).toEqual([]);
    run(58);
    expect(world.asked).toEqual([]);
    run(300);
    expect(world.asked).toEqual(["a", "b"]);
    expect(world.working).toEqual(["theirs"]);
    expect(world.deeds).toMatchObject([{ n: n - 1, cancelled: ["a", "b"] }]);
    expect(world.ended).toBe(false);
  });

  it("asks again until nothing works, and stops as soon as the desk is back", () => {
    const { world, run, beat } = rig();
    world.deaf = 3;
    beat(1);
    run(70);
    expect(world.asked).toEqual(["a", "b", "a", "b", "a"].slice(0, world.asked.length));
    expect(world.working).toEqual(["theirs"]);
    const again = rig();
    again.world.deaf = 1_000;
    again.beat(1);
    again.run(61);
    const asked = again.world.asked.length;
    again.beat(2);
    again.run(30);
    expect(again.world.asked.length).toBeLessThanOrEqual(asked + 2);
    expect(again.world.working).toContain("a");
  });

  it("ends with a desk that is left in order, and with one that died with nothing at work; a dead one's orders it cancels first", () => {
    const left = rig();
    left.beat(1);
    left.run(5);
    left.beat(2, { ended: true });
    left.run(2);
    expect(left.world).toMatchObject({ ended: true, asked: [] });
    const idle = rig();
    idle.beat(1, { orders: [] });
    idle.run(5);
    idle.world.alive = false;
    idle.run(2);
    expect(idle.world).toMatchObject({ ended: true, asked: [] });
    const dead = rig();
    dead.beat(1);
    dead.run(5);
    dead.world.alive = false;
    dead.run(50);
    expect(dead.world).toMatchObject({ ended: false, asked: [] });
    dead.run(30);
    expect(dead.world).toMatchObject({ ended: true, asked: ["a", "b"], working: ["theirs"] });
  });
});
