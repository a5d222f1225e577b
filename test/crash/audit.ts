import { canonicalJson, type LedgerRecord, type OrderState, type Terms } from "../../engines/orders/index.ts";
import type { PaperRecord } from "../../src/brokers/paper/records.ts";
import { Branches } from "../../src/orders/branches.ts";
import { LedgerFile } from "../../store/ledger/ledger.ts";
import type { Said } from "./trader.ts";

/** What is broken of "once, and as confirmed", counted. Empty lists are good. */
export interface Audit {
  readonly orders: number;
  readonly fills: number;
  readonly duplicate: readonly string[];
  readonly lost: readonly string[];
  readonly altered: readonly string[];
  /** Keys pressed so shortly before the end that nothing of them was on disk, nor at the broker. */
  readonly unsaid: number;
}

/** An order as its broker has it. */
export interface TheirOrder {
  readonly clientId: string;
  /** Sides, sizes and limits in whatever words the broker has, comparable with {@link Ways} of ours. */
  readonly words: string;
  readonly status: "working" | "filled" | "cancelled" | "rejected" | "expired";
  /** Executions: id and signed quantity. */
  readonly fills: readonly string[];
}

/** What of an order of ours is compared with what a broker has. */
export interface Ways {
  words(terms: Terms): string;
  fills(order: OrderState): readonly string[];
}

export const PAPER_WAYS: Ways = {
  words: (terms) => canonicalJson(terms),
  fills: (o) => [...o.fills.values()].map((f) => `${f.execId} ${f.instrument} ${f.qty} @ ${f.price}`),
};

/** The ledger of a state folder: its orders, and what the embedded broker kept. */
export function readLedger(path: string, account: string, base: string) {
  const file = LedgerFile.read(path);
  const { records, paper } = file.load();
  file.close();
  const book = new Branches(account, "USD", base, [...records]).fold(1);
  return {
    records,
    orders: [...book.orders.values()],
    paper: paper.map((p) => JSON.parse(p.body) as PaperRecord),
  };
}

/** The paper broker's orders, folded from its own log by other code than its own. */
export function paperOrders(log: readonly PaperRecord[], twice: (clientId: string) => void): TheirOrder[] {
  const all = new Map<
    string,
    { terms: Terms; left: number; end: TheirOrder["status"] | null; fills: string[] }
  >();
  for (const r of log) {
    if (r.p === "booked") continue;
    if (r.p === "accepted") {
      if (all.has(r.clientId)) twice(r.clientId);
      all.set(r.clientId, { terms: r.terms, left: Number(r.terms.qty), end: null, fills: [] });
      continue;
    }
    const o = all.get(r.clientId);
    if (o === undefined) throw new Error(`paper: ${r.p} of an order that was never accepted`);
    if (r.p === "fill") {
      o.left -= r.units;
      o.fills.push(...r.fills.map((f) => `${f.execId} ${f.instrument} ${f.qty} @ ${f.price}`));
    } else if (r.p === "ended") o.end = r.status;
  }
  return [...all].map(([clientId, o]) => ({
    clientId,
    words: PAPER_WAYS.words(o.terms),
    status: o.end ?? (o.left === 0 ? "filled" : "working"),
    fills: o.fills,
  }));
}

function sentWhileHalted(records: readonly LedgerRecord[]): string[] {
  let halted = false;
  return records.flatMap((r) => {
    if (r.k === "state") halted = r.state === "halted";
    return r.k === "sending" && halted ? [`${r.id} went out while halted`] : [];
  });
}

const STATES: Readonly<Record<TheirOrder["status"], readonly string[]>> = {
  working: ["ACKED", "PARTIAL"],
  filled: ["FILLED"],
  cancelled: ["CANCELLED", "FILLED"],
  rejected: ["REJECTED"],
  expired: ["EXPIRED"],
};

/** Confirmed tickets against the ledger against the broker. */
export function audit(
  ledger: { readonly records: readonly LedgerRecord[]; readonly orders: readonly OrderState[] },
  theirs: readonly TheirOrder[],
  said: readonly Said[],
  ways: Ways = PAPER_WAYS,
): Audit {
  const [duplicate, lost, altered]: [string[], string[], string[]] = [[], [], []];
  const byClient = new Map(ledger.orders.map((o) => [o.order.clientId, o]));
  const byTicket = new Map<string, OrderState[]>();
  for (const o of ledger.orders)
    byTicket.set(o.order.ticket ?? "", [...(byTicket.get(o.order.ticket ?? "") ?? []), o]);
  for (const [ticket, list] of byTicket)
    if (list.length > 1) duplicate.push(`${ticket} has ${list.length} orders`);
  for (const t of theirs) {
    const o = byClient.get(t.clientId);
    if (o === undefined) lost.push(`${t.clientId} is at the broker and not in the ledger`);
    else compare(o, t, ways, lost, altered);
  }
  altered.push(...sentWhileHalted(ledger.records));
  const there = new Set(theirs.map((t) => t.clientId));
  for (const o of ledger.orders)
    if (!there.has(o.order.clientId) && o.fills.size > 0)
      altered.push(`${o.order.id} has fills from nowhere`);
  return {
    orders: theirs.length,
    fills: theirs.reduce((n, t) => n + t.fills.length, 0),
    duplicate,
    lost,
    altered,
    unsaid: confirmed(said, ledger, byTicket, lost, altered),
  };
}

function compare(o: OrderState, t: TheirOrder, ways: Ways, lost: string[], altered: string[]): void {
  const { id } = o.order;
  const words = ways.words(o.order.terms);
  if (words !== t.words) altered.push(`${id} is ${words}, the broker has ${t.words}`);
  if (!STATES[t.status].includes(o.status)) lost.push(`${id} is ${t.status} at the broker, ${o.status} here`);
  const mine = ways.fills(o);
  const missing = t.fills.filter((f) => !mine.includes(f));
  const extra = mine.filter((f) => !t.fills.includes(f));
  if (missing.length > 0) lost.push(`${id} lacks ${missing.join()}`);
  if (extra.length > 0) altered.push(`${id} has ${extra.join()}, which the broker has not`);
}

/** What a trader pressed and saw is in the ledger as it stood on the screen. */
function confirmed(
  said: readonly Said[],
  ledger: { readonly orders: readonly OrderState[] },
  byTicket: ReadonlyMap<string, readonly OrderState[]>,
  lost: string[],
  altered: string[],
): number {
  let unsaid = 0;
  const ids = new Set(ledger.orders.map((o) => o.order.id));
  for (const s of said) {
    if (s.t === "saw" && !ids.has(s.order) && s.order.startsWith("O"))
      lost.push(`${s.order} was seen ${s.state} and is gone`);
    if (s.t === "sent" && !byTicket.has(s.ticket)) unsaid++;
  }
  for (const { order } of ledger.orders) {
    const { side, qty, limit, legs } = order.terms;
    const sign = side === "buy" ? 1 : -1;
    const ours = canonicalJson({
      side,
      qty: Number(qty),
      limit: Number(limit),
      legs: legs.map((l) => ({ instrument: l.instrument, qty: sign * l.ratio * Number(qty) })),
    });
    // A ticket whose record died with its desk leaves its number to the next one: one of the presses must be this order's.
    const presses = said.flatMap((s) => (s.t === "pressing" && s.ticket === order.ticket ? [s] : []));
    const same = presses.some((s) => s.hash === order.previewHash && canonicalJson(s.terms) === ours);
    if (!same)
      altered.push(`${order.id} of ${order.ticket} is ${ours}, confirmed was ${canonicalJson(presses)}`);
  }
  return unsaid;
}
