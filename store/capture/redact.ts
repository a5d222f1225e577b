/**
 * What may not reach the disk: frames that carry tokens or session keys are replaced by a marker, account ids by a hash. Feeds pass
 * this, or their own function around it, to the session's writer.
 */
import { createHash } from "node:crypto";
import type { Redactor } from "./session-writer.ts";

const SECRET_KEY =
  /"(access_token|refresh_token|client_secret|api_?key|api_?secret|secret(_?key)?|signature|password|session(_?id|_?token)?|sso\w*|bearer)"\s*:/i;
const ACCOUNT = /\b(?:D?[UF]\d{6,9}|DU[A-Z]?\d{5,9})\b/g;

/**
 * Market data of a stream is told by how its frames begin or end, and is all that those hold: to search each for secrets would cost a desk more
 * than to decode it. Whatever reads differently is searched.
 */
const MARKET_DATA: readonly [prefix: string, (frame: Buffer) => boolean][] = [
  // Streams and snapshots answer with market data only.
  ["alpaca", () => true],
  ["deribit:ws", (frame) => PUBLIC_CHANNEL.test(frame.toString("latin1", 0, 80))],
  ["ibkr.gateway:ws", (frame) => QUOTE_TOPIC.test(frame.toString("latin1", frame.length - 32))],
];
const PUBLIC_CHANNEL =
  /^\{"jsonrpc":"2\.0","method":"subscription","params":\{"channel":"(?:quote|ticker|trades)\./;
const QUOTE_TOPIC = /,"topic":"smd\+\d+"\}$/;

const NEVER = (): boolean => false;
/** Streams come and go by the day, not by the frame: how one is told is looked up once. */
const told = new Map<string, (frame: Buffer) => boolean>();

function isMarketData(frame: Buffer, channel: string): boolean {
  let tells = told.get(channel);
  if (tells === undefined) {
    tells = MARKET_DATA.find(([prefix]) => channel.startsWith(prefix))?.[1] ?? NEVER;
    told.set(channel, tells);
  }
  return tells(frame);
}

/** {@link redactSecrets} as a live desk needs it: frames of market data pass unread. */
export const redactLive: Redactor = (frame, channel) =>
  isMarketData(frame, channel) ? frame : redactSecrets(frame, channel);

export const redactSecrets: Redactor = (frame, channel) => {
  const text = frame.toString("utf8");
  if (SECRET_KEY.test(text)) return JSON.stringify({ redacted: channel.split(":")[0], bytes: frame.length });
  const masked = text.replace(
    ACCOUNT,
    (id) => `acct-${createHash("sha256").update(id).digest("hex").slice(0, 12)}`,
  );
  return masked === text ? frame : masked;
};
