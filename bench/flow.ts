import {
  classifyFlow,
  type FlowContracts,
  type FlowQuotes,
  type FlowTrades,
  flowTable,
  flowTotals,
} from "../engines/flow/index.ts";
import type { BenchRow } from "./row.ts";

const TRADES = 1_000_000;
const QUOTES = 5_000_000;
const CONTRACTS = 2000;
const DAY_US = 6.5 * 3600e6;
const START = 1_780_000_000e6;

/** Fixed sequence of numbers in [0, 1). */
function sequence(seed: number): () => number {
  let x = seed;
  return () => {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    return x / 4_294_967_296;
  };
}

function contracts(): FlowContracts {
  const index = Array.from({ length: CONTRACTS }, (_, i) => i);
  return {
    n: CONTRACTS,
    expiries: Array.from({ length: 20 }, (_, i) => `2026-${String(6 + (i % 7)).padStart(2, "0")}-15/${i}`),
    expiry: Int32Array.from(index, (i) => i % 20),
    strike: Float64Array.from(index, (i) => 400 + 5 * Math.floor(i / 40)),
    put: Uint8Array.from(index, (i) => Math.floor(i / 20) % 2),
    multiplier: new Float64Array(CONTRACTS).fill(100),
  };
}

function day() {
  const random = sequence(7);
  const mid = Float64Array.from({ length: CONTRACTS }, () => 0.5 + 20 * random());
  const quotes = {
    n: QUOTES,
    us: new Float64Array(QUOTES),
    slot: new Int32Array(QUOTES),
    bid: new Float64Array(QUOTES),
    ask: new Float64Array(QUOTES),
    bidSize: new Float32Array(QUOTES),
    askSize: new Float32Array(QUOTES),
    delta: new Float32Array(QUOTES),
    vega: new Float32Array(QUOTES),
  };
  for (let i = 0; i < QUOTES; i++) {
    const slot = Math.floor(CONTRACTS * random() * random());
    mid[slot] = Math.max(0.1, mid[slot]! + 0.1 * (random() - 0.5));
    quotes.us[i] = START + Math.floor((DAY_US * i) / QUOTES);
    quotes.slot[i] = slot;
    quotes.bid[i] = Math.round((mid[slot]! - 0.05) * 100) / 100;
    quotes.ask[i] = Math.round((mid[slot]! + 0.05) * 100) / 100;
    quotes.bidSize[i] = 1 + Math.floor(50 * random());
    quotes.askSize[i] = 1 + Math.floor(50 * random());
    quotes.delta[i] = (slot % 100) / 100;
    quotes.vega[i] = 10;
  }
  const trades = {
    n: TRADES,
    us: new Float64Array(TRADES),
    slot: new Int32Array(TRADES),
    price: new Float64Array(TRADES),
    size: new Float64Array(TRADES),
    print: new Uint8Array(TRADES),
  };
  for (let i = 0; i < TRADES; i++) {
    const slot = Math.floor(CONTRACTS * random() * random());
    trades.us[i] = START + Math.floor((DAY_US * i) / TRADES) + 3;
    trades.slot[i] = slot;
    trades.price[i] = Math.max(0.01, Math.round((mid[slot]! + 0.15 * (random() - 0.5)) * 100) / 100);
    trades.size[i] = 1 + Math.floor(20 * random());
    trades.print[i] = random() < 0.2 ? 1 : 0;
  }
  return { quotes, trades } satisfies { quotes: FlowQuotes; trades: FlowTrades };
}

/** A day of 1,000,000 trades on 5,000,000 quotes of 2,000 contracts. Bare baseline: one read of every column. */
export async function run(): Promise<BenchRow[]> {
  const list = contracts();
  const { quotes, trades } = day();
  const spots = { n: 1, us: Float64Array.of(START), price: Float64Array.of(500) };
  const bare = (): number => {
    let sum = 0;
    for (let i = 0; i < QUOTES; i++)
      sum += quotes.us[i]! + quotes.slot[i]! + quotes.bid[i]! + quotes.ask[i]! + quotes.delta[i]!;
    for (let i = 0; i < TRADES; i++)
      sum += trades.us[i]! + trades.slot[i]! + trades.price[i]! + trades.size[i]!;
    return sum;
  };
  bare();
  let t0 = performance.now();
  bare();
  const base = performance.now() - t0;
  const times: number[] = [];
  let counted = 0;
  for (let i = 0; i < 3; i++) {
    t0 = performance.now();
    const engine = classifyFlow(list, quotes, trades, spots);
    flowTable(engine, { contract: true });
    flowTable(engine, { strike: true });
    flowTable(engine, { expiry: true });
    flowTable(engine, { bucket: true });
    flowTable(engine, { minutes: 5 });
    flowTable(engine, { contract: true, minutes: 15 });
    counted = flowTotals(engine).trades;
    times.push(performance.now() - t0);
  }
  if (counted !== TRADES) throw new Error(`${counted} trades counted`);
  const ms = times.sort((a, b) => a - b)[1]!;
  const megabytes = process.memoryUsage().rss / 1e6;
  return [
    {
      name: "flow: 1,000,000 trades on 5,000,000 quotes, classified and summarised",
      value: ms,
      unit: "ms",
      ratio: ms / base,
      reach: 2500,
      ok: ms <= 2500,
    },
    {
      name: "flow: resident memory with the day's columns in it",
      value: megabytes,
      unit: "MB",
      ratio: null,
      reach: 1200,
      ok: megabytes < 1200,
    },
  ];
}
