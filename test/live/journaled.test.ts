import { expect, it } from "vitest";
import type { LedgerRecord } from "../../engines/orders/index.ts";
import type { Journal } from "../../src/shell/live/journal.ts";
import { journaled } from "../../src/shell/live/journaled.ts";
import type { OrderLog } from "../../src/shell/order-log.ts";

/** What the capture gets of records that go to the ledger. */
function captured(account: string, record: object): Record<string, unknown> {
  const seen: { data: Record<string, unknown> }[] = [];
  const journal = { event: (e: { data: Record<string, unknown> }) => seen.push(e) } as unknown as Journal;
  const log = { append: () => undefined } as unknown as OrderLog;
  journaled(log, journal, account).append([record as LedgerRecord], () => undefined);
  return seen[0]?.data ?? {};
}

it("an account's number of digits alone is hashed where it is the account, and quantities, orders and branches stay", () => {
  const record = {
    k: "booked",
    branch: 1,
    scope: "1@deribit venue#1",
    event: { account: "1", qty: "1", id: "O1", legs: [{ ratio: 1 }] },
    reason: "deribit now answers for live account 1, this desk trades 1 of it",
  };
  const hash = expect.stringMatching(/^acct-[0-9a-f]{10}$/) as string;
  expect(captured("1", record)).toEqual({
    ...record,
    scope: expect.stringMatching(/^acct-[0-9a-f]{10}@deribit venue#1$/) as string,
    event: { ...record.event, account: hash },
    reason: expect.stringMatching(/live account acct-[0-9a-f]{10}, this desk trades 1 of it$/) as string,
  });
});

it("one with letters is hashed wherever it stands", () => {
  const text = JSON.stringify(captured("DU1234567", { scope: "DU1234567@ibkr#1", text: "of DU1234567" }));
  expect(text).not.toContain("DU1234567");
  expect(text.match(/acct-[0-9a-f]{10}/g)).toHaveLength(2);
});
