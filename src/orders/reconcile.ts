import { type Mode, navCheck } from "../../engines/orders/index.ts";
import type { BrokerAccount, BrokerPosition } from "../brokers/broker.ts";
import type { CommandResult } from "../desk/protocol.ts";
import { adoptBooks } from "./adopt.ts";
import { differencesOf, severityOf } from "./books.ts";
import type { Difference } from "./difference.ts";
import type { OrderDesk } from "./order-desk.ts";
import { askable } from "./sender.ts";

/**
 * Asks the broker for every order that may live there, for executions nobody heard of and for orders made elsewhere, then for positions and
 * cash. Quantities and cash compare exactly; what differs at two looks in a row, with nothing on its way, lets closing through only.
 */
export function reconcile(desk: OrderDesk, adopt = false): CommandResult {
  const asked = [...desk.book.orders.values()].filter(askable);
  for (const state of asked) desk.sender.resolve(state.order.id);
  desk.catchUp();
  lookForOthers(desk);
  compareBooks(desk, adopt);
  const { length: n } = desk.differences;
  const books = n === 0 ? "positions and cash agree" : `${n} differences: ${desk.differences[0]?.text}`;
  const others = desk.others.length === 0 ? "" : `; ${desk.others.length} orders made elsewhere`;
  const first = adopt ? "the broker's positions and cash are taken over" : books;
  return {
    ok: true,
    message: `${desk.broker.traits.name} asked about ${asked.length} orders; ${first}${others}`,
  };
}

/** Orders at the broker that this ledger knows nothing of. */
export function lookForOthers(desk: OrderDesk): void {
  desk.broker.openOrders((open) => {
    if (!open.ok) return;
    desk.others = open.value.filter(
      (o) => o.status === "working" && (o.clientId === null || !desk.book.byClient.has(o.clientId)),
    );
    desk.world.changed();
  });
}

/** Looks at the broker's positions and cash; the same difference twice in a row is one. */
export function compareBooks(desk: OrderDesk, adopt = false): void {
  desk.broker.account((account) => {
    desk.broker.positions((positions) => {
      if (!positions.ok || !account.ok) {
        const reason = positions.ok ? (account.ok ? "" : account.reason) : positions.reason;
        return desk.world.note("warn", `the broker did not answer for its books: ${reason}`);
      }
      if (!sameAccount(desk, account.value)) return;
      for (const { instrument } of positions.value) desk.world.define(instrument);
      desk.overlay();
      if (adopt) return adoptBooks(desk, positions.value, account.value);
      found(desk, differencesOf(desk, positions.value, account.value), account.value);
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
  const others = desk.killsOthers ? desk.others : [];
  for (const other of others) desk.sender.cancelOther(other);
  return live.length + others.length;
}

/** Whether the broker still answers for the account that this desk trades; if not nothing may be sent there. */
function sameAccount(desk: OrderDesk, { id, paper }: BrokerAccount): boolean {
  const { rules } = desk;
  desk.saidPaper ??= paper;
  const mode: Mode = paper === null || paper === desk.saidPaper ? rules.mode : paper ? "paper" : "live";
  const account = id ?? rules.account;
  desk.actual = { mode, account };
  if (mode === rules.mode && account === rules.account) return true;
  const text = `${desk.broker.traits.name} now answers for ${mode} account ${account}, this desk trades ${rules.mode} ${rules.account}`;
  if (desk.book.trading !== "halted") desk.setState("halted", text);
  desk.world.note("error", `HALTED: ${text}`);
  return false;
}

function found(desk: OrderDesk, differences: readonly Difference[], account: BrokerAccount): void {
  const before = new Set(desk.differences.map((d) => d.text));
  const again = differences.filter((d) => before.has(d.text));
  desk.differences = differences;
  if (again.length === 0 || desk.book.trading === "halted") return;
  const text = `the broker's books differ: ${again.map((d) => d.text).join("; ")}`;
  if (severityOf(again, account) === "EMERGENCY") {
    halt(desk, `EMERGENCY: ${text}`, "emergency");
    return desk.world.note("error", `EMERGENCY: ${text}: all is cancelled, :resume once it is cleared up`);
  }
  if (desk.book.trading !== "active") return;
  desk.setState("reducing", text);
  desk.world.note("error", `REDUCING: ${text}`);
}
