import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { intent, outcome } from "../../../bench/orders.ts";
import { seeded } from "../../../engines/stats/index.ts";
import { answerAsk, askAnswer, openAsks, putAsk } from "../../../store/ledger/asks.ts";
import { Backlog } from "../../../store/ledger/backlog.ts";
import { LedgerFile } from "../../../store/ledger/ledger.ts";
import { beat, releaseLock, takeLock } from "../../../store/ledger/lock.ts";
import { removeFolder } from "../../harness/folders.ts";
import { figure, LONG_MS, sized } from "../../harness/sizes.ts";

const TEARS = sized({ test: 60, soak: 1000, nightly: 20_000 });

/** Where the frames of this log end: behind them lie zeros, or remains of an earlier one with another salt. */
function endOf(wal: string): number {
  const bytes = readFileSync(wal);
  const page = bytes.readUInt32BE(8);
  const salt = bytes.subarray(16, 24);
  let at = 32;
  while (at < bytes.length && bytes.subarray(at + 8, at + 16).equals(salt)) at += 24 + page;
  return at;
}

/** Whatever the disk had there instead of what was to be written. */
function spoil(wal: string, from: number, r: ReturnType<typeof seeded>): void {
  const bytes = readFileSync(wal);
  for (let at = from; at < Math.min(bytes.length, from + 40_000); at++) bytes[at] = r.below(256);
  writeFileSync(wal, bytes);
}

let dir: string;
const path = () => join(dir, "state", "ledger.sqlite");
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "voldesk-ledger-"));
});
afterEach(() => removeFolder(dir));

describe("the ledger's file", () => {
  it("gives back what was written, in order, after it was closed", () => {
    const first = LedgerFile.open(path());
    first.append([...intent(1), ...outcome(1)], 5);
    first.append(intent(2), 6);
    first.close();
    const again = LedgerFile.open(path());
    const kept = again.load();
    expect(kept.records).toEqual([...intent(1), ...outcome(1), ...intent(2)]);
    expect(kept.lastOrder).toBe(2);
    again.close();
  });

  it("refuses a second order under one client id, and keeps nothing of the transaction", () => {
    const ledger = LedgerFile.open(path());
    ledger.append(intent(1), 0);
    expect(() => ledger.append([...intent(2), ...intent(1)], 0)).toThrow("UNIQUE");
    expect(ledger.load().records).toHaveLength(2);
    ledger.close();
  });

  it(
    `misses no acknowledged record when its write-ahead log is torn anywhere after it, ${TEARS} times`,
    () => {
      const r = seeded(3);
      const ledger = LedgerFile.open(path());
      ledger.makeRoom();
      const wal = `${path()}-wal`;
      const copy = join(dir, "torn.sqlite");
      let n = 0;
      for (let k = 0; k < TEARS; k++) {
        // Now and then the log begins anew over what it held before.
        if (k % 15 === 14) ledger.db.pragma("wal_checkpoint(PASSIVE)");
        const acknowledged: number[] = [];
        const before = n;
        for (let more = 1 + r.below(4); more > 0; more--) {
          ledger.append(intent(++n), 0);
          acknowledged.push(endOf(wal));
        }
        const first = acknowledged[0] as number;
        const cut = r.below((acknowledged.at(-1) as number) + 1);
        copyFileSync(path(), copy);
        copyFileSync(wal, `${copy}-wal`);
        if (r.below(2) === 0) truncateSync(`${copy}-wal`, cut);
        else spoil(`${copy}-wal`, cut, r);
        const torn = LedgerFile.open(copy);
        const { length } = torn.load().records;
        torn.close();
        const whole = acknowledged.filter((size) => size <= cut).length;
        // What was cut below the first of these may take earlier ones of this log with it, never those that it left alone.
        if (cut >= first) expect(length, `tear ${k} at ${cut}`).toBe(2 * (before + whole));
        else expect(length).toBeLessThanOrEqual(2 * before);
      }
      figure(
        "write-ahead log torn at random bytes",
        `${TEARS} tears, ${n} records, seed 3: 0 acknowledged missing`,
      );
      ledger.close();
    },
    LONG_MS,
  );

  it("begins its write-ahead log anew when it tidies, so that no order's commit syncs the log's header as well", () => {
    const ledger = LedgerFile.open(path());
    const wal = `${path()}-wal`;
    const header = () => readFileSync(wal).subarray(0, 32);
    const first = header();
    for (let n = 1; n <= 200; n++) ledger.append(intent(n), 0);
    expect(header()).toEqual(first);
    ledger.tidy();
    const tidied = header();
    expect(tidied).not.toEqual(first);
    ledger.append(intent(201), 0);
    expect(header()).toEqual(tidied);
    ledger.close();
    const again = LedgerFile.open(path());
    expect(again.load().records).toHaveLength(2 * 201);
    again.close();
  });

  it("a full disk throws, keeps what was there and takes more once there is room", () => {
    const ledger = LedgerFile.open(path());
    ledger.append(intent(1), 0);
    ledger.db.pragma(`max_page_count = ${ledger.db.pragma("page_count", { simple: true }) as number}`);
    let n = 2;
    expect(() => {
      for (; n < 500; n++) ledger.append(intent(n), 0);
    }).toThrow("full");
    ledger.db.pragma("max_page_count = 100000");
    ledger.append(intent(n), 0);
    expect(ledger.load().records).toHaveLength(2 * n);
    ledger.close();
  });

  it("what a full disk refused stays in line and is written in its order once there is room; a rule that is broken is not", () => {
    const ledger = LedgerFile.open(path());
    const backlog = new Backlog(ledger);
    backlog.append({ records: intent(1) }, 0);
    ledger.db.pragma(`max_page_count = ${ledger.db.pragma("page_count", { simple: true }) as number}`);
    let n = 2;
    expect(() => {
      for (; n < 500; n++) backlog.append({ records: intent(n) }, 0);
    }).toThrow("full");
    expect(() => backlog.append({ records: outcome(n) }, 0)).toThrow("full");
    expect(() => backlog.retry(0)).toThrow("full");
    ledger.db.pragma("max_page_count = 100000");
    expect(() => backlog.append({ records: intent(1) }, 0)).toThrow("UNIQUE");
    backlog.append({ scope: "s", bodies: ["{}"] }, 0);
    const { records, paper } = ledger.load();
    expect(records.slice(-5)).toEqual([...intent(n), ...outcome(n)]);
    expect(records).toHaveLength(2 * n + 3);
    expect(paper).toHaveLength(1);
    ledger.close();
  });

  it("one of a newer shape is not touched, one that is no database is said to be none", () => {
    const ledger = LedgerFile.open(path());
    ledger.db.pragma("user_version = 99");
    ledger.close();
    expect(() => LedgerFile.open(path())).toThrow("LDG-003");
    expect(() => LedgerFile.read(join(dir, "none.sqlite"))).toThrow("LDG-005");
    expect(existsSync(join(dir, "none.sqlite"))).toBe(false);
    expect(readdirSync(dir)).toEqual(["state"]);
  });
});

describe("one writer", () => {
  const a = { owner: "a", pid: 1, host: "h" };
  const b = { owner: "b", pid: 2, host: "h" };

  it("keeps a second desk out while the first lives, and gives way when its process is gone", () => {
    const ledger = LedgerFile.open(path());
    expect(takeLock(ledger, "folder", a, 0, () => true)).toBeNull();
    expect(takeLock(ledger, "folder", b, 1, () => true)).toMatchObject({ pid: 1 });
    expect(takeLock(ledger, "account:U1", b, 1, () => true)).toBeNull();
    expect(takeLock(ledger, "folder", b, 2, () => false)).toBeNull();
    // The first one finds out at its next beat and stops writing.
    expect(beat(ledger, "folder", a, 3)).toBe(false);
    releaseLock(ledger, "folder", b);
    expect(takeLock(ledger, "folder", a, 4, () => true)).toBeNull();
    ledger.close();
  });

  it("a desk on another host counts as gone after half a minute of silence", () => {
    const ledger = LedgerFile.open(path());
    takeLock(ledger, "folder", { ...a, host: "other" }, 0, () => true);
    expect(takeLock(ledger, "folder", b, 29e6, () => false)).toMatchObject({ host: "other" });
    expect(takeLock(ledger, "folder", b, 31e6, () => false)).toBeNull();
    ledger.close();
  });

  it("answers what another process asks, and forgets what nobody answered in time", () => {
    const ledger = LedgerFile.open(path());
    const n = putAsk(ledger, "kill", null, 100);
    expect(openAsks(ledger, 200)).toEqual([]);
    expect(openAsks(ledger, 50)).toEqual([{ n, name: "kill", arg: null }]);
    answerAsk(ledger, n, "HALTED");
    expect(askAnswer(ledger, n)).toBe("HALTED");
    expect(openAsks(ledger, 50)).toEqual([]);
    ledger.close();
  });
});
