import { type Mode, mayLive } from "../../engines/orders/index.ts";
import type { BrokerAccount, BrokerPosition } from "../brokers/broker.ts";
import type { CommandResult } from "../desk/protocol.ts";
import { takeActivities } from "./activities.ts";
import { adoptBooks } from "./adopt.ts";
import { differencesAt, severityOf } from "./books.ts";
import type { Difference } from "./difference.ts";
import { holderOf } from "./holder.ts";
import { breakerStatus, navAtMarks, netInBase } from "./nav.ts";
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
  dayFloor(desk);
  // Two looks at once would see one passing difference twice.
  if (desk.looking && !adopt) return;
  desk.looking = true;
  takeActivities(holderOf(desk), adopt, () => lookAtBooks(desk, adopt));
}

function lookAtBooks(desk: OrderDesk, adopt: boolean): void {
  desk.broker.account((account) => {
    desk.broker.positions((positions) => {
      desk.looking = false;
      if (!positions.ok || !account.ok) {
        const reason = positions.ok ? (account.ok ? "" : account.reason) : positions.reason;
        return desk.world.note("warn", `the broker did not answer for its books: ${reason}`);
      }
      if (!sameAccount(desk, account.value)) return;
      for (const { instrument } of positions.value) desk.world.define(instrument);
      desk.overlay();
      if (adopt) {
        desk.differences = adoptBooks(holderOf(desk), positions.value, account.value);
        return;
      }
      const valued = inBase(desk, account.value);
      found(desk, differencesAt(holderOf(desk), positions.value, valued), valued);
      breaker(desk, positions.value, valued);
    });
  });
}

/** NAV at the broker's marks against its own figure: too far apart twice in a row stops opening, further still stops everything. */
function breaker(desk: OrderDesk, positions: readonly BrokerPosition[], account: BrokerAccount): void {
  const { cash, positions: all } = desk.world.context().value();
  const mine = <T extends { readonly account: string }>(rows: readonly T[]): T[] =>
    rows.filter((row) => row.account === desk.rules.account);
  const here = { cash: mine(cash).map((c) => c.cashBase), positions: mine(all) };
  const ours = navAtMarks(here, positions, (ccy) => rateOf(desk, ccy));
  const theirs = account.netLiquidation;
  const status = breakerStatus(ours, theirs);
  const again = status !== "PASS" && desk.navStatus !== "PASS";
  desk.navStatus = status;
  if (!again) return;
  const told = `${Math.round(theirs ?? 0)} at ${desk.broker.traits.name}`;
  const text =
    status === "ERROR"
      ? `NAV is ${told}: no share of it can be told`
      : `NAV is ${Math.round(ours ?? 0)} here and ${told}`;
  if (status === "EMERGENCY" && desk.book.trading !== "halted") {
    desk.world.note("error", `EMERGENCY: ${text}: all is cancelled, :resume once it is cleared up`);
    halt(desk, `EMERGENCY: ${text}`, "emergency");
  } else if (status !== "EMERGENCY" && desk.book.trading === "active") {
    desk.world.note("error", `REDUCING: ${text}: only closing orders`);
    desk.setState("reducing", text);
  }
}

function rateOf(desk: OrderDesk, ccy: string): number | null {
  const context = desk.world.context();
  return ccy === context.facts.baseCcy ? 1 : context.source().fx(ccy);
}

/** The account with its value in the desk's base currency. */
function inBase(desk: OrderDesk, account: BrokerAccount): BrokerAccount {
  const { baseCcy } = desk.world.context().facts;
  const { netCcy: _, ...rest } = account;
  return { ...rest, netLiquidation: netInBase(account, (ccy) => rateOf(desk, ccy), baseCcy) };
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
  const live = [...desk.book.orders.values()].filter((o) => mayLive(o.status) || o.doubted);
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
  const text = `the broker's books differ: ${again.map((d) => d.text).join("; ")}${reasonFor(desk, again)}`;
  if (severityOf(again, account) === "EMERGENCY") {
    halt(desk, `EMERGENCY: ${text}`, "emergency");
    return desk.world.note("error", `EMERGENCY: ${text}: all is cancelled, :resume once it is cleared up`);
  }
  if (desk.book.trading !== "active") return;
  desk.setState("reducing", text);
  desk.world.note("error", `REDUCING: ${text}`);
}

/** What may be behind a difference, as far as the broker tells. */
function reasonFor(desk: OrderDesk, differences: readonly Difference[]): string {
  const { unread, broker } = desk;
  const taken = "`voldesk orders reconcile --adopt` takes it over";
  if (unread === null && differences.some((d) => d.fix.kind === "cash"))
    return ` (${broker.traits.name} does not list the fees, dividends and interest that it books by itself: if it is one, ${taken})`;
  if (unread === null || unread.length === 0) return "";
  return ` (${broker.traits.name} booked ${unread.join(", ")}; ${taken})`;
}
