import { nameLegs } from "../../engines/market/index.ts";
import { netQuote } from "../../engines/orders/index.ts";
import type { BrokerOrder } from "../brokers/broker.ts";
import type { OrderRow } from "../desk/protocol.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { knownLegs, legQuotes } from "./market.ts";

/** What an order that was made elsewhere goes by here: brokers' own numbers are long. */
export const otherId = (o: BrokerOrder): string => `X${o.brokerId.replaceAll("-", "").slice(-6)}`;

/** An order that was made elsewhere, as the broker tells of it. */
export function otherRow(context: ViewContext, o: BrokerOrder): OrderRow {
  const { terms } = o;
  const legs = terms === null ? null : knownLegs(context.desk, terms.legs);
  const net = legs === null ? null : netQuote(legs, legQuotes(context, legs));
  const limit = terms === null ? null : Number(terms.limit);
  const side = terms?.side ?? "buy";
  const underlying = legs?.[0]?.instrument;
  return {
    id: otherId(o),
    state: o.fills.length > 0 ? "partial" : "working",
    side,
    qty: Number(terms?.qty ?? 0),
    what: legs === null ? "contract not known here" : nameLegs(legs, context.session.day).long,
    underlying: underlying?.kind === "option" ? underlying.underlying : (underlying?.id ?? null),
    filled: null,
    limit,
    pending: null,
    mid: net?.mid ?? null,
    awayTicks: null,
    avgFill: null,
    ageMs: null,
    decimals: 2,
    tif: terms?.tif ?? "day",
    external: true,
    note: `made elsewhere, ${o.brokerId}`,
    legs: [],
  };
}
