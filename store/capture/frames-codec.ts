/**
 * A raw record that holds frames as received: the names of their channels, then per frame its receive time (f64 µs), channel (u16),
 * length (u32) and bytes.
 */
import { CaptureError } from "./errors.ts";
import { RECORD_HEAD } from "./segment.ts";
import { moveBytes } from "./shared-memory.ts";

export interface RawFrame {
  readonly recvUs: number;
  /** `<decoder>` or `<decoder>:<detail>`, e.g. `deribit`, `ibkr:EQ/0700/HKD`, `desk`. */
  readonly channel: string;
  readonly bytes: Buffer;
}

const FRAME_HEAD = 14;
const FIRST_BYTES = 64 * 1024;
/** Room before the frames for the names of their channels, which are known when the body is taken. */
const HEAD_ROOM = 4 * 1024;
/** Frames are gathered here, where it is near, and moved to the body together. */
const STAGE_BYTES = 32 * 1024;
/** Buffers that wait to be used again: as many as a writer has out in a burst, so that none becomes garbage. */
const MOST_SPARE = 24;

export function packFrames(frames: readonly RawFrame[]): Buffer {
  const packer = new FramePacker();
  for (const f of frames) packer.add(f.bytes, f.recvUs, f.channel);
  return packer.take();
}

/**
 * Gathers frames into the body of a record as they come: nothing of a frame is kept but a copy of its bytes. A body given back is filled again,
 * so that a recording of hours makes no garbage.
 */
export class FramePacker {
  /** Frames, and bytes of theirs, that were added since the last body. */
  count = 0;
  bytes = 0;
  private frames: Buffer;
  private at = HEAD_ROOM;
  private readonly stage = Buffer.allocUnsafeSlow(STAGE_BYTES);
  private staged = 0;
  private readonly channels = new Map<string, number>();
  private lastChannel: string | null = null;
  private lastIndex = 0;
  private readonly spare: Buffer[] = [];

  constructor(private readonly allocate: (bytes: number) => Buffer = (n) => Buffer.allocUnsafe(n)) {
    this.frames = allocate(FIRST_BYTES);
  }

  add(bytes: Buffer, recvUs: number, channel: string): void {
    if (this.staged + FRAME_HEAD + bytes.length > STAGE_BYTES) this.unstage();
    const { stage, staged } = this;
    stage.writeDoubleLE(recvUs, staged);
    stage.writeUInt16LE(channel === this.lastChannel ? this.lastIndex : this.indexOf(channel), staged + 8);
    stage.writeUInt32LE(bytes.length, staged + 10);
    this.staged += FRAME_HEAD;
    if (this.staged + bytes.length > STAGE_BYTES) {
      this.unstage();
      this.put(bytes);
    } else {
      stage.set(bytes, this.staged);
      this.staged += bytes.length;
    }
    this.count++;
    this.bytes += bytes.length;
  }

  /** The body of what was added, with room for the head of a record before it, and begins anew in another buffer. */
  take(): Buffer {
    this.unstage();
    const head = this.head();
    const { frames, at } = this;
    const from = HEAD_ROOM - head.length;
    let body: Buffer;
    if (from < RECORD_HEAD) {
      const record = Buffer.concat([Buffer.alloc(RECORD_HEAD), head, frames.subarray(HEAD_ROOM, at)]);
      body = record.subarray(RECORD_HEAD);
    } else {
      frames.set(head, from);
      body = frames.subarray(from, at);
      this.frames = this.spare.pop() ?? this.allocate(frames.length);
    }
    this.at = HEAD_ROOM;
    this.count = 0;
    this.bytes = 0;
    this.channels.clear();
    this.lastChannel = null;
    return body;
  }

  /** A record round a body that was taken: no copy of it. */
  recordOf(body: Buffer): Buffer {
    return Buffer.from(body.buffer, body.byteOffset - RECORD_HEAD, RECORD_HEAD + body.length);
  }

  /** Nobody reads a body any more. */
  giveBack(body: Buffer): void {
    const { buffer } = body;
    if (this.spare.length < MOST_SPARE && buffer.byteLength >= FIRST_BYTES && buffer !== this.frames.buffer)
      this.spare.push(Buffer.from(buffer));
  }

  private indexOf(channel: string): number {
    let index = this.channels.get(channel);
    if (index === undefined) this.channels.set(channel, (index = this.channels.size));
    this.lastChannel = channel;
    this.lastIndex = index;
    return index;
  }

  private unstage(): void {
    this.put(this.stage.subarray(0, this.staged));
    this.staged = 0;
  }

  private put(bytes: Uint8Array): void {
    const end = this.at + bytes.length;
    if (end > this.frames.length) this.grow(end);
    moveBytes(this.frames, this.at, bytes);
    this.at = end;
  }

  private head(): Buffer {
    const names = [...this.channels.keys()].map((name) => Buffer.from(name, "utf8"));
    const out = Buffer.allocUnsafe(names.reduce((n, name) => n + 2 + name.length, 2));
    let at = out.writeUInt16LE(names.length, 0);
    for (const name of names) {
      at = out.writeUInt16LE(name.length, at);
      at += name.copy(out, at);
    }
    return out;
  }

  private grow(least: number): void {
    const wider = this.allocate(Math.max(least, 2 * this.frames.length));
    moveBytes(wider, HEAD_ROOM, this.frames.subarray(HEAD_ROOM, this.at));
    this.frames = wider;
  }
}

/** @throws CaptureError CAP-006 when the body does not hold frames. */
export function unpackFrames(body: Buffer, where: string): RawFrame[] {
  const frames: RawFrame[] = [];
  try {
    let at = 2;
    const channels = Array.from({ length: body.readUInt16LE(0) }, () => {
      const n = body.readUInt16LE(at);
      const name = body.toString("utf8", at + 2, at + 2 + n);
      at += 2 + n;
      return name;
    });
    while (at < body.length) {
      const recvUs = body.readDoubleLE(at);
      const channel = channels[body.readUInt16LE(at + 8)];
      const n = body.readUInt32LE(at + 10);
      at += FRAME_HEAD;
      if (channel === undefined || at + n > body.length) throw new RangeError("a frame is cut short");
      frames.push({ recvUs, channel, bytes: body.subarray(at, at + n) });
      at += n;
    }
  } catch (e) {
    throw new CaptureError(
      "CAP-006",
      where,
      "Restore it from a copy, or import the session again.",
      (e as Error).message,
    );
  }
  return frames;
}
