import xterm from "@xterm/headless";

/** A cell as an emulator shows it. */
export interface ShownCell {
  readonly text: string;
  readonly width: number;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  readonly underline: boolean;
  /** Palette index, 0x1rrggbb for RGB, null for the terminal's own. */
  readonly fg: number | null;
  readonly bg: number | null;
}

/** A terminal emulator to write to, for what a person would see. */
export class Emulator {
  readonly term: xterm.Terminal;

  constructor(cols: number, rows: number) {
    this.term = new xterm.Terminal({ cols, rows, scrollback: 0, allowProposedApi: true });
  }

  write(data: string | Uint8Array): Promise<void> {
    return new Promise((resolve) => this.term.write(data, resolve));
  }

  resize(cols: number, rows: number): void {
    this.term.resize(cols, rows);
  }

  lines(): string[] {
    const buffer = this.term.buffer.active;
    const out: string[] = [];
    for (let y = 0; y < this.term.rows; y++) {
      out.push(
        (buffer.getLine(buffer.baseY + y)?.translateToString(true, 0, this.term.cols) ?? "").trimEnd(),
      );
    }
    return out;
  }

  text(): string {
    return this.lines().join("\n");
  }

  cell(x: number, y: number): ShownCell {
    const buffer = this.term.buffer.active;
    const c = buffer.getLine(buffer.baseY + y)?.getCell(x);
    if (!c) throw new Error(`no cell ${x},${y}`);
    const color = (isDefault: boolean, isRgb: boolean, value: number): number | null =>
      isDefault ? null : isRgb ? 0x1000000 | value : value;
    return {
      text: c.getChars(),
      width: c.getWidth(),
      bold: c.isBold() !== 0,
      dim: c.isDim() !== 0,
      inverse: c.isInverse() !== 0,
      underline: c.isUnderline() !== 0,
      fg: color(c.isFgDefault(), c.isFgRGB(), c.getFgColor()),
      bg: color(c.isBgDefault(), c.isBgRGB(), c.getBgColor()),
    };
  }

  get cursor(): { readonly x: number; readonly y: number } {
    const { cursorX: x, cursorY: y } = this.term.buffer.active;
    return { x, y };
  }

  get alternate(): boolean {
    return this.term.buffer.active.type === "alternate";
  }
}
