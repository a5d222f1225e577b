import { describe, expect, it } from "vitest";
import { type EventColumns, type IsoDay, Kind } from "../../engines/market/index.ts";
import { Desk } from "../../src/desk/desk.ts";
import { BLOCK, Journal } from "../../src/shell/live/journal.ts";
import { Definitions } from "../../store/capture/instruments.ts";
import { EventSink } from "../../store/capture/lanes.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";

const KEPT = 2;
const PER_FRAME = 4_096;
const FRAMES = 5 * (BLOCK / PER_FRAME);
const START_US = Date.UTC(2026, 10, 20, 14, 30) * 1000;

const quote = JSON.stringify({
  ...{ T: "q", S: "SPY", bx: "V", bp: 600, bs: 1, ax: "V", ap: 600.1, as: 1 },
  ...{ c: ["R"], t: "2026-11-20T14:30:00.000000001Z", z: "B" },
});
const frame = Buffer.from(`[${Array(PER_FRAME).fill(quote).join(",")}]`);

/** Five blocks of quotes and a note with every frame, handed over after every third. */
function day(): { readonly journal: Journal; readonly handed: EventColumns[]; readonly texts: string[] } {
  let us = START_US;
  const handed: EventColumns[] = [];
  const texts: string[] = [];
  const journal = new Journal({
    desk: new Desk({ slots: 16, tapePrints: 10, logEntries: 10 }, "USD"),
    sink: new EventSink(new Definitions(shippedCatalog(), "2026-11-20" as IsoDay)),
    clock: { after: () => () => {}, monotonicMs: () => us / 1000 } as never,
    nowUs: () => us,
    inboxRows: 4_000_000,
    keptBlocks: KEPT,
    milestone: { every: 1e9, reached: () => {} },
    keepFrame: () => {},
    keepRows: (rows) => {
      handed.push(rows);
      for (let i = 0; i < rows.n; i++) {
        const object = rows.kind[i] === Kind.object ? rows.objects[rows.ref[i] as number] : undefined;
        if (object?.kind === "note") texts.push(object.text);
      }
    },
    moved: () => {},
  });
  for (let k = 0; k < FRAMES; k++) {
    us += 1_000;
    journal.frame("alpaca:sip", frame, us);
    journal.event({ kind: "note", level: "info", source: "test", text: `note ${k}` });
    journal.drain();
    if (k % 3 === 2) journal.handOver();
  }
  journal.handOver();
  return { journal, handed, texts };
}

describe("rows of a live session", () => {
  const { journal, handed, texts } = day();

  it("are handed over once each and in order, with what they point at, to who records them", () => {
    expect(handed.map((rows) => rows.seq0)).toEqual(
      handed.map((_, k) => handed.slice(0, k).reduce((n, rows) => n + rows.n, 0)),
    );
    expect(handed.reduce((n, rows) => n + rows.n, 0)).toBe(journal.rows);
    expect(texts).toEqual(Array.from({ length: FRAMES }, (_, k) => `note ${k}`));
  });

  it("take the same memory after five blocks as after two: blocks are filled again, and no object is kept", () => {
    const blocks = Array.from({ length: journal.findBlock(journal.rows - 1) + 1 }, (_, k) =>
      journal.readBlock(k),
    );
    expect(blocks).toHaveLength(6);
    expect(new Set(blocks.slice(-KEPT).map((b) => b.a.buffer)).size).toBe(KEPT);
    expect(blocks.slice(-KEPT).map((b) => b.seq0)).toEqual([4 * BLOCK, 5 * BLOCK]);
    expect(blocks.flatMap((b) => b.objects)).toEqual([]);
  });

  it("that are no longer kept come as rows of which nothing can be learnt", () => {
    const gone = journal.readBlock(0);
    expect([gone.n, gone.seq0]).toEqual([BLOCK, 0]);
    expect(gone.kind.every((k) => k === 0)).toBe(true);
  });
});
