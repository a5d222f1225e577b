import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openDesk } from "../../src/shell/open-desk.ts";
import { stateHash } from "../../src/shell/state-hash.ts";
import { bootOf } from "./boot.ts";

const SESSIONS = ["goog-2015-12-24", "bac-ibm-2013-10-08"] as const;

/** Hashes at the milestones of one straight playing. */
function straight(session: (typeof SESSIONS)[number]): Map<number, string> {
  const hashes = new Map<number, string>();
  const { player, session: source } = openDesk(bootOf(session), {
    every: 50_000,
    reached: (desk) => hashes.set(desk.seq, stateHash(desk)),
  });
  player.playTo(source.rows);
  hashes.set(player.seq, stateHash(player.desk));
  return hashes;
}

describe.each(SESSIONS)("replay of %s", (name) => {
  const hashes = straight(name);
  const total = Math.max(...hashes.keys());
  const points = [...hashes.keys()];

  it("gives the same state whatever the chunking", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 12 }),
        (chunks) => {
          const { player } = openDesk(bootOf(name));
          for (const chunk of chunks) player.playTo(player.seq + chunk);
          const point = points.find((p) => p >= player.seq) as number;
          player.playTo(point);
          expect(stateHash(player.desk)).toBe(hashes.get(point));
        },
      ),
      { numRuns: 4 },
    );
  });

  it("gives the same state after any jumps back and forth", () => {
    const { player, newPlayer } = openDesk(bootOf(name));
    newPlayer().playTo(total);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        fc.constantFrom(...points),
        (jumps, point) => {
          for (const jump of jumps) player.seek(Math.floor(jump * total));
          player.seek(point);
          expect(stateHash(player.desk)).toBe(hashes.get(point));
          expect(player.seq).toBe(point);
        },
      ),
      { numRuns: 15 },
    );
  });

  it("keeps the bars of a jump ahead the same as those of a playing", () => {
    const { player, newPlayer } = openDesk(bootOf(name));
    const scout = newPlayer();
    scout.playTo(total);
    player.seek(Math.floor(total * 0.8));
    player.seek(Math.floor(total * 0.3));
    player.seek(total);
    for (const [slot, series] of player.desk.series) {
      expect(series.view(1, 0, 0)).toEqual(scout.desk.series.get(slot)?.view(1, 0, 0));
    }
  });
});
