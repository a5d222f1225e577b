/** How many colours the terminal takes. */
export type Depth = "mono" | "16" | "256" | "true";

/** A colour: `null` the terminal's own, 0–255 a palette index, or `rgb(…)`. */
export type Color = number | null;
const RGB = 0x1000000;
export const rgb = (r: number, g: number, b: number): number => RGB | (r << 16) | (g << 8) | b;

export const Attr = { bold: 1, dim: 2, italic: 4, underline: 8, inverse: 16 } as const;
/** Bits of {@link Attr}. */
export type Attrs = number;

export interface Style {
  readonly fg: Color;
  readonly bg: Color;
  readonly attrs: Attrs;
}
/** Index into a {@link StyleTable}; 0 is the terminal's own look. */
export type StyleId = number;

/** Bound of styles in one table: ids fit a Uint16 cell. */
const MAX_STYLES = 65_535;

/** The first 16 colours as most terminals draw them: what a contrast or a nearest colour is judged by. */
export const PALETTE_16: readonly (readonly [number, number, number])[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];
const CUBE = [0, 95, 135, 175, 215, 255];

function channels(color: number): readonly [number, number, number] {
  if (color >= RGB) return [(color >> 16) & 255, (color >> 8) & 255, color & 255];
  if (color < 16) return PALETTE_16[color] as readonly [number, number, number];
  if (color >= 232) return [(color - 232) * 10 + 8, (color - 232) * 10 + 8, (color - 232) * 10 + 8];
  const i = color - 16;
  return [CUBE[Math.floor(i / 36)] ?? 0, CUBE[Math.floor(i / 6) % 6] ?? 0, CUBE[i % 6] ?? 0];
}

function nearest(color: number, from: number, to: number): number {
  const [r, g, b] = channels(color);
  let best = from;
  let distance = Number.POSITIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const [x, y, z] = channels(i);
    const d = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
    if (d < distance) {
      distance = d;
      best = i;
    }
  }
  return best;
}

/** `color` as the depth can show it: nearest of the 256 cube, nearest of 16, or none. */
export function reduce(color: Color, depth: Depth): Color {
  if (color === null || depth === "mono") return null;
  if (depth === "true") return color;
  if (depth === "256") return color < RGB ? color : nearest(color, 16, 256);
  return color < 16 ? color : nearest(color, 0, 16);
}

function colorCode(color: Color, layer: 3 | 4): string {
  if (color === null) return "";
  if (color >= RGB) return `;${layer}8;2;${(color >> 16) & 255};${(color >> 8) & 255};${color & 255}`;
  if (color < 8) return `;${layer}${color}`;
  if (color < 16) return `;${layer === 3 ? 9 : 10}${color - 8}`;
  return `;${layer}8;5;${color}`;
}

/** The looks of one screen, each once, with the SGR sequence that switches to it. */
export class StyleTable {
  readonly #styles: Style[] = [{ fg: null, bg: null, attrs: 0 }];
  readonly #sgr: string[] = ["\x1b[m"];
  readonly #ids = new Map<string, StyleId>();
  readonly #derived = new Map<number, StyleId>();

  constructor(readonly depth: Depth) {
    this.#ids.set("null/null/0", 0);
  }

  /** Id of a look, reduced to the terminal's colours. */
  intern(fg: Color, bg: Color, attrs: Attrs): StyleId {
    const f = reduce(fg, this.depth);
    const b = reduce(bg, this.depth);
    const key = `${f}/${b}/${attrs}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    if (this.#styles.length >= MAX_STYLES) return 0;
    const id = this.#styles.length;
    this.#styles.push({ fg: f, bg: b, attrs });
    this.#sgr.push(this.#sequence(f, b, attrs));
    this.#ids.set(key, id);
    return id;
  }

  get(id: StyleId): Style {
    return this.#styles[id] ?? (this.#styles[0] as Style);
  }

  sgr(id: StyleId): string {
    return this.#sgr[id] ?? "\x1b[m";
  }

  get size(): number {
    return this.#styles.length;
  }

  /** `id` with the other's background (and its attributes added). */
  over(id: StyleId, ground: StyleId): StyleId {
    const key = id * 65_536 + ground;
    const known = this.#derived.get(key);
    if (known !== undefined) return known;
    const s = this.get(id);
    const g = this.get(ground);
    const made = this.intern(s.fg ?? g.fg, g.bg ?? s.bg, s.attrs | g.attrs);
    this.#derived.set(key, made);
    return made;
  }

  /** `id` turned inside out: twice gives the first again. */
  inverse(id: StyleId): StyleId {
    const s = this.get(id);
    return this.intern(s.fg, s.bg, s.attrs ^ Attr.inverse);
  }

  #sequence(fg: Color, bg: Color, attrs: Attrs): string {
    let codes = "";
    if (attrs & Attr.bold) codes += ";1";
    if (attrs & Attr.dim) codes += ";2";
    if (attrs & Attr.italic) codes += ";3";
    if (attrs & Attr.underline) codes += ";4";
    if (attrs & Attr.inverse) codes += ";7";
    codes += colorCode(fg, 3) + colorCode(bg, 4);
    return codes === "" ? "\x1b[m" : `\x1b[0${codes}m`;
  }
}
