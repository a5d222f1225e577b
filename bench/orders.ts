import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Micros } from "../engines/market/index.ts";
import type { LedgerRecord } from "../engines/orders/index.ts";
import { Branches } from "../src/orders/branches.ts";
import { LedgerClient } from "../src/shell/ledger-client.ts";
import type { OrderLog } from "../src/shell/order-log.ts";
import { LedgerFile } from "../store/ledger/ledger.ts";
import type { BenchRow } from "./row.ts";

const SENDS = 2_000;
/** A trader's pauses, long enough for the ledger to tidy in. */
const PAUSE_EVERY = 50;
const PAUSE_MS = 500;
const OVER_BYTES = 8 << 20;
const RECORDS = 100_000;
const REACH_RATIO = 2;
const REACH_RECOVERY_S = 2;

/** What confirming one order writes before it may be sent. */
export function intent(n: number): LedgerRecord[] {
  const stamp = { seq: n, us: (1_450_967_400_000_000 + n) as Micros, scope: "paper@bench#1" };
  const id = `O${n}`;
  const legs = [
    { instrument: "OPT/GOOG/2016-01-15/C/760/USD/1" as never, ratio: 1, intent: "open" as const },
  ];
  const terms = {
    account: "paper",
    mode: "paper" as const,
    side: "buy" as const,
    legs,
    qty: "2",
    limit: "8.30",
  };
  return [
    {
      k: "planned",
      order: {
        id,
        clientId: `client-${n}`,
        runId: `2015-12-24/manual/T${n}`,
        ordinal: 0,
        ticket: `T${n}`,
        terms: { ...terms, tif: "day", strategy: "desk" },
        what: "GOOG 15jan16 760 call",
        underlying: "EQ/GOOG/USD" as never,
        previewHash: "0".repeat(64),
        multiplier: 100,
        arrivalMid: 8.1,
        groups: [null],
        makes: null,
      },
      ...stamp,
    },
    { k: "sending", id, ...stamp },
  ];
}

/** What comes back of an order that fills in two parts. */
export function outcome(n: number): LedgerRecord[] {
  const stamp = { seq: n, us: (1_450_967_400_000_000 + n) as Micros, scope: "paper@bench#1" };
  const id = `O${n}`;
  const fill = (part: number): LedgerRecord => ({
    k: "fill",
    id,
    fill: {
      execId: `x${n}-${part}`,
      legIndex: 0,
      instrument: "OPT/GOOG/2016-01-15/C/760/USD/1" as never,
      qty: "1",
      price: "8.30",
      fees: "0.65",
      feeCcy: "USD",
      us: stamp.us,
    },
    ...stamp,
  });
  return [{ k: "acked", id, brokerId: `b${n}`, ...stamp }, fill(1), fill(2)];
}

const p99 = (ms: readonly number[]): number =>
  ms.toSorted((a, b) => a - b)[Math.floor(ms.length * 0.99)] as number;

function timed(work: () => void): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}

export async function run(): Promise<BenchRow[]> {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-bench-"));
  try {
    return [...(await durable(dir)), recovery(dir)];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Turn and turn about, so that a busy disk is busy for all: the desk's own way through the ledger's thread, the file alone, and what the ratio
 * is to: a bare append of the record's bytes to a file with `fdatasync`. The same bytes written over old ones, which need no growth of the
 * file, are shown beside. As a desk does, the ledger tidies when nobody waits.
 */
async function durable(dir: string): Promise<BenchRow[]> {
  const thread = await threaded(join(dir, "thread.sqlite"));
  const ledger = LedgerFile.open(join(dir, "durable.sqlite"));
  ledger.makeRoom();
  const fd = openSync(join(dir, "bare"), "w");
  const over = openSync(join(dir, "over"), "w");
  writeSync(over, Buffer.alloc(OVER_BYTES));
  fdatasyncSync(over);
  const [hop, ours, bare, written]: [number[], number[], number[], number[]] = [[], [], [], []];
  let records = intent(0);
  let bytes = Buffer.alloc(0);
  const writers = [
    async () => {
      const from = performance.now();
      await new Promise<void>((done) => thread.append(records, () => done()));
      hop.push(performance.now() - from);
    },
    () => void ours.push(timed(() => ledger.append(records, 0))),
    () =>
      void bare.push(
        timed(() => {
          writeSync(fd, bytes);
          fdatasyncSync(fd);
        }),
      ),
    (n: number) =>
      void written.push(
        timed(() => {
          writeSync(over, bytes, 0, bytes.length, (n * bytes.length) % (OVER_BYTES - bytes.length));
          fdatasyncSync(over);
        }),
      ),
  ];
  for (let n = 1; n <= SENDS; n++) {
    records = intent(n);
    bytes = Buffer.from(JSON.stringify(records));
    // Each begins as often as the others: what one leaves behind on the disk falls on all alike.
    for (const k of writers.keys()) await writers[(n + k) % writers.length]?.(n);
    ledger.tidy();
    if (n % PAUSE_EVERY === 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  closeSync(fd);
  closeSync(over);
  ledger.close();
  await thread.close();
  const row = (name: string, ms: readonly number[]): BenchRow => {
    const value = p99(ms);
    const ratio = value / p99(bare);
    return { name, value, unit: "ms", ratio, reach: null, ratioReach: REACH_RATIO, ok: ratio <= REACH_RATIO };
  };
  const beside = { unit: "ms", ratio: null, reach: null, ok: null };
  return [
    row("intent durable before send, p99", ours),
    row("the same, asked by the desk's thread", hop),
    { name: "a bare append of its bytes with fdatasync, p99", value: p99(bare), ...beside },
    { name: "the bytes written over others, p99", value: p99(written), ...beside },
  ];
}

function threaded(path: string): Promise<OrderLog> {
  return new Promise((resolve, reject) => {
    LedgerClient.open({ path, accounts: null }, (log) =>
      "code" in log ? reject(new Error(log.message)) : resolve(log),
    );
  });
}

function recovery(dir: string): BenchRow {
  const path = join(dir, "recovery.sqlite");
  const writing = LedgerFile.open(path);
  const each = intent(1).length + outcome(1).length;
  const records: LedgerRecord[] = [];
  for (let n = 1; n <= RECORDS / each; n++) records.push(...intent(n), ...outcome(n));
  writing.append(records, 0);
  writing.close();
  let orders = 0;
  const s =
    timed(() => {
      const ledger = LedgerFile.open(path);
      const branches = new Branches("paper", "USD", "paper@bench", [...ledger.load().records]);
      orders = branches.fold(1).orders.size;
      ledger.close();
    }) / 1000;
  const whole = orders === RECORDS / each;
  return {
    name: `recovery of ${RECORDS} records: read, checked, folded`,
    value: s,
    unit: "s",
    ratio: null,
    reach: REACH_RECOVERY_S,
    ok: whole && s <= REACH_RECOVERY_S,
  };
}
