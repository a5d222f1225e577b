import { afterEach, describe, expect, it } from "vitest";
import type { Micros } from "../../../engines/market/index.ts";
import type { PaneSpec } from "../../../screens/app/pane.ts";
import { PANES } from "../../../screens/app/registry.ts";
import type { PaneId } from "../../../screens/keys/keymap.ts";
import { chainView, FakeDesk, frameDesk, NOW_US, statusView } from "../../harness/fake-desk.ts";
import { type Mounted, mountScreen } from "../../harness/screen.ts";

let at: Mounted | null = null;
afterEach(() => at?.end());
const shown = (desk: FakeDesk, pane: PaneId, panes: readonly PaneSpec[] = PANES, cols = 120): Mounted => {
  at = mountScreen({ desk, cols, rows: 40, panes });
  at.screen.focusPane(pane);
  at.screen.zoom();
  at.frame();
  return at;
};
/** A desk that has said nothing yet but what time it is. */
function mute(): FakeDesk {
  const desk = new FakeDesk();
  desk.models.status = statusView();
  return desk;
}

describe("a pane without a model", () => {
  it.each<[PaneId, string]>([
    ["positions", "positions"],
    ["watch", "the list"],
    ["chart", "bars"],
    ["chain", "the chain"],
    ["surface", "the surface"],
    ["exposure", "the exposure"],
    ["flow", "the flow"],
    ["scenarios", "scenarios"],
    ["tape", "prints"],
    ["feeds", "its feeds"],
  ])("%s: nothing at first, then what it waits for, then what to do", (pane, what) => {
    const m = shown(mute(), pane);
    expect(m.text()).not.toContain("asking");
    m.frame(400);
    expect(m.text()).toContain(`asking the desk for ${what}… 0 s`);
    m.frame(3000);
    expect(m.text()).toContain("… 3 s");
    m.frame(8000);
    expect(m.text()).toContain("No answer yet. r asks again; F shows the feeds.");
  });
});

describe("an empty pane says what is so, and what to do", () => {
  const empty = (desk: FakeDesk): FakeDesk => {
    desk.models.status = statusView();
    desk.models.positions = { nowUs: NOW_US, rows: [], total: 0 };
    desk.models.watch = { name: "main", lists: ["main"], rows: [] };
    desk.models.tape = { underlying: null, prints: [], kept: 0 };
    desk.models.log = { entries: [] };
    desk.models.chain = { ...chainView("EQ/BAC/USD" as never, 0, 0), label: "BAC" };
    return desk;
  };
  it.each<[PaneId, string]>([
    ["positions", "No positions. b on a row in Watch (2) buys; portfolio.file names some."],
    ["watch", "Nothing watched. :watch GOOG adds a name."],
    ["tape", "No prints yet in this session."],
    ["log", "Nothing logged yet."],
    ["chain", "No chain for BAC in this session. Only its stock was recorded."],
  ])("%s", (pane, words) => {
    expect(shown(empty(new FakeDesk()), pane).text()).toContain(words);
  });
  it("a filter that nothing matches says of how many, and how to clear it", async () => {
    const m = shown(frameDesk(), "positions");
    await m.keys("/", "z", "z", "\r");
    expect(m.text()).toContain('0 of 4 match "zz". Esc clears.');
    await m.keys("\x07");
    expect(m.text()).toContain("BOOK");
  });
});

describe("what is wrong is said", () => {
  it("by a feed with a gap, in its own words", () => {
    const m = shown(frameDesk(), "feeds");
    expect(m.text()).toContain("◐ gap");
    expect(m.text()).toContain("gap since 10:33:57: resubscribed, 118 of 214 proven");
  });
  it("by a closed market, which is not stale", () => {
    const desk = frameDesk();
    desk.models.status = statusView({ feed: "closed" });
    const m = shown(desk, "positions");
    expect(m.text()).toContain("○ closed");
  });
  it("by a closed market, when it opens next, at the size of a small terminal too", () => {
    const desk = frameDesk();
    const opensNext = { us: 1_451_313_000e6 as Micros, day: "2015-12-28", zoneOffsetMin: -300 };
    desk.models.status = statusView({ feed: "closed", opensNext });
    const at = (cols: number) => shown(desk, "positions", PANES, cols).line(0);
    expect(at(120)).toContain("○ closed; opens Mon 28 Dec 09:30 ET │");
    expect(at(80)).toContain("○ closed; opens Mon 28 Dec 09:30");
    expect(at(60)).toContain("○ closed");
  });
  it("by the status line, why a feed is not live, shortened where there is no room", () => {
    const desk = frameDesk();
    const feedWhy = "sip: no answer to a ping for 3 s: the connection is dead; try 2 in 3 s";
    desk.models.status = statusView({ feed: "gap", feedWhy });
    const at = (cols: number) => shown(desk, "positions", PANES, cols).line(0);
    expect(at(200)).toContain(`│ ${feedWhy} │`);
    expect(at(120)).toMatch(/│ sip: no answer to a ping.*…/);
    expect(at(60)).not.toContain("sip");
    expect(at(60)).toContain("gap");
  });
  it("by the status line, why orders can't be sent, beside the state of trading", () => {
    const desk = frameDesk();
    const ordersWhy = "orders: the access token has expired (13009): signing in again";
    desk.models.status = statusView({ ordersWhy });
    const at = (cols: number) => shown(desk, "positions", PANES, cols).line(0);
    expect(at(200)).toContain(`ACTIVE │ ${ordersWhy} │`);
    expect(at(120)).toMatch(/ACTIVE │ orders: the access/);
  });
  it("by a pane that fails, while the others run", async () => {
    const broken = PANES.map(
      (spec): PaneSpec =>
        spec.id !== "flow"
          ? spec
          : {
              ...spec,
              create: (host) => ({
                ...spec.create(host),
                paint: () => {
                  throw new Error("no");
                },
              }),
            },
    );
    const m = shown(frameDesk(), "flow", broken);
    expect(m.text()).toContain("This pane failed (E-PANE-7).");
    expect(m.text()).toContain("Others run. Enter: retry. Written to the log.");
    expect(m.paneErrors).toHaveLength(1);
    await m.keys("z", "1");
    expect(m.text()).toContain("BOOK");
  });
});
