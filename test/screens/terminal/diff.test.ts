import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawFrame } from "../../../screens/terminal/ansi.ts";
import { Compositor } from "../../../screens/terminal/compositor.ts";
import { diff } from "../../../screens/terminal/diff.ts";
import { SPACE, TAIL } from "../../../screens/terminal/glyphs.ts";
import { Grid } from "../../../screens/terminal/grid.ts";
import { ENTER_SEQUENCE } from "../../../screens/terminal/restore.ts";
import { Attr, rgb, StyleTable } from "../../../screens/terminal/styles.ts";
import { Emulator } from "../../harness/terminal.ts";

const styles = new StyleTable("true");
const looks = [
  0,
  styles.intern(1, null, 0),
  styles.intern(rgb(1, 2, 3), 200, Attr.bold),
  styles.intern(null, null, Attr.inverse | Attr.dim),
  styles.intern(null, rgb(9, 9, 9), Attr.underline),
];

interface Write {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly look: number;
}
const write: fc.Arbitrary<Write> = fc.record({
  x: fc.integer({ min: -3, max: 21 }),
  y: fc.integer({ min: -1, max: 6 }),
  text: fc
    .array(fc.constantFrom("a", "Z", " ", "  ", "日", "本", "é", "e\u0301", "█", "⠿", "–", "\x1b", "12.5"), {
      maxLength: 9,
    })
    .map((p) => p.join("")),
  look: fc.integer({ min: 0, max: looks.length - 1 }),
});

function apply(grid: Grid, writes: readonly Write[]): void {
  for (const w of writes) grid.text(w.x, w.y, w.text, looks[w.look] as number);
}

async function expectShows(emulator: Emulator, grid: Grid): Promise<void> {
  for (let y = 0; y < grid.rows; y++) {
    for (let x = 0; x < grid.cols; x++) {
      const cell = emulator.cell(x, y);
      const at = y * grid.cols + x;
      if (grid.glyph[at] === TAIL) {
        expect(cell.width).toBe(0);
        continue;
      }
      const blank = grid.glyph[at] === SPACE;
      const id = grid.style[at] as number;
      const want = styles.get(blank ? styles.blank(id) : id);
      if (blank && !(want.attrs & (Attr.inverse | Attr.underline))) {
        expect({ x, y, bg: cell.bg, inverse: cell.inverse, underline: cell.underline }).toEqual({
          x,
          y,
          bg: want.bg,
          inverse: false,
          underline: false,
        });
        continue;
      }
      expect({
        x,
        y,
        fg: cell.fg,
        bg: cell.bg,
        bold: cell.bold,
        inverse: cell.inverse,
        dim: cell.dim,
      }).toEqual({
        x,
        y,
        fg: want.fg,
        bg: want.bg,
        bold: (want.attrs & Attr.bold) !== 0,
        inverse: (want.attrs & Attr.inverse) !== 0,
        dim: (want.attrs & Attr.dim) !== 0,
      });
    }
  }
  expect(emulator.text()).toBe(grid.toText());
}

describe("diff", () => {
  it("brings an emulator from any screen to any other", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(write, { maxLength: 8 }), { minLength: 1, maxLength: 5 }),
        async (frames) => {
          const emulator = new Emulator(20, 6);
          await emulator.write(ENTER_SEQUENCE);
          const shown = new Grid(20, 6);
          const next = new Grid(20, 6);
          for (const frame of frames) {
            if (frame.length === 0) next.clear();
            apply(next, frame);
            await emulator.write(diff(shown, next, styles));
            shown.copyFrom(next);
            await expectShows(emulator, next);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it("writes nothing for the same screen and little for one digit", () => {
    const shown = new Grid(80, 24);
    shown.text(3, 4, "748.16 748.33", looks[1] as number);
    const next = new Grid(80, 24);
    next.copyFrom(shown);
    expect(diff(shown, next, styles)).toBe("");
    next.text(8, 4, "7", looks[1] as number);
    expect(diff(shown, next, styles)).toBe("\x1b[31m\x1b[5;9H7\x1b[m");
  });

  it("never lets a control character through", () => {
    const next = new Grid(30, 1);
    next.text(0, 0, "a\x1b[2Jb\x07\u202ec\u009b", 0);
    const out = diff(new Grid(30, 1), next, styles);
    expect(out).not.toMatch(/\x1b\[2J|\x07|\u202e|\u009b/);
    expect(next.rowText(0)).toMatch(/^a�\[2Jb��c�/);
  });
});

describe("Ink's frame", () => {
  it("is read with its colours", () => {
    const grid = new Grid(12, 3);
    drawFrame(
      "\x1b[1;31mab\x1b[22;39m c\n\x1b[38;2;1;2;3;48;5;200md日\x1b[0m\x1b]0;x\x07e\nover the right edge",
      grid,
      styles,
    );
    expect(grid.toText()).toBe("ab c\nd日e\nover the rig");
    expect(styles.get(grid.style[0] as number)).toEqual({ fg: 1, bg: null, attrs: Attr.bold });
    expect(styles.get(grid.style[3] as number)).toEqual({ fg: null, bg: null, attrs: 0 });
    expect(styles.get(grid.style[12] as number)).toEqual({ fg: rgb(1, 2, 3), bg: 200, attrs: 0 });
  });
});

describe("compositor", () => {
  const area = (id: string, text: () => string, x = 0, y = 0, w = 8, h = 1) => ({
    id,
    rect: { x, y, w, h },
    paint: (grid: Grid, rect: { x: number; y: number; w: number }) => {
      grid.text(rect.x, rect.y, text(), 0, rect.x, rect.x + rect.w);
    },
  });

  it("paints only what was touched, over Ink's frame, in one synchronised update", async () => {
    const emulator = new Emulator(20, 3);
    await emulator.write(ENTER_SEQUENCE);
    let a = "one";
    let painted = 0;
    const c = new Compositor(20, 3, styles);
    c.setFrame("frame\nframe2");
    c.setAreas([
      area(
        "a",
        () => {
          painted++;
          return a;
        },
        6,
        0,
      ),
      area("b", () => "bee", 6, 1),
    ]);
    const first = c.compose();
    expect(first.startsWith("\x1b[?2026h")).toBe(true);
    expect(first.endsWith("\x1b[?2026l")).toBe(true);
    await emulator.write(first);
    expect(emulator.text()).toBe("frame one\nframe2bee\n");
    expect(c.compose()).toBe("");
    a = "two";
    expect(c.compose()).toBe("");
    c.touch("a");
    await emulator.write(c.compose());
    expect(emulator.text()).toBe("frame two\nframe2bee\n");
    expect(painted).toBe(2);
  });

  it("answers a key without the areas that only data has touched, and shows those in the next whole frame", () => {
    const c = new Compositor(20, 2, styles);
    let keyed = "old";
    let data = "old";
    c.setAreas([area("keyed", () => keyed), area("data", () => data, 0, 1)]);
    c.compose();
    keyed = "new";
    data = "new";
    c.touchLater("data");
    c.touch("keyed");
    c.compose(false);
    expect(c.grid.toText()).toBe("new\nold");
    c.compose();
    expect(c.grid.toText()).toBe("new\nnew");
  });

  it("keeps an area above when one below it is painted anew", () => {
    const c = new Compositor(20, 1, styles);
    let below = "aaaaaaaa";
    c.setAreas([area("below", () => below), area("above", () => "XX", 2, 0, 2)]);
    c.compose();
    below = "bbbbbbbb";
    c.touch("below");
    c.compose();
    expect(c.grid.toText()).toBe("bbXXbbbb");
  });

  it("writes every cell after a resize, without clearing the screen", async () => {
    const emulator = new Emulator(10, 2);
    const c = new Compositor(10, 2, styles);
    c.setAreas([area("a", () => "hello")]);
    await emulator.write(ENTER_SEQUENCE + c.compose());
    emulator.resize(6, 3);
    c.resize(6, 3);
    const out = c.compose();
    expect(out).not.toContain("\x1b[2J");
    await emulator.write(out);
    expect(emulator.text()).toBe("hello\n\n");
  });
});
