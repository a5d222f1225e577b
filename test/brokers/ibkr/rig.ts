import type { Instrument, IsoDay } from "../../../engines/market/index.ts";
import { type IbkrBrokerOptions, openIbkrBroker } from "../../../src/brokers/ibkr/ibkr.ts";
import { systemClock } from "../../../src/shell/clock.ts";
import { openMarket } from "../../../src/venue/market/open.ts";
import { startOf } from "../../../src/venue/session-clock.ts";
import { startVenue } from "../../../src/venue/venue.ts";
import { AheadClock } from "../../harness/ahead-clock.ts";
import { until } from "../../harness/until.ts";
import { type BrokerRig, instrumentsOf, type VenueOrder } from "../contract/rig.ts";

const DAY = "2026-11-20";
const SEED = 3;
const ACCOUNT = "DU1234567";

/** Waits that are seconds for a trader are moments in a test. */
export const QUICK = {
  // A machine that is busy for seconds is no gateway that is silent.
  answerWithinMs: 20_000,
  settleMs: 250,
  listEveryMs: 20,
  pollMs: 100,
  perMinute: 60_000,
  backoff: { firstMs: 50, mostMs: 200, stableMs: 60_000 },
} as const satisfies Partial<IbkrBrokerOptions>;

type Row = Readonly<Record<string, unknown>>;
const STATES: Readonly<Record<string, VenueOrder["status"]>> = {
  Filled: "filled",
  Cancelled: "cancelled",
  Inactive: "rejected",
};

let known: readonly [Instrument, ...Instrument[]] | null = null;

/** SPY and two of its calls: laid out once, the same at every venue of the seed. */
function traded(): readonly [Instrument, ...Instrument[]] {
  if (known !== null) return known;
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
  known = [spy.instrument, ...calls];
  return known;
}

/** Interactive Brokers' gateway at the venue: SPY and a vertical of its calls. */
export async function ibkrRig(): Promise<BrokerRig> {
  const [spy, ...calls] = traded();
  const clock = new AheadClock();
  const venue = await startVenue({
    day: DAY,
    at: "10:00",
    seed: SEED,
    symbols: ["SPY"],
    gatewayRate: 10_000,
  });
  const base = `http://127.0.0.1:${venue.port}/v1/api`;
  const request = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    return (await (await fetch(base + path, { method, ...init })).json()) as T;
  };
  return {
    name: "Interactive Brokers",
    venue,
    orders: "/iserver/account/orders",
    mode: "live",
    account: "ibkr",
    instruments: [spy, ...calls],
    single: { legs: [{ instrument: spy.id, ratio: 1 }], low: "100", high: "900", qty: String },
    pack: {
      legs: calls.map((i, n) => ({ instrument: i.id, ratio: n === 0 ? 1 : -1 })),
      low: "0.01",
      high: "20",
      qty: String,
    },
    refused: { qty: "0" },
    outcomes: {
      replaceRace: null,
      // Nothing is sent while the socket is down; it is reset once the order is out.
      socketReset: [{ kind: "dropFill", on: "/iserver/account/orders", count: 1 }],
      tooManyRequests: [
        { kind: "rest", status: 429, on: `/v1/api/iserver/account/${ACCOUNT}/orders$`, count: 1 },
      ],
    },
    open: async () => {
      const broker = openIbkrBroker({
        rest: base,
        ws: `${base.replace("http", "ws")}/ws`,
        keys: null,
        clock,
        instruments: instrumentsOf([spy, ...calls]),
        log: () => undefined,
        chance: () => 0.5,
        ...QUICK,
      });
      await until("the session", () => broker.standing === null);
      return broker;
    },
    at: async (clientId) => {
      const { orders } = await request<{ orders: readonly Row[] }>("GET", "/iserver/account/orders");
      return orders
        .filter((o) => clientId === null || o["order_ref"] === clientId)
        .map((o) => ({
          status: STATES[String(o["status"])] ?? "working",
          filled: Number(o["filledQuantity"]),
        }));
    },
    external: async () => {
      const ticket = { acctId: ACCOUNT, conid: 756733, orderType: "LMT", side: "BUY", price: 99 };
      const orders = [{ ...ticket, quantity: 1, tif: "DAY" }];
      const [asked] = await request<Row[]>("POST", `/iserver/account/${ACCOUNT}/orders`, { orders });
      const [done] = await request<Row[]>("POST", `/iserver/reply/${String(asked?.["id"])}`, {
        confirmed: true,
      });
      return String(done?.["order_id"]);
    },
    later: (ms) => clock.later(ms),
    close: () => venue.close(),
  };
}
