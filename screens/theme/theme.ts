import type { FeedState, Mode } from "../../src/desk/protocol.ts";
import { type Color, type Depth, rgb, type StyleId, StyleTable } from "../terminal/styles.ts";
import { ASCII, type FrameGlyphs, type Glyphs, UNICODE } from "./glyphs.ts";
import { type Look, PALETTES, ROLES, type Role, type ThemeName } from "./roles.ts";

export interface ThemeOptions {
  readonly name: ThemeName;
  readonly depth: Depth;
  /** Glyphs of ASCII only, for fonts that lack the others. */
  readonly ascii: boolean;
}

/** Roles and glyphs as this terminal shows them. */
export interface Theme {
  readonly name: ThemeName;
  readonly styles: StyleTable;
  /** Style of each role. */
  readonly s: Readonly<Record<Role, StyleId>>;
  readonly g: Glyphs;
  readonly ascii: boolean;
}

function parseHex(hex: string | undefined): Color {
  if (hex === undefined) return null;
  const n = Number.parseInt(hex.slice(1), 16);
  return rgb((n >> 16) & 255, (n >> 8) & 255, n & 255);
}

function styleOf(look: Look, styles: StyleTable, mono = false): StyleId {
  if (mono || styles.depth === "mono") return styles.intern(null, null, look.mono ?? look.attrs ?? 0);
  if (styles.depth === "16") return styles.intern(look.fg16 ?? null, look.bg16 ?? null, look.attrs ?? 0);
  return styles.intern(parseHex(look.fg), parseHex(look.bg), look.attrs ?? 0);
}

export function createTheme(options: ThemeOptions): Theme {
  const styles = new StyleTable(options.name === "mono" ? "mono" : options.depth);
  return paletteOn(styles, options.name, options.ascii);
}

function paletteOn(styles: StyleTable, name: ThemeName, ascii: boolean): Theme {
  const palette = PALETTES[name];
  const mono = name === "mono";
  const s = Object.fromEntries(ROLES.map((role) => [role, styleOf(palette[role], styles, mono)])) as Record<
    Role,
    StyleId
  >;
  return { name, styles, s, g: ascii ? ASCII : UNICODE, ascii };
}

/** Another theme for a screen that is drawn already: on the same table of styles, so that its cells keep their looks. */
export const inPalette = (theme: Theme, name: ThemeName): Theme => paletteOn(theme.styles, name, theme.ascii);

/** The same theme for a terminal that draws some glyphs two cells wide. */
export const inAscii = (theme: Theme): Theme => ({ ...theme, g: ASCII, ascii: true });

/**
 * How many colours a terminal takes, by its environment: NO_COLOR (set and not empty) and dumb terminals none, COLORTERM true colour,
 * names ending in 256color 256, any other 16.
 */
export function detectDepth(env: Readonly<Record<string, string | undefined>>): Depth {
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return "mono";
  const term = env["TERM"] ?? "";
  if (term === "dumb" || term === "vt100" || term === "vt220") return "mono";
  if (/^(truecolor|24bit)$/i.test(env["COLORTERM"] ?? "")) return "true";
  if (/-direct$|kitty|alacritty|ghostty|wezterm/.test(term)) return "true";
  if (/256color/.test(term)) return "256";
  return "16";
}

/** Whether the locale's characters beyond ASCII can be shown. */
export function detectAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  const term = env["TERM"] ?? "";
  return term === "dumb" || /^vt\d/.test(term) || (locale !== "" && !/utf-?8/i.test(locale));
}

export const MODE_WORD: Readonly<Record<Mode, string>> = { replay: "REPLAY", paper: "PAPER", live: "LIVE" };

export const modeStyle = (theme: Theme, mode: Mode): StyleId => theme.s[`mode.${mode}`];
export const modeFrame = (theme: Theme, mode: Mode): FrameGlyphs => theme.g.frames[mode];

/** Sign of a number as a role: what a change or a P&L is painted with. */
export function signRole(value: number | null): Role {
  if (value === null || Number.isNaN(value)) return "unknown";
  return value > 0 ? "up" : value < 0 ? "down" : "flat";
}

/** Glyph and role of a feed's state. */
export function feedLook(theme: Theme, state: FeedState): { readonly glyph: string; readonly role: Role } {
  switch (state) {
    case "live":
      return { glyph: theme.g.live, role: "ok" };
    case "gap":
      return { glyph: theme.g.gap, role: "warn" };
    case "stale":
      return { glyph: theme.g.stale, role: "warn" };
    case "closed":
      return { glyph: theme.g.closed, role: "dim" };
    case "unknown":
      return { glyph: theme.g.unknown, role: "unknown" };
  }
}
