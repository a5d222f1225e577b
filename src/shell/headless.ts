import { PlanCache, ViewContext } from "../desk/views/context.ts";
import type { DeskBoot } from "./boot.ts";
import { openDesk } from "./open-desk.ts";
import { stateHash } from "./state-hash.ts";

export interface HeadlessResult {
  readonly session: string;
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** Hash of the whole state after the last event, and at each milestone on the way. */
  readonly stateHash: string;
  readonly hashes: readonly { readonly seq: number; readonly hash: string }[];
  readonly endUs: number;
  readonly nav: number | null;
  readonly dayPnl: number | null;
  readonly baseCcy: string;
}

/** Rows between two markings of what is held: about 500 markings in a day of minute bars. */
const MARK_EVERY = 1024;

/** Replays a whole session without a screen, as fast as it goes: decode, book, and the marks of what is held as it goes along. */
export function runHeadless(boot: DeskBoot, elapsedMs: () => number): HeadlessResult {
  const hashes: { seq: number; hash: string }[] = [];
  const { player, session, facts } = openDesk(boot, {
    every: boot.settings.hashEvents,
    reached: (desk) => hashes.push({ seq: desk.seq, hash: stateHash(desk) }),
  });
  const plans = new PlanCache();
  const value = () => new ViewContext(player.desk, player.desk.nowUs, facts, STILL, () => [], plans).value();
  const began = elapsedMs();
  while (!player.atEnd) {
    player.playTo(player.seq + MARK_EVERY);
    value();
  }
  const seconds = (elapsedMs() - began) / 1000;
  const end = value();
  return {
    session: session.manifest.name,
    events: session.rows,
    seconds,
    eventsPerSecond: session.rows / seconds,
    stateHash: stateHash(player.desk),
    hashes,
    endUs: player.desk.nowUs,
    nav: end.nav,
    dayPnl: end.book.figures.dayPnl,
    baseCcy: facts.baseCcy,
  };
}

/** A pace for looks at a desk that nobody plays. */
export const STILL = {
  speed: "max",
  paused: false,
  atEnd: false,
  loop: false,
  indexed: 1,
  bookmarks: [],
  eventsPerSecond: 0,
  events: 0,
} as const;
