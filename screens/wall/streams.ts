import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import type { OutputStream } from "../terminal/output.ts";

/** SGR parameters without those that set colours: 30-37, 38;…, 39, 40-47, 48;…, 49, 90-107. */
function withoutColours(params: string): string | null {
  const all = params.split(";");
  const kept: string[] = [];
  for (let i = 0; i < all.length; i++) {
    const n = Number(all[i]);
    if (n === 38 || n === 48) i += all[i + 1] === "5" ? 2 : 4;
    else if (!((n >= 30 && n <= 49) || (n >= 90 && n <= 107))) kept.push(all[i] as string);
  }
  return kept.length === 0 && params !== "" ? null : kept.join(";");
}

/** Text for a terminal with every colour taken out; bold, inverse and the rest stay. */
export const plain = (text: string): string =>
  text.replace(/\x1b\[([\d;]*)m/g, (_all, params: string) => {
    const kept = withoutColours(params);
    return kept === null ? "" : `\x1b[${kept}m`;
  });

/** The output that blessed believes to own: it hangs its own marks on the stream, and must not on the real one. */
export class WallOutput extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns = 80;
  rows = 24;
  bytesWritten = 0;

  constructor(
    readonly to: OutputStream,
    readonly colours: boolean,
  ) {
    super();
    this.measure();
  }

  measure(): void {
    this.columns = Math.max(1, this.to.columns ?? 80);
    this.rows = Math.max(1, this.to.rows ?? 24);
  }

  write(text: string): boolean {
    this.bytesWritten += text.length;
    return this.to.write(this.colours ? text : plain(text));
  }
}

/** The input that blessed believes to read: silent. Keys come through our own tokenizer. */
export const silentInput = (): NodeJS.ReadableStream => new PassThrough();
