import { PlanCache, ViewContext } from "../../src/desk/views/context.ts";
import { openDesk } from "../../src/shell/open-desk.ts";
import { localTimeUs } from "../../src/shell/session-facts.ts";
import { bootOf } from "./boot.ts";

/** The bundled session as it stands at a local time. */
export function contextAt(
  session: Parameters<typeof bootOf>[0],
  time: string,
  watched: readonly string[] = [],
): ViewContext {
  const opened = openDesk(bootOf(session));
  const atUs = localTimeUs(time, opened.facts.session);
  opened.player.seek(opened.session.findSeq(atUs + 1));
  const pace = {
    speed: 1,
    paused: true,
    atEnd: false,
    loop: false,
    indexed: 1,
    bookmarks: [],
    eventsPerSecond: 0,
    events: opened.session.rows,
  };
  return new ViewContext(opened.player.desk, atUs, opened.facts, pace, () => watched, new PlanCache());
}
