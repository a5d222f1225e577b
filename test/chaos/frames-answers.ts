import { type Chance, type Corpus, json, list, pick, price, size } from "./frame-parts.ts";

const STOCKS = ["SPY", "AAPL", "BRK.B"];
const OPTIONS = ["AAPL261218C00250000", "SPY261120P00600500", "SPY261120C00700000"];
const COINS = ["BTC-PERPETUAL", "BTC-27NOV26-90000-C", "ETH-27NOV26-3000-P"];
/** Half an hour before the frames come, ms: what is asked for is of the past. */
const BEFORE_MS = Date.UTC(2026, 10, 20, 14);

const minute = (chance: Chance): number => BEFORE_MS + 60_000 * Math.floor(chance() * 25);
const moment = (chance: Chance): number => BEFORE_MS + Math.floor(chance() * 25 * 60_000);

const bar = (chance: Chance): unknown => {
  const p = price(chance);
  return { t: new Date(minute(chance)).toISOString(), o: p, h: p + 1, l: p / 2, c: p, v: size(chance), n: 3 };
};
const print = (chance: Chance): unknown => ({
  t: new Date(moment(chance)).toISOString(),
  x: "D",
  p: price(chance),
  s: size(chance),
  c: pick(chance, [["@"], ["@", "I"], "I"]),
  i: 52983525029461,
  z: "A",
});
const contract = (chance: Chance): unknown => ({
  id: "6e58f870-fe73-4583-81e4-b9a37892c36f",
  symbol: pick(chance, OPTIONS),
  status: "active",
  tradable: true,
  strike_price: "250",
  open_interest: String(size(chance)),
  open_interest_date: "2026-11-19",
});
/** A page of answers: under `key`, what was asked for by symbol. */
const page = (key: string, make: (chance: Chance) => unknown) => (chance: Chance) => ({
  [key]: { [pick(chance, STOCKS)]: list(make)(chance), [pick(chance, OPTIONS)]: list(make)(chance) },
  next_page_token: pick(chance, [null, "MTIz"]),
});

const chart = (chance: Chance): unknown => {
  const ticks = Array.from({ length: 1 + Math.floor(chance() * 3) }, () => minute(chance));
  const open = ticks.map(() => price(chance));
  const volume = ticks.map(() => size(chance));
  const columns = { open, close: open, high: open.map((p) => p + 1), low: open.map((p) => p / 2) };
  return { jsonrpc: "2.0", id: 9, result: { ticks, ...columns, volume, cost: volume, status: "ok" } };
};
const missed = (chance: Chance): unknown => {
  const instrument_name = pick(chance, COINS);
  const trades = list((c) => ({
    instrument_name,
    timestamp: moment(c),
    trade_seq: size(c),
    trade_id: "1",
    price: price(c),
    amount: size(c),
    direction: "buy",
  }))(chance);
  return { jsonrpc: "2.0", id: 7, result: { trades, has_more: false } };
};

/** Decoders of what brokers answer when they are asked for the past, or for lists. */
export const answers = (): readonly Corpus[] => [
  { channel: "alpaca.bars:stocks sip", first: [], make: page("bars", bar), encode: json },
  { channel: "alpaca.trades:stocks sip", first: [], make: page("trades", print), encode: json },
  {
    channel: "alpaca.contracts:contracts opra",
    first: [],
    make: (chance) => ({ option_contracts: list(contract)(chance), next_page_token: null }),
    encode: json,
  },
  { channel: "deribit.bars:BTC-PERPETUAL", first: [], make: chart, encode: json },
  { channel: "deribit.trades:fill", first: [], make: missed, encode: json },
];
