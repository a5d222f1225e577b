import { codePointWidth, isControl } from "./width.ts";

/** Right half of a wide character. */
export const TAIL = 0;
export const SPACE = 32;
/** What stands for a character that a cell can't hold. */
export const REPLACEMENT = 0xfffd;

const FIRST_CLUSTER = 0x110000;
/** Bound of base + marks clusters kept in one process; beyond it the base alone is shown. */
const MAX_CLUSTERS = 16_384;
const MAX_MARKS = 4;

const clusters: string[] = [];
const clusterIds = new Map<string, number>();

/** Text of a glyph id: a code point is its own id, a base with combining marks is interned above them. */
export function glyphText(glyph: number): string {
  if (glyph < FIRST_CLUSTER) return String.fromCodePoint(glyph);
  return clusters[glyph - FIRST_CLUSTER] ?? "\ufffd";
}

export function glyphWidth(glyph: number): 0 | 1 | 2 {
  if (glyph < FIRST_CLUSTER) return codePointWidth(glyph);
  return codePointWidth(clusters[glyph - FIRST_CLUSTER]?.codePointAt(0) ?? REPLACEMENT);
}

function intern(cluster: string): number {
  const known = clusterIds.get(cluster);
  if (known !== undefined) return known;
  if (clusters.length >= MAX_CLUSTERS) return cluster.codePointAt(0) ?? REPLACEMENT;
  clusters.push(cluster);
  const id = FIRST_CLUSTER + clusters.length - 1;
  clusterIds.set(cluster, id);
  return id;
}

const COMBINING = /^\p{Mn}|\p{Me}$/u;

/**
 * Next glyph of `text` at `index`: calls back nothing, returns the id; {@link glyphEnd} says where it ended. Joined emoji and flags are
 * reduced to their first character: terminals differ on how many cells the whole takes, and a torn grid is worse than a plainer picture.
 */
export function glyphAt(text: string, index: number): number {
  const cp = text.codePointAt(index) as number;
  let end = index + (cp > 0xffff ? 2 : 1);
  if (isControl(cp)) {
    glyphEnd = end;
    return REPLACEMENT;
  }
  if (end < text.length && text.charCodeAt(end) >= 0x300) end = extend(text, index, end);
  else marked = "";
  glyphEnd = end;
  if (marked !== "") return intern(marked);
  return codePointWidth(cp) === 0 ? REPLACEMENT : cp;
}

/** Where the glyph last read by {@link glyphAt} ended. */
export let glyphEnd = 0;
let marked = "";

function extend(text: string, start: number, from: number): number {
  let end = from;
  let kept = "";
  let marks = 0;
  let joined = false;
  while (end < text.length) {
    const cp = text.codePointAt(end) as number;
    const size = cp > 0xffff ? 2 : 1;
    if (cp < 0x300) break;
    if (joined) {
      joined = false;
    } else if (cp === 0x200d) {
      joined = true;
    } else if (codePointWidth(cp) !== 0 || isControl(cp)) {
      break;
    } else if (
      marks < MAX_MARKS &&
      COMBINING.test(text.slice(end, end + size)) &&
      !(cp >= 0xfe00 && cp <= 0xfe0f)
    ) {
      kept += text.slice(end, end + size);
      marks++;
    }
    end += size;
  }
  marked = kept === "" ? "" : text.slice(start, from) + kept;
  return end;
}
