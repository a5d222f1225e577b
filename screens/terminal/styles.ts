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

/** Red, green and blue of a palette index or RGB colour. */
export function channels(color: number): readonly [number, number, number] {
  if (color >= RGB) return [(color >> 16) & 255, (color >> 8) & 255, color & 255];
  if (color < 16) return PALETTE_16[color] as readonly [number, number, number];
  if (color >= 232) return [(color - 232) * 10 + 8, (color - 232) * 10 + 8, (color - 232) * 10 + 8];
  const i = color - 16;
  return [CUBE[Math.floor(i / 36)] ?? 0, CUBE[Math.floor(i / 6) % 6] ?? 0, CUBE[i % 6] ?? 0];
}

/** Contrast from which small text can be read (WCAG 2.2, level AA). */
const READABLE = 4.5;

function luminance(color: number): number {
  const [r, g, b] = channels(color).map((v) => {
    const x = v / 255;
    return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast ratio of two colours by WCAG 2.2, 1 to 21. */
export function contrast(a: number, b: number): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
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

/** The palette index that is exactly this colour, or -1. */
function exact256(color: number): number {
  const [r, g, b] = channels(color);
  const [i, j, k] = [CUBE.indexOf(r), CUBE.indexOf(g), CUBE.indexOf(b)] as [number, number, number];
  if (i >= 0 && j >= 0 && k >= 0) return 16 + 36 * i + 6 * j + k;
  return r === g && g === b && r >= 8 && r <= 238 && (r - 8) % 10 === 0 ? 232 + (r - 8) / 10 : -1;
}

/** `color` as the depth can show it: nearest of the 256 cube, nearest of 16, or none. A palette index says the same in fewer bytes. */
export function reduce(color: Color, depth: Depth): Color {
  if (color === null || depth === "mono") return null;
  if (depth === "16") return color < 16 ? color : nearest(color, 0, 16);
  if (color < RGB) return color;
  const index = exact256(color);
  if (index >= 0) return index;
  return depth === "true" ? color : nearest(color, 16, 256);
}

function colorCode(color: Color, layer: 3 | 4): string {
  if (color === null) return `;${layer}9`;
  if (color >= RGB) return `;${layer}8;2;${(color >> 16) & 255};${(color >> 8) & 255};${color & 255}`;
  if (color < 8) return `;${layer}${color}`;
  if (color < 16) return `;${layer === 3 ? 9 : 10}${color - 8}`;
  return `;${layer}8;5;${color}`;
}

/** The looks of one screen, each once, with the SGR sequence that switches to it. */
export class StyleTable {
  readonly #styles: Style[] = [{ fg: null, bg: null, attrs: 0 }];
  readonly #ids = new Map<string, StyleId>();
  readonly #derived = new Map<number, StyleId>();
  readonly #blanks: StyleId[] = [];
  readonly #switches = new Map<number, string>();

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
    this.#ids.set(key, id);
    return id;
  }

  get(id: StyleId): Style {
    return this.#styles[id] ?? (this.#styles[0] as Style);
  }

  /** The shortest sequence that turns a terminal writing in `from` to `to`. */
  sgr(from: StyleId, to: StyleId): string {
    const key = from * 65_536 + to;
    let sequence = this.#switches.get(key);
    if (sequence === undefined) {
      sequence = shortest(this.get(from), this.get(to));
      this.#switches.set(key, sequence);
    }
    return sequence;
  }

  /** The look that a blank cell really has in this style: its letters' colour and weight don't show. */
  blank(id: StyleId): StyleId {
    let look = this.#blanks[id];
    if (look === undefined) {
      const { fg, bg, attrs } = this.get(id);
      // Inverse and underline show the letters' colour, in its weight, without letters.
      const shows = (attrs & (Attr.inverse | Attr.underline)) !== 0;
      look = this.intern(shows ? fg : null, bg, shows ? attrs & ~Attr.italic : 0);
      this.#blanks[id] = look;
    }
    return look;
  }

  get size(): number {
    return this.#styles.length;
  }

  /** `id` with the other's background (and its attributes added); letters that could not be read on it take the terminal's own colour. */
  over(id: StyleId, ground: StyleId): StyleId {
    const key = id * 65_536 + ground;
    const known = this.#derived.get(key);
    if (known !== undefined) return known;
    const s = this.get(id);
    const g = this.get(ground);
    const fg = s.fg !== null && g.bg !== null && contrast(s.fg, g.bg) < READABLE ? null : s.fg;
    const made = this.intern(fg ?? g.fg, g.bg ?? s.bg, s.attrs | g.attrs);
    this.#derived.set(key, made);
    return made;
  }

  /** `id` turned inside out: twice gives the first again. */
  inverse(id: StyleId): StyleId {
    const s = this.get(id);
    return this.intern(s.fg, s.bg, s.attrs ^ Attr.inverse);
  }
}

const ON: readonly (readonly [bit: number, code: string])[] = [
  [Attr.bold, ";1"],
  [Attr.dim, ";2"],
  [Attr.italic, ";3"],
  [Attr.underline, ";4"],
  [Attr.inverse, ";7"],
];

function codes(fg: string, bg: string, attrs: Attrs): string {
  let out = "";
  for (const [bit, code] of ON) if (attrs & bit) out += code;
  return out + fg + bg;
}

/** Either from nothing, or by what differs: what is shorter. */
function shortest(from: Style, to: Style): string {
  const fg = to.fg === null ? "" : colorCode(to.fg, 3);
  const bg = to.bg === null ? "" : colorCode(to.bg, 4);
  const fresh = codes(fg, bg, to.attrs);
  const anew = fresh === "" ? "\x1b[m" : `\x1b[0${fresh}m`;
  let off = "";
  let left = from.attrs & ~to.attrs;
  let on = to.attrs & ~from.attrs;
  if (left & (Attr.bold | Attr.dim)) {
    off += ";22";
    // One code ends both.
    on |= to.attrs & (Attr.bold | Attr.dim);
    left &= ~(Attr.bold | Attr.dim);
  }
  if (left & Attr.italic) off += ";23";
  if (left & Attr.underline) off += ";24";
  if (left & Attr.inverse) off += ";27";
  const change =
    off +
    codes(from.fg === to.fg ? "" : colorCode(to.fg, 3), from.bg === to.bg ? "" : colorCode(to.bg, 4), on);
  const step = `\x1b[${change.slice(1)}m`;
  return step.length < anew.length ? step : anew;
}
