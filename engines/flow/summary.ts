import { BIN_US, STRIDE } from "./cells.ts";
import type { FlowEngine } from "./engine.ts";
import { FLOW_FIELDS, type FlowField, type FlowTable, type FlowTotals, REASONS } from "./types.ts";

/** What a table is grouped by. Time bins are 5 or 15 minutes, floored in UTC. */
export interface FlowGrouping {
  readonly contract?: boolean;
  readonly expiry?: boolean;
  readonly strike?: boolean;
  readonly bucket?: boolean;
  readonly minutes?: 5 | 15;
}

/** Sums of the flow so far by any combination of contract, expiry, strike, delta bucket and time; ordered by time, then expiry, strike, contract, bucket. */
export function flowTable(engine: FlowEngine, by: FlowGrouping): FlowTable {
  const { cells, contracts } = engine;
  const width = by.minutes === undefined ? 0 : by.minutes * 60e6;
  const strikes = by.strike ? ranks(contracts.strike) : null;
  const groups = new Map<number, number>();
  const groupOf = new Int32Array(cells.n);
  const first: number[] = [];
  let bin0 = Number.POSITIVE_INFINITY;
  for (let c = 0; c < cells.n; c++) if (cells.bin[c]! < bin0) bin0 = cells.bin[c]!;
  const startBin = width > 0 ? Math.floor((bin0 * BIN_US) / width) : 0;
  const [expiries, slots] = [contracts.expiries.length + 1, contracts.n + 1];
  for (let c = 0; c < cells.n; c++) {
    const slot = cells.slot[c]!;
    // One whole number for the group; its parts can't reach 2^53 together (bins x expiries x strikes or contracts x buckets).
    let key = width > 0 ? Math.floor((cells.bin[c]! * BIN_US) / width) - startBin : 0;
    if (by.expiry) key = key * expiries + contracts.expiry[slot]!;
    if (strikes) key = key * slots + strikes[slot]!;
    if (by.contract) key = key * slots + slot;
    if (by.bucket) key = key * 6 + cells.bucket[c]!;
    let g = groups.get(key);
    if (g === undefined) {
      g = first.length;
      groups.set(key, g);
      first.push(c);
    }
    groupOf[c] = g;
  }
  const n = first.length;
  const keys = {
    slot: Int32Array.from(first, (c) => (by.contract ? cells.slot[c]! : -1)),
    expiry: Int32Array.from(first, (c) =>
      by.expiry || by.contract ? contracts.expiry[cells.slot[c]!]! : -1,
    ),
    strike: Float64Array.from(first, (c) =>
      by.strike || by.contract ? contracts.strike[cells.slot[c]!]! : Number.NaN,
    ),
    bucket: Int32Array.from(first, (c) => (by.bucket ? cells.bucket[c]! : -1)),
    startUs: Float64Array.from(first, (c) =>
      width > 0 ? Math.floor((cells.bin[c]! * BIN_US) / width) * width : Number.NaN,
    ),
  };
  const order = Int32Array.from({ length: n }, (_, g) => g).sort(
    (a, b) =>
      compare(keys.startUs, a, b) ||
      keys.expiry[a]! - keys.expiry[b]! ||
      compare(keys.strike, a, b) ||
      keys.slot[a]! - keys.slot[b]! ||
      keys.bucket[a]! - keys.bucket[b]!,
  );
  const place = new Int32Array(n);
  order.forEach((g, i) => {
    place[g] = i;
  });
  const sums = emptySums(n);
  FLOW_FIELDS.forEach((field, f) => {
    const column = sums[field];
    for (let c = 0; c < cells.n; c++) column[place[groupOf[c]!]!]! += cells.sums[c * STRIDE + f]!;
  });
  return {
    n,
    slot: order.map((g) => keys.slot[g]!),
    expiry: order.map((g) => keys.expiry[g]!),
    strike: Float64Array.from(order, (g) => keys.strike[g]!),
    bucket: order.map((g) => keys.bucket[g]!),
    startUs: Float64Array.from(order, (g) => keys.startUs[g]!),
    sums,
  };
}

/** A number for each distinct strike. */
function ranks(strike: Float64Array): Int32Array {
  const distinct = new Map<number, number>();
  return Int32Array.from(strike, (k) => {
    let rank = distinct.get(k);
    if (rank === undefined) distinct.set(k, (rank = distinct.size));
    return rank;
  });
}

function compare(column: Float64Array, a: number, b: number): number {
  const [x, y] = [column[a]!, column[b]!];
  return Number.isNaN(x) ? 0 : x - y;
}

function emptySums(n: number): Record<FlowField, Float64Array> {
  return Object.fromEntries(FLOW_FIELDS.map((f) => [f, new Float64Array(n)])) as Record<
    FlowField,
    Float64Array
  >;
}

/** Everything taken so far, with the shares a trader asks for first. */
export function flowTotals(engine: FlowEngine): FlowTotals {
  const table = flowTable(engine, {});
  const sum = Object.fromEntries(FLOW_FIELDS.map((f) => [f, table.sums[f][0] ?? 0])) as Record<
    FlowField,
    number
  >;
  const share = (x: number): number | null => (sum.trades > 0 ? x / sum.trades : null);
  return {
    ...sum,
    netNotional: sum.buyNotional - sum.sellNotional,
    totalNotional: sum.buyNotional + sum.sellNotional + sum.unknownNotional,
    unknownShare: share(sum.unknownTrades),
    quoteCoverage: share(sum.quotedTrades),
    deltaCoverage: share(sum.deltaTrades),
    vegaCoverage: share(sum.vegaTrades),
  };
}

/** Named warnings of the flow so far, as `code` or `code:count`, sorted by code. */
export function flowWarnings(engine: FlowEngine): string[] {
  const out: string[] = [];
  const add = (code: string, count: number): void => {
    if (count > 0) out.push(count === 1 ? code : `${code}:${count}`);
  };
  REASONS.forEach((reason, i) => {
    if (reason !== "" && reason !== "inside_spread") add(reason, engine.reasons[i]!);
  });
  add("late_quotes_ignored", engine.lateQuotes);
  add("late_trades", engine.lateTrades);
  if (engine.tape.n === 0) add("no_trades", 1);
  else if (engine.cells.n === 0) add("all_trades_dropped", 1);
  if (!engine.options.prints) add("trade_bars_not_prints", 1);
  return out.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * How much of a contract's volume opened positions, from the next day's change of open interest: each contract traded opens or closes on
 * each side, so sides opened less sides closed is 2 x change, and the opening share is (volume + change) / (2 volume), within [0, 1].
 * An estimate: day trades and exercises blur it. Null where volume is 0 or an open interest is unknown.
 */
export function openingShare(volume: number, oiBefore: number, oiAfter: number): number | null {
  if (!(volume > 0) || !(oiBefore >= 0) || !(oiAfter >= 0)) return null;
  return Math.min(1, Math.max(0, (volume + oiAfter - oiBefore) / (2 * volume)));
}
