import { createHash } from "node:crypto";
import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import WebSocket from "ws";
import { seeded } from "../../engines/stats/index.ts";
import { readPlainFrames } from "../../src/feeds/plain-frames.ts";
import { type Chance, pick } from "../chaos/frame-parts.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const OPTIONS = { perMessageDeflate: false, skipUTF8Validation: true, maxPayload: 1 << 20 };
const LENGTHS = [0, 1, 40, 125, 126, 127, 300, 5_000, 65_535, 65_536, 70_000];

/** A server at the other end of a pipe in memory: it greets, and then its bytes come cut as told. */
class Pipe extends Duplex {
  constructor(private readonly greeted: () => void) {
    super();
  }
  override _read(): void {
    // What comes is pushed.
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const key = /sec-websocket-key: (.*)\r\n/i.exec(chunk.toString("latin1"))?.[1];
    if (key !== undefined) {
      const accept = createHash("sha1")
        .update(key.trim() + GUID)
        .digest("base64");
      this.push(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      this.greeted();
    }
    done();
  }
}

/** What a client is told of these pieces. It says goodbye itself after so many messages, where a number is given. */
async function told(pieces: readonly Buffer[], plain: boolean, closeAfter: number | null): Promise<string[]> {
  const heard: string[] = [];
  let messages = 0;
  await new Promise<void>((resolve) => {
    const pipe = new Pipe(() => {
      const left = [...pieces];
      let turns = 0;
      const next = (): void => {
        if (pipe.destroyed) return;
        const piece = left.shift();
        if (piece !== undefined) pipe.push(piece);
        else if (turns++ === 0) pipe.push(null);
        // A client that waits for an answer to its goodbye gets none: its connection is gone.
        else if (turns > 20) pipe.destroy();
        setImmediate(next);
      };
      setImmediate(next);
    });
    const ws = new WebSocket("ws://venue", { ...OPTIONS, createConnection: () => pipe as never });
    if (plain) readPlainFrames(ws);
    ws.on("message", (data: Buffer, binary: boolean) => {
      heard.push(
        `${binary ? "binary" : "text"} ${data.length} ${createHash("sha1").update(data).digest("hex")}`,
      );
      if (++messages === closeAfter) ws.close(1000);
    });
    ws.on("ping", (data: Buffer) => heard.push(`ping ${data.toString("hex")}`));
    ws.on("pong", (data: Buffer) => heard.push(`pong ${data.toString("hex")}`));
    ws.on("error", (error) => heard.push(`error ${error.message}`));
    ws.on("close", (code, reason) => {
      heard.push(`close ${code} ${reason.toString()}`);
      resolve();
    });
  });
  return heard;
}

function frame(first: number, payload: Buffer, wide = false): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(wide || length > 65_535 ? 10 : length > 125 ? 4 : 2);
  head[0] = first;
  head[1] = head.length === 2 ? length : head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeUInt32BE(length, 6);
  return Buffer.concat([head, payload]);
}

const random = (chance: Chance, length: number): Buffer =>
  Buffer.alloc(length, Buffer.from([chance() * 256, chance() * 256, chance() * 256]));

/** What an honest server sends. */
function usual(chance: Chance): Buffer {
  const kind = chance();
  if (kind < 0.1) return frame(pick(chance, [0x89, 0x8a]), random(chance, Math.floor(chance() * 126)));
  if (kind < 0.13)
    return Buffer.concat([
      frame(0x01, random(chance, 50)),
      frame(0x89, Buffer.from("between")),
      frame(0x00, random(chance, 500)),
      frame(0x80, random(chance, 3)),
    ]);
  return frame(pick(chance, [0x81, 0x82]), random(chance, pick(chance, LENGTHS)), chance() < 0.05);
}

/** What ends a connection. */
function last(chance: Chance): Buffer {
  const some = random(chance, 20);
  return pick(chance, [
    () => frame(0x88, Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.from("bye")])),
    () => frame(0x88, Buffer.from([1])),
    () => frame(0x88, Buffer.alloc(0)),
    () => frame(0xc1, some),
    () => frame(0x83, some),
    () => frame(0x80, some),
    () => frame(0x09, some),
    () => frame(0x89, random(chance, 126)),
    () => Buffer.from([0x81, 0x85, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    () => Buffer.from([0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
    () => Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 0x20, 0, 0, 1]),
    () => frame(0x81, random(chance, 300)).subarray(0, Math.floor(chance() * 304)),
  ])();
}

/** Cut anywhere, also inside a head. */
function cut(chance: Chance, bytes: Buffer): Buffer[] {
  const most = pick(chance, [3, 20, 1_000, 65_536, 1_000_000]);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const to = at + 1 + Math.floor(chance() * most);
    pieces.push(bytes.subarray(at, to));
    at = to;
  }
  return pieces;
}

describe("frames of a websocket that are read without ws", () => {
  it("tell what ws tells of the same bytes, however they are cut, up to any end", async () => {
    const chance = ((): Chance => {
      const source = seeded(20261122);
      return () => source.uniform();
    })();
    const ends = new Set<string>();
    for (let k = 0; k < 200; k++) {
      const frames = Array.from({ length: Math.floor(chance() * 12) }, () => usual(chance));
      const after = Array.from({ length: Math.floor(chance() * 3) }, () => usual(chance));
      const bytes = Buffer.concat([...frames, last(chance), ...after]);
      // Tiny pieces of long streams take long and find no more.
      const pieces = cut(chance, bytes).slice(0, 500);
      const closeAfter = chance() < 0.2 ? 1 + Math.floor(chance() * 4) : null;
      const bare = await told(pieces, false, closeAfter);
      expect(await told(pieces, true, closeAfter), `stream ${k}`).toEqual(bare);
      ends.add(bare.at(-1) as string);
      ends.add(bare.find((line) => line.startsWith("error")) ?? "");
    }
    // The streams did end in many ways.
    expect(ends.size).toBeGreaterThan(8);
  });
});
