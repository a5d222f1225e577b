/**
 * A raw record that holds frames as received: the names of their channels, then per frame its receive time (f64 µs), channel (u16),
 * length (u32) and bytes.
 */
import { CaptureError } from "./errors.ts";

export interface RawFrame {
  readonly recvUs: number;
  /** `<decoder>` or `<decoder>:<detail>`, e.g. `deribit`, `ibkr:EQ/0700/HKD`, `desk`. */
  readonly channel: string;
  readonly bytes: Buffer;
}

const FRAME_HEAD = 14;

export function packFrames(frames: readonly RawFrame[]): Buffer {
  const channels = new Map<string, number>();
  let size = 2;
  for (const f of frames) {
    if (!channels.has(f.channel)) {
      channels.set(f.channel, channels.size);
      size += 2 + Buffer.byteLength(f.channel);
    }
    size += FRAME_HEAD + f.bytes.length;
  }
  const out = Buffer.allocUnsafe(size);
  let at = out.writeUInt16LE(channels.size, 0);
  for (const name of channels.keys()) {
    const n = out.write(name, at + 2, "utf8");
    out.writeUInt16LE(n, at);
    at += 2 + n;
  }
  for (const f of frames) {
    at = out.writeDoubleLE(f.recvUs, at);
    at = out.writeUInt16LE(channels.get(f.channel) ?? 0, at);
    at = out.writeUInt32LE(f.bytes.length, at);
    at += f.bytes.copy(out, at);
  }
  return out;
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
