import type { Micros } from "../../engines/market/index.ts";
import { clock } from "../kit/format.ts";
import type { ListOverlay } from "./overlay.ts";
import type { ScreenFace } from "./screen-face.ts";

/** The bookmarks of this session, oldest time first: Enter goes there, `:go m2` to the second. */
export function openBookmarks(screen: ScreenFace): void {
  const marks = () => (screen.status?.bookmarks ?? []).toSorted((a, b) => a - b);
  const list: ListOverlay = {
    kind: "list",
    title: "Bookmarks",
    empty: "No bookmarks. M sets one where the replay stands.",
    foot: "Enter go there  Esc close",
    cursor: 0,
    rows: () =>
      marks().map((us, i) => ({
        lead: `${i + 1}`,
        text: `${clock(us, screen.status?.zoneOffsetMin ?? 0)} ${screen.status?.zone ?? ""}`,
        role: "text",
      })),
    onOpen: (i) => goToBookmark(screen, i + 1),
  };
  screen.setOverlay(list);
}

/** Goes to the n-th bookmark in the order of session time. */
export function goToBookmark(screen: ScreenFace, n: number): void {
  const us = (screen.status?.bookmarks ?? []).toSorted((a, b) => a - b)[n - 1];
  if (us === undefined) screen.notify(`There is no bookmark ${n}. M sets one.`, "warn");
  else void screen.send({ name: "jump", to: { us: us as Micros } });
}
