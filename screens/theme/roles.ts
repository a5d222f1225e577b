import { Attr, type Attrs } from "../terminal/styles.ts";

/** What a cell means; a theme says how that looks. Panes name roles, never colours. */
export const ROLES = [
  "text",
  "dim",
  "bold",
  "title",
  "focus",
  "frame",
  "select",
  "up",
  "down",
  "flat",
  "warn",
  "error",
  "ok",
  "unknown",
  "stale",
  "bid",
  "ask",
  "mine",
  "header",
  "key",
  "match",
  "mode.replay",
  "mode.paper",
  "mode.live",
  "halted",
  "heat-5",
  "heat-4",
  "heat-3",
  "heat-2",
  "heat-1",
  "heat0",
  "heat+1",
  "heat+2",
  "heat+3",
  "heat+4",
  "heat+5",
] as const;
export type Role = (typeof ROLES)[number];

/** `#rrggbb` for 256 and true colour, a palette index for 16 colours, attributes for all; `mono` replaces them without colour. */
export interface Look {
  readonly fg?: string;
  readonly bg?: string;
  readonly fg16?: number;
  readonly bg16?: number;
  readonly attrs?: Attrs;
  readonly mono?: Attrs;
}
export type Palette = Readonly<Record<Role, Look>>;

const { bold, dim, inverse, underline } = Attr;

const HEAT_DOWN = ["#3a2a18", "#5a3a17", "#7d4d12", "#a8650c", "#d06404"] as const;
const HEAT_UP = ["#172a3f", "#173a5e", "#164b80", "#1160a8", "#0a78d4"] as const;

function heat(down: readonly string[], up: readonly string[], ink: string, down16: number, up16: number) {
  const looks: Partial<Record<Role, Look>> = { heat0: { mono: 0 } };
  for (let i = 0; i < 5; i++) {
    const strong = i >= 3 ? bold : 0;
    looks[`heat-${i + 1}` as Role] = {
      fg: ink,
      bg: down[i] as string,
      fg16: down16,
      attrs: strong,
      mono: strong,
    };
    looks[`heat+${i + 1}` as Role] = {
      fg: ink,
      bg: up[i] as string,
      fg16: up16,
      attrs: strong,
      mono: strong,
    };
  }
  return looks;
}

/** For dark grounds, told apart by every kind of colour vision: blue is up, orange is down. */
const standard: Palette = {
  text: {},
  dim: { fg: "#949494", fg16: 8, mono: dim },
  bold: { attrs: bold },
  title: { fg: "#dadada", fg16: 15, attrs: bold },
  focus: { fg: "#ffd75f", fg16: 11, attrs: bold },
  frame: { fg: "#878787", fg16: 8, mono: 0 },
  select: { bg: "#3a3a3a", attrs: 0, bg16: 4, mono: inverse },
  up: { fg: "#5fafff", fg16: 14 },
  down: { fg: "#ffaf5f", fg16: 3, mono: 0 },
  flat: { fg: "#949494", fg16: 8, mono: 0 },
  warn: { fg: "#ffd75f", fg16: 11, mono: bold },
  error: { fg: "#ff875f", fg16: 9, attrs: bold },
  ok: { fg: "#87d7af", fg16: 10 },
  unknown: { fg: "#949494", fg16: 8, mono: dim },
  stale: { fg: "#949494", fg16: 8, mono: dim },
  bid: { fg: "#afd7ff", fg16: 14 },
  ask: { fg: "#ffd787", fg16: 3 },
  mine: { fg: "#d7afff", fg16: 13, attrs: bold },
  header: { fg: "#949494", fg16: 8, mono: dim },
  key: { fg: "#ffd75f", fg16: 11, mono: bold },
  match: { fg: "#ffd75f", fg16: 11, attrs: underline },
  "mode.replay": { fg: "#121212", bg: "#87afff", fg16: 0, bg16: 6, attrs: bold, mono: bold | inverse },
  "mode.paper": { fg: "#121212", bg: "#87d7af", fg16: 0, bg16: 2, attrs: bold, mono: bold | inverse },
  "mode.live": {
    fg: "#ffffff",
    bg: "#d70000",
    fg16: 15,
    bg16: 1,
    attrs: bold,
    mono: bold | inverse | underline,
  },
  halted: { fg: "#ffffff", bg: "#870000", fg16: 15, bg16: 1, attrs: bold, mono: bold | inverse },
  ...(heat(HEAT_DOWN, HEAT_UP, "#ffffff", 3, 14) as Record<
    `heat${"-" | "+"}${1 | 2 | 3 | 4 | 5}` | "heat0",
    Look
  >),
};

/** Green is up, red is down. */
const classic: Palette = {
  ...standard,
  up: { fg: "#5fd75f", fg16: 10 },
  down: { fg: "#ff875f", fg16: 9, mono: 0 },
  error: { fg: "#ff875f", fg16: 9, attrs: bold | underline },
  ...(heat(
    ["#3a1a1a", "#5a1f1f", "#7d2626", "#a12d2d", "#c93535"],
    ["#16301c", "#174023", "#17512b", "#186634", "#1a7f3c"],
    "#ffffff",
    9,
    10,
  ) as Record<`heat${"-" | "+"}${1 | 2 | 3 | 4 | 5}` | "heat0", Look>),
};

/** For light grounds. */
const light: Palette = {
  ...standard,
  dim: { fg: "#5f5f5f", attrs: 0, mono: dim },
  title: { fg: "#262626", fg16: 0, attrs: bold },
  focus: { fg: "#875f00", fg16: 5, attrs: bold },
  frame: { fg: "#767676", mono: 0 },
  select: { bg: "#d7d7ff", bg16: 7, mono: inverse },
  up: { fg: "#005faf", fg16: 4 },
  down: { fg: "#875f00", fg16: 1, mono: 0 },
  flat: { fg: "#5f5f5f", mono: 0 },
  warn: { fg: "#875f00", fg16: 5, mono: bold },
  error: { fg: "#af0000", fg16: 1, attrs: bold },
  ok: { fg: "#005f5f", fg16: 4 },
  unknown: { fg: "#5f5f5f", mono: dim },
  stale: { fg: "#5f5f5f", mono: dim },
  bid: { fg: "#005faf", fg16: 4 },
  ask: { fg: "#875f00", fg16: 1 },
  mine: { fg: "#5f5faf", fg16: 5, attrs: bold },
  header: { fg: "#5f5f5f", mono: dim },
  key: { fg: "#875f00", fg16: 5, mono: bold },
  match: { fg: "#875f00", fg16: 5, attrs: underline },
  "mode.replay": { fg: "#ffffff", bg: "#005faf", fg16: 15, bg16: 4, attrs: bold, mono: bold | inverse },
  "mode.paper": { fg: "#ffffff", bg: "#005f5f", fg16: 15, bg16: 0, attrs: bold, mono: bold | inverse },
  ...(heat(
    ["#fff0e0", "#ffdfc0", "#ffc996", "#ffb26b", "#ff9a40"],
    ["#e6f0ff", "#cce0ff", "#a8ccff", "#84b8ff", "#60a4ff"],
    "#1f2328",
    1,
    4,
  ) as Record<`heat${"-" | "+"}${1 | 2 | 3 | 4 | 5}` | "heat0", Look>),
};

export const THEME_NAMES = ["default", "classic", "light", "mono"] as const;
export type ThemeName = (typeof THEME_NAMES)[number];

/** `mono` has no palette of its own: any theme without colours shows each role by its attributes. */
export const PALETTES: Readonly<Record<ThemeName, Palette>> = {
  default: standard,
  classic,
  light,
  mono: standard,
};
