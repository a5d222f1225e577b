import type { StatusView } from "../../src/desk/protocol.ts";
import * as f from "../kit/format.ts";
import type { Role } from "../theme/roles.ts";
import { feedLook, MODE_WORD, signRole } from "../theme/theme.ts";
import type { Ink } from "./ink.ts";

/** A piece of the head line; the highest rank goes first when the line is short. */
interface Piece {
  readonly rank: number;
  readonly text: string;
  readonly role: Role;
}

function pieces(v: StatusView, ink: Ink): Piece[] {
  const { g } = ink.theme;
  const pace = v.paused ? (v.atEnd ? `${g.pause} end` : `${g.pause} paused`) : `${g.run} ${f.speed(v.speed)}`;
  const feed = feedLook(ink.theme, v.feed);
  return [
    { rank: 0, text: ` ${MODE_WORD[v.mode]} `, role: `mode.${v.mode}` },
    ...(v.mode === "replay" ? [{ rank: 4, text: pace, role: "text" as const }] : []),
    {
      rank: 1,
      text: `${f.longDay(v.day)} ${f.clock(v.nowUs, v.zoneOffsetMin)} ${v.zone}${v.halfDay ? " half day" : ""}`,
      role: "text",
    },
    { rank: 3, text: `${feed.glyph} ${v.feed}`, role: feed.role },
    { rank: 2, text: `NAV ${f.units(v.nav)} ${v.baseCcy}`, role: "bold" },
    {
      rank: 2,
      text: `day ${f.signed(v.dayPnl)} ${f.percent(v.dayPnlFraction)}`,
      role: signRole(v.dayPnl),
    },
    { rank: 6, text: v.session, role: "dim" },
    { rank: 7, text: v.account, role: "dim" },
    { rank: 5, text: "read only, q quits", role: "dim" },
  ];
}

/** The one line at the top, in at most `width` cells. */
export function headLine(status: StatusView | null, width: number, ink: Ink): string {
  if (status === null)
    return ` ${ink.text("title", "voldesk wall")} ${ink.text("dim", "opening the session")}`;
  let kept = pieces(status, ink);
  const need = () => kept.reduce((sum, p) => sum + p.text.length + 3, -3) + 2;
  while (kept.length > 1 && need() > width) {
    const worst = Math.max(...kept.map((p) => p.rank));
    kept = kept.filter((p) => p.rank !== worst);
  }
  const between = ink.text("frame", ` ${ink.theme.g.separator} `);
  return ` ${kept.map((p) => ink.text(p.role, p.text)).join(between)}`;
}
