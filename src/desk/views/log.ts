import type { Desk } from "../desk.ts";
import type { LogView, Views } from "../protocol.ts";

/** The newest entries, oldest of them first. */
export function logView(desk: Desk, params: Views["log"]["params"]): LogView {
  return { entries: desk.log.slice(-params.limit) };
}
