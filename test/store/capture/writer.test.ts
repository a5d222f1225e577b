import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { Kind, type ObjectEvent } from "../../../engines/market/index.ts";
import { deriveTape } from "../../../store/capture/derive.ts";
import { CaptureError } from "../../../store/capture/errors.ts";
import { unpackFrames } from "../../../store/capture/frames-codec.ts";
import { readManifest } from "../../../store/capture/manifest.ts";
import { compressedRecord } from "../../../store/capture/raw-records.ts";
import { RAW_DEFAULTS, RawWriter, type WriteResult } from "../../../store/capture/raw-writer.ts";
import { repairSession } from "../../../store/capture/recover.ts";
import { scanSegment } from "../../../store/capture/segment.ts";
import { SegmentFiles } from "../../../store/capture/segment-files.ts";
import { openSession } from "../../../store/capture/session.ts";
import { SessionWriter } from "../../../store/capture/session-writer.ts";
import { verifySession } from "../../../store/capture/verify.ts";
import { bookTicker, definition, HEAD, keepAll, quoteRows, smallSession, T0, tempDir } from "./helpers.ts";

const segment = (dir: string, n = 1): string => join(dir, "raw", `${String(n).padStart(6, "0")}.seg`);
const framesOf = (path: string): string[] => {
  const out: string[] = [];
  scanSegment(readFileSync(path), path, (r) => {
    for (const f of unpackFrames(r.body, path)) out.push(f.bytes.toString());
  });
  return out;
};

describe("recording a session", () => {
  it("keeps frames and rows, and derives the same rows from the frames", () => {
    const dir = smallSession();
    expect(verifySession(dir)).toMatchObject({ ok: true, records: 4, rows: 31 });
    expect(framesOf(segment(dir))).toEqual(Array.from({ length: 30 }, (_, k) => bookTicker(k)));
    const live = openSession(dir);
    const a = live.block(1);
    expect(live.instruments.map((i) => i.id)).toEqual(["CRYPTO/BTC-USDT"]);
    const bids = Array.from(a.a);
    live.close();
    deriveTape(dir);
    const derived = openSession(dir);
    expect(derived.rows).toBe(31);
    expect(Array.from(derived.block(0).a.subarray(16, 31))).toEqual(bids);
    expect(derived.block(0).objects[0]).toMatchObject({ kind: "instrument", slot: 0 });
    derived.close();
    expect(verifySession(dir).ok).toBe(true);
  });

  it("lets the redactor keep secrets off the disk, for every channel", () => {
    const dir = join(tempDir(), "s");
    const writer = SessionWriter.create(dir, HEAD, {
      fsync: "never",
      redact: (frame, channel) =>
        channel === "auth" ? null : frame.toString().replace(/token-\w+/g, "[removed]"),
    });
    writer.appendRaw("the password", T0, "auth");
    writer.appendRaw(`{"a":"token-abc123"}`, T0, "deribit");
    writer.close();
    expect(framesOf(segment(dir))).toEqual([`{"a":"[removed]"}`]);
  });

  it("refuses a folder that already holds something", () => {
    const dir = smallSession();
    expect(() => SessionWriter.create(dir, HEAD, keepAll)).toThrow(/^CAP-013 /);
  });

  it("begins a new segment when one is full", () => {
    const dir = smallSession(30, { segmentBytes: 300 });
    expect(readdirSync(join(dir, "raw")).length).toBeGreaterThan(1);
    expect(readdirSync(join(dir, "raw")).flatMap((n) => framesOf(join(dir, "raw", n)))).toHaveLength(30);
    expect(verifySession(dir).ok).toBe(true);
  });

  it("cuts a torn tail on resume, keeps the cut aside and goes on after it", () => {
    const dir = join(tempDir(), "s");
    const first = SessionWriter.create(dir, HEAD, keepAll);
    first.appendRaw(bookTicker(0), T0, "binance");
    first.flush();
    appendFileSync(segment(dir), Buffer.from("half a record, then the power went"));
    expect(() => openSession(dir)).toThrow(/^CAP-004 /);
    const second = SessionWriter.resume(dir, readManifest(dir), keepAll);
    second.appendRaw(bookTicker(1), T0 + 1000, "binance");
    expect(second.close()).toEqual({ ok: true });
    expect(framesOf(segment(dir))).toEqual([bookTicker(0), bookTicker(1)]);
    expect(readFileSync(`${segment(dir)}.cut1`, "utf8")).toBe("half a record, then the power went");
    deriveTape(dir);
    expect(verifySession(dir)).toMatchObject({ ok: true, records: 2, rows: 3 });
  });

  it("keeps the desk's own events beside the frames, in order of arrival", () => {
    const dir = join(tempDir(), "s");
    const writer = SessionWriter.create(dir, HEAD, keepAll);
    writer.appendRaw(bookTicker(0), T0, "binance");
    writer.appendRaw(`{"kind":"command","user":"u","name":"pause","args":null}`, T0, "desk");
    writer.appendRaw(bookTicker(1), T0, "binance");
    writer.appendRaw(`{"jsonrpc":"2.0","id":1}`, T0, "deribit");
    writer.close();
    const manifest = deriveTape(dir);
    expect(manifest.derived?.unread).toBe(1);
    const s = openSession(dir);
    const block = s.block(0);
    expect(Array.from(block.kind)).toEqual([Kind.object, Kind.quote, Kind.object, Kind.quote]);
    expect(block.objects[1]).toMatchObject({ kind: "command", name: "pause" });
    s.close();
  });

  it("says which channel it cannot decode", () => {
    const dir = join(tempDir(), "s");
    const writer = SessionWriter.create(dir, HEAD, keepAll);
    writer.appendRaw("?", T0, "constructor:x");
    writer.close();
    expect(() => deriveTape(dir)).toThrow(/^CAP-015 .*channel constructor:x/);
  });
});

describe("a thread that compresses more slowly than frames come", () => {
  const frame = (k: number): string => `frame ${String(k).padStart(4, "0")}`;
  const frames = Array.from({ length: 400 }, (_, k) => frame(k));

  /** A flush after each frame, as seconds pass; the other thread answers only when it is told to. */
  function behind(blockBytes: number): {
    readonly dir: string;
    readonly raw: RawWriter;
    readonly bodies: Set<ArrayBufferLike>;
    readonly answers: (() => void)[];
  } {
    const dir = tempDir();
    mkdirSync(join(dir, "raw"));
    const answers: (() => void)[] = [];
    const bodies = new Set<ArrayBufferLike>();
    const compress = (body: Buffer, done: (record: Uint8Array | null) => void): void => {
      bodies.add(body.buffer);
      answers.push(() => done(compressedRecord(body)));
    };
    const raw = new RawWriter(dir, { ...RAW_DEFAULTS, blockBytes, fsync: "never", aside: true, compress });
    return { dir, raw, bodies, answers };
  }

  it("is given a few bodies at most, and the rest waits in the next one", () => {
    const { dir, raw, bodies, answers } = behind(RAW_DEFAULTS.blockBytes);
    frames.forEach((f, k) => {
      raw.append(Buffer.from(f), T0 + k, "c");
      raw.flush();
    });
    expect(answers).toHaveLength(4);
    for (const answer of answers.splice(0)) answer();
    raw.flush();
    expect(answers).toHaveLength(1);
    expect(bodies.size).toBeLessThanOrEqual(6);
    expect(raw.close()).toEqual({ ok: true });
    expect(framesOf(segment(dir))).toEqual(frames);
  });

  it("is helped where whole blocks come: nothing is lost, and the order stays", () => {
    const { dir, raw, bodies, answers } = behind(50);
    frames.forEach((f, k) => {
      raw.append(Buffer.from(f), T0 + k, "c");
      if (k % 100 === 99) for (const answer of answers.splice(0)) answer();
    });
    expect(bodies.size).toBeLessThanOrEqual(6);
    expect(raw.close()).toEqual({ ok: true });
    expect(raw.dropped).toBe(0);
    expect(framesOf(segment(dir))).toEqual(frames);
  });
});

describe("full blocks while the other thread is behind", () => {
  const frames = Array.from({ length: 120 }, (_, k) => `${k} ${"y".repeat(4000)}`);

  it.each([
    ["are summed by it and written as they lie", true],
    ["are compressed by this one in the end where it does not answer", false],
  ])("%s, and written in order", (_, answering) => {
    const dir = tempDir();
    mkdirSync(join(dir, "raw"));
    const compressions: (() => void)[] = [];
    const sums: (() => void)[] = [];
    const compress = (body: Buffer, done: (record: Uint8Array | null) => void): void => {
      compressions.push(() => done(compressedRecord(body)));
    };
    const sum = (bytes: Buffer, done: (crc: number | null) => void): void => {
      sums.push(() => done(crc32(bytes)));
    };
    const sizes = { blockBytes: 40_000, bufferBytes: 10_000_000 };
    const raw = new RawWriter(dir, { ...RAW_DEFAULTS, ...sizes, fsync: "never", aside: true, compress, sum });
    frames.forEach((f, k) => {
      expect(raw.append(Buffer.from(f), T0 + k, "c")).toEqual({ ok: true });
    });
    expect(compressions).toHaveLength(4);
    expect(sums).toHaveLength(8);
    if (answering) for (const answer of [...sums, ...compressions]) answer();
    expect(raw.close()).toEqual({ ok: true });
    if (!answering) for (const answer of [...sums, ...compressions]) answer();
    expect(framesOf(segment(dir))).toEqual(frames);
  });
});

describe("a thread that does not answer at all", () => {
  it("costs no frame: what it has goes to the disk as it is before the room is used up", () => {
    const dir = tempDir();
    mkdirSync(join(dir, "raw"));
    const answers: (() => void)[] = [];
    const compress = (body: Buffer, done: (record: Uint8Array | null) => void): void => {
      answers.push(() => done(compressedRecord(body)));
    };
    const sizes = { blockBytes: 100, bufferBytes: 1_000 };
    const raw = new RawWriter(dir, { ...RAW_DEFAULTS, ...sizes, fsync: "record", aside: true, compress });
    const frames = Array.from({ length: 200 }, (_, k) => `frame ${String(k).padStart(4, "0")}`);
    frames.forEach((f, k) => {
      expect(raw.append(Buffer.from(f), T0 + k, "c")).toEqual({ ok: true });
    });
    // Its late answers change nothing.
    for (const answer of answers) answer();
    expect(raw.close()).toEqual({ ok: true });
    expect(framesOf(segment(dir))).toEqual(frames);
  });
});

describe("records that another thread writes", () => {
  const until = async (what: string, seen: () => boolean): Promise<void> => {
    const end = performance.now() + 20_000;
    while (!seen()) {
      if (performance.now() > end) throw new Error(`waited for ${what}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const record = (k: number): string => `${k} ${"x".repeat(100)}`;
  /** Compressed at once and written aside, a record a frame. */
  function writer(dir: string): RawWriter {
    const compress = (body: Buffer, done: (record: Uint8Array | null) => void): void =>
      done(compressedRecord(body));
    return new RawWriter(dir, { ...RAW_DEFAULTS, blockBytes: 8, segmentBytes: 250, aside: true, compress });
  }

  it("are whole and in order over several segments, whether or not it was done when the recording ends", async () => {
    for (const ended of ["at once", "later"]) {
      const dir = tempDir();
      mkdirSync(join(dir, "raw"));
      const raw = writer(dir);
      for (let k = 0; k < 30; k++) {
        expect(raw.append(Buffer.from(record(k)), T0 + k, "c")).toEqual({ ok: true });
        if (k % 10 === 9) expect(raw.flush()).toEqual({ ok: true });
        if (ended === "later") await until(`record ${k} on disk`, () => raw.records === k + 1);
      }
      expect(raw.close()).toEqual({ ok: true });
      expect(raw.records).toBe(30);
      const segments = readdirSync(join(dir, "raw"));
      expect(segments.length).toBeGreaterThan(3);
      expect(segments.flatMap((n) => framesOf(join(dir, "raw", n)))).toEqual(
        Array.from({ length: 30 }, (_, k) => record(k)),
      );
    }
  });

  it("wait for a disk that is full, which is told, and reach it when there is room again", async () => {
    const dir = tempDir();
    mkdirSync(join(dir, "raw"));
    writeFileSync(segment(dir), "");
    const raw = new RawWriter(dir, { ...RAW_DEFAULTS, blockBytes: 8, fsync: "never", aside: true });
    raw.append(Buffer.from(record(0)), T0, "c");
    await until("the first record", () => raw.records === 1);
    const full = vi.spyOn(SegmentFiles.prototype, "putAside").mockImplementation((_, done) => {
      setImmediate(() => done(Object.assign(new Error("no space"), { code: "ENOSPC" })));
    });
    for (let k = 1; k < 5; k++) raw.append(Buffer.from(record(k)), T0, "c");
    let told: WriteResult = { ok: true };
    await until("the full disk to be told", () => !(told = raw.flush()).ok);
    expect(told).toMatchObject({ ok: false, dropped: 0, error: { code: "CAP-009" } });
    full.mockRestore();
    await until("the rest", () => raw.flush().ok && raw.records >= 2 && raw.records === raw.frames);
    expect(raw.close()).toEqual({ ok: true });
    expect(framesOf(segment(dir))).toEqual(Array.from({ length: 5 }, (_, k) => record(k)));
  });
});

describe("a tape whose blocks another thread sums", () => {
  /** Answers of the other thread in the order `when` gives them: at once, when it is told to, or never. */
  it.each(["at once", "late", "without an answer", "never"] as const)(
    "is whole where it answers %s",
    (when) => {
      const asked: (() => void)[] = [];
      let most = 0;
      const sum = (bytes: Buffer, done: (crc: number | null) => void): void => {
        expect(bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
        const answer = (): void => done(when === "without an answer" ? null : crc32(bytes));
        if (when === "at once") answer();
        else most = Math.max(most, asked.push(answer));
      };
      const dir = join(tempDir(), "s");
      const writer = SessionWriter.create(dir, HEAD, { ...keepAll, blockRows: 16, sum });
      writer.appendRaw(bookTicker(0), T0, "binance");
      for (let k = 0; k < 9; k++) {
        const { cols } = quoteRows(31);
        for (const us of [cols.recvUs, cols.eventUs]) us.forEach((x, n) => (us[n] = x + k * 1e6));
        const told: ObjectEvent = { kind: "shed", channel: "å".repeat(9 * k), slots: [], count: 1 };
        const objects = [k === 0 ? definition : told];
        expect(writer.appendRows({ ...cols, objects })).toEqual({ ok: true });
        if (when !== "never" && k % 3 === 2) for (const answer of asked.splice(0)) answer();
      }
      expect(writer.close()).toEqual({ ok: true });
      for (const answer of asked) answer();
      if (when !== "at once") expect(most).toBe(4);
      const s = openSession(dir);
      const rows = Array.from({ length: 18 }, (_, n) => s.block(n));
      expect(s.rows).toBe(9 * 32);
      expect(rows.map((b) => b.n)).toEqual(Array(18).fill(16));
      expect(rows.flatMap((b) => Array.from(b.a)).filter((a) => a > 0)).toEqual(
        Array.from({ length: 9 }, () => Array.from({ length: 31 }, (_, k) => 8000 + k)).flat(),
      );
      s.close();
      expect(verifySession(dir).problems).toEqual([]);
    },
  );
});

describe("a disk that does not take it", () => {
  it("tells a full disk as a value, drops beyond the bound, and goes on when there is room again", () => {
    const dir = tempDir();
    mkdirSync(join(dir, "raw"));
    // Linux's /dev/full answers every write as a full disk does.
    symlinkSync("/dev/full", segment(dir));
    const raw = new RawWriter(dir, { ...RAW_DEFAULTS, blockBytes: 8, bufferBytes: 64, fsync: "never" });
    const result = raw.append(Buffer.from("12345678"), T0, "c");
    expect(result).toMatchObject({ ok: false, dropped: 0, error: { code: "CAP-009" } });
    for (let k = 0; k < 10; k++) raw.append(Buffer.from("12345678"), T0, "c");
    expect(raw.dropped).toBe(3);
    expect(raw.append(Buffer.from("12345678"), T0, "c")).toMatchObject({
      ok: false,
      error: { code: "CAP-014" },
    });
    expect(raw.close()).toMatchObject({ ok: false, error: { code: "CAP-009" } });
  });

  it("names a folder that may not be written", () => {
    const dir = tempDir();
    const run = (): void => {
      SessionWriter.create(join("/proc", "voldesk", "s"), HEAD, keepAll);
    };
    expect(run).toThrow(CaptureError);
    writeFileSync(join(dir, "file"), "");
    expect(() => SessionWriter.create(join(dir, "file"), HEAD, keepAll)).toThrow(CaptureError);
    // Only root may give up its rights for a moment; anyone else has none to the root folder anyway.
    const root = process.getuid?.() === 0;
    if (root) process.seteuid?.(65534);
    try {
      expect(() => SessionWriter.create("/voldesk-not-allowed", HEAD, keepAll)).toThrow(
        /^CAP-010 .*\/voldesk-not-allowed/,
      );
    } finally {
      if (root) process.seteuid?.(0);
    }
  });
});

describe("deriving", () => {
  it("promises no tape when it breaks off", () => {
    const dir = smallSession();
    rmSync(join(dir, "tape/tape.bin"));
    symlinkSync("/dev/full", join(dir, "tape/tape.bin"));
    expect(() => deriveTape(dir)).toThrow(/^CAP-009 .*tape\.bin/);
    expect(() => openSession(dir)).toThrow(/^CAP-004 /);
  });
});

describe("repair", () => {
  it("keeps the good records before damage in the middle and derives the tape from them", () => {
    const dir = smallSession();
    const path = segment(dir);
    const bytes = readFileSync(path);
    const offsets: number[] = [];
    scanSegment(bytes, path, (r) => offsets.push(r.offset));
    const third = offsets[2] as number;
    bytes[third + 12] = (bytes[third + 12] as number) ^ 1;
    writeFileSync(path, bytes);
    const report = verifySession(dir);
    expect(report.problems.map((p) => p.code)).toContain("CAP-006");
    const { cuts, manifest } = repairSession(dir);
    expect(cuts).toMatchObject([{ keptBytes: third, cutBytes: bytes.length - third }]);
    expect(existsSync(`${path}.cut1`)).toBe(true);
    expect(framesOf(path)).toEqual(Array.from({ length: 11 }, (_, k) => bookTicker(k)));
    expect(manifest.derived?.rows).toBe(12);
    expect(verifySession(dir).ok).toBe(true);
  });
});
