import type { BookValue } from "../../engines/portfolio/index.ts";
import { PlanCache, ViewContext } from "../desk/views/context.ts";
import { watchView } from "../desk/views/watch.ts";
import type { DeskBoot } from "./boot.ts";
import { readLiveHashes } from "./live-hashes.ts";
import { type OpenedDesk, openDesk } from "./open-desk.ts";
import { stateHash } from "./state-hash.ts";
import { WatchLists } from "./watch-lists.ts";

export interface HeadlessResult {
  readonly session: string;
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** Hash of the whole state after the last event, and at each milestone on the way. */
  readonly stateHash: string;
  readonly hashes: readonly { readonly seq: number; readonly hash: string }[];
  /** Where the session was recorded live: how many of the hashes that the live desk wrote this replay has too. Null elsewhere. */
  readonly live: { readonly same: number; readonly of: number } | null;
  readonly endUs: number;
  readonly nav: number | null;
  readonly dayPnl: number | null;
  readonly baseCcy: string;
}

/** Least rows between two markings of what is held. */
const MARK_EVERY = 1024;

/** Values the book and the main watch list as they stand now. */
function marking({ player, facts, settings }: OpenedDesk): () => BookValue {
  const plans = new PlanCache();
  const watch = new WatchLists(player.desk, settings.watchLists, facts.session.day);
  const list = (name: string) => watch.list(name);
  return () => {
    const context = new ViewContext(player.desk, player.desk.nowUs, facts, STILL, list, plans);
    watchView(context, { list: "main" });
    return context.value();
  };
}

/**
 * Plays an opened session to its end, marking what is held and watched on the way; the book at the end. A marking comes where an instant
 * is complete: of minute bars, of which thousands share one, every minute is marked, and none is half of one minute and half of another.
 */
export function playMarking(opened: OpenedDesk): BookValue {
  const { player, session } = opened;
  const mark = marking(opened);
  let value: BookValue | null = null;
  while (!player.atEnd) {
    player.playTo(player.seq + MARK_EVERY);
    player.playTo(session.findSeq(player.desk.nowUs + 1));
    value = mark();
  }
  return value ?? mark();
}

/** Replays a whole session without a screen, as fast as it goes: decode, book, and the marks of what is held and watched. */
export function runHeadless(boot: DeskBoot, elapsedMs: () => number): HeadlessResult {
  const hashes: { seq: number; hash: string }[] = [];
  const opened = openDesk(boot, {
    every: boot.settings.hashEvents,
    reached: (desk) => hashes.push({ seq: desk.seq, hash: stateHash(desk) }),
  });
  const { player, session, facts } = opened;
  const began = elapsedMs();
  const end = playMarking(opened);
  const seconds = (elapsedMs() - began) / 1000;
  const last = { seq: player.seq, hash: stateHash(player.desk) };
  return {
    session: session.manifest.name,
    events: session.rows,
    seconds,
    eventsPerSecond: session.rows / seconds,
    stateHash: last.hash,
    hashes,
    live: compareWithLive(session.dir, [...hashes, last]),
    endUs: player.desk.nowUs,
    nav: end.nav,
    dayPnl: end.book.figures.dayPnl,
    baseCcy: facts.baseCcy,
  };
}

function compareWithLive(
  dir: string,
  mine: readonly { readonly seq: number; readonly hash: string }[],
): HeadlessResult["live"] {
  const told = readLiveHashes(dir);
  if (told === null) return null;
  const known = new Map(mine.map(({ seq, hash }) => [seq, hash]));
  return { same: told.filter(({ seq, hash }) => known.get(seq) === hash).length, of: told.length };
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
