import type { Answer, FindReply } from "./broker.ts";
import type { Told } from "./told.ts";

/** Answers once, whatever became of the look. */
export function answer<T>(
  look: Promise<T>,
  words: (error: unknown) => string,
  reply: (r: Answer<T>) => void,
): void {
  look.then(
    (value) => reply({ ok: true, value }),
    (error: unknown) => reply({ ok: false, reason: words(error) }),
  );
}

/** An order that is in no list: shortly after its send its absence says nothing. */
export function notThere(told: Told, clientId: string, nowMs: number, settleUs: number): FindReply {
  const sent = told.sentMs(clientId);
  if (sent === null || (nowMs - sent) * 1000 >= settleUs) return { found: "none" };
  return { found: "unanswered", reason: "not there yet; it was sent a moment ago" };
}
