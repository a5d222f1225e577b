import type { Instrument, ObjectEvent } from "../../engines/market/index.ts";
import { moveBytes } from "./shared-memory.ts";

const OPEN = Buffer.from("[");
const COMMA = Buffer.from(",");
const CLOSE = Buffer.from("]");

/**
 * The objects of a block as the JSON that lies behind its columns. Each is written down as it comes: a vendor's Greeks are an object each, and all
 * those of a block at once would hold the desk, as would their memory until then.
 */
export class ObjectsText {
  count = 0;
  /** Of the whole text; 0 where there is no object. */
  bytes = 0;
  private parts: Buffer[] = [];

  add(objects: readonly ObjectEvent[], instruments: readonly Instrument[]): void {
    if (objects.length === 0) return;
    const text = Buffer.from(objects.map((o) => JSON.stringify(stored(o, instruments))).join(","));
    // A bracket or a comma before it, and the last bracket once.
    this.bytes += text.length + (this.count === 0 ? 2 : 1);
    this.count += objects.length;
    this.parts.push(text);
  }

  copyTo(to: Buffer, at: number): void {
    if (this.count === 0) return;
    let end = at;
    const put = (bytes: Buffer): void => {
      moveBytes(to, end, bytes);
      end += bytes.length;
    };
    this.parts.forEach((part, k) => {
      put(k === 0 ? OPEN : COMMA);
      put(part);
    });
    put(CLOSE);
  }
}

/** An instrument's definition lies in `instruments.json`: its row holds the slot only, unless it defines the slot anew. */
function stored(o: ObjectEvent, instruments: readonly Instrument[]): unknown {
  return o.kind === "instrument" && instruments[o.slot] === o.instrument ? { kind: o.kind, slot: o.slot } : o;
}
