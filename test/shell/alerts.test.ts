import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { InstrumentId } from "../../engines/market/index.ts";
import type { AlertWish } from "../../src/desk/protocol-alerts.ts";
import type { Draft } from "../../src/desk/protocol-orders.ts";
import { PlanCache, ViewContext } from "../../src/desk/views/context.ts";
import { AlertDesk } from "../../src/shell/alert-desk.ts";
import { AlertFile } from "../../src/shell/alert-file.ts";
import { STILL } from "../../src/shell/headless.ts";
import { openDesk } from "../../src/shell/open-desk.ts";
import { localTimeUs } from "../../src/shell/session-facts.ts";
import { removeFolder } from "../harness/folders.ts";
import { bootOf } from "./boot.ts";

const folders: string[] = [];
afterEach(() => {
  for (const dir of folders.splice(0)) removeFolder(dir);
});
const folder = (): string => {
  const dir = mkdtempSync(join(tmpdir(), "alerts-"));
  folders.push(dir);
  return dir;
};

const GOOG = "EQ/GOOG/USD" as InstrumentId;
const CALL = "OPT/GOOG/2016-01-15/C/760/USD/1" as InstrumentId;
const wish = (part: Partial<AlertWish>): AlertWish => ({
  subject: { of: "instrument", id: GOOG },
  label: "GOOG",
  field: "price",
  op: "crosses",
  level: 748,
  again: true,
  stage: null,
  ...part,
});

interface Played {
  readonly alerts: AlertDesk;
  readonly fired: () => readonly string[];
  readonly to: (time: string, chunk?: number) => void;
  readonly seek: (time: string) => void;
  readonly opened: ReturnType<typeof openDesk>;
}

/** A desk at 9:40, watched. */
function played(
  wishes: readonly AlertWish[],
  file: AlertFile | null = null,
  stage?: (d: Draft) => void,
): Played {
  const opened = openDesk(bootOf("goog-2015-12-24"));
  const { player, session, facts } = opened;
  const us = (time: string) => localTimeUs(time, facts.session);
  player.seek(session.findSeq(us("09:40")));
  const own = opened.factsApart();
  const plans = new PlanCache();
  const context = (at: number) => new ViewContext(player.desk, at as never, own, STILL, () => [], plans);
  const alerts = new AlertDesk({
    desk: player.desk,
    contextAt: context,
    stage: (draft) => {
      stage?.(draft);
      return { ok: true, message: null, made: "T1" };
    },
    file,
  });
  player.lookout = alerts;
  for (const w of wishes) alerts.command({ name: "alert", op: "add", wish: w }, player.desk.nowUs);
  return {
    alerts,
    opened,
    fired: () => alerts.view(context(player.desk.nowUs)).firings.map((f) => `${f.us} ${f.text}`),
    to: (time, chunk = 1_000_000) => {
      const end = session.findSeq(us(time));
      while (player.seq < end) player.playTo(Math.min(end, player.seq + chunk));
      alerts.advance(us(time));
    },
    seek: (time) => player.seek(session.findSeq(us(time) + 1)),
  };
}

const MIXED = [
  wish({}),
  wish({
    subject: { of: "instrument", id: CALL },
    label: "GOOG 15jan 760 C",
    field: "iv",
    op: ">",
    level: 18.2,
  }),
  wish({
    subject: { of: "instrument", id: CALL },
    label: "GOOG 15jan 760 C",
    field: "age",
    op: ">",
    level: 80,
  }),
  wish({ subject: { of: "row", key: "book" }, label: "BOOK", field: "pnl", op: "<", level: -1000 }),
];

describe("alerts over a replay", () => {
  it("fire at the same times whatever the chunks of playing", () => {
    const straight = played(MIXED);
    straight.to("10:10");
    expect(straight.fired().length).toBeGreaterThan(2);
    const chopped = played(MIXED);
    for (const time of ["09:41", "09:41:30", "09:55:01", "10:10"]) chopped.to(time, 997);
    expect(chopped.fired()).toEqual(straight.fired());
  });

  it("have one time of firing, in the list and in the log, and none before they were set", () => {
    const p = played([]);
    const setUs = p.opened.player.desk.nowUs + 30_500_000;
    const old = wish({ subject: { of: "row", key: "book" }, label: "BOOK", field: "nav", op: ">", level: 0 });
    p.alerts.command({ name: "alert", op: "add", wish: old }, setUs);
    p.to("09:42");
    const [fired = ""] = p.fired();
    const atUs = Number(fired.split(" ")[0]);
    expect(atUs).toBeGreaterThan(setUs);
    expect(p.opened.player.desk.log.filter((e) => e.source === "alert").map((e) => e.us)).toEqual([atUs]);
  });

  it("see every print of a price, not only where it stands when somebody looks", () => {
    const { opened } = played([]);
    const slot = opened.player.desk.slot(GOOG) as number;
    const seen: number[] = [];
    const watched = played([wish({ field: "last", op: ">", level: 0, again: false })]);
    watched.opened.player.desk.sentinel = {
      slots: new Set([slot as never]),
      moved: () => seen.push(watched.opened.player.desk.book.last[slot] as number),
    };
    watched.to("10:30");
    const high = Math.max(...seen.filter((x) => x === x));
    const one = played([wish({ field: "last", op: ">", level: high - 0.001, again: false })]);
    one.to("10:30");
    expect(one.fired()).toHaveLength(1);
  });

  it("fire again after going back before them, and not for a jump over the crossing", () => {
    const p = played([wish({ again: false })]);
    p.to("10:40");
    const [first] = p.fired();
    p.seek("09:40");
    p.to("10:40");
    expect(p.fired()).toEqual([first, first]);
    p.seek("09:41");
    p.seek("12:30");
    expect(p.fired()).toHaveLength(2);
  });

  it("stage a ticket and send nothing; the log says so", () => {
    const staged: Draft[] = [];
    const draft: Draft = {
      legs: [{ instrument: CALL, ratio: 1 }],
      side: "buy",
      purpose: "auto",
      qty: null,
      price: null,
      tif: "day",
      from: null,
    };
    const p = played([wish({ again: false, stage: { draft, text: "BUY GOOG 15jan 760 C" } })], null, (d) =>
      staged.push(d),
    );
    p.to("10:40");
    expect(staged).toEqual([draft]);
    expect(p.fired()[0]).toMatch(/staged T1 BUY GOOG 15jan 760 C$/);
    expect(p.opened.player.desk.log.some((e) => e.source === "alert" && e.text.includes("staged T1"))).toBe(
      true,
    );
  });
});

describe("the file of alerts", () => {
  it("keeps alerts and what became of them over a restart", () => {
    const path = join(folder(), "alerts.json");
    const p = played([wish({ again: false }), MIXED[1] as AlertWish], new AlertFile(path));
    p.to("10:40");
    const kept = new AlertFile(path).load();
    expect(kept).toMatchObject([
      { id: "A1", state: { armed: false, times: 1 } },
      { id: "A2", field: "iv" },
    ]);
    expect(readdirSync(join(path, ".."))).toEqual(["alerts.json"]);
  });

  it("is refused whole when anything in it is wrong, said, and put aside instead of lost", () => {
    const path = join(folder(), "alerts.json");
    const p = played([wish({})], new AlertFile(path));
    const good = readFileSync(path, "utf8");
    for (const bad of [
      "{",
      '{"version":2,"alerts":[]}',
      good.replace('"crosses"', '"equals"'),
      good.replace('"price"', '"prise"'),
      good.replace('"armed": true', '"armed": 1'),
    ]) {
      writeFileSync(path, bad);
      expect(new AlertFile(path).load(), bad.slice(0, 40)).toMatch(/None was taken/);
    }
    const again = played([], new AlertFile(path));
    expect(again.opened.player.desk.log.at(-1)).toMatchObject({ level: "error", code: "ALR-001" });
    expect(again.alerts.view({} as never).problem).toContain("alerts.json");
    again.alerts.command({ name: "alert", op: "add", wish: wish({}) }, again.opened.player.desk.nowUs);
    expect(readdirSync(join(path, "..")).sort()).toEqual(["alerts.json", "alerts.json.bad"]);
    expect(p.fired()).toEqual([]);
  });
});
