import { VoldeskError } from "../../config/errors.ts";
import {
  type IsoDay,
  lastSession,
  type Micros,
  nextOpen,
  parseSessionTime,
  type Session,
  sessionOf,
  sessionOn,
} from "../../engines/market/index.ts";
import type { Clock } from "../shell/clock.ts";

/** The venue's own time: the wall, or a trading day played at any hour and speed. */
export class SessionClock {
  private readonly startMs: number;

  constructor(
    private readonly clock: Clock,
    readonly startUs: number,
    readonly speed: number,
  ) {
    this.startMs = clock.monotonicMs();
  }

  nowUs(): number {
    return Math.floor(this.startUs + (this.clock.monotonicMs() - this.startMs) * 1000 * this.speed);
  }
}

export interface StartChoice {
  readonly day?: string;
  readonly at?: string;
}

/** A day on which New York does not trade: coins do, from midnight there on. */
function coinsAlone(day: IsoDay): Session {
  const whole = { calendar: "NYSE", day, half: false, closeUs: Number.POSITIVE_INFINITY as Micros };
  const openUs = parseSessionTime("00:00", { ...whole, openUs: 0 as Micros }) as Micros;
  return { ...whole, openUs };
}

/**
 * Where a venue's day begins. Without a choice it is the wall while New York trades, and else the open of the last session, so that there
 * is always a market. @throws VoldeskError CLI-004 for a time that is none; MarketError for a day
 * outside the calendars.
 */
export function startOf(choice: StartChoice, wallUs: number): { session: Session; startUs: number } {
  const now = wallUs as Micros;
  const running = sessionOf("NYSE", now);
  if (choice.day === undefined && choice.at === undefined && running !== null)
    return { session: running, startUs: now };
  const session =
    choice.day === undefined
      ? (running ?? lastSession("NYSE", now) ?? nextOpen("NYSE", now))
      : (sessionOn("NYSE", choice.day as IsoDay) ?? coinsAlone(choice.day as IsoDay));
  const startUs = parseSessionTime(choice.at ?? "open", session);
  if (startUs === null)
    throw new VoldeskError("CLI-004", `"${choice.at}" is no time of day`, "Write 09:30 or open.", "--at");
  return { session, startUs };
}
