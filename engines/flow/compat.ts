import { formatIsoMicros, isoDayOfNumber, parseIsoMicros } from "../market/index.ts";
import { type CompatClassified, contractFlow, contractTerms, timeBuckets } from "./compat-summary.ts";

/** A trade or quote as the original system reads it. */
export interface CompatTerms {
  readonly timestamp: string | null;
  readonly contract_symbol: string | null;
  readonly underlying?: string | null;
  readonly expiry?: string | null;
  readonly option_type?: string | null;
  readonly strike?: number | null;
  readonly bs_delta?: number | null;
}
export interface CompatTrade extends CompatTerms {
  readonly price: number | null;
  readonly size: number | null;
}
export interface CompatQuote extends CompatTerms {
  readonly bid: number | null;
  readonly ask: number | null;
}
export interface CompatFlowInput {
  readonly trades: readonly CompatTrade[];
  readonly quotes: readonly CompatQuote[];
  readonly quote_tolerance_seconds: number | null;
  readonly source: string;
  readonly multiplier: number;
}
export interface CompatFlow {
  readonly classified: readonly CompatClassified[];
  readonly contract_flow: ReturnType<typeof contractFlow>;
  readonly buckets_5m: ReturnType<typeof timeBuckets>;
  readonly buckets_15m: ReturnType<typeof timeBuckets>;
  readonly contract_terms: ReturnType<typeof contractTerms>;
}

/**
 * Compatibility mode: classification and summaries as the original system makes them, known mistakes included. Identical prints of one
 * time are one; a quote of the trade's own time counts; a locked quote sells; inside the spread is unknown; market dates are UTC; each
 * contract has the delta bucket first seen that day. Times without a zone are taken as UTC.
 */
export function flowPipelineCompat(input: CompatFlowInput): CompatFlow {
  const classified = classifyCompat(input);
  return {
    classified,
    contract_flow: contractFlow(classified, input.source),
    buckets_5m: timeBuckets(classified, 5),
    buckets_15m: timeBuckets(classified, 15),
    contract_terms: contractTerms(contractFlow(classified, input.source)),
  };
}

interface TimedTrade {
  readonly us: number;
  readonly contract: string;
  readonly row: CompatTrade;
}

function classifyCompat(input: CompatFlowInput): CompatClassified[] {
  const quotes = quotesByContract(input.quotes);
  const toleranceUs =
    input.quote_tolerance_seconds === null ? Number.POSITIVE_INFINITY : input.quote_tolerance_seconds * 1e6;
  return distinctTrades(input.trades).map(({ us, contract, row }) => {
    const found = latestAt(quotes.get(contract) ?? [], us);
    const quote = found !== null && us - found.us <= toleranceUs ? found.row : null;
    return classifyOne(us, contract, row, quote, input.multiplier);
  });
}

/** Trades with a contract and a time, without repeats, in order of time, contract, price, size. */
function distinctTrades(trades: readonly CompatTrade[]): TimedTrade[] {
  const seen = new Map<string, TimedTrade>();
  for (const row of trades) {
    const us = row.timestamp === null ? null : parseIsoMicros(row.timestamp, true);
    if (us === null || !row.contract_symbol) continue;
    const key = `${row.contract_symbol}|${us}|${row.price}|${row.size}`;
    if (!seen.has(key)) seen.set(key, { us, contract: row.contract_symbol, row });
  }
  return [...seen.values()].sort(
    (a, b) =>
      a.us - b.us ||
      (a.contract < b.contract ? -1 : a.contract > b.contract ? 1 : 0) ||
      byNumber(a.row.price, b.row.price) ||
      byNumber(a.row.size, b.row.size),
  );
}

/** Ascending, null last. */
function byNumber(a: number | null, b: number | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a - b;
}

interface TimedQuote {
  readonly us: number;
  readonly row: CompatQuote;
}

function quotesByContract(quotes: readonly CompatQuote[]): Map<string, TimedQuote[]> {
  const out = new Map<string, TimedQuote[]>();
  for (const row of quotes) {
    const us = row.timestamp === null ? null : parseIsoMicros(row.timestamp, true);
    if (us === null || !row.contract_symbol) continue;
    const list = out.get(row.contract_symbol);
    if (list) list.push({ us, row });
    else out.set(row.contract_symbol, [{ us, row }]);
  }
  for (const list of out.values()) list.sort((a, b) => a.us - b.us);
  return out;
}

/** The last of a sorted list at or before `us`. */
function latestAt(list: readonly TimedQuote[], us: number): TimedQuote | null {
  let lo = 0;
  let hi = list.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (list[mid]!.us <= us) lo = mid + 1;
    else hi = mid;
  }
  return lo > 0 ? list[lo - 1]! : null;
}

function classifyOne(
  us: number,
  contract: string,
  row: CompatTrade,
  quote: CompatQuote | null,
  multiplier: number,
): CompatClassified {
  const codes: string[] = [];
  const known = row.size !== null && Number.isFinite(row.size);
  if (!known) codes.push("missing_size_coerced_zero");
  else if (row.size < 0) codes.push("invalid_size_coerced_zero");
  const size = known ? Math.max(0, row.size) : 0;
  const price = row.price !== null && Number.isFinite(row.price) ? row.price : null;
  const bid = quote?.bid ?? null;
  const ask = quote?.ask ?? null;
  const valid = bid !== null && ask !== null && bid > 0 && ask > 0 && ask >= bid;
  const delta = row.bs_delta ?? quote?.bs_delta ?? null;
  const bucket = delta === null ? null : bucketName(Math.abs(delta));
  let direction: CompatClassified["direction"];
  let reason: string;
  if (price === null || price <= 0) {
    [direction, reason] = ["dropped", "invalid_price"];
    codes.push("dropped_invalid_price");
  } else if (size === 0) {
    [direction, reason] = ["dropped", "zero_size"];
    codes.push("dropped_zero_size");
  } else {
    if (quote === null) [direction, reason] = ["unknown", "missing_quote"];
    else if (!valid) [direction, reason] = ["unknown", "invalid_quote"];
    else if (price <= bid) [direction, reason] = ["sell", "at_or_below_bid"];
    else if (price >= ask) [direction, reason] = ["buy", "at_or_above_ask"];
    else [direction, reason] = ["unknown", "inside_spread"];
    if (direction === "unknown") codes.push(`unknown_${reason}`);
    if (bucket === null) codes.push("missing_delta_bucket");
  }
  const counted = direction !== "dropped";
  const underlying = row.underlying ?? quote?.underlying ?? null;
  return {
    symbol: underlying === null ? null : underlying.trim().toUpperCase(),
    market_date: isoDayOfNumber(Math.floor(us / 86_400e6)),
    timestamp: formatIsoMicros(us),
    contract_symbol: contract,
    expiry: row.expiry ?? quote?.expiry ?? null,
    option_type: row.option_type ?? quote?.option_type ?? null,
    strike: row.strike ?? quote?.strike ?? null,
    bs_delta: delta,
    delta_bucket: bucket,
    price,
    size,
    bid,
    ask,
    has_valid_quote: valid,
    direction,
    direction_reason: reason,
    notional: counted && price !== null ? price * size * multiplier : 0,
    counted,
    warning_codes: codes,
  };
}

function bucketName(magnitude: number): string {
  if (magnitude < 0.2) return "d00_20";
  if (magnitude < 0.4) return "d20_40";
  if (magnitude < 0.6) return "d40_60";
  return magnitude < 0.8 ? "d60_80" : "d80_100";
}
