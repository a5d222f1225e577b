import { isoDayAt, type Micros } from "../../../engines/market/index.ts";
import type { FromDesk } from "../../desk/protocol.ts";
import { systemClock } from "../clock.ts";
import type { LiveBoot } from "./live-boot.ts";
import { LiveSession } from "./live-session.ts";

/** The date is looked at this often, ms. */
const LOOK_MS = 1_000;

export interface Recorded {
  readonly dir: string | null;
  readonly events: number;
}

const dayOf = (offsetUs: number): string =>
  isoDayAt("America/New_York", (systemClock.wallUs() + offsetUs) as Micros);

/** Records until `stopped`, a session for each date, and says now and then how it is. */
export async function recordHeadless(
  boot: LiveBoot,
  stopped: Promise<void>,
  say: (line: string) => void,
  everyMs: number,
): Promise<Recorded> {
  let over = false;
  let wake: () => void = () => {};
  void stopped.then(() => {
    over = true;
    wake();
  });
  let last: Recorded = { dir: null, events: 0 };
  while (!over) {
    const day = dayOf(boot.offsetUs);
    let turned = false;
    const heard = (message: FromDesk): void => {
      if (message.t !== "turned") return;
      turned = true;
      if (message.why !== undefined) say(message.why);
    };
    const session = new LiveSession(boot, heard, systemClock);
    session.begin();
    say(`recording ${session.captureDir ?? "nothing"}`);
    let saidMs = systemClock.monotonicMs();
    while (!over && !turned && dayOf(boot.offsetUs) === day) {
      await new Promise<void>((resolve) => {
        wake = resolve;
        systemClock.after(LOOK_MS, resolve);
      });
      if (systemClock.monotonicMs() - saidMs < everyMs) continue;
      saidMs = systemClock.monotonicMs();
      say(line(session));
    }
    await session.close();
    last = { dir: session.captureDir, events: session.seq };
    say(`done ${last.dir ?? "nothing"} ${last.events} events`);
  }
  return last;
}

function line(session: LiveSession): string {
  const channels = session.rowsOfFeeds.map(
    (r) => `${r.name} ${r.state} ${r.eventsPerSecond}/s${r.note === null ? "" : ` (${r.note})`}`,
  );
  return `${session.seq} events; ${channels.join("; ")}`;
}
