import { parseIsoMicros } from "../../engines/market/index.ts";
import type { Net } from "./net.ts";
import { netTrouble } from "./trouble.ts";

const ANSWER_WITHIN_MS = 5_000;

/** A venue that does not tell its time, and why. */
export class NoVenue extends Error {
  constructor(
    words: string,
    /** Somebody answers there who is no venue: asking again would not help. */
    readonly stranger: boolean,
    /** As errors of sockets have one: the fault passes. */
    readonly code = "ENOVENUE",
  ) {
    super(words);
  }
}

/** The venue's own time now, µs. @throws NoVenue */
export async function venueNowUs(net: Pick<Net, "fetch">, url: string): Promise<number> {
  let status: number;
  let told: unknown;
  try {
    const answer = await net.fetch(new URL("/v2/clock", url), {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: { "APCA-API-KEY-ID": "voldesk", "APCA-API-SECRET-KEY": "voldesk" },
    });
    status = answer.status;
    told = timestampOf(Buffer.from(await answer.arrayBuffer()).toString("utf8"));
  } catch (error) {
    throw new NoVenue(netTrouble(error), false);
  }
  const us = typeof told === "string" ? parseIsoMicros(told) : null;
  if (us !== null) return us;
  const passes = status === 429 || status >= 500;
  throw new NoVenue(`no venue answers there (HTTP ${status})`, !passes);
}

function timestampOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly timestamp?: unknown } | null)?.timestamp;
  } catch {
    return null;
  }
}
