import type { Instrument } from "../../../engines/market/index.ts";
import {
  averagePrice,
  costGate,
  expectedSlippage,
  type GateInput,
  type OrderState,
  type Regime,
  type SlippageClass,
  signOf,
  slippageBps,
} from "../../../engines/orders/index.ts";
import type { ExecutionView } from "../../desk/protocol.ts";
import type { ViewContext } from "../../desk/views/context.ts";
import type { OrderFigures } from "../figures.ts";
import { knownLegs } from "../market.ts";
import type { OrderBook } from "../order-book.ts";
import { heldOf, type Resolved } from "../ticket.ts";

/** Days over which a short pays its borrow where the trader names no horizon: a month of sessions. */
const HORIZON_DAYS = 20;
/** bps of a price nearer to zero than this say nothing: a package's net may be anything. */
const LEAST_ARRIVAL = 0.05;

/** Packages and options are one class: what moves both is the options' spread. */
export function slippageClass(instruments: readonly Instrument[]): SlippageClass {
  const [only, more] = instruments;
  if (only === undefined || more !== undefined) return "OPT";
  switch (only.kind) {
    case "etf":
      return "ETF";
    case "future":
      return "FUT";
    case "option":
      return "OPT";
    default:
      return "STK";
  }
}

/** Slippage of what this account has traded, oldest first: of the same legs, and of their class. */
function history(
  context: ViewContext,
  book: OrderBook,
  key: string,
  kind: SlippageClass,
): { readonly own: readonly number[]; readonly ofClass: readonly number[] } {
  const own: number[] = [];
  const ofClass: number[] = [];
  for (const state of book.orders.values()) {
    if (state.fills.size === 0) continue;
    const bps = slippageOf(context, state);
    const legs = knownLegs(context.desk, state.order.terms.legs);
    if (bps === null || legs === null || slippageClass(legs.map((l) => l.instrument)) !== kind) continue;
    ofClass.push(bps);
    if (keyOf(state.order.terms.legs) === key) own.push(bps);
  }
  return { own, ofClass };
}

const keyOf = (legs: readonly { readonly instrument: string; readonly ratio: number }[]): string =>
  legs.map((l) => `${l.ratio}:${l.instrument}`).join();

/** Of one order's fills against the net mid when it was confirmed; null where that is unknown or next to nothing. */
function slippageOf(context: ViewContext, state: OrderState): number | null {
  const { arrivalMid, terms } = state.order;
  const legs = knownLegs(context.desk, terms.legs);
  if (arrivalMid === null || Math.abs(arrivalMid) < LEAST_ARRIVAL || legs === null) return null;
  const average = averagePrice(
    state,
    legs.map((l) => l.instrument.multiplier),
  );
  return average === null
    ? null
    : slippageBps(average, Math.abs(arrivalMid) * Math.sign(arrivalMid), terms.side);
}

/** One order as it would be sent now. */
export interface CostedOrder {
  readonly at: Resolved;
  readonly qty: number;
  readonly limit: number;
  readonly figures: OrderFigures;
}

/** What an order is expected to cost beyond its mid, and what the gate of cost against benefit says of it; the guard COST holds by it what a setting says. */
export function executionOf(
  context: ViewContext,
  book: OrderBook,
  { at, qty, limit, figures }: CostedOrder,
  regime: Regime,
): ExecutionView | null {
  const instruments = at.legs.map((l) => l.instrument);
  const kind = slippageClass(instruments);
  const { own, ofClass } = history(context, book, keyOf(at.body.legs), kind);
  const slippage = expectedSlippage(own, ofClass, kind);
  const ccy = instruments[0]?.ccy ?? "";
  const fx = ccy === context.facts.baseCcy ? 1 : context.source().fx(ccy);
  const { nav } = context.value();
  if (fx === null || nav === null) return null;
  const price = Math.abs(at.net.mid ?? limit);
  const unit = price * at.multiplier * fx;
  const traded = signOf(at.body.side) * qty * unit;
  const held = at.legs.length === 1 ? heldOf(context, book.account, instruments[0]?.id ?? "") * unit : 0;
  const closes = at.intents.every((i) => !i.ok || i.intent === "close");
  const feeBps = figures.fees === null || traded === 0 ? null : (figures.fees / Math.abs(traded)) * 1e4;
  const input: GateInput = {
    current: closes && held === 0 ? -traded : held,
    target: closes && held === 0 ? 0 : held + traded,
    nav,
    regime,
    benefit: at.body.benefit ?? null,
    slippageBps: slippage.bps,
    commissionBps: feeBps ?? 0,
    borrowBps: kind === "STK" || kind === "ETF" ? null : 0,
    horizonDays: HORIZON_DAYS,
    exDividendDays: null,
    override: null,
  };
  const gate = costGate(input);
  const costBps = feeBps === null ? null : slippage.bps + 0.5 * feeBps;
  return {
    slippageBps: slippage.bps,
    slippageFrom: slippage.from,
    fills: slippage.n,
    feeBps,
    costBps,
    cost: costBps === null ? null : (Math.abs(traded) * costBps) / 1e4,
    drift: Number.isFinite(gate.drift) ? gate.drift : null,
    benefit: at.body.benefit ?? null,
    worth: gate.trade,
    gate: gate.reason,
  };
}
