import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { isoDayAt, type Micros } from "../../engines/market/index.ts";
import { LedgerError } from "../../store/ledger/errors.ts";
import { LedgerFile } from "../../store/ledger/ledger.ts";
import { releaseLock, takeLock, type Writer } from "../../store/ledger/lock.ts";
import type { BrokerAccount, BrokerOrder } from "../brokers/broker.ts";
import { openBroker } from "../brokers/registry.ts";
import type { RealBroker } from "../brokers/setup.ts";
import { AccountAlone } from "../orders/account-alone.ts";
import { EVERYWHERE } from "../orders/branches.ts";
import { AccountLock } from "./account-lock.ts";
import { catalogInstruments } from "./catalog-instruments.ts";
import { systemClock } from "./clock.ts";
import type { BrokerBoot } from "./live/live-boot.ts";
import { processLives } from "./process-lives.ts";

const busy = (what: string, pid: number, path: string): LedgerError =>
  new LedgerError("LDG-004", `process ${pid} trades ${what}`, "Ask again, or end that one.", path);

const open = (boot: BrokerBoot, nowUs: Micros): RealBroker =>
  openBroker(boot.setup, {
    clock: systemClock,
    instruments: catalogInstruments(isoDayAt("America/New_York", nowUs)),
    log: () => undefined,
  });

/** What works at a broker now: a look that needs no lock and writes nothing. */
export async function lookAtOpen(boot: BrokerBoot, offsetUs: number): Promise<readonly BrokerOrder[]> {
  const broker = open(boot, (systemClock.wallUs() + offsetUs) as Micros);
  try {
    return await new Promise((resolve, reject) =>
      broker.openOrders((a) => (a.ok ? resolve(a.value) : reject(new Error(`${boot.label}: ${a.reason}`)))),
    );
  } finally {
    await broker.close();
  }
}

/**
 * Works on the orders of a broker's account while no desk runs: holds both locks, and gives everything back at the end.
 * @throws LedgerError LDG-004 where somebody else writes here or trades the account; Error where the broker does not answer.
 */
export async function withAccount<T>(
  path: string,
  boot: BrokerBoot,
  offsetUs: number,
  note: (text: string) => void,
  work: (account: AccountAlone, label: string) => Promise<T>,
): Promise<T> {
  const ledger = LedgerFile.open(path);
  const me: Writer = { owner: randomUUID(), pid: process.pid, host: hostname() };
  const held = takeLock(ledger, "folder", me, systemClock.wallUs(), processLives);
  if (held !== null) {
    ledger.close();
    throw busy("from this state folder", held.pid, path);
  }
  const nowUs = (): Micros => (systemClock.wallUs() + offsetUs) as Micros;
  const broker = open(boot, nowUs());
  const lock = new AccountLock(boot.accounts, me);
  try {
    const { id } = await new Promise<BrokerAccount>((resolve, reject) =>
      broker.account((a) => (a.ok ? resolve(a.value) : reject(new Error(`${boot.label}: ${a.reason}`)))),
    );
    const account = id ?? boot.setup.kind;
    const other = lock.take(`${boot.label}:${account}`);
    if (other !== null) throw busy(`${boot.label} ${account}`, other, boot.accounts);
    const base = `${account}@${boot.label}`;
    const catalog = catalogInstruments(isoDayAt("America/New_York", nowUs()));
    const { records } = ledger.load();
    const alone = new AccountAlone({
      account,
      base,
      baseCcy: "USD",
      records: records.filter((r) => r.scope === EVERYWHERE || r.scope.startsWith(base)),
      ledger: {
        append: (rows, done) => {
          ledger.append(rows, systemClock.wallUs());
          done(null);
        },
      },
      broker,
      instrument: (id) => catalog.byId(id),
      hands: {
        nowUs,
        seq: () => 0,
        after: (ms, run) => systemClock.after(ms, run),
        note: (_level, text) => note(text),
        changed: () => undefined,
      },
    });
    return await work(alone, `${boot.label} ${account}`);
  } finally {
    lock.release();
    await broker.close();
    releaseLock(ledger, "folder", me);
    ledger.close();
  }
}
