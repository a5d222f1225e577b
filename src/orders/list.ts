import {
  applyFact,
  isTerminal,
  type LedgerRecord,
  type OrderState,
  plannedState,
  type TradingState,
} from "../../engines/orders/index.ts";

/** An order as the command line lists it. */
export interface ListedOrder {
  readonly id: string;
  readonly clientId: string;
  readonly status: string;
  readonly open: boolean;
  readonly side: string;
  readonly qty: string;
  readonly filled: number;
  readonly limit: string;
  readonly what: string;
  readonly scope: string;
  readonly us: number;
}

/** Every order of a ledger, each in the branch that it was made in, the newest first. */
export function listOrders(records: readonly LedgerRecord[]): ListedOrder[] {
  const orders = new Map<string, { readonly scope: string; readonly state: OrderState }>();
  for (const record of records) {
    if (record.k === "planned")
      orders.set(record.order.id, { scope: record.scope, state: plannedState(record.order, record) });
    else if ("id" in record && record.k !== "said") {
      const known = orders.get(record.id);
      if (known !== undefined && known.scope === record.scope) applyFact(known.state, record, record);
    }
  }
  return [...orders.values()].toReversed().map(({ scope, state }) => ({
    id: state.order.id,
    clientId: state.order.clientId,
    status: state.status,
    open: !isTerminal(state.status),
    side: state.order.terms.side,
    qty: state.order.terms.qty,
    filled: state.filled,
    limit: state.limit,
    what: state.order.what,
    scope,
    us: state.plannedUs,
  }));
}

/** The trading state that was set last, for any account. */
export function tradingIn(records: readonly LedgerRecord[]): TradingState {
  let state: TradingState = "active";
  for (const record of records) if (record.k === "state") state = record.state;
  return state;
}

/** Whether an underlying is meant by `GOOG` or `GO*`; null means all. */
export function fitsPattern(pattern: string | null, underlying: string | null): boolean {
  if (pattern === null) return true;
  const symbol = (underlying ?? "").split("/")[1] ?? "";
  return pattern.endsWith("*")
    ? symbol.startsWith(pattern.slice(0, -1).toUpperCase())
    : symbol === pattern.toUpperCase();
}
