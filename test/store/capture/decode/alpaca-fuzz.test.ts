import { Packr } from "msgpackr";
import { describe, expect, it } from "vitest";
import type { IsoDay } from "../../../../engines/market/index.ts";
import { seeded } from "../../../../engines/stats/index.ts";
import {
  alpacaJsonFrames,
  alpacaMsgpackFrames,
  parseAlpacaJson,
  parseAlpacaMsgpack,
} from "../../../../store/capture/decode/alpaca.ts";
import { AlpacaRows } from "../../../../store/capture/decode/alpaca-rows.ts";
import type { FrameDecoderFactory } from "../../../../store/capture/decode/source.ts";
import { Definitions } from "../../../../store/capture/instruments.ts";
import { EventSink } from "../../../../store/capture/lanes.ts";
import { shippedCatalog } from "../../../../store/capture/product-catalog.ts";

const DAY = "2026-11-20" as IsoDay;
const newSink = () => new EventSink(new Definitions(shippedCatalog(), DAY));
const RECV = Date.UTC(2026, 10, 20, 14, 30) * 1000;
const COLUMNS = ["kind", "flags", "recvUs", "eventUs", "a", "b", "c", "d", "e"] as const;

interface Pair {
  readonly scan: { readonly sink: EventSink; frame(bytes: Buffer, us: number): boolean };
  readonly parse: { readonly sink: EventSink; frame(bytes: Buffer, us: number): boolean };
}

function pair(make: FrameDecoderFactory, parse: typeof parseAlpacaJson, feed: string): Pair {
  const [a, b] = [newSink(), newSink()];
  const rows = new AlpacaRows(b, feed);
  const scanner = make(a, feed);
  return {
    scan: { sink: a, frame: (bytes, us) => scanner.frame(bytes, us) },
    parse: { sink: b, frame: (bytes, us) => parse(rows, bytes, us) },
  };
}

/** A row by what it means: a scanner may know a name earlier, from a frame that turned out to be broken. */
function meaning({ sink }: Pair["scan"], i: number): string {
  const c = sink.arrival().cols;
  const ref = c.ref[i] as number;
  const about = c.kind[i] === 2 && ref >= 0 ? JSON.stringify(sink.conditions[ref]) : "";
  return `${sink.instruments[c.slot[i] as number]?.id} ${about}`;
}

/** Both have read the same: rows to the bit, refusals. Then both are emptied. */
function agree({ scan, parse }: Pair, what: () => string): void {
  const [a, b] = [scan.sink.arrival().cols, parse.sink.arrival().cols];
  let same = a.n === b.n;
  for (const column of COLUMNS)
    for (let i = 0; i < a.n && same; i++) same = Object.is(a[column][i], b[column][i]);
  for (let i = 0; i < a.n && same; i++) same = meaning(scan, i) === meaning(parse, i);
  if (!same) expect.fail(`they differ on ${what()}`);
  for (let i = 0; i < a.n; i++)
    if (a.kind[i] === 1 || a.kind[i] === 2)
      if (!Number.isFinite(a.recvUs[i]) || Math.abs(a.a[i] as number) === Number.POSITIVE_INFINITY)
        expect.fail(`a value that is none on ${what()}`);
  scan.sink.takeArrivals(RECV, () => {});
  parse.sink.takeArrivals(RECV, () => {});
}

const r = seeded(20261120);
const pick = <T>(list: readonly T[]): T => list[Math.floor(r.uniform() * list.length)] as T;
const STOCKS = ["SPY", "AAPL", "MSFT", "BRK.B", "A"];
const OPTIONS = ["AAPL261218C00250000", "SPY261120P00600500", "ZZZZ261218C00010000"];
const price = () => Math.round(r.uniform() * 1e6) / pick([1, 10, 100, 1000, 10_000]);
const stamp = () =>
  `2026-11-20T14:30:0${Math.floor(r.uniform() * 10)}${pick(["", ".1", ".123456", ".123456789", ".000000001"])}Z`;

type Message = Record<string, unknown>;
const usual = (symbols: readonly string[], time: () => unknown): Message =>
  pick<() => Message>([
    () => ({
      T: "q",
      S: pick(symbols),
      bx: "V",
      bp: price(),
      bs: 3,
      ax: "K",
      ap: price(),
      as: 200,
      c: ["R"],
      t: time(),
      z: "C",
    }),
    () => ({
      T: "t",
      S: pick(symbols),
      i: 52983525029461,
      x: "D",
      p: price(),
      s: 7,
      c: pick([["@"], ["@", "I"], [], ["@", "4", "W"]]),
      t: time(),
      z: "C",
    }),
    () => ({ T: "t", S: pick(symbols), t: time(), p: price(), s: 1, x: "N", c: pick(["I", "A", "D", ""]) }),
    () => ({ T: "q", S: pick(symbols), t: time(), bx: "A", bp: 0, bs: 0, ax: "Z", ap: 0.05, as: 10, c: " " }),
    () => ({ T: "b", S: pick(symbols), o: 1, h: 2, l: 1, c: 2, v: 10, t: time(), n: 3, vw: 1.5 }),
    () => ({
      T: "s",
      S: pick(symbols),
      sc: pick(["H", "T", "P", "?"]),
      sm: "x",
      rc: "M",
      rm: "y",
      t: time(),
      z: "C",
    }),
    () => ({ T: "x", S: pick(symbols), i: 1, x: "D", p: 10, s: 5, a: "C", t: time(), z: "C" }),
    () => ({
      T: "c",
      S: pick(symbols),
      x: "D",
      oi: 1,
      op: 10,
      os: 5,
      oc: ["@"],
      ci: 2,
      cp: 10.5,
      cs: 5,
      cc: ["@"],
      t: time(),
      z: "A",
    }),
  ])();

const ODD: readonly unknown[] = [
  null,
  "",
  "12.5",
  -1,
  0,
  -0,
  1e300,
  1e-7,
  123456789012345680,
  true,
  [],
  {},
  ["@"],
  [1],
  [""],
  "ÅÄ",
  "a\nb",
  "S",
  0.1 + 0.2,
  { a: [1] },
];

function bent(m: Message): Message {
  const keys = Object.keys(m);
  switch (Math.floor(r.uniform() * 5)) {
    case 0:
      return Object.fromEntries(keys.sort(() => r.uniform() - 0.5).map((k) => [k, m[k]]));
    case 1:
      return { ...m, [pick(keys)]: pick(ODD) };
    case 2: {
      const { [pick(keys)]: _, ...rest } = m;
      return rest;
    }
    case 3:
      return { r: 1, [pick(["nw", "zzz", "", "é"])]: pick(ODD), ...m };
    default:
      return {
        ...m,
        t: pick([
          "2026-13-01T00:00:00Z",
          "2026-11-20 14:30:00Z",
          "2026-11-20T14:30:00+01:00",
          "2026-11-20T24:00:00Z",
          "nonsense",
          5,
        ]),
      };
  }
}

const list = (symbols: readonly string[], time: () => unknown): unknown[] =>
  Array.from({ length: 1 + Math.floor(r.uniform() * 3) }, () => {
    const m = usual(symbols, time);
    return r.uniform() < 0.5 ? bent(m) : r.uniform() < 0.02 ? pick(ODD) : m;
  });

/** Raw damage: bytes changed, cut off, put in. */
function damaged(bytes: Buffer): Buffer {
  const out = Buffer.from(bytes);
  const at = Math.floor(r.uniform() * out.length);
  switch (Math.floor(r.uniform() * 4)) {
    case 0:
      out[at] = Math.floor(r.uniform() * 256);
      return out;
    case 1:
      return out.subarray(0, at);
    case 2:
      return Buffer.concat([
        out.subarray(0, at),
        Buffer.from(pick([",", "]", "}", '"', "\\", "-", ".", "e5", "0", " ", "\u0000", "\xff"]), "latin1"),
        out.subarray(at),
      ]);
    default:
      return Buffer.concat([
        out.subarray(0, at),
        out.subarray(Math.min(out.length, at + 1 + Math.floor(r.uniform() * 4))),
      ]);
  }
}

/** A count of frames says what is proved; how long a busy machine takes for them says nothing. */
const LONG_MS = 300_000;
const HALF = 50_000;

describe("Alpaca's decoders on 100,000 malformed frames", () => {
  it(
    "JSON: scanner and parser agree on every frame and none throws",
    () => {
      const both = {
        stocks: pair(alpacaJsonFrames, parseAlpacaJson, "iex"),
        opra: pair(alpacaJsonFrames, parseAlpacaJson, "opra"),
      };
      for (let k = 0; k < HALF; k++) {
        const kind = r.uniform() < 0.8 ? "stocks" : "opra";
        let bytes = Buffer.from(JSON.stringify(list(kind === "stocks" ? STOCKS : OPTIONS, stamp)));
        if (r.uniform() < 0.4) bytes = damaged(bytes) as Buffer<ArrayBuffer>;
        const decoders = both[kind];
        decoders.scan.frame(bytes, RECV + k);
        decoders.parse.frame(bytes, RECV + k);
        agree(decoders, () => bytes.toString("latin1"));
      }
      for (const { scan, parse } of Object.values(both))
        expect([...scan.sink.refusals]).toEqual([...parse.sink.refusals]);
      expect(both.stocks.scan.sink.refusals.get("frame that is no JSON")).toBeGreaterThan(1_000);
      expect(both.stocks.scan.sink.refusals.get("quote with a value that is no number")).toBeGreaterThan(100);
    },
    LONG_MS,
  );

  it(
    "MessagePack: the same",
    () => {
      const packr = new Packr({ useRecords: false, variableMapSize: true, useTimestamp32: true } as never);
      const both = pair(alpacaMsgpackFrames, parseAlpacaMsgpack, "opra");
      const time = () => new Date(RECV / 1000 + Math.floor(r.uniform() * 1000));
      for (let k = 0; k < HALF; k++) {
        let bytes = Buffer.from(packr.pack(list(OPTIONS, time)));
        if (r.uniform() < 0.4) bytes = damaged(bytes) as Buffer<ArrayBuffer>;
        both.scan.frame(bytes, RECV + k);
        both.parse.frame(bytes, RECV + k);
        agree(both, () => bytes.toString("hex"));
      }
      expect([...both.scan.sink.refusals]).toEqual([...both.parse.sink.refusals]);
      expect(both.scan.sink.refusals.get("option root not in instruments.yaml")).toBeGreaterThan(100);
    },
    LONG_MS,
  );
});
