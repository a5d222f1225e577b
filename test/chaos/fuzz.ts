import { type EventColumns, Flag, Kind, type Slot } from "../../engines/market/index.ts";
import { seeded } from "../../engines/stats/index.ts";
import { Desk } from "../../src/desk/desk.ts";
import { FRAME_DECODERS } from "../../store/capture/decode/frames.ts";
import { Definitions } from "../../store/capture/instruments.ts";
import { EventSink } from "../../store/capture/lanes.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";
import { type Chance, type Corpus, pick } from "./frame-parts.ts";
import { memoryMb } from "./memory.ts";

export interface FuzzResult {
  readonly channel: string;
  readonly frames: number;
  /** Rows that came of them, and messages that were refused by reason. */
  readonly rows: number;
  readonly refused: number;
  readonly throws: number;
  /** Values that are no numbers where a row or the book says that there is one. */
  readonly nans: number;
  readonly slowestMs: number;
  readonly grownMb: number;
  readonly seconds: number;
  readonly first: string | null;
}

const RECV_US = Date.UTC(2026, 10, 20, 14, 30) * 1000;
/** Frames between two emptyings of the lane into a desk. */
const DRAIN_EVERY = 256;
/** Frames after which the prints of before are forgotten: each trade that is asked for is compared with all of them. */
const FORGET_EVERY = 16;
/** More than any frame needs, with the machine busy: beyond it the decoder hangs. */
export const HANG_MS = 1_000;
/** What a tree may be bent to. */
const ODD: readonly unknown[] = [
  null,
  "",
  "12.5",
  "NaN",
  "C12",
  -1,
  0,
  -0,
  1e300,
  -1e300,
  1e-300,
  123456789012345680,
  true,
  [],
  {},
  ["@"],
  [[[[]]]],
  "ÅÄ",
  "\u0000",
  "x".repeat(300),
  0.1 + 0.2,
  { a: [1] },
];

/** Feeds `count` frames, good, bent and damaged, to a decoder and what it makes of them to a desk. */
export async function fuzz(corpus: Corpus, count: number, seed: number): Promise<FuzzResult> {
  const began = performance.now();
  const chance = seeded(seed).uniform;
  const sink = new EventSink(new Definitions(shippedCatalog(), "2026-11-20" as never));
  const desk = new Desk({ slots: 4_096, tapePrints: 500, logEntries: 100 }, "USD");
  const [kind = "", detail = ""] = corpus.channel.split(/:(.*)/);
  const make = FRAME_DECODERS[kind];
  if (make === undefined) throw new Error(`no decoder for ${corpus.channel}`);
  const decoder = make(sink, detail);
  for (const frame of corpus.first) decoder.frame(frame, RECV_US);
  const found = { rows: 0, throws: 0, nans: 0, slowestMs: 0, first: null as string | null };
  let quarterMb = Number.NaN;
  let batch = process.cpuUsage();
  let slowest = 0;
  for (let k = 0; k < count; k++) {
    const bytes = frameOf(corpus, chance);
    if (k % FORGET_EVERY === 0) sink.prints.back(0);
    const at = performance.now();
    try {
      decoder.frame(bytes, RECV_US + k);
    } catch (error) {
      found.throws++;
      found.first ??= `${String(error)} on ${bytes.toString("latin1").slice(0, 300)}`;
    }
    slowest = Math.max(slowest, performance.now() - at);
    if (k % DRAIN_EVERY !== DRAIN_EVERY - 1 && k < count - 1) continue;
    sink.takeArrivals(RECV_US + k, (rows) => {
      found.rows += rows.n;
      const bad = nansOf(rows);
      desk.apply({ ...rows, seq0: desk.seq }, 0, rows.n);
      found.nans += bad + nansInBook(desk);
      if (bad > 0)
        found.first ??= `a row with a value that is none, near ${bytes.toString("latin1").slice(0, 300)}`;
    });
    desk.takeEffects();
    // On a busy machine a frame may wait for its turn: what it took is no more than what this process has had since the last emptying.
    if (slowest > found.slowestMs)
      found.slowestMs = Math.max(found.slowestMs, Math.min(slowest, cpuMs(batch)));
    slowest = 0;
    batch = process.cpuUsage();
    if (!(quarterMb > 0) && k > count / 4) quarterMb = await memoryMb();
  }
  const refused = [...sink.refusals.values()].reduce((a, b) => a + b, 0);
  const grownMb = (await memoryMb()) - quarterMb;
  return {
    channel: corpus.channel,
    frames: count,
    refused,
    ...found,
    grownMb,
    seconds: (performance.now() - began) / 1000,
  };
}

function frameOf(corpus: Corpus, chance: Chance): Buffer {
  let tree = corpus.make(chance);
  const turn = chance();
  if (turn < 0.6) for (let n = 1 + Math.floor(chance() * 2); n > 0; n--) tree = bent(tree, chance);
  const bytes = corpus.encode(tree);
  return turn > 0.45 && turn < 0.85 ? damaged(bytes, chance) : bytes;
}

/** The tree with one of its places changed, left out, doubled or put in another order. */
function bent(tree: unknown, chance: Chance): unknown {
  if (Array.isArray(tree)) {
    if (tree.length === 0 || chance() < 0.1) return pick(chance, ODD);
    const at = Math.floor(chance() * tree.length);
    if (chance() < 0.1) return [...(tree as unknown[]), tree[at]];
    return (tree as unknown[]).map((item, i) => (i === at ? bent(item, chance) : item));
  }
  if (typeof tree !== "object" || tree === null || tree instanceof Date) return pick(chance, ODD);
  const entries = Object.entries(tree);
  if (entries.length === 0 || chance() < 0.03) return pick(chance, ODD);
  const at = Math.floor(chance() * entries.length);
  const [key, value] = entries[at] as [string, unknown];
  switch (Math.floor(chance() * 6)) {
    case 0:
      return Object.fromEntries(entries.filter((_, i) => i !== at));
    case 1:
      return Object.fromEntries(entries.sort(() => chance() - 0.5));
    case 2:
      return {
        [pick(chance, ["r", "zzz", "", "é", "__proto__", "constructor"])]: pick(chance, ODD),
        ...tree,
      };
    case 3:
      return { ...tree, [key]: pick(chance, ODD) };
    default:
      return { ...tree, [key]: bent(value, chance) };
  }
}

const PUT_IN = [",", "]", "}", '"', "\\", "-", ".", "e5", "0", " ", "\u0000", "\xff", "\xc1", "[", "{"];

/** Bytes changed, cut off, put in, left out. */
function damaged(bytes: Buffer, chance: Chance): Buffer {
  const at = Math.floor(chance() * bytes.length);
  switch (Math.floor(chance() * 5)) {
    case 0: {
      const out = Buffer.from(bytes);
      out[at] = Math.floor(chance() * 256);
      return out;
    }
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(pick(chance, PUT_IN), "latin1"),
        bytes.subarray(at),
      ]);
    case 3:
      return Buffer.from(Array.from({ length: Math.floor(chance() * 64) }, () => Math.floor(chance() * 256)));
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(Math.min(bytes.length, at + 1 + Math.floor(chance() * 4))),
      ]);
  }
}

const finite = (x: number | undefined): boolean => Number.isFinite(x);

/** A row must have a time, and a number on each side that it says it carries. What the book refuses for its value is the book's to judge. */
function nansOf(c: EventColumns): number {
  let bad = 0;
  for (let i = 0; i < c.n; i++) {
    const kind = c.kind[i];
    const flags = c.flags[i] as number;
    if (!finite(c.recvUs[i])) bad++;
    if (kind === Kind.quote && (flags & Flag.bidSide) !== 0 && c.a[i] !== c.a[i]) bad++;
    if (kind === Kind.quote && (flags & Flag.askSide) !== 0 && c.c[i] !== c.c[i]) bad++;
    if ((kind === Kind.trade || kind === Kind.openInterest) && c.a[i] !== c.a[i]) bad++;
    if (kind !== Kind.object && (c.slot[i] as number) < 0) bad++;
  }
  return bad;
}

/** NaN is "unknown" for what was never told; sums are always numbers, and no price is infinite. */
function nansInBook({ book, instruments }: Desk): number {
  let bad = 0;
  for (let s = 0; s < instruments.length; s++) {
    const slot = s as Slot;
    if (!finite(book.volume[slot]) || !finite(book.notional[slot])) bad++;
    for (const column of [book.bid, book.ask, book.last, book.bidSize, book.askSize])
      if (Math.abs(column[slot] as number) === Number.POSITIVE_INFINITY) bad++;
  }
  return bad;
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}
