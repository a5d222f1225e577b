import { EventEmitter } from "node:events";

/** The terminal that Ink believes to write to: every write is one whole frame, handed on as text. */
export class InkStdout extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  columns: number;
  rows: number;

  constructor(
    cols: number,
    rows: number,
    readonly onFrame: (frame: string) => void,
  ) {
    super();
    this.columns = cols;
    this.rows = rows;
  }

  /** Ink shows and hides the cursor through its output too; only text is a frame. */
  write(data: string, done?: () => void): boolean {
    if (data !== "" && !/^\x1b\[\?25[hl]$/.test(data)) this.onFrame(data);
    done?.();
    return true;
  }
}

/** The terminal that Ink believes to read from: silent, keys come through our own tokenizer. */
export class InkStdin extends EventEmitter {
  readonly isTTY = true;
  setRawMode(): this {
    return this;
  }
  setEncoding(): this {
    return this;
  }
  read(): null {
    return null;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
