import type { Instrument, IsoDay } from "../../../engines/market/index.ts";
import { type DeribitBrokerOptions, openDeribitBroker } from "../../../src/brokers/deribit/deribit.ts";
import { DeribitHttp } from "../../../src/brokers/deribit/http.ts";
import { systemClock } from "../../../src/shell/clock.ts";
import { openMarket } from "../../../src/venue/market/open.ts";
import { startOf } from "../../../src/venue/session-clock.ts";
import { startVenue } from "../../../src/venue/venue.ts";
import { AheadClock } from "../../harness/ahead-clock.ts";
import { until } from "../../harness/until.ts";
import { type BrokerRig, instrumentsOf, type VenueOrder } from "../contract/rig.ts";

const DAY = "2026-11-20";
const SEED = 3;
const KEYS = { id: "id-of-keys", secret: "very-secret-text", from: "test" };

/** Waits that are seconds for a trader are moments in a test. */
export const QUICK = {
  answerWithinMs: 2_000,
  validMs: 5_000,
  pollMs: 30_000,
  perMinute: 1_200,
  backoff: { firstMs: 50, mostMs: 200, stableMs: 60_000 },
} as const satisfies Partial<DeribitBrokerOptions>;

interface Row {
  readonly order_id: string;
  readonly order_state: string;
  readonly filled_amount: number;
}
const STATES: Readonly<Record<string, VenueOrder["status"]>> = {
  filled: "filled",
  cancelled: "cancelled",
  rejected: "rejected",
};

const SYMBOLS = ["BTC/USD", "BTC-PERPETUAL"];
let known: { readonly coin: Instrument; readonly call: Instrument; readonly name: string } | null = null;

/** Bitcoin and a call on it: laid out once, the same at every venue of the seed. */
function traded() {
  if (known !== null) return known;
  const market = openMarket({ seed: SEED, day: DAY, at: "10:00", symbols: SYMBOLS }, (c) =>
    startOf(c, systemClock.wallUs()),
  );
  const coin = market.market.bySymbol("BTC/USD");
  if (coin === null) throw new Error("no BTC");
  const calls = market.market
    .chain(coin)
    .filter(
      ({ instrument: i }) => i.kind === "option" && i.type === "C" && i.expiry === ("2026-12-25" as IsoDay),
    );
  const call = calls[Math.floor(calls.length / 2)];
  if (call === undefined) throw new Error("no call");
  market.close();
  known = { coin: coin.instrument, call: call.instrument, name: call.symbol };
  return known;
}

/** Deribit at the venue: one call on bitcoin. */
export async function deribitRig(): Promise<BrokerRig> {
  const { coin, call, name } = traded();
  const symbols = SYMBOLS;
  const credentials = { key: KEYS.id, secret: KEYS.secret };
  const clock = new AheadClock();
  const venue = await startVenue({ day: DAY, at: "10:00", seed: SEED, symbols, credentials });
  const rest = `http://127.0.0.1:${venue.port}/api/v2`;
  const other = new DeribitHttp(rest, KEYS, systemClock, 5_000);
  return {
    name: "Deribit",
    venue,
    orders: "/ws/api/v2/orders",
    mode: "live",
    account: "deribit",
    instruments: [coin, call],
    single: { legs: [{ instrument: call.id, ratio: 1 }], low: "0.0005", high: "0.5", qty: String },
    pack: null,
    refused: { limit: "0.00055" },
    outcomes: {
      replaceRace: null,
      // The stream would tell of it before anybody doubts.
      ackLostAfter: [
        { kind: "ackLost", on: "/ws/api/v2/orders", count: 1 },
        { kind: "skipNew", on: "/ws/api/v2/orders", count: 1 },
      ],
      unknownOrder: [
        { kind: "ackLost", on: "/ws/api/v2/orders", count: 1 },
        { kind: "skipNew", on: "/ws/api/v2/orders", count: 1 },
        { kind: "unknownOrder", on: "/ws/api/v2/orders", count: 3 },
      ],
      // Nothing is sent while the socket is down; it is reset once the order is out.
      socketReset: [{ kind: "dropFill", on: "/ws/api/v2/orders", count: 1 }],
      tooManyRequests: [
        { kind: "rpcError", code: 10_028, message: "too_many_requests", on: "/ws/api/v2", count: 1 },
      ],
    },
    open: async () => {
      const broker = openDeribitBroker({
        rest,
        ws: `ws://127.0.0.1:${venue.port}/ws/api/v2`,
        keys: KEYS,
        clock,
        instruments: instrumentsOf([coin, call]),
        log: () => undefined,
        chance: () => 0.5,
        ...QUICK,
      });
      await until("the sign-in", () => broker.standing === null);
      return broker;
    },
    at: async (label) => {
      const asked = { currency: "BTC", label };
      const rows =
        label === null
          ? [
              ...((await other.ask("private/get_open_orders", {})) as Row[]),
              ...((await other.ask("private/get_order_history_by_currency", asked)) as Row[]),
            ]
          : await other.ask("private/get_order_state_by_label", asked);
      return (rows as Row[]).map((o) => ({
        status: STATES[o.order_state] ?? "working",
        filled: o.filled_amount,
      }));
    },
    external: async () => {
      const order = { instrument_name: name, amount: 1, price: 0.0006, type: "limit" };
      const made = (await other.ask("private/buy", order)) as { readonly order: Row };
      return made.order.order_id;
    },
    later: (ms) => clock.later(ms),
    close: async () => {
      other.close();
      await venue.close();
    },
  };
}
