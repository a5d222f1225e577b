/** Wall times of a session's zone as microseconds of UTC. */
import { Temporal } from "temporal-polyfill";
import { CaptureError } from "./errors.ts";

const memo = new Map<string, number>();

/** `zone` is an IANA name, `UTC`, or a fixed offset written `UTC-05`. `time` is `HH:MM`. @throws CaptureError CAP-012. */
export function wallUs(day: string, time: string, zone: string): number {
  const key = `${day} ${time} ${zone}`;
  let us = memo.get(key);
  if (us === undefined) {
    const fixed = /^UTC([+-]\d\d)$/.exec(zone);
    try {
      const at = Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(
        fixed ? `${fixed[1]}:00` : zone,
      );
      us = at.epochMilliseconds * 1000;
    } catch {
      throw new CaptureError(
        "CAP-012",
        `day "${day}" in zone "${zone}"`,
        "Write the day as YYYY-MM-DD and the zone as America/New_York.",
      );
    }
    if (memo.size > 10_000) memo.clear();
    memo.set(key, us);
  }
  return us;
}
