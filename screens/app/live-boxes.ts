import type { DOMElement } from "ink";
import type { Rect } from "../terminal/compositor.ts";

/** The live boxes of the tree that Ink has laid out, by name. */
export class LiveBoxes {
  readonly #nodes = new Map<string, DOMElement>();

  readonly register = (id: string, node: DOMElement | null): void => {
    if (node) this.#nodes.set(id, node);
    else this.#nodes.delete(id);
  };

  /** Rectangles as laid out last, in the order of the screen. */
  rects(): readonly (readonly [string, Rect])[] {
    const out: [string, Rect][] = [];
    for (const [id, node] of this.#nodes) {
      const rect = rectOf(node);
      if (rect) out.push([id, rect]);
    }
    // What lies over the panes comes last.
    return out.sort(([a], [b]) => layer(a) - layer(b));
  }
}

const layer = (id: string): number => (id === "overlay" ? 2 : id === "card" || id === "pinned" ? 1 : 0);

function rectOf(node: DOMElement): Rect | null {
  if (!node.yogaNode) return null;
  const w = node.yogaNode.getComputedWidth();
  const h = node.yogaNode.getComputedHeight();
  let x = 0;
  let y = 0;
  for (let at: DOMElement | undefined = node; at?.yogaNode; at = at.parentNode) {
    x += at.yogaNode.getComputedLeft();
    y += at.yogaNode.getComputedTop();
  }
  return { x: Math.round(x), y: Math.round(y), w: Math.round(w), h: Math.round(h) };
}
