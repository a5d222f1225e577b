import { Packr } from "msgpackr";
import type { InstrumentId } from "../../engines/market/index.ts";
import { CONTRACT_TOPIC } from "../../store/capture/decode/ibkr-gateway.ts";
import { Definitions } from "../../store/capture/instruments.ts";
import { shippedCatalog } from "../../store/capture/product-catalog.ts";
import { type Chance, type Corpus, json, list, pick, price, size } from "./frame-parts.ts";
import { answers } from "./frames-answers.ts";

const packr = new Packr({ useRecords: false, variableMapSize: true });
const msgpack = (tree: unknown): Buffer => {
  try {
    return Buffer.from(packr.pack(tree));
  } catch {
    return json(tree);
  }
};

const iso = (chance: Chance): string =>
  `2026-11-20T14:30:${String(10 + Math.floor(chance() * 50))}${pick(chance, ["", ".1", ".123456", ".123456789"])}Z`;

const STOCKS = ["SPY", "AAPL", "MSFT", "BRK.B"];
const OPTIONS = ["AAPL261218C00250000", "SPY261120P00600500", "SPY261120C00700000"];

const message =
  (symbols: readonly string[], time: (chance: Chance) => unknown) =>
  (chance: Chance): unknown => {
    const head = { S: pick(chance, symbols), t: time(chance) };
    const [p, s] = [price(chance), size(chance)];
    switch (Math.floor(chance() * 6)) {
      case 0:
      case 1:
        return { T: "q", ...head, bx: "V", bp: p, bs: s, ax: "K", ap: p + 0.02, as: s, c: ["R"], z: "C" };
      case 2:
        return {
          T: "t",
          ...head,
          i: 52983525029461,
          x: "D",
          p,
          s,
          c: pick(chance, [["@"], ["@", "I"], "I"]),
          z: "A",
        };
      case 3:
        return { T: "s", ...head, sc: pick(chance, ["H", "T", "P"]), sm: "x", rc: "M", rm: "y", z: "C" };
      case 4:
        return {
          T: "c",
          ...head,
          x: "D",
          oi: 1,
          op: p,
          os: s,
          oc: ["@"],
          ci: 2,
          cp: p,
          cs: s,
          cc: ["@"],
          z: "A",
        };
      default:
        return { T: "x", ...head, i: 1, x: "D", p, s, a: "C", z: "C" };
    }
  };

const snapshotOf = (chance: Chance): unknown => {
  const [p, t] = [price(chance), iso(chance)];
  return {
    snapshots: {
      [pick(chance, OPTIONS)]: {
        latestQuote: { bp: p, bs: size(chance), ap: p + 0.05, as: size(chance), t, c: "A", ax: "C", bx: "C" },
        latestTrade: { p, s: 1, t, x: "C", c: "I" },
        prevDailyBar: { c: p, t: "2026-11-19T05:00:00Z" },
        impliedVolatility: 0.2,
        greeks: { delta: 0.5, gamma: 0.01, theta: -0.1, vega: 0.2, rho: 0.1 },
      },
    },
    next_page_token: null,
  };
};

const COINS = ["BTC-PERPETUAL", "BTC-27NOV26-90000-C", "ETH-27NOV26-3000-P"];
const deribit = (chance: Chance): unknown => {
  const instrument_name = pick(chance, COINS);
  const timestamp = 1_795_185_000_000 + size(chance);
  const p = price(chance);
  const sides = { best_bid_price: p, best_ask_price: p + 1, best_bid_amount: 3, best_ask_amount: 4 };
  switch (Math.floor(chance() * 4)) {
    case 0:
      return told(`quote.${instrument_name}`, { instrument_name, timestamp, ...sides });
    case 1:
      return told(`trades.${instrument_name}.100ms`, [
        { instrument_name, timestamp, price: p, amount: 2, trade_id: "1" },
      ]);
    case 2: {
      const greeks = { delta: 0.5, gamma: 0.1, vega: 1, theta: -1, rho: 0 };
      const rest = { open_interest: 12, mark_iv: 55.5, greeks };
      return told(`ticker.${instrument_name}.100ms`, { instrument_name, timestamp, ...sides, ...rest });
    }
    default: {
      const row = {
        instrument_name,
        bid_price: p,
        ask_price: p + 1,
        creation_timestamp: timestamp,
        open_interest: 5,
      };
      return { jsonrpc: "2.0", id: 1, result: [row, row] };
    }
  }
};
const told = (channel: string, data: unknown): unknown => ({
  jsonrpc: "2.0",
  method: "subscription",
  params: { channel, data },
});

const CONIDS = [265598, 756733] as const;
const gateway = (chance: Chance): unknown => {
  const conid = pick(chance, CONIDS);
  const p = price(chance);
  const fields = {
    "31": String(p),
    "84": p.toFixed(2),
    "86": (p + 0.02).toFixed(2),
    "88": "1,200",
    "85": "3",
  };
  const more = { "7762": "12.3M", "6509": "RpB", "7308": "0.5", "7633": "21.4%", "7638": "1,234" };
  const row = {
    conid,
    _updated: 1_795_185_000_000 + size(chance),
    ...fields,
    ...(chance() < 0.5 ? more : {}),
  };
  return chance() < 0.2 ? [row] : { topic: `smd+${conid}`, ...row };
};
const named = (conid: number, id: string): Buffer => {
  const instrument = new Definitions(shippedCatalog(), "2026-11-20" as never).spot(id as InstrumentId);
  return json({ topic: CONTRACT_TOPIC, conid, instrument });
};

/** Every decoder that reads what a broker sends. */
export const corpora = (): readonly Corpus[] => [
  { channel: "alpaca:iex", first: [], make: list(message(STOCKS, iso)), encode: json },
  {
    channel: "alpaca.msgpack:opra",
    first: [],
    make: list(message(OPTIONS, (chance) => new Date(1_795_185_000_000 + size(chance)))),
    encode: msgpack,
  },
  { channel: "alpaca.rest:options opra", first: [], make: snapshotOf, encode: json },
  { channel: "deribit:ws", first: [], make: deribit, encode: json },
  {
    channel: "ibkr.gateway:ws",
    first: [named(CONIDS[0], "EQ/AAPL/USD"), named(CONIDS[1], "EQ/SPY/USD")],
    make: gateway,
    encode: json,
  },
  ...answers(),
];
