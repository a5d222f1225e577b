import { expect, it } from "vitest";
import { CALENDAR_NAMES } from "../../engines/market/index.ts";
import type { LedgerRecord } from "../../engines/orders/index.ts";
import type { Answer, BrokerAccount, BrokerPosition } from "../../src/brokers/broker.ts";
import { AccountOpening, hasBegun, type TradedAccount } from "../../src/shell/live/account-opening.ts";
import { openLive } from "../../src/shell/live/open-live.ts";
import { liveBoot } from "./boot.ts";

const TOLD: BrokerAccount = {
  id: "DU1",
  paper: true,
  cash: [{ ccy: "USD", amount: "1000000" }],
  netLiquidation: null,
};
const refused = { ok: false, reason: "Too Many Requests" } as const;

/** An account that is opened at a broker whose answers are given one by one; waits end when the test says so. */
function opening(begun: boolean, answers: readonly Answer<readonly BrokerPosition[]>[]) {
  const left = [...answers];
  const waits: (() => void)[] = [];
  const said: string[] = [];
  const opened: TradedAccount[] = [];
  new AccountOpening({
    boot: { label: "ibkr", account: null, venue: true, setup: { kind: "ibkr" } } as never,
    broker: {
      account: (reply: (r: Answer<BrokerAccount>) => void) => reply({ ok: true, value: TOLD }),
      positions: (reply: (r: Answer<readonly BrokerPosition[]>) => void) => reply(left.shift() ?? refused),
    } as never,
    log: { readOnly: null, lockAccount: (_name: string, done: (pid: null) => void) => done(null) } as never,
    clock: {
      after: (_ms: number, run: () => void) => {
        waits.push(run);
        return () => undefined;
      },
    } as never,
    nowUs: () => 0 as never,
    begins: () => !begun,
    waiting: (why) => said.push(why),
    opened: (account) => opened.push(account),
  });
  return { said, opened, wait: () => waits.shift()?.() };
}

it("books that begin with what the account holds wait for it: a broker that is too busy to tell is asked again, and nothing opens before", () => {
  const { said, opened, wait } = opening(false, [refused, refused, { ok: true, value: [] }]);
  expect(opened).toEqual([]);
  wait();
  expect(opened).toEqual([]);
  wait();
  expect(opened).toMatchObject([{ account: "DU1", begins: [], answer: TOLD }]);
  expect(said).toEqual([
    "orders open when ibkr tells what the account holds: Too Many Requests",
    "orders open when ibkr tells what the account holds: Too Many Requests",
  ]);
});

it("books that have begun are not asked for: they open with the account's answer", () => {
  expect(opening(true, []).opened).toMatchObject([{ account: "DU1", begins: null }]);
});

it("have begun with the first booking, ticket or order, not with a desk that was only open", () => {
  const record = (k: string) => ({ k, scope: "DU1@ibkr#1" }) as unknown as LedgerRecord;
  expect(hasBegun([record("branch"), record("state"), record("heard")], "DU1@ibkr")).toBe(false);
  expect(hasBegun([record("branch"), record("booked")], "DU1@ibkr")).toBe(true);
  expect(hasBegun([record("ticket")], "DU2@ibkr")).toBe(false);
});

it("the books of a live day know the session of every exchange: a contract that is found and bought at noon has a day's P&L", () => {
  const boot = liveBoot("http://127.0.0.1:1", 0, { symbols: ["SPY"], paperCash: 1000 });
  const startUs = Date.UTC(2026, 10, 20, 15) * 1000;
  const { books } = openLive(boot, startUs).opening([]);
  expect([...books.sessions]).toEqual(CALENDAR_NAMES.map((name) => [name, "2026-11-20"]));
});
