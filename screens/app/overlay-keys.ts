import type { ActionId } from "../keys/keymap.ts";
import type { ListOverlay, Overlay } from "./overlay.ts";

/** What a key did to an overlay; `other` is none of its own: it closes and the key means what it always does. */
export type OverlayKey = "moved" | "deeper" | "close" | "search" | "copy" | "turn" | "other";

const STEPS: Partial<Readonly<Record<ActionId, number>>> = { up: -1, down: 1, pageUp: -10, pageDown: 10 };

/** Actions that overlays have, whatever the pane below. */
export const OVERLAY_ACTIONS: ReadonlySet<ActionId> = new Set<ActionId>([
  "up",
  "down",
  "pageUp",
  "pageDown",
  "open",
  "filter",
  "closeRow",
  "refresh",
]);

export function keyInOverlay(overlay: Overlay, action: ActionId): OverlayKey {
  const by = STEPS[action];
  if (overlay.kind === "help") {
    if (action === "help" || action === "close") return "close";
    if (action === "filter") return "search";
    if (action === "pane.next" || action === "pane.previous") return "turn";
    if (by === undefined) return "other";
    overlay.top += by;
    return "moved";
  }
  if (overlay.kind === "list") return inList(overlay, action, by);
  if (overlay.kind !== "explain") return "other";
  const level = overlay.trail.at(-1);
  if (!level) return "other";
  const { inputs } = level.explanation;
  if (by !== undefined) {
    level.cursor = Math.max(0, Math.min(inputs.length - 1, level.cursor + by));
    return "moved";
  }
  if (action === "close" || action === "explain") return "close";
  if (action === "copyCell") return "copy";
  if (action !== "open") return "other";
  const input = inputs[level.cursor];
  if (!input) return "moved";
  overlay.trail = [...overlay.trail, { explanation: input, cursor: 0 }];
  return "deeper";
}

function inList(list: ListOverlay, action: ActionId, by: number | undefined): OverlayKey {
  if (by !== undefined) list.cursor = Math.max(0, Math.min(list.rows().length - 1, list.cursor + by));
  else if (action === "close" || action === "alerts") return "close";
  else if (action === "closeRow" && list.onDrop) list.onDrop(list.cursor);
  else if (action === "refresh" && list.onAgain) list.onAgain(list.cursor);
  else if (action === "open") {
    list.onOpen?.(list.cursor);
    return list.onOpen ? "close" : "moved";
  } else return "other";
  return "moved";
}

/** One level back in an explanation; false at its first. */
export function shallower(overlay: Overlay & { readonly kind: "explain" }): boolean {
  if (overlay.trail.length < 2) return false;
  overlay.trail = overlay.trail.slice(0, -1);
  return true;
}
