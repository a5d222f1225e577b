import { formatIsoMicros, parseIsoMicros } from "../market/index.ts";

export interface CompatClassified {
  readonly symbol: string | null;
  readonly market_date: string;
  readonly timestamp: string;
  readonly contract_symbol: string;
  readonly expiry: string | null;
  readonly option_type: string | null;
  readonly strike: number | null;
  readonly bs_delta: number | null;
  readonly delta_bucket: string | null;
  readonly price: number | null;
  readonly size: number;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly has_valid_quote: boolean;
  readonly direction: "buy" | "sell" | "unknown" | "dropped";
  readonly direction_reason: string;
  readonly notional: number;
  readonly counted: boolean;
  readonly warning_codes: readonly string[];
}

interface Terms {
  readonly expiry: string | null;
  readonly option_type: string | null;
  readonly strike: number | null;
  readonly delta_bucket: string | null;
}
interface Volumes {
  readonly buy_volume: number;
  readonly sell_volume: number;
  readonly unknown_volume: number;
}
interface Notionals {
  readonly buy_notional: number;
  readonly sell_notional: number;
  readonly net_notional: number;
}

export interface CompatContractFlow extends Terms, Volumes, Notionals {
  readonly symbol: string | null;
  readonly market_date: string;
  readonly source: string;
  readonly contract_symbol: string;
  readonly trade_count: number;
  readonly unknown_trade_share: number | null;
  readonly quote_coverage_pct: number | null;
  readonly warnings: readonly string[];
}

/** Per symbol, day and contract. Terms and bucket are the first known ones of the day; dropped trades add warnings only. */
export function contractFlow(rows: readonly CompatClassified[], source: string): CompatContractFlow[] {
  const out: CompatContractFlow[] = [];
  for (const group of groupBy(rows, (r) => [r.symbol, r.market_date, r.contract_symbol])) {
    const first = group[0]!;
    const counted = group.filter((r) => r.counted);
    const codes = group.flatMap((r) => [...r.warning_codes]);
    if (counted.length === 0) codes.push("all_trades_dropped");
    out.push({
      symbol: first.symbol,
      market_date: first.market_date,
      source,
      contract_symbol: first.contract_symbol,
      expiry: firstKnown(group, (r) => r.expiry),
      option_type: firstKnown(group, (r) => r.option_type),
      strike: firstKnown(group, (r) => r.strike),
      delta_bucket: firstKnown(group, (r) => r.delta_bucket),
      buy_volume: total(counted, "buy", (r) => r.size),
      sell_volume: total(counted, "sell", (r) => r.size),
      unknown_volume: total(counted, "unknown", (r) => r.size),
      ...notionals(counted),
      trade_count: counted.length,
      unknown_trade_share: share(counted, (r) => r.direction === "unknown"),
      quote_coverage_pct: share(counted, (r) => r.has_valid_quote),
      warnings: joinCounts(codes),
    });
  }
  return out.sort(
    (a, b) =>
      byText(a.symbol, b.symbol) ||
      byText(a.market_date, b.market_date) ||
      byTerms(a, b) ||
      byText(a.contract_symbol, b.contract_symbol),
  );
}

/** Counted trades by contract terms and time bin; other widths than 5 and 15 minutes are not offered. */
export function timeBuckets(rows: readonly CompatClassified[], minutes: 5 | 15) {
  const width = minutes * 60e6;
  const startOf = (r: CompatClassified): number =>
    Math.floor((parseIsoMicros(r.timestamp) ?? Number.NaN) / width) * width;
  const groups = groupBy(
    rows.filter((r) => r.counted),
    (r) => [
      r.symbol,
      r.market_date,
      startOf(r),
      r.contract_symbol,
      r.expiry,
      r.option_type,
      r.strike,
      r.delta_bucket,
    ],
  );
  return groups
    .map((group) => {
      const first = group[0]!;
      return {
        symbol: first.symbol,
        market_date: first.market_date,
        bucket_start_utc: formatIsoMicros(startOf(first)),
        bucket_minutes: minutes,
        contract_symbol: first.contract_symbol,
        expiry: first.expiry,
        option_type: first.option_type,
        strike: first.strike,
        delta_bucket: first.delta_bucket,
        ...notionals(group),
        trade_count: group.length,
        unknown_trade_share: share(group, (r) => r.direction === "unknown"),
      };
    })
    .sort(
      (a, b) =>
        byText(a.symbol, b.symbol) ||
        byText(a.market_date, b.market_date) ||
        byText(a.bucket_start_utc, b.bucket_start_utc) ||
        byTerms(a, b) ||
        byText(a.contract_symbol, b.contract_symbol) ||
        byText(a.delta_bucket, b.delta_bucket),
    );
}

/** Contract flows joined by expiry, strike, type and bucket; shares weighted by trade count. */
export function contractTerms(flows: readonly CompatContractFlow[]) {
  const groups = groupBy(flows, (r) => [
    r.symbol,
    r.market_date,
    r.expiry,
    r.option_type,
    r.strike,
    r.delta_bucket,
  ]);
  return groups
    .map((group) => {
      const first = group[0]!;
      const sum = (pick: (r: CompatContractFlow) => number): number => group.reduce((s, r) => s + pick(r), 0);
      const count = sum((r) => r.trade_count);
      const weighted = (pick: (r: CompatContractFlow) => number | null): number | null =>
        count > 0 ? sum((r) => (pick(r) ?? 0) * r.trade_count) / count : null;
      const sources = new Set(group.map((r) => r.source));
      return {
        symbol: first.symbol,
        market_date: first.market_date,
        source: sources.size === 1 ? first.source : "mixed",
        expiry: first.expiry,
        option_type: first.option_type,
        strike: first.strike,
        delta_bucket: first.delta_bucket,
        buy_volume: sum((r) => r.buy_volume),
        sell_volume: sum((r) => r.sell_volume),
        unknown_volume: sum((r) => r.unknown_volume),
        buy_notional: sum((r) => r.buy_notional),
        sell_notional: sum((r) => r.sell_notional),
        net_notional: sum((r) => r.net_notional),
        trade_count: count,
        unknown_trade_share: weighted((r) => r.unknown_trade_share),
        quote_coverage_pct: weighted((r) => r.quote_coverage_pct),
        warnings: joinCounts(group.flatMap((r) => [...r.warnings])),
      };
    })
    .sort(
      (a, b) =>
        byText(a.symbol, b.symbol) ||
        byText(a.market_date, b.market_date) ||
        byTerms(a, b) ||
        byText(a.delta_bucket, b.delta_bucket),
    );
}

function notionals(rows: readonly CompatClassified[]): Notionals {
  const buy = total(rows, "buy", (r) => r.notional);
  const sell = total(rows, "sell", (r) => r.notional);
  return { buy_notional: buy, sell_notional: sell, net_notional: buy - sell };
}

function total(
  rows: readonly CompatClassified[],
  direction: CompatClassified["direction"],
  pick: (r: CompatClassified) => number,
): number {
  return rows.reduce((s, r) => (r.direction === direction ? s + pick(r) : s), 0);
}

function share(rows: readonly CompatClassified[], test: (r: CompatClassified) => boolean): number | null {
  return rows.length > 0 ? rows.filter(test).length / rows.length : null;
}

function firstKnown<T>(rows: readonly CompatClassified[], pick: (r: CompatClassified) => T | null): T | null {
  for (const r of rows) {
    const v = pick(r);
    if (v !== null) return v;
  }
  return null;
}

function groupBy<T>(rows: readonly T[], key: (row: T) => readonly unknown[]): T[][] {
  const out = new Map<string, T[]>();
  for (const row of rows) {
    const k = JSON.stringify(key(row));
    const group = out.get(k);
    if (group) group.push(row);
    else out.set(k, [row]);
  }
  return [...out.values()];
}

/** `code` or `code:count`, sorted by code, from codes that may carry counts themselves. */
function joinCounts(codes: readonly string[]): string[] {
  const sums = new Map<string, number>();
  for (const text of codes) {
    const [code, count] = text.split(":");
    sums.set(code!, (sums.get(code!) ?? 0) + (count === undefined ? 1 : Number(count)));
  }
  return [...sums]
    .sort((a, b) => byText(a[0], b[0]))
    .map(([code, count]) => (count === 1 ? code : `${code}:${count}`));
}

/** Ascending, null last. */
function byText(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function byTerms(a: Terms, b: Terms): number {
  const strike =
    a.strike === null || b.strike === null
      ? Number(a.strike === null) - Number(b.strike === null)
      : a.strike - b.strike;
  return byText(a.expiry, b.expiry) || strike || byText(a.option_type, b.option_type);
}
