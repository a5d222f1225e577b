import { pack } from "msgpackr";
import { describe, expect, it } from "vitest";
import { Flag, Kind, type ObjectEvent } from "../../../../engines/market/index.ts";
import { FRAME_DECODERS } from "../../../../store/capture/decode/frames.ts";
import { Definitions } from "../../../../store/capture/instruments.ts";
import { EventSink } from "../../../../store/capture/lanes.ts";
import { shippedCatalog } from "../../../../store/capture/product-catalog.ts";

const NOW_US = Date.UTC(2026, 10, 20, 15, 0, 30) * 1000;

function sinkOf(channel: string, bytes: Buffer): EventSink {
  const sink = new EventSink(new Definitions(shippedCatalog(), "2026-11-20" as never));
  const [name = "", detail = ""] = channel.split(":");
  const decoder = FRAME_DECODERS[name]?.(sink, detail);
  if (decoder === undefined) throw new Error(channel);
  decoder.frame(bytes, NOW_US);
  return sink;
}
function objects(sink: EventSink): ObjectEvent[] {
  const found: ObjectEvent[] = [];
  sink.takeArrivals(NOW_US, (cols) => {
    for (let i = 0; i < cols.n; i++)
      if (cols.kind[i] === Kind.object) found.push(cols.objects[cols.ref[i] as number] as ObjectEvent);
  });
  return found.filter((o) => o.kind !== "instrument");
}

/** Two trades of one name in one frame are taken back, one is corrected. */
const about = { S: "SPY", x: "V", p: 1.5, s: 10, t: "2026-11-20T15:00:00.123456789Z", z: "B" };
const IDS = ["9007199254740993", "9223372036854775807", "9007199254740995"];
const TEXT = `[${[
  `{"T":"x",${JSON.stringify(about).slice(1, -1)},"i":${IDS[0]},"a":"C"}`,
  `{"i":${IDS[1]},"T":"x",${JSON.stringify(about).slice(1, -1)},"a":"E"}`,
  `{"T":"c","S":"SPY","x":"V","oi": ${IDS[2]},"op":1.5,"os":10,"oc":["@"],"ci":7,"cp":1.6,"cs":10,"cc":["@"],"t":"${about.t}","z":"B"}`,
].join(",")}]`;

describe("ids of 64 bits", () => {
  it("of several messages of one name in a frame keep every digit, each its own, in JSON", () => {
    const told = objects(sinkOf("alpaca:sip", Buffer.from(TEXT)));
    expect(told.map((o) => (o.kind === "tradeCancel" ? o.tradeId : o.kind))).toEqual(IDS);
  });

  it("and in MessagePack", () => {
    const list = IDS.slice(0, 2).map((id) => ({ T: "x", ...about, i: BigInt(id), a: "C", t: undefined }));
    const told = objects(sinkOf("alpaca.msgpack:sip", pack(list)));
    expect(told.map((o) => (o.kind === "tradeCancel" ? o.tradeId : o.kind))).toEqual(IDS.slice(0, 2));
  });
});

describe("headlines", () => {
  it("become a line of the log with their names, without a control character, cut where they are long", () => {
    const news = (m: object) =>
      objects(sinkOf("alpaca:news", Buffer.from(JSON.stringify([{ T: "n", id: 1, ...m }]))));
    expect(news({ headline: "SPY\u001b[2Jrises\n5%", symbols: ["SPY", "QQQ"] })).toEqual([
      { kind: "note", level: "info", source: "news", text: "SPY QQQ: SPY [2Jrises 5%" },
    ]);
    expect(news({ headline: "x".repeat(500), symbols: [] })[0]).toMatchObject({ text: "x".repeat(200) });
    expect(news({ headline: "", symbols: [1] })).toEqual([]);
  });
});

describe("bars of before", () => {
  it("are marked so that they move no price; the minute that runs and what is no bar are left out", () => {
    const bar = (t: string, more = {}) => ({ t, o: 2, h: 3, l: 1, c: 2.5, v: 100, n: 4, vw: 2, ...more });
    const list = [
      bar("2026-11-20T14:58:00Z"),
      bar("2026-11-20T15:00:00Z"),
      bar("2026-11-20T14:59:00Z", { l: 5 }),
    ];
    const sink = sinkOf("alpaca.bars:stocks iex", Buffer.from(JSON.stringify({ bars: { SPY: list } })));
    const { kind, flags, n, eventUs, e } = sink.arrival().cols;
    const bars = Array.from({ length: n }, (_, i) => i).filter((i) => kind[i] === Kind.bar);
    expect(bars.map((i) => [eventUs[i], e[i], (flags[i] as number) & Flag.backFill])).toEqual([
      [Date.UTC(2026, 10, 20, 14, 58) * 1000, 100, Flag.backFill],
    ]);
    expect(sink.refusals.get("bar that is none")).toBe(1);
  });
});
