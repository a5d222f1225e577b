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

const HEAT_DOWN = ["#3a2a18", "#5a3a17", "#7d4d12", "#a8650c", "#d67f07"] as const;
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
  dim: { fg: "#8a8f98", fg16: 8, mono: dim },
  bold: { attrs: bold },
  title: { fg: "#d7dae0", fg16: 15, attrs: bold },
  focus: { fg: "#ffd75f", fg16: 11, attrs: bold },
  frame: { fg: "#7f8790", fg16: 8, mono: 0 },
  select: { bg: "#2b3a4f", attrs: 0, bg16: 4, mono: inverse },
  up: { fg: "#6cb6ff", fg16: 14 },
  down: { fg: "#ffa047", fg16: 3, mono: 0 },
  flat: { fg: "#8a8f98", fg16: 8, mono: 0 },
  warn: { fg: "#ffd75f", fg16: 11, mono: bold },
  error: { fg: "#ff7b72", fg16: 9, attrs: bold },
  ok: { fg: "#7ee0c3", fg16: 10 },
  unknown: { fg: "#8a8f98", fg16: 8, mono: dim },
  stale: { fg: "#8a8f98", fg16: 8, mono: dim },
  bid: { fg: "#9ecbff", fg16: 14 },
  ask: { fg: "#ffc78a", fg16: 3 },
  mine: { fg: "#e3b3ff", fg16: 13, attrs: bold },
  header: { fg: "#8a8f98", fg16: 8, mono: dim },
  key: { fg: "#ffd75f", fg16: 11, mono: bold },
  match: { fg: "#ffd75f", fg16: 11, attrs: underline },
  "mode.replay": { fg: "#0d1117", bg: "#79c0ff", fg16: 0, bg16: 6, attrs: bold, mono: bold | inverse },
  "mode.paper": { fg: "#0d1117", bg: "#7ee0c3", fg16: 0, bg16: 2, attrs: bold, mono: bold | inverse },
  "mode.live": {
    fg: "#ffffff",
    bg: "#c62828",
    fg16: 15,
    bg16: 1,
    attrs: bold,
    mono: bold | inverse | underline,
  },
  halted: { fg: "#ffffff", bg: "#8b1a1a", fg16: 15, bg16: 1, attrs: bold, mono: bold | inverse },
  ...(heat(HEAT_DOWN, HEAT_UP, "#ffffff", 3, 14) as Record<
    `heat${"-" | "+"}${1 | 2 | 3 | 4 | 5}` | "heat0",
    Look
  >),
};

/** Green is up, red is down. */
const classic: Palette = {
  ...standard,
  up: { fg: "#56d364", fg16: 10 },
  down: { fg: "#ff7b72", fg16: 9, mono: 0 },
  error: { fg: "#ff7b72", fg16: 9, attrs: bold | underline },
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
  dim: { fg: "#57606a", attrs: 0, mono: dim },
  title: { fg: "#1f2328", fg16: 0, attrs: bold },
  focus: { fg: "#7a4d00", fg16: 5, attrs: bold },
  frame: { fg: "#6e7781", mono: 0 },
  select: { bg: "#cfe2ff", bg16: 7, mono: inverse },
  up: { fg: "#0550ae", fg16: 4 },
  down: { fg: "#9a4a00", fg16: 1, mono: 0 },
  flat: { fg: "#57606a", mono: 0 },
  warn: { fg: "#7a4d00", fg16: 5, mono: bold },
  error: { fg: "#b3141c", fg16: 1, attrs: bold },
  ok: { fg: "#11633a", fg16: 4 },
  unknown: { fg: "#57606a", mono: dim },
  stale: { fg: "#57606a", attrs: dim, mono: dim },
  bid: { fg: "#0550ae", fg16: 4 },
  ask: { fg: "#9a4a00", fg16: 1 },
  mine: { fg: "#6639ba", fg16: 5, attrs: bold },
  header: { fg: "#57606a", mono: dim },
  key: { fg: "#7a4d00", fg16: 5, mono: bold },
  match: { fg: "#7a4d00", fg16: 5, attrs: underline },
  "mode.replay": { fg: "#ffffff", bg: "#0550ae", fg16: 15, bg16: 4, attrs: bold, mono: bold | inverse },
  "mode.paper": { fg: "#ffffff", bg: "#11633a", fg16: 15, bg16: 0, attrs: bold, mono: bold | inverse },
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
