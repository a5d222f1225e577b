import { describe, expect, it } from "vitest";
import type { Micros } from "../../engines/market/index.ts";
import { ChainIndex } from "../../src/desk/views/chain.ts";
import { surfaceView } from "../../src/desk/views/surface.ts";
import { TOY_NOW, ToyDesk } from "../harness/toy-desk.ts";

const DAYS = [
  "2026-08-28",
  "2026-09-04",
  "2026-09-11",
  "2026-09-18",
  "2026-09-25",
  "2026-10-02",
  "2026-10-16",
  "2026-11-20",
  "2026-12-18",
  "2027-01-15",
  "2027-03-19",
  "2027-06-18",
];
const STRIKES = [80, 85, 90, 95, 100, 105, 110, 115, 120];
const SECOND = 1e6;

describe("a surface whose every expiry ticks at once, the session running", () => {
  const toy = new ToyDesk();
  const abc = toy.stock("ABC", 100);
  const slots = DAYS.map((day) => toy.chain(abc, day, STRIKES, () => 0.2));
  const index = new ChainIndex();
  const look = (seconds: number, expiry: string | null, paused = false) => {
    const view = surfaceView(toy.context({}, (TOY_NOW + seconds * SECOND) as Micros, paused), index, {
      underlying: null,
      expiry,
    });
    if (!view) throw new Error("there is a chain");
    return view;
  };
  const tick = (seconds: number, vol: number): void => {
    for (const of of slots) toy.requote(of, () => vol, 0.02, TOY_NOW + seconds * SECOND);
  };
  const fresh = (view: ReturnType<typeof look>) => view.expiries.filter((e) => e.ageUs === 0).length;

  it("fits all on the first look, then a few at a time, the one on screen first, and says how old the others are", () => {
    const first = look(0, null);
    expect(fresh(first)).toBe(12);
    const last = first.expiries[11]?.key as string;
    tick(1, 0.25);
    const second = look(1, last);
    expect(fresh(second)).toBe(8);
    expect(second.expiries[11]).toMatchObject({ ageUs: 0 });
    expect(second.expiries[11]?.atm).toBeCloseTo(0.25, 3);
    expect(second.fitAgeUs).toBe(SECOND);
    expect(second.expiries.filter((e) => e.ageUs === SECOND).every((e) => (e.atm as number) < 0.21)).toBe(
      true,
    );
    const third = look(1.3, last);
    expect(third.expiries.every((e) => Math.abs((e.atm as number) - 0.25) < 0.01)).toBe(true);
  });

  it("fits one expiry no more often than four times a second", () => {
    tick(2, 0.3);
    const before = look(2, null);
    expect(fresh(before)).toBe(8);
    tick(2.1, 0.35);
    // Those of a tenth of a second ago wait; those that were left out have their turn.
    const soon = look(2.1, null);
    expect(fresh(soon)).toBe(4);
    expect(fresh(look(2.3, null))).toBeGreaterThan(4);
  });

  it("leaves nothing old when the session stands", () => {
    tick(3, 0.22);
    expect(fresh(look(3, null, true))).toBe(12);
  });
});
