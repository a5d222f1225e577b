import { describe, expect, it } from "vitest";
import type { Micros, OptionInstrument, Slot } from "../../engines/market/index.ts";
import { explain } from "../../src/desk/explain/index.ts";
import { Valuer } from "../../src/desk/valuer.ts";
import { PlanCache, ViewContext } from "../../src/desk/views/context.ts";
import { positionsView } from "../../src/desk/views/positions.ts";
import { statusView } from "../../src/desk/views/status.ts";
import { openDesk } from "../../src/shell/open-desk.ts";
import { localTimeUs } from "../../src/shell/session-facts.ts";
import { bootOf } from "../shell/boot.ts";

const opened = openDesk(bootOf("goog-2015-12-24"));
const { desk } = opened.player;
const MAX_AGE_US = opened.facts.valuer.quoteMaxAgeUs;
const PACE = {
  speed: 1,
  paused: true,
  atEnd: false,
  loop: false,
  indexed: 1,
  bookmarks: [],
  eventsPerSecond: 0,
};

/** The session as it stands at a local time; the desk goes there, onwards or back. */
function at(time: string, valuer = opened.facts.valuer): ViewContext {
  const atUs = localTimeUs(time, opened.facts.session);
  opened.player.seek(opened.session.findSeq(atUs + 1));
  const pace = { ...PACE, events: opened.session.rows };
  return new ViewContext(desk, atUs, { ...opened.facts, valuer }, pace, () => [], new PlanCache());
}
const newValuer = () => new Valuer(desk, opened.facts.valuer.facts, MAX_AGE_US, opened.facts.session.openUs);

const EXPIRIES: ReadonlySet<string> = new Set(["2015-12-31", "2016-01-15", "2017-01-20"]);
const LEAP = "OPT/GOOG/2017-01-20/C/800/USD/1";
const leap = () => {
  const slot = desk.slot(LEAP as OptionInstrument["id"]) as Slot;
  return { slot, option: desk.instruments[slot] as OptionInstrument };
};
const valueOf = (context: ViewContext, { slot, option } = leap()) =>
  context.facts.valuer.held(slot, option, context.nowUs);

describe("the surface stands in where an own quote is no mark", () => {
  it("values a position that was never quoted on two sides, and so the book has Greeks", () => {
    const context = at("09:31");
    expect(context.source().quoted(leap().option)?.vol).toBeNull();
    const value = valueOf(context);
    expect(value?.vol?.source).toBe("surface");
    expect(value?.smile?.quotes).toBeGreaterThan(20);
    // The chain of 9:31 gives 800 calls of January 2017 a good 26 vol points, an hour later their own quote says 27.2.
    expect(value?.vol?.sigma).toBeCloseTo(0.266, 2);
    const row = positionsView(context).rows.find((r) => r.label.includes("800 C"));
    expect(row).toMatchObject({ markSource: "model", estimated: true });
    expect(statusView(context).dollarDelta).not.toBeNull();
  });

  it("says so behind i: smile, quotes, age, forward, and why not its own", () => {
    const context = at("09:31");
    const row = positionsView(context).rows.find((r) => r.label.includes("800 C"));
    const iv = explain(context, { view: "positions", row: row?.key ?? "", column: "iv" });
    const said = iv?.lines.join("\n") ?? "";
    expect(said).toMatch(
      /surface: the SVI smile of its expiry at this strike, fitted to \d+ standing quotes/,
    );
    expect(said).toContain("its own quote is old, one-sided or was never seen");
    expect(said).toMatch(/forward 75\d\.\d+ by put-call parity/);
  });

  it("leaves the own quote alone where it stands and is narrow, and lies between bid and ask where it is wide", () => {
    const context = at("11:00");
    const { bid, ask } = desk.book;
    let [own, wide, inside] = [0, 0, 0];
    desk.instruments.forEach((instrument, i) => {
      const slot = i as Slot;
      if (instrument.kind !== "option" || !EXPIRIES.has(instrument.expiry)) return;
      const value = context.facts.valuer.held(slot, instrument, context.nowUs);
      const quoted = context.source().quoted(instrument);
      if (value?.vol?.source === "own quote") {
        own++;
        expect(value.price).toBe(quoted?.price);
      }
      if (value?.vol?.source !== "surface" || quoted?.vol?.source !== "own quote") return;
      wide++;
      const price = value.price as number;
      if (price >= (bid[slot] as number) && price <= (ask[slot] as number)) inside++;
    });
    expect(own).toBeGreaterThan(200);
    expect(wide).toBeGreaterThan(5);
    expect(inside / wide).toBeGreaterThan(0.9);
  });

  it("is the same at an instant whoever looked before, also after going back", () => {
    const valuer = newValuer();
    const looked = ["09:31", "09:32", "09:34", "09:31", "09:33"].map((time) => {
      const often = valueOf(at(time, valuer));
      const once = valueOf(at(time, newValuer()));
      expect(often?.vol).toEqual(once?.vol);
      expect(often?.price).toBe(once?.price);
      return often?.price;
    });
    expect(looked[3]).toBe(looked[0]);
  });

  it("stands while nothing is written, and ends when its quotes are too old: then the last own vol counts", () => {
    const context = at("09:31");
    const { slot, option } = leap();
    const first = valueOf(context);
    const later = (us: number) => context.facts.valuer.held(slot, option, (context.nowUs + us) as Micros);
    expect(later(3_000_000)?.vol).toMatchObject({ sigma: first?.vol?.sigma, ageUs: 3_000_000 });
    expect(later(MAX_AGE_US + 1)?.vol).toBeNull();
    const noon = at("12:30");
    const stale = noon.facts.valuer.held(slot, option, (noon.nowUs + 2 * MAX_AGE_US) as Micros);
    expect(stale?.vol?.source).toBe("previous");
  });
});
