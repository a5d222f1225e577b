import { changes, type Depth, depthOf } from "../market/depth.ts";
import type { MarketEvent, Product, Quote } from "../market/types.ts";
import type { Facts } from "./facts.ts";

const INTERVALS = new Set(["raw", "100ms", "agg2"]);
const PACE_US: Readonly<Record<string, number>> = { raw: 0, "100ms": 100_000, agg2: 1_000_000 };
const BOOK_LEVELS = 10;
const INDEX_US = 1_000_000;

/** A subscribed channel: which events it follows, and what it says. Null data says nothing. */
export interface Channel {
  readonly name: string;
  readonly quotes: readonly Product[];
  readonly trades: readonly Product[];
  /** Needs a signed-in socket. */
  readonly raw: boolean;
  event(event: MarketEvent): unknown;
  /** Called in every round; for channels that go by the clock or gather events. */
  round(nowUs: number): unknown;
}

/** @returns null for a channel that does not exist: it is left out of the answer in silence. */
export function openChannel(name: string, facts: Facts, gap: () => boolean): Channel | null {
  const parts = name.split(".");
  const [kind = "", subject = ""] = parts;
  const product = facts.find(subject);
  if (kind === "quote")
    return product === null || parts.length !== 2 ? null : quoteChannel(name, product, facts);
  if (kind === "ticker" || kind === "incremental_ticker") {
    const interval = parts[2] ?? (kind === "ticker" ? "" : "100ms");
    return product === null || !INTERVALS.has(interval)
      ? null
      : tickerChannel(name, product, interval, facts, kind !== "ticker");
  }
  if (kind === "trades") return tradesChannel(name, parts, facts);
  if (kind === "book") return product === null ? null : bookChannel(name, product, parts, gap);
  if (kind.startsWith("deribit_") || kind === "markprice" || kind === "platform_state")
    return clockChannel(name, parts, facts);
  return null;
}

const quiet = { event: () => null, round: () => null } as const;

function quoteChannel(name: string, p: Product, facts: Facts): Channel {
  const event = (e: MarketEvent): unknown =>
    e.kind === "quote" && e.product === p ? facts.quote(p, e.quote) : null;
  return { ...quiet, name, quotes: [p], trades: [], raw: false, event };
}

function tickerChannel(
  name: string,
  p: Product,
  interval: string,
  facts: Facts,
  incremental: boolean,
): Channel {
  let dirty = true;
  let dueUs = 0;
  let last: Record<string, unknown> | null = null;
  const say = (): unknown => {
    const now = facts.ticker(p) as Record<string, unknown>;
    if (!incremental) return now;
    const first = last === null;
    const changed = Object.entries(now).filter(
      ([k, v]) =>
        first ||
        k === "timestamp" ||
        k === "instrument_name" ||
        JSON.stringify(v) !== JSON.stringify(last?.[k]),
    );
    last = now;
    return { type: first ? "snapshot" : "change", ...Object.fromEntries(changed) };
  };
  return {
    name,
    quotes: [p],
    trades: [p],
    raw: interval === "raw",
    event: (e) => {
      if (e.product === p) dirty = true;
      return null;
    },
    round: (nowUs) => {
      if (!dirty || nowUs < dueUs) return null;
      dirty = false;
      dueUs = nowUs + (PACE_US[interval] as number);
      return say();
    },
  };
}

function tradesChannel(name: string, parts: readonly string[], facts: Facts): Channel | null {
  const one = facts.find(parts[1] ?? "");
  const interval = parts.at(-1) as string;
  if (!INTERVALS.has(interval)) return null;
  const currency = parts[2] ?? "";
  const known = ["any", ...facts.currencies].includes(currency);
  const kinds = ["option", "future", "any"];
  if (one === null && (parts.length !== 4 || !kinds.includes(parts[1] ?? "") || !known)) return null;
  const products = one === null ? facts.all(currency, parts[1] as string) : [one];
  const mine = new Set(products);
  let gathered: object[] = [];
  let dueUs = 0;
  return {
    name,
    quotes: [],
    trades: products,
    raw: interval === "raw",
    event: (e) => {
      if (e.kind === "trade" && mine.has(e.product)) gathered.push(facts.trade(e.product, e.trade));
      return null;
    },
    round: (nowUs) => {
      if (gathered.length === 0 || nowUs < dueUs) return null;
      dueUs = nowUs + (PACE_US[interval] as number);
      const data = gathered;
      gathered = [];
      return data;
    },
  };
}

/** `book.X.raw` tells changes after a snapshot; `book.X.none.10.100ms` the top of the book each time. */
function bookChannel(name: string, p: Product, parts: readonly string[], gap: () => boolean): Channel | null {
  const interval = parts.at(-1) as string;
  const grouped = parts.length === 5;
  const levels = grouped ? Number(parts[3]) : BOOK_LEVELS;
  if (!INTERVALS.has(interval) || (!grouped && parts.length !== 3) || !(levels >= 1 && levels <= 20))
    return null;
  let quote: Quote | null = null;
  let dueUs = 0;
  let sent: Depth | null = null;
  let changeId = 0;
  const say = (q: Quote): unknown => {
    const now = depthOf(p, q, levels);
    const head = { timestamp: Math.floor(q.us / 1000), instrument_name: p.symbol };
    const previous = changeId;
    changeId = Math.max(changeId + 1, Math.floor(q.us / 100));
    if (grouped) return { ...head, change_id: changeId, bids: now.bids, asks: now.asks };
    const before: Depth = sent ?? { bids: [], asks: [] };
    const first = sent === null;
    sent = now;
    if (!first && gap()) return null;
    return {
      ...head,
      type: first ? "snapshot" : "change",
      ...(first ? {} : { prev_change_id: previous }),
      change_id: changeId,
      bids: changes(before.bids, now.bids),
      asks: changes(before.asks, now.asks),
    };
  };
  return {
    name,
    quotes: [p],
    trades: [],
    raw: interval === "raw",
    event: (e) => {
      if (e.kind === "quote" && e.product === p) quote = e.quote;
      return null;
    },
    round: (nowUs) => {
      if (quote === null || nowUs < dueUs) return null;
      dueUs = nowUs + (PACE_US[interval] as number);
      const q = quote;
      quote = null;
      return say(q);
    },
  };
}

/** Channels that tell the state of things every second. */
function clockChannel(name: string, parts: readonly string[], facts: Facts): Channel | null {
  const index = parts.at(-1) ?? "";
  const currency = index.split("_")[0]?.toUpperCase() ?? "";
  const say: Readonly<Record<string, () => unknown>> = {
    deribit_price_index: () => ({
      timestamp: facts.nowMs(),
      price: facts.indexPrice(currency),
      index_name: index,
    }),
    deribit_volatility_index: () => ({
      timestamp: facts.nowMs(),
      volatility: facts.volIndex(currency),
      index_name: index,
    }),
    markprice: () =>
      facts.all(currency, "option").map((p) => {
        const t = facts.ticker(p) as { mark_price: number; mark_iv?: number };
        return { instrument_name: p.symbol, mark_price: t.mark_price, iv: (t.mark_iv ?? 0) / 100 };
      }),
  };
  const tell = say[parts[0] as string];
  const steady = parts[0] === "platform_state";
  if (!steady && (tell === undefined || !facts.currencies.includes(currency as "BTC"))) return null;
  let dueUs = 0;
  const round = (nowUs: number): unknown => {
    if (tell === undefined || nowUs < dueUs) return null;
    dueUs = nowUs + INDEX_US;
    return tell();
  };
  return { ...quiet, name, quotes: [], trades: [], raw: false, round };
}
