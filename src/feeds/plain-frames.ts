import type { Socket } from "node:net";
import type WebSocket from "ws";

const TEXT = 0x81;
const BINARY = 0x82;
const PING = 0x89;
const PONG = 0x8a;
/** The longest head of a frame that a server sends. */
const MOST_HEAD = 10;
/** A length of eight bytes follows: such messages are rare, and lie in many reads of the socket. */
const LONG = 127;
const CUT = 0;
const ODD = -1;

/** Bytes of the frame that begins at `at`, with its head; CUT where the head is not whole, ODD for what only `ws` knows to judge. */
function frameSize(bytes: Uint8Array, at: number): number {
  const left = bytes.length - at;
  if (left < 2) return CUT;
  const first = bytes[at] as number;
  const length = bytes[at + 1] as number;
  if (first !== TEXT && first !== BINARY)
    return (first === PING || first === PONG) && length < 126 ? 2 + length : ODD;
  if (length < 126) return 2 + length;
  if (length > LONG) return ODD;
  if (length === 126) return left < 4 ? CUT : 4 + (bytes[at + 2] as number) * 256 + (bytes[at + 3] as number);
  if (left < MOST_HEAD) return CUT;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + 2, 8);
  return view.getUint32(0) === 0 ? MOST_HEAD + view.getUint32(4) : ODD;
}

export interface FrameTaker {
  message(bytes: Buffer, binary: boolean): void;
  /** Bytes of frames that come back to be read here when `ws` has had them whole. */
  pass(bytes: Buffer): void;
  /** From these bytes on all is for `ws`. */
  giveBack(bytes: Buffer): void;
}

/**
 * Reads what is usual of a server's websocket straight from the bytes of its connection: whole messages of less than 64 KB in one frame. Pings,
 * pongs, long messages and those that end in a later chunk go to `ws`, byte for byte, and all of it from the first frame on that is anything
 * else: fragments, a goodbye, what is no frame.
 */
export class PlainFrames {
  /** Bytes that `ws` has yet to get of a frame that it reads. */
  private owed = 0;
  /** The part of a head that came; `ws` has it too. */
  private head: Buffer | null = null;

  constructor(private readonly to: FrameTaker) {}

  chunk(bytes: Buffer): void {
    if (this.head !== null && !this.wholeHead(this.head, bytes)) return;
    const { to } = this;
    const { length } = bytes;
    let at = 0;
    while (at < length) {
      if (this.owed > 0) {
        const end = Math.min(length, at + this.owed);
        this.owed -= end - at;
        to.pass(bytes.subarray(at, end));
        at = end;
        continue;
      }
      const size = frameSize(bytes, at);
      const first = bytes[at] as number;
      const second = bytes[at + 1] as number;
      if (size === ODD) return to.giveBack(bytes.subarray(at));
      if (size === CUT) {
        this.head = Buffer.from(bytes.subarray(at));
        return to.pass(bytes.subarray(at));
      }
      const end = at + size;
      if (end > length || second === LONG || first >= PING) this.owed = size;
      else {
        to.message(bytes.subarray(at + (second < 126 ? 2 : 4), end), first === BINARY);
        at = end;
      }
    }
  }

  /** The rest of a head may tell how long its frame is. False when this chunk is done with. */
  private wholeHead(begun: Buffer, bytes: Buffer): boolean {
    const head = Buffer.concat([begun, bytes.subarray(0, MOST_HEAD)]);
    const size = frameSize(head, 0);
    this.head = size === CUT ? head : null;
    if (size === ODD) this.to.giveBack(bytes);
    else if (size === CUT) this.to.pass(bytes);
    else this.owed = size - begun.length;
    return size > 0;
  }
}

/**
 * Messages of this websocket are read by {@link PlainFrames} and told as its own; everything else stays with it. It must not ask for text to be
 * validated nor for compression: neither is looked at here.
 */
export function readPlainFrames(ws: WebSocket): void {
  ws.once("upgrade", ({ socket }) => ws.once("open", () => attach(ws, socket)));
}

function attach(ws: WebSocket, socket: Socket): void {
  const [own, ...others] = socket.listeners("data") as ((bytes: Buffer) => void)[];
  if (own === undefined || others.length > 0) return;
  const giveBack = (bytes: Buffer): void => {
    socket.off("data", read);
    // As the listener that `ws` knows, which it takes away itself when it has had enough.
    socket.on("data", own);
    own.call(socket, bytes);
  };
  const frames = new PlainFrames({
    message: (bytes, binary) => ws.emit("message", bytes, binary),
    pass: (bytes) => own.call(socket, bytes),
    giveBack,
  });
  const read = (bytes: Buffer): void => (ws.readyState === ws.OPEN ? frames.chunk(bytes) : giveBack(bytes));
  socket.on("data", read);
  socket.off("data", own);
}
