// Other people's clients against the venue: installs them into a throwaway folder (or takes the one named by PEERS_DIR) and lets each
// connect, sign in, subscribe, decode and trade. Not part of the tests: it needs the package registry.
//   npm run build && node bench/peers/clients.mjs
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PACKAGES = [
  "@alpacahq/alpaca-trade-api@4.0.2",
  "alpaca-3@npm:@alpacahq/alpaca-trade-api@3.1.3",
  "ccxt@4.5.84",
  "tardis-dev@13.35.3",
  "ibkr-client@1.0.4",
];
const WAIT_MS = 15_000;
// The venue's certificate is its own.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
process.removeAllListeners("warning");

function installed() {
  const dir = process.env.PEERS_DIR ?? mkdtempSync(join(tmpdir(), "voldesk-peers-"));
  if (!existsSync(join(dir, "node_modules"))) {
    writeFileSync(join(dir, "package.json"), "{}\n");
    const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...PACKAGES];
    execFileSync("npm", args, { cwd: dir, stdio: ["ignore", "ignore", "inherit"] });
  }
  return createRequire(join(dir, "package.json"));
}

async function venue() {
  const child = spawn(process.execPath, [
    "bin/voldesk.js",
    "venue",
    "--seed",
    "7",
    "--day",
    "2026-11-20",
    "--at",
    "10:00",
  ]);
  const line = await new Promise((done, fail) => {
    child.stdout.once("data", (d) => done(d.toString()));
    child.once("exit", (code) => fail(new Error(`the venue ended with ${code}`)));
  });
  const [, port, tls] = /port=(\d+) tls-port=(\d+)/.exec(line);
  return { http: `127.0.0.1:${port}`, tls: `127.0.0.1:${tls}`, end: () => child.kill() };
}

function within(promise, what) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no ${what} in ${WAIT_MS / 1000} s`)), WAIT_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The gateway takes ten requests a second. */
const breathe = () => new Promise((go) => setTimeout(go, 1_100));

const insist = (value, what) => {
  if (!value) throw new Error(`not so: ${what}`);
};

const checks = {
  "alpaca 4.0.2 REST": async (need, v) => {
    const { Alpaca } = need("@alpacahq/alpaca-trade-api");
    const fetchApi = (url, init) => fetch(String(url).replace(/^https:\/\/[^/]+/, `http://${v.http}`), init);
    const alpaca = new Alpaca({ keyId: "k", secret: "s", fetchApi });
    const account = await alpaca.trading.account.getAccount();
    insist(account.accountNumber, "an account number");
    const clock = await alpaca.trading.clock.getClock?.();
    insist(clock === undefined || clock.isOpen, "an open market");
    return `account ${account.accountNumber}`;
  },
  "alpaca 4.0.2 orders and order stream": async (need, v) => {
    const { Alpaca } = need("@alpacahq/alpaca-trade-api");
    const fetchApi = (url, init) => fetch(String(url).replace(/^https:\/\/[^/]+/, `http://${v.http}`), init);
    const alpaca = new Alpaca({ keyId: "k", secret: "s", fetchApi });
    const stream = alpaca.trading.stream({ url: `ws://${v.http}/stream` });
    const filled = within(
      new Promise((done) => stream.onTradeUpdate((u) => u.event === "fill" && done(u))),
      "fill",
    );
    stream.subscribeTradeUpdates();
    stream.connect();
    await new Promise((go) => setTimeout(go, 500));
    const clientOrderId = `peer-${Date.now()}`;
    const order = await alpaca.trading.orders.limit({
      symbol: "SPY",
      qty: 1,
      side: "buy",
      limitPrice: 700,
      clientOrderId,
    });
    const update = await filled;
    stream.disconnect();
    return `${order.status}, then ${update.event} at ${update.price}`;
  },
  "alpaca 4.0.2 stock stream": async (need, v) => {
    const { Alpaca } = need("@alpacahq/alpaca-trade-api");
    const stream = new Alpaca({ keyId: "k", secret: "s" }).marketData.stockStream({
      feed: "sip",
      url: `ws://${v.http}/v2/sip`,
    });
    const trade = within(new Promise((done) => stream.onTrade(done)), "trade");
    const quote = within(new Promise((done) => stream.onQuote(done)), "quote");
    stream.onConnect(() => {
      stream.subscribeForTrades(["SPY"]);
      stream.subscribeForQuotes(["SPY"]);
    });
    stream.connect();
    const [t, q] = await Promise.all([trade, quote]);
    stream.disconnect();
    return `trade ${t.price ?? t.Price}, quote ${JSON.stringify(q).slice(0, 60)}…`;
  },
  "alpaca 4.0.2 option stream (msgpack)": async (need, v) => {
    const { Alpaca } = need("@alpacahq/alpaca-trade-api");
    const symbols = await optionSymbols(v);
    const stream = new Alpaca({ keyId: "k", secret: "s" }).marketData.optionStream({
      feed: "opra",
      url: `ws://${v.http}/v1beta1/opra`,
    });
    const quote = within(new Promise((done) => stream.onQuote(done)), "quote");
    stream.onConnect(() => stream.subscribeForQuotes(symbols));
    stream.connect();
    const q = await quote;
    stream.disconnect();
    return JSON.stringify(q, (_, x) => (typeof x === "bigint" ? String(x) : x)).slice(0, 70);
  },
  "alpaca 3.1.3 REST": async (need, v) => {
    const client = alpaca3(need, v);
    const [account, clock, bars] = await Promise.all([
      client.getAccount(),
      client.getClock(),
      client.getLatestQuote("SPY"),
    ]);
    insist(account.status === "ACTIVE" && clock.is_open, "an open account and market");
    return `SPY ${bars.BidPrice} / ${bars.AskPrice}`;
  },
  "alpaca 3.1.3 orders and order stream": async (need, v) => {
    const client = alpaca3(need, v);
    const stream = client.trade_ws;
    const filled = within(
      new Promise((done) => stream.onOrderUpdate((u) => u.event === "fill" && done(u))),
      "fill",
    );
    stream.onConnect(() => stream.subscribe(["trade_updates"]));
    stream.connect();
    await new Promise((go) => setTimeout(go, 500));
    const order = {
      symbol: "AAPL",
      qty: 1,
      side: "buy",
      type: "limit",
      time_in_force: "day",
      limit_price: 400,
    };
    const made = await client.createOrder(order);
    const update = await filled;
    stream.disconnect();
    return `${made.status}, then ${update.event} at ${update.price}`;
  },
  "alpaca 3.1.3 streams over TLS": async (need, v) => {
    const client = alpaca3(need, v);
    const symbols = await optionSymbols(v);
    const stocks = client.data_stream_v2;
    const options = client.option_stream;
    const trade = within(new Promise((done) => stocks.onStockTrade(done)), "trade");
    const quote = within(new Promise((done) => options.onOptionQuote(done)), "option quote");
    stocks.onConnect(() => stocks.subscribeForTrades(["SPY", "AAPL"]));
    options.onConnect(() => options.subscribeForQuotes(symbols));
    stocks.connect();
    options.connect();
    const [t, q] = await Promise.all([trade, quote]);
    stocks.disconnect();
    options.disconnect();
    return `trade ${t.Symbol} ${t.Price}, option ${q.Symbol} ${q.BidPrice}`;
  },
  "ccxt 4.5.84 deribit REST": async (need, v) => {
    const exchange = ccxtDeribit(need("ccxt").deribit, v);
    const markets = await exchange.loadMarkets();
    const time = await exchange.fetchTime();
    const ticker = await exchange.fetchTicker("BTC/USD:BTC");
    insist(Object.keys(markets).length > 500 && time > 1e12 && ticker.bid > 0, "markets, time and a ticker");
    return `${Object.keys(markets).length} markets, BTC perpetual ${ticker.bid} / ${ticker.ask}`;
  },
  "ccxt 4.5.84 deribit orders": async (need, v) => {
    const exchange = ccxtDeribit(need("ccxt").deribit, v);
    await exchange.loadMarkets();
    const order = await exchange.createOrder("BTC/USD:BTC", "limit", "buy", 100, 50_000);
    const open = await exchange.fetchOpenOrders("BTC/USD:BTC");
    await exchange.cancelOrder(order.id, "BTC/USD:BTC");
    insist(
      open.some((o) => o.id === order.id),
      "the order among the open ones",
    );
    const bought = await exchange.createOrder("BTC/USD:BTC", "market", "buy", 100);
    const [position] = await exchange.fetchPositions(["BTC/USD:BTC"]);
    insist(position.side === "long", "a long position");
    return `limit ${order.status}, market ${bought.status}, position ${position.side}`;
  },
  "ccxt pro 4.5.84 deribit websocket": async (need, v) => {
    const exchange = ccxtDeribit(need("ccxt").pro.deribit, v);
    await exchange.loadMarkets();
    const book = await within(exchange.watchOrderBook("BTC/USD:BTC"), "book");
    const ticker = await within(exchange.watchTicker("BTC/USD:BTC"), "ticker");
    await exchange.close();
    insist(book.bids[0][0] < book.asks[0][0], "bid below ask");
    return `book ${book.bids[0][0]} / ${book.asks[0][0]}, ticker ${ticker.last}`;
  },
  "tardis-dev 13.35.3 deribit": async (need, v) => {
    process.env.WSS_URL_DERIBIT = `ws://${v.http}/ws/api/v2`;
    const { streamNormalized, normalizeTrades, normalizeBookChanges } = need("tardis-dev");
    const messages = streamNormalized(
      { exchange: "deribit", symbols: ["BTC-PERPETUAL"] },
      normalizeTrades,
      normalizeBookChanges,
    );
    const seen = new Set();
    const read = async () => {
      for await (const m of messages) {
        seen.add(m.type);
        if (seen.has("trade") && seen.has("book_change")) return;
      }
    };
    await within(read(), `trade and book (saw ${[...seen]})`);
    return [...seen].join(", ");
  },
  "ibkr-client 1.0.4 REST": async (need, v) => {
    const { IbkrClient } = need("ibkr-client");
    await breathe();
    const client = new IbkrClient(v.tls);
    const status = await client.init();
    const { session } = await client.request({ path: "tickle", method: "POST" });
    insist(status.authenticated && session, "a session");
    await client.request({ path: "iserver/accounts" });
    const stocks = await client.request({ path: "trsrv/stocks", params: { symbols: "AAPL" } });
    const params = { conids: "265598", fields: "31,84,86" };
    await client.request({ path: "iserver/marketdata/snapshot", params });
    const [row] = await client.request({ path: "iserver/marketdata/snapshot", params });
    insist(stocks.AAPL[0].contracts[0].conid === 265598, "AAPL's contract");
    return `AAPL ${row["84"]} / ${row["86"]}`;
  },
  "ibkr-client 1.0.4 orders": async (need, v) => {
    const { IbkrClient } = need("ibkr-client");
    await breathe();
    const client = new IbkrClient(v.tls);
    await client.init();
    await client.request({ path: "iserver/accounts" });
    const ticket = {
      conid: 756733,
      cOID: "peer-1",
      orderType: "LMT",
      side: "BUY",
      price: 100,
      quantity: 1,
      tif: "DAY",
    };
    const asked = await client.request({
      path: "iserver/account/DU1234567/orders",
      method: "POST",
      data: { orders: [ticket] },
    });
    const done = await client.request({
      path: `iserver/reply/${asked[0].id}`,
      method: "POST",
      data: { confirmed: true },
    });
    insist(done[0].order_id, "an order's id after the question");
    return `asked ${asked[0].messageIds}, then ${done[0].order_status}`;
  },
  "ibkr-client 1.0.4 websocket": async (need, v) => {
    const { IbkrClient } = need("ibkr-client");
    await breathe();
    const client = new IbkrClient(v.tls);
    await client.init();
    client.session = (await client.request({ path: "tickle", method: "POST" })).session;
    const socket = client.socket();
    const quiet = console.debug;
    console.debug = () => {};
    const row = await within(
      new Promise((done, fail) => {
        socket
          .multiplex(
            () => 'smd+756733+{"fields":["31","84","86"]}',
            () => "umd+756733+{}",
            (m) => m.topic === "smd+756733",
          )
          .subscribe({ next: done, error: fail });
      }),
      "smd",
    );
    console.debug = quiet;
    return `SPY ${row["84"]} / ${row["86"]}`;
  },
};

async function optionSymbols(v) {
  const headers = { "APCA-API-KEY-ID": "k", "APCA-API-SECRET-KEY": "s" };
  const page = await fetch(
    `http://${v.http}/v1beta1/options/snapshots/SPY?limit=100&expiration_date_gte=2026-11-23`,
    { headers },
  );
  return Object.keys((await page.json()).snapshots);
}

function alpaca3(need, v) {
  const Alpaca = need("alpaca-3");
  const url = `https://${v.tls}`;
  return new Alpaca({
    keyId: "k",
    secretKey: "s",
    baseUrl: `http://${v.http}`,
    dataBaseUrl: `http://${v.http}`,
    dataStreamUrl: url,
    feed: "sip",
    optionFeed: "opra",
  });
}

function ccxtDeribit(Exchange, v) {
  const exchange = new Exchange({ apiKey: "id", secret: "secret", enableRateLimit: true });
  exchange.urls.api = { rest: `http://${v.http}`, ws: `wss://${v.tls}/ws/api/v2` };
  return exchange;
}

const need = installed();
const v = await venue();
const only = process.argv[2];
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  if (only !== undefined && !name.includes(only)) continue;
  try {
    console.log(`passed  ${name}: ${await within(check(need, v), "end")}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}: ${error?.message ?? error}`);
    if (process.env.VOLDESK_DEBUG) console.log(error);
  }
}
v.end();
console.log(failed === 0 ? "all passed" : `${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
