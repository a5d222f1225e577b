import type { Dispatcher } from "../keys/dispatch.ts";
import { keyLabel, type ModeId } from "../keys/keymap.ts";
import { textWidth } from "../terminal/width.ts";
import type { Piece } from "./sheet.ts";

/** The keys of a mode for its bottom edge, as many as fit: those that are missed least go first. */
export function keyHints(keys: Dispatcher, mode: ModeId, width: number): Piece[] {
  let kept = keys
    .ofMode(mode)
    .flatMap(({ keys: [key], hint }) =>
      hint === undefined || key === undefined ? [] : [{ key: keyLabel(key), text: hint[1], rank: hint[0] }],
    );
  kept.push({ key: keys.labelOf("back"), text: "keep", rank: 2 });
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
