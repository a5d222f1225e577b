import { createHash } from "node:crypto";
import type { LedgerRecord } from "../../../engines/orders/index.ts";
import type { OrderLog } from "../order-log.ts";
import type { Journal } from "./journal.ts";

/**
 * Every record is an event of the session too, so that its recording knows of the orders what the desk knew, when it knew it. A broker's number
 * of the account stands in it as a hash.
 */
export function journaled(log: OrderLog, journal: Journal, secret: string | null): OrderLog {
  const hush = (record: LedgerRecord): unknown =>
    secret === null ? record : JSON.parse(JSON.stringify(record).replaceAll(secret, hashed(secret)));
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

const hashed = (account: string): string =>
  `acct-${createHash("sha256").update(account).digest("hex").slice(0, 10)}`;
