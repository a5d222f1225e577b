import { type Ccy, moneyDecimals } from "../../engines/market/index.ts";
import { navCheck } from "../../engines/orders/index.ts";
import { MONEY_DECIMALS, money, qty } from "../../engines/portfolio/index.ts";
import type { BrokerAccount, BrokerPosition } from "../brokers/broker.ts";
import type { CommandResult } from "../desk/protocol.ts";
import type { OrderDesk } from "./order-desk.ts";
import { askable } from "./sender.ts";

/**
 * Asks the broker for every order that may live there and for executions nobody heard of, then for positions and cash. Quantities and cash
 * compare exactly; what differs at two looks in a row, with nothing on its way, lets closing through only.
 */
export function reconcile(desk: OrderDesk): CommandResult {
  const asked = [...desk.book.orders.values()].filter(askable);
  for (const state of asked) desk.sender.resolve(state.order.id);
  // The oldest order comes first: nothing can have traded before it.
  const [first] = desk.book.orders.values();
  if (first !== undefined) desk.sender.askExecutions(first.plannedUs);
  compareBooks(desk);
  const { length: n } = desk.differences;
  const books = n === 0 ? "positions and cash agree" : `${n} differences: ${desk.differences[0]}`;
  return { ok: true, message: `${desk.broker.traits.name} asked about ${asked.length} orders; ${books}` };
}

/** Looks at the broker's positions and cash; the same difference twice in a row is one. */
export function compareBooks(desk: OrderDesk): void {
  desk.broker.positions((positions) => {
    desk.broker.account((account) => {
      if (!positions.ok || !account.ok) {
        const reason = positions.ok ? (account.ok ? "" : account.reason) : positions.reason;
        return desk.world.note("warn", `the broker did not answer for its books: ${reason}`);
      }
      found(desk, [...positionDifferences(desk, positions.value), ...cashDifferences(desk, account.value)]);
      breaker(desk, positions.value, account.value);
    });
  });
  dayFloor(desk);
}

/** NAV at the broker's marks against its own figure: too far apart twice in a row stops opening, further still stops everything. */
function breaker(desk: OrderDesk, positions: readonly BrokerPosition[], account: BrokerAccount): void {
  const ours = navAtMarks(desk, positions);
  const theirs = account.netLiquidation;
  const status = ours === null || theirs === null ? "PASS" : navCheck(ours, theirs).status;
  const again = status !== "PASS" && desk.navStatus !== "PASS";
  desk.navStatus = status;
  if (!again || ours === null || theirs === null) return;
  const text = `NAV is ${Math.round(ours)} here and ${Math.round(theirs)} at ${desk.broker.traits.name}`;
  if (status === "EMERGENCY" && desk.book.trading !== "halted") {
    desk.world.note("error", `EMERGENCY: ${text}: all is cancelled, :resume once it is cleared up`);
    halt(desk, `EMERGENCY: ${text}`, "emergency");
  } else if (status !== "EMERGENCY" && desk.book.trading === "active") {
    desk.world.note("error", `REDUCING: ${text}: only closing orders`);
    desk.setState("reducing", text);
  }
}

/** What is held here, in base currency at the broker's marks; null where a mark or an exchange rate is missing: that is no difference. */
function navAtMarks(desk: OrderDesk, theirs: readonly BrokerPosition[]): number | null {
  const context = desk.world.context();
  const marks = new Map(theirs.map((p) => [p.instrument, p.mark ?? null]));
  const source = context.source();
  const fxOf = (ccy: string): number | null => (ccy === context.facts.baseCcy ? 1 : source.fx(ccy));
  let nav = 0;
  for (const c of context.value().cash) {
    if (c.account !== desk.rules.account) continue;
    if (c.cashBase === null) return null;
    nav += c.cashBase;
  }
  for (const p of context.value().positions) {
    if (p.account !== desk.rules.account || p.qty === 0) continue;
    const mark = marks.get(p.instrument.id) ?? null;
    const fx = fxOf(p.instrument.ccy);
    if (mark === null || fx === null) return null;
    nav += p.qty * mark * p.instrument.multiplier * fx;
  }
  return nav;
}

/** The day's loss has reached its floor: nothing is opened any more, whatever was staged. */
function dayFloor(desk: OrderDesk): void {
  if (desk.book.trading !== "active") return;
  const { nav, book } = desk.world.context().value();
  const { dayPnl } = book.figures;
  if (nav === null || dayPnl === null) return;
  const floor = (nav * desk.rules.limits.dayLossPct) / 100;
  if (Number.isFinite(dayPnl) && -dayPnl <= floor) return;
  const text = `the day's loss ${Math.round(-dayPnl)} is over ${Math.round(floor)} (orders.dayLossPct)`;
  desk.setState("reducing", text);
  desk.world.note("error", `REDUCING: ${text}: only closing orders`);
}

/** Blocks sending and cancels all that works. Nothing can stop it: a ledger that fails still halts. */
export function halt(desk: OrderDesk, reason: string, by = "kill"): number {
  desk.setState("halted", reason);
  for (const preview of desk.previews.values()) {
    if (preview.state === "sent") continue;
    preview.state = "over";
    preview.message = "halted";
  }
  desk.sender.dropWaiting(reason);
  const live = desk.book.live();
  for (const state of live) desk.sender.cancel(state, by);
  return live.length;
}

function found(desk: OrderDesk, differences: readonly string[]): void {
  const again = differences.filter((d) => desk.differences.includes(d));
  desk.differences = differences;
  if (again.length === 0 || desk.book.trading !== "active") return;
  desk.setState("reducing", `the broker's books differ: ${again.join("; ")}`);
  desk.world.note("error", `REDUCING: the broker's books differ: ${again.join("; ")}`);
}

function positionDifferences(desk: OrderDesk, theirs: readonly BrokerPosition[]): string[] {
  const ours = new Map<string, number>();
  for (const p of desk.world.context().desk.held.books.positions.values())
    if (p.account === desk.rules.account) ours.set(p.instrument, (ours.get(p.instrument) ?? 0) + p.qty);
  const broker = new Map<string, number>(theirs.map((p) => [p.instrument, qty(p.qty)]));
  return [...new Set([...ours.keys(), ...broker.keys()])].flatMap((id) => {
    const [a, b] = [ours.get(id) ?? 0, broker.get(id) ?? 0];
    return a === b ? [] : [`${id} ${a / 1e8} here, ${b / 1e8} at ${desk.broker.traits.name}`];
  });
}

function cashDifferences(desk: OrderDesk, theirs: BrokerAccount): string[] {
  const ours = [...desk.world.context().desk.held.books.cash.values()].filter(
    (c) => c.account === desk.rules.account,
  );
  const broker = new Map<string, number>(theirs.cash.map((c) => [c.ccy, money(c.amount)]));
  // A broker that does not tell its cash is not contradicted.
  if (broker.size === 0) return [];
  return ours.flatMap((c) => {
    const there = broker.get(c.ccy) ?? 0;
    // Books of coins go on below the millionth that is the least kept here: each booking may be off by one.
    const slack = moneyDecimals(c.ccy as Ccy) > MONEY_DECIMALS ? desk.book.booked.length : 0;
    return Math.abs(there - c.cash) <= slack
      ? []
      : [`cash ${c.cash / 1e6} ${c.ccy} here, ${there / 1e6} at ${desk.broker.traits.name}`];
  });
}
