import { describe, expect, it } from "vitest";
import { Attr, contrast, type Depth, rgb } from "../../../screens/terminal/styles.ts";
import { textWidth } from "../../../screens/terminal/width.ts";
import { ASCII, type Glyphs, UNICODE } from "../../../screens/theme/glyphs.ts";
import { ROLES, type Role, THEME_NAMES } from "../../../screens/theme/roles.ts";
import { createTheme, detectAscii, detectDepth } from "../../../screens/theme/theme.ts";

describe("themes", () => {
  for (const name of THEME_NAMES.filter((n) => n !== "mono")) {
    for (const depth of ["16", "256", "true"] as Depth[]) {
      it(`${name} keeps 4.5:1 in ${depth}`, () => {
        const theme = createTheme({ name, depth, ascii: false });
        const light = name === "light";
        const ground = light ? rgb(255, 255, 255) : rgb(0, 0, 0);
        const ink = light ? rgb(0, 0, 0) : rgb(255, 255, 255);
        const { styles, s } = theme;
        for (const role of ROLES.filter((r) => r !== "frame")) {
          // Alone, and in the row under the cursor.
          for (const id of [s[role], styles.over(s[role], s.select)]) {
            const { fg, bg, attrs } = styles.get(id);
            const ratio = contrast(fg ?? ink, bg ?? ground);
            // White on the strongest heat grounds is bold: large text needs 3:1.
            const bold = attrs & Attr.bold && role.startsWith("heat");
            expect(ratio, `${role} ${ratio.toFixed(2)}`).toBeGreaterThanOrEqual(bold ? 3 : 4.5);
            expect(attrs & Attr.dim, `${role}: a terminal that dims makes it less`).toBe(0);
          }
        }
      });
    }
  }

  it("contrast is that of WCAG", () => {
    expect(contrast(rgb(0, 0, 0), rgb(255, 255, 255))).toBeCloseTo(21, 6);
    expect(contrast(rgb(0x77, 0x77, 0x77), rgb(255, 255, 255))).toBeCloseTo(4.48, 2);
  });

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
