/** Wall times of a session's zone as microseconds of UTC. */
import { Temporal } from "temporal-polyfill";

const memo = new Map<string, number>();

/** `zone` is an IANA name, `UTC`, or a fixed offset written `UTC-05`. `time` is `HH:MM`. */
export function wallUs(day: string, time: string, zone: string): number {
  const key = `${day} ${time} ${zone}`;
  let us = memo.get(key);
  if (us === undefined) {
    const fixed = /^UTC([+-]\d\d)$/.exec(zone);
    const at = Temporal.PlainDateTime.from(`${day}T${time}`).toZonedDateTime(fixed ? `${fixed[1]}:00` : zone);
    us = at.epochMilliseconds * 1000;
    if (memo.size > 10_000) memo.clear();
    memo.set(key, us);
  }
  return us;
}
