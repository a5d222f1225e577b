import { describe, expect, it } from "vitest";
import { Attr, channels, type Depth } from "../../../screens/terminal/styles.ts";
import { textWidth } from "../../../screens/terminal/width.ts";
import { ASCII, type Glyphs, UNICODE } from "../../../screens/theme/glyphs.ts";
import { ROLES, type Role, THEME_NAMES } from "../../../screens/theme/roles.ts";
import { createTheme, detectAscii, detectDepth } from "../../../screens/theme/theme.ts";

type Rgb = readonly [number, number, number];
const luminance = (c: Rgb): number => {
  const [r, g, b] = c.map((v) => {
    const x = v / 255;
    return x <= 0.03928 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: Rgb, b: Rgb): number => {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
};
const toRgb = (color: number): Rgb => channels(color);

describe("themes", () => {
  for (const name of THEME_NAMES.filter((n) => n !== "mono")) {
    for (const depth of ["16", "256", "true"] as Depth[]) {
      it(`${name} keeps 4.5:1 in ${depth}`, () => {
        const theme = createTheme({ name, depth, ascii: false });
        const ground: Rgb = name === "light" ? [255, 255, 255] : [0, 0, 0];
        const ink: Rgb = name === "light" ? [0, 0, 0] : [255, 255, 255];
        for (const role of ROLES) {
          if (role === "frame") continue;
          const { fg, bg } = theme.styles.get(theme.s[role]);
          const ratio = contrast(fg === null ? ink : toRgb(fg), bg === null ? ground : toRgb(bg));
          // White on the strongest heat grounds is bold: large text needs 3:1.
          const bold = theme.styles.get(theme.s[role]).attrs & Attr.bold && role.startsWith("heat");
          expect(ratio, `${role} ${ratio.toFixed(2)}`).toBeGreaterThanOrEqual(bold ? 3 : 4.5);
        }
      });
    }
  }

  it("mono uses attributes only, and still tells what matters apart", () => {
    const theme = createTheme({ name: "mono", depth: "true", ascii: false });
    for (const role of ROLES) {
      const { fg, bg } = theme.styles.get(theme.s[role]);
      expect([fg, bg]).toEqual([null, null]);
    }
    const different: Role[] = ["text", "select", "stale", "error"];
    expect(new Set(different.map((r) => theme.s[r])).size).toBe(different.length);
  });

  it("every glyph is one cell, and ASCII is ASCII", () => {
    const all = (g: Glyphs): string[] =>
      Object.values(g).flatMap((v) =>
        typeof v === "string"
          ? [v]
          : Array.isArray(v)
            ? (v as string[])
            : Object.values(v).flatMap((f) => Object.values(f as object) as string[]),
      );
    for (const glyph of [...all(UNICODE), ...all(ASCII)]) expect(textWidth(glyph), glyph).toBe(1);
    for (const glyph of all(ASCII)) expect(glyph).toMatch(/^[\x20-\x7e]$/);
  });

  it("modes differ in their frames without any colour", () => {
    for (const g of [UNICODE, ASCII]) {
      const frames = Object.values(g.frames).map((f) => f.h + f.v);
      expect(new Set(frames).size).toBe(3);
    }
  });

  it("reads the terminal's colours from its environment", () => {
    expect(detectDepth({ TERM: "xterm-256color", COLORTERM: "truecolor" })).toBe("true");
    expect(detectDepth({ TERM: "xterm-256color" })).toBe("256");
    expect(detectDepth({ TERM: "xterm" })).toBe("16");
    expect(detectDepth({ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" })).toBe("mono");
    expect(detectDepth({ TERM: "xterm", NO_COLOR: "" })).toBe("16");
    expect(detectDepth({ TERM: "dumb" })).toBe("mono");
    expect(detectAscii({ TERM: "xterm", LANG: "C" })).toBe(true);
    expect(detectAscii({ TERM: "xterm", LANG: "C.UTF-8" })).toBe(false);
    expect(detectAscii({ TERM: "xterm" })).toBe(false);
  });
});
