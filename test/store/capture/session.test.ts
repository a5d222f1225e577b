import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type EventColumns, Flag, Kind, Quality } from "../../../engines/market/index.ts";
import { bundledSessionsDir } from "../../../store/capture/bundled.ts";
import { openSession, type Session } from "../../../store/capture/session.ts";
import { wallUs } from "../../../store/capture/zones.ts";

const NY = "America/New_York";
const opened: Session[] = [];
const bundled = (name: string): Session => {
  const s = openSession(join(bundledSessionsDir(), name));
  opened.push(s);
  return s;
};
afterAll(() => {
  for (const s of opened) s.close();
});

function* rows(s: Session): Generator<[EventColumns, number]> {
  for (let b = 0; b < s.blocks.length; b++) {
    const cols = s.block(b);
    for (let i = 0; i < cols.n; i++) yield [cols, i];
  }
}
const v = (a: ArrayLike<number>, i: number): number => a[i] as number;

describe("the bundled GOOG session", () => {
  const s = bundled("goog-2015-12-24");
  const open = wallUs("2015-12-24", "09:30", NY);
  const goog = s.instruments.findIndex((i) => i.id === "EQ/GOOG/USD");

  it("has the stock first and all 2,192 contracts, in time order with one sequence", () => {
    expect(goog).toBe(0);
    expect(s.instruments.filter((i) => i.kind === "option")).toHaveLength(2192);
    expect(s.manifest.replay).toEqual({ speed: 30, startUs: open });
    let last = Number.NEGATIVE_INFINITY;
    let seq = 0;
    const seen = new Set<number>();
    for (const [c, i] of rows(s)) {
      if (v(c.recvUs, i) < last || c.seq0 + i !== seq++) throw new Error(`row ${seq} is out of order`);
      last = v(c.recvUs, i);
      const o = c.kind[i] === Kind.object ? c.objects[v(c.ref, i)] : undefined;
      if (o?.kind === "instrument") seen.add(o.slot);
      else if (!seen.has(v(c.slot, i))) throw new Error(`slot ${c.slot[i]} before its definition`);
    }
    expect(seq).toBe(s.rows);
    expect(s.manifest.derived?.kinds).toEqual({
      quote: 549_654,
      trade: 1185,
      bar: 1185,
      openInterest: 2058,
      object: 4251,
    });
  });

  it("tells no close before its bar has ended: the first stock trade bar of the session", () => {
    const at = s.findSeq(open);
    const events: [number, number, number, number][] = [];
    for (const [c, i] of rows(s)) {
      const us = v(c.recvUs, i);
      if (c.seq0 + i < at || us > open + 60e6 || c.slot[i] !== goog) continue;
      if (c.kind[i] === Kind.trade || c.kind[i] === Kind.bar)
        events.push([v(c.kind, i), (us - open) / 1e6, v(c.a, i), v(c.d, i)]);
    }
    // The source row: 34200000,749.55,749.99,748.54,748.54,11492. Before it the bar of 09:29 ends at 09:30.
    expect(events[0]).toEqual([Kind.bar, 0, 750.31, 750.2]);
    expect(events[1]).toEqual([Kind.trade, 0, 749.55, Number.NaN]);
    expect(events[2]).toEqual([Kind.bar, 60, 749.55, 748.54]);
  });

  it("orders one instant: ended bars before new ones, the stock before its options", () => {
    const order: string[] = [];
    for (const [c, i] of rows(s)) {
      if (v(c.recvUs, i) !== open + 60e6) continue;
      const kind = c.kind[i] === Kind.quote ? "quote" : c.kind[i] === Kind.bar ? "bar" : "open";
      const key = `${kind} ${c.slot[i] === goog ? "stock" : "option"}`;
      if (order.at(-1) !== key) order.push(key);
    }
    const [ended, begun] = [
      ["quote stock", "quote option", "bar stock", "bar option"],
      ["quote stock", "quote option"],
    ];
    expect(order).toEqual([...ended, ...begun, "open stock", "open option"]);
  });

  it("marks every market row as minute data and carries a side only when the source does", () => {
    for (const [c, i] of rows(s)) {
      if (c.kind[i] === Kind.object) continue;
      if ((v(c.flags, i) & Flag.qualityMask) !== Quality.bar)
        throw new Error(`row ${i} is not of quality bar`);
      if (c.kind[i] !== Kind.quote) continue;
      const [bid, ask] = [(v(c.flags, i) & Flag.bidSide) !== 0, (v(c.flags, i) & Flag.askSide) !== 0];
      if (bid !== !Number.isNaN(v(c.a, i)) || ask !== !Number.isNaN(v(c.c, i)) || !(bid || ask))
        throw new Error(`row ${i} carries a side it does not name`);
    }
  });

  it("gives prior marks of the day before only, and none of the session's own day", () => {
    const marks = s.block(0).objects.filter((o) => o.kind === "priorMark");
    expect(marks.length).toBe(4251 - 2193);
    expect(new Set(marks.map((m) => m.day))).toEqual(new Set(["2015-12-23"]));
    const c590 = s.instruments.findIndex((i) => i.id === "OPT/GOOG/2015-12-24/C/590/USD/1");
    expect(marks.find((m) => m.slot === c590)?.price).toBe(160.05);
  });

  it("finds rows by time and by sequence", () => {
    for (const us of [s.firstUs as number, open, open + 1, open + 3600e6, s.lastUs as number]) {
      const seq = s.findSeq(us);
      const block = s.findBlock(seq);
      const c = s.block(block);
      expect(v(c.recvUs, seq - c.seq0)).toBeGreaterThanOrEqual(us);
      if (seq > 0) {
        const p = s.block(s.findBlock(seq - 1));
        expect(v(p.recvUs, seq - 1 - p.seq0)).toBeLessThan(us);
      }
    }
    expect(s.findSeq((s.lastUs as number) + 1)).toBe(s.rows);
    expect(s.findBlock(s.rows)).toBe(-1);
    expect(s.findBlock(-1)).toBe(-1);
  });
});

describe("the bundled BAC and IBM session", () => {
  const s = bundled("bac-ibm-2013-10-08");

  it("joins the sides of one millisecond, so that hardly a market looks crossed", () => {
    const bid = [0, 0];
    const ask = [0, 0];
    const lastUs = [0, 0];
    let quotes = 0;
    let crossed = 0;
    for (const [c, i] of rows(s)) {
      if (c.kind[i] !== Kind.quote) continue;
      const slot = v(c.slot, i);
      if (v(c.recvUs, i) === lastUs[slot]) throw new Error("two quotes of one name in one millisecond");
      lastUs[slot] = v(c.recvUs, i);
      if (v(c.flags, i) & Flag.bidSide) bid[slot] = v(c.a, i);
      if (v(c.flags, i) & Flag.askSide) ask[slot] = v(c.c, i);
      quotes++;
      if (v(bid, slot) > 0 && v(ask, slot) > 0 && v(bid, slot) > v(ask, slot)) crossed++;
    }
    expect(quotes).toBe(188_191);
    expect(crossed / quotes).toBeLessThan(0.001);
  });

  it("keeps every trade with its venue and condition, and the one suspicious quote", () => {
    const conditions = s.manifest.derived?.conditions ?? [];
    let trades = 0;
    let suspicious = 0;
    let first = "";
    for (const [c, i] of rows(s)) {
      if (v(c.flags, i) & Flag.suspicious) suspicious++;
      if (c.kind[i] !== Kind.trade) continue;
      trades++;
      const condition = conditions[v(c.ref, i)];
      if (condition === undefined) throw new Error("a trade without its condition");
      first ||= `${v(c.a, i)} ${v(c.b, i)} ${condition.venue} ${condition.code}`;
    }
    expect(trades).toBe(125_872 + 33_381);
    expect(suspicious).toBe(1);
    expect(first).toBe("13.8 1000 P 2000");
  });
});
