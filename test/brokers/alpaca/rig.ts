import type { InstrumentId, IsoDay } from "../../../engines/market/index.ts";
import { openAlpacaBroker } from "../../../src/brokers/alpaca/alpaca.ts";
import type { AlpacaTuning } from "../../../src/brokers/alpaca/tuning.ts";
import { systemClock } from "../../../src/shell/clock.ts";
import { openMarket } from "../../../src/venue/market/open.ts";
import { startOf } from "../../../src/venue/session-clock.ts";
import { startVenue } from "../../../src/venue/venue.ts";
import { AheadClock } from "../../harness/ahead-clock.ts";
import { type BrokerRig, instrumentsOf, type VenueOrder } from "../contract/rig.ts";

const DAY = "2026-11-20";
const SEED = 3;
export const KEYS = { id: "PKTEST", secret: "SECRETSECRET", from: "test" };
const HEADERS = { "APCA-API-KEY-ID": KEYS.id, "APCA-API-SECRET-KEY": KEYS.secret };

export const QUICK: Partial<AlpacaTuning> = {
  settleMs: 300,
  answerMs: 2_000,
  replaceMs: 2_000,
  pollMs: 250,
  firstWaitMs: 50,
  mostWaitMs: 200,
  readsPerMinute: 60_000,
};

interface Row {
  readonly id: string;
  readonly client_order_id: string;
  readonly status: string;
  readonly filled_qty: string;
  readonly replaces: string | null;
  readonly replaced_by: string | null;
}

/** SPY and two of its calls, as the venue lists them. */
const INSTRUMENTS = (() => {
  const market = openMarket({ seed: SEED, day: DAY, at: "10:00", symbols: ["SPY"] }, (c) =>
    startOf(c, systemClock.wallUs()),
  );
  const spy = market.market.bySymbol("SPY");
  if (spy === null) throw new Error("no SPY");
  const calls = market.market
    .chain(spy)
    .map((p) => p.instrument)
    .filter((i) => i.kind === "option" && i.type === "C" && i.expiry === ("2026-12-18" as IsoDay))
    .slice(20, 22);
  market.close();
  return [spy.instrument, ...calls];
})();

export async function alpacaRig(tuning: Partial<AlpacaTuning> = QUICK): Promise<BrokerRig> {
  const clock = new AheadClock();
  const venue = await startVenue({
    day: DAY,
    at: "10:00",
    seed: SEED,
    symbols: ["SPY"],
    credentials: { key: KEYS.id, secret: KEYS.secret },
  });
  const base = `http://127.0.0.1:${venue.port}`;
  const request = async (method: string, path: string, body?: object): Promise<unknown> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    // Straight to the venue's books: a fault that is meant for the broker must not be used up here.
    const ask = (): Promise<Response> => fetch(base + path, { method, headers: HEADERS, ...init });
    // A read may meet a connection that the venue has just closed.
    const response = await (method === "GET" ? ask().catch(ask) : ask());
    return response.json();
  };
  const orders = async (): Promise<Row[]> => {
    const rows = await request("GET", "/v2/orders?status=all&limit=500");
    return rows as Row[];
  };
  return {
    name: "Alpaca",
    venue,
    orders: "/v2/orders",
    mode: "paper",
    account: "alpaca",
    instruments: INSTRUMENTS,
    single: {
      legs: [{ instrument: INSTRUMENTS[0]?.id as InstrumentId, ratio: 1 }],
      low: "100",
      high: "900",
      qty: String,
    },
    pack: {
      legs: INSTRUMENTS.slice(1).map((i, n) => ({ instrument: i.id, ratio: n === 0 ? 1 : -1 })),
      low: "0.01",
      high: "20",
      qty: String,
    },
    refused: { limit: "100.123" },
    open: async () => {
      const broker = openAlpacaBroker(
        {
          rest: base,
          ws: base.replace("http", "ws"),
          keys: KEYS,
          clock,
          instruments: instrumentsOf(INSTRUMENTS),
          log: () => undefined,
        },
        tuning,
      );
      await broker.ready;
      return broker;
    },
    at: async (clientId) => {
      const all = await orders();
      return all
        .filter((o) => (clientId === null ? o.replaces === null : o.client_order_id === clientId))
        .map((o) => truth(o, all));
    },
    external: async () => {
      const body = { symbol: "SPY", qty: "1", side: "buy", type: "limit", time_in_force: "day" };
      const made = await request("POST", "/v2/orders", { ...body, limit_price: "99" });
      return (made as Row).id;
    },
    later: (ms) => clock.later(ms),
    close: () => venue.close(),
  };
}

const ENDS: Readonly<Record<string, VenueOrder["status"]>> = {
  filled: "filled",
  canceled: "cancelled",
  rejected: "rejected",
  expired: "expired",
};

/** The end of the chain that begins with an order. */
function truth(first: Row, all: readonly Row[]): VenueOrder {
  let at = first;
  for (let next: Row | undefined = first; next !== undefined; next = all.find((o) => o.id === at.replaced_by))
    at = next;
  return { status: ENDS[at.status] ?? "working", filled: Number(at.filled_qty) };
}
