import { createHash } from "node:crypto";
import type { LedgerRecord } from "../../../engines/orders/index.ts";
import type { OrderLog } from "../order-log.ts";
import type { Journal } from "./journal.ts";

/**
 * Every record is an event of the session too, so that its recording knows of the orders what the desk knew, when it knew it. A broker's number
 * of the account stands in it as a hash.
 */
export function journaled(log: OrderLog, journal: Journal, secret: string | null): OrderLog {
  const hush = secret === null ? (record: LedgerRecord): unknown => record : hushing(secret);
  return {
    readOnly: log.readOnly,
    kept: log.kept,
    lockAccount: (name, done) => log.lockAccount(name, done),
    close: () => log.close(),
    onAsk: (answer) => log.onAsk(answer),
    append: (records, done) => {
      for (const record of records) journal.event({ kind: "orderUpdate", data: hush(record) });
      log.append(records, done);
    },
    appendPaper: (scope, records, done) => log.appendPaper(scope, records, done),
  };
}

/**
 * A copy with the number of the account hashed. One of digits alone may be a quantity, an order or a branch as well: there it is the account where a
 * field or the words say so.
 */
function hushing(secret: string): (value: unknown) => unknown {
  const hash = hashed(secret);
  const digits = /^\d+$/.test(secret);
  const said = new RegExp(`(?<![A-Za-z0-9])(?:${secret}(?=@)|(?<=account )${secret}(?![A-Za-z0-9]))`, "g");
  const text = (value: string, key: string): string => {
    if (!digits) return value.replaceAll(secret, hash);
    return key === "account" && value === secret ? hash : value.replace(said, hash);
  };
  const hush = (value: unknown, key = ""): unknown => {
    if (typeof value === "string") return text(value, key);
    if (Array.isArray(value)) return value.map((v) => hush(v));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, hush(v, k)]));
  };
  return (value) => hush(value);
}

const hashed = (account: string): string =>
  `acct-${createHash("sha256").update(account).digest("hex").slice(0, 10)}`;
