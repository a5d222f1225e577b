import { keyLabel } from "../keys/keymap.ts";
import { MODE_KEYS, type ModeBinding, type ModeId } from "../keys/mode-keys.ts";
import { textWidth } from "../terminal/width.ts";
import type { Piece } from "./sheet.ts";

/** The keys of a mode for its bottom edge, as many as fit: those that are missed least go first. */
export function keyHints(mode: ModeId, width: number): Piece[] {
  const list: readonly ModeBinding[] = MODE_KEYS[mode];
  let kept = list.flatMap((b) =>
    b.hint === undefined ? [] : [{ key: keyLabel(b.keys[0] as string), text: b.hint[1], rank: b.hint[0] }],
  );
  kept.push({ key: "Esc", text: "keep", rank: 2 });
  const need = () => kept.reduce((sum, h) => sum + textWidth(h.key) + textWidth(h.text) + 3, 1);
  while (kept.length > 1 && need() > width) {
    const worst = Math.max(...kept.map((h) => h.rank));
    const at = kept.findLastIndex((h) => h.rank === worst);
    kept = kept.filter((_, i) => i !== at);
  }
  return [
    [" ", "dim"],
    ...kept.flatMap((h): Piece[] => [
      [`${h.key} `, "key"],
      [`${h.text}  `, "dim"],
    ]),
  ];
}
