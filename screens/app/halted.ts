import type { OrdersView, StatusView } from "../../src/desk/protocol.ts";

/** The bar of a desk that may not trade freely; null while it may. A kill is said before the desk has answered. */
export function haltedWords(
  killing: boolean,
  status: StatusView | null,
  orders: OrdersView | null,
): string | null {
  const said = [orders?.trading, status?.trading];
  const state = said.includes("halted") ? "halted" : said.includes("reducing") ? "reducing" : "active";
  if (killing && state !== "halted") return "KILL sent: all orders are being cancelled, nothing more is sent";
  if (state === "active") return null;
  const why = orders?.tradingReason ?? null;
  const what = state === "halted" ? "orders are blocked" : "closing orders only";
  return `${state.toUpperCase()}${why === null ? "" : ` (${why})`}: ${what}. :resume to trade again   ctrl-x KILL`;
}
