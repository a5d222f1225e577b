import { eastAsianWidth } from "get-east-asian-width";

const MARK = /^[\p{Mn}\p{Me}\p{Cf}\u200b]$/u;
const CACHED = 0x20000;
const UNKNOWN = 255;
const cache = new Uint8Array(CACHED).fill(UNKNOWN);
for (let c = 0x20; c < 0x7f; c++) cache[c] = 1;

function measure(cp: number): number {
  if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0)) return 0;
  if (cp >= 0xd800 && cp <= 0xdfff) return 0;
  if (MARK.test(String.fromCodePoint(cp))) return 0;
  return eastAsianWidth(cp);
}

/** Terminal cells of one code point: 0 for controls, marks and format characters, 2 for wide ones, else 1. */
export function codePointWidth(cp: number): 0 | 1 | 2 {
  if (cp >= CACHED) return measure(cp) as 0 | 1 | 2;
  let w = cache[cp] as number;
  if (w === UNKNOWN) {
    w = measure(cp);
    cache[cp] = w;
  }
  return w as 0 | 1 | 2;
}

/** Terminal cells of a text as a {@link ./grid.ts} would hold it. */
export function textWidth(text: string): number {
  let width = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x7f) {
      width += 1;
      continue;
    }
    const cp = text.codePointAt(i) as number;
    if (cp > 0xffff) i++;
    width += isControl(cp) ? 1 : codePointWidth(cp);
  }
  return width;
}

/** Characters that would steer the terminal or reorder text; a grid holds U+FFFD in their place. */
export function isControl(cp: number): boolean {
  return (
    cp < 0x20 ||
    (cp >= 0x7f && cp < 0xa0) ||
    (cp >= 0x202a && cp <= 0x202e) ||
    (cp >= 0x2066 && cp <= 0x2069) ||
    (cp >= 0xd800 && cp <= 0xdfff)
  );
}
