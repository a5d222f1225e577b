import type { Instrument, Micros } from "../../../engines/market/index.ts";
import {
  hedgeContracts,
  isTerminal,
  LEGGING,
  legging,
  type OrderState,
} from "../../../engines/orders/index.ts";
import { packageView } from "../../desk/views/package.ts";
import { tradedLegs } from "../booking.ts";
import type { OrderDesk } from "../order-desk.ts";
import { FIRST_PRICE } from "../ticket.ts";
import type { TicketBody } from "../ticket-body.ts";
import type { LeggingLimits } from "./face.ts";
import { PAIR } from "./pair.ts";
import { rewrite } from "./together.ts";

/** One side of a pair: an order and those that took its place. */
interface Part {
  readonly orders: readonly OrderState[];
  readonly last: OrderState;
  readonly filled: number;
  readonly wanted: number;
}

/** A pair or a split package of which one part is filled and another is not. */
export interface Legged {
  readonly name: string;
  readonly parts: readonly Part[];
  /** $ delta that nothing stands against; null where it is unknown. */
  readonly residual: number | null;
  readonly over: boolean;
  readonly text: string;
}

/** Watches orders that stand against each other: names the part that is naked, and stages what mends it when a limit is reached. */
export class LeggingWatch {
  /** As of the last look, by order. */
  private byOrder = new Map<string, Legged>();
  private readonly done = new Set<string>();
  private readonly told = new Set<string>();

  constructor(
    private readonly desk: OrderDesk,
    private readonly limits: LeggingLimits,
  ) {}

  /** What is said below an order's row, null where nothing is naked. */
  noteOf(order: string): string | null {
    return this.byOrder.get(order)?.text ?? null;
  }

  look(): void {
    const { book } = this.desk;
    this.byOrder = new Map();
    for (const [name, ids] of book.pairs) {
      if (this.done.has(name)) continue;
      const orders = ids.flatMap((id) => book.orders.get(id) ?? []);
      const found = this.measure(name, orders);
      this.unwind(name, orders);
      if (found === null) {
        if (orders.every((o) => isTerminal(o.status)) && !this.mending(name)) this.done.add(name);
        continue;
      }
      for (const { order } of orders) this.byOrder.set(order.id, found);
      this.tell(found);
      if (found.over) this.mend(found);
    }
  }

  /** Something that mends it is staged or works. */
  private mending(name: string): boolean {
    const { tickets, book } = this.desk;
    const open = [...tickets.values()].filter((t) => t.body.mends === name && t.over !== "dropped");
    return open.some(
      (t) =>
        t.over === null ||
        [...book.orders.values()].some((o) => o.order.ticket === t.id && !isTerminal(o.status)),
    );
  }

  private measure(name: string, orders: readonly OrderState[]): Legged | null {
    const parts = partsOf(orders);
    const shares = sharesOf(parts);
    if (Math.max(0, ...shares) === Math.min(...shares)) return null;
    const deltas = parts.map((p) => this.dollarDelta(p));
    const { maxMs, maxNotional, does } = this.limits;
    const elapsedMs = Math.max(0, (this.desk.world.nowUs() - nakedSince(parts, shares)) / 1000);
    const state = legging(
      shares.map((filled, i) => ({ filled, notional: deltas[i] ?? 0 })),
      elapsedMs,
      {
        ...LEGGING,
        maxMs,
        maxNotional,
        hedge: does === "hedge",
        undo: does === "cancel",
        directional: !name.startsWith(PAIR),
      },
    );
    if (!state.legged) return null;
    const residual = deltas.includes(null) ? null : state.residual;
    const over = elapsedMs >= maxMs || residual === null || Math.abs(residual) > maxNotional;
    const filled = parts.map((p, i) => `${p.last.order.id} ${Math.round((shares[i] as number) * 100)} %`);
    const text = [
      `LEGGED ${Math.floor(elapsedMs / 1000)} of ${maxMs / 1000} s: ${filled.join(", ")}`,
      residual === null
        ? "its $ delta is unknown"
        : `${Math.round(residual)} $ delta stands alone, ${Math.round(maxNotional)} may`,
    ].join("; ");
    return { name, parts, residual, over, text };
  }

  /** $ delta of a whole part as it trades, in base currency. */
  private dollarDelta({ last, wanted }: Part): number | null {
    const context = this.desk.world.context();
    const { terms } = last.order;
    const legs = tradedLegs(terms.legs, terms.side);
    if (legs.some((leg) => context.desk.slot(leg.instrument) === null)) return null;
    const shape = packageView(context, { legs: legs.map((l) => ({ ...l, ratio: l.ratio * wanted })) });
    return shape?.dollarDelta ?? null;
  }

  private tell({ name, text }: Legged): void {
    if (this.told.has(name)) return;
    this.told.add(name);
    this.desk.world.note("warn", `${name}: ${text}`);
  }

  /** Once: what is staged, or was dropped by the trader, is not staged again. */
  private mend(found: Legged): void {
    const { desk } = this;
    const { name } = found;
    const { does } = this.limits;
    if (does === "off" || desk.readOnly || desk.lookingBack) return;
    if ([...desk.tickets.values()].some((t) => t.body.mends === name)) return;
    const made = does === "hedge" ? this.hedge(found) : this.undo(found);
    const what =
      made.length === 0
        ? "nothing could be staged: mend it by hand"
        : `${made.join(", ")} staged to mend it, preview and confirm`;
    if (made.length > 0 || !this.told.has(`${name} over`)) desk.world.note("error", `${found.text}; ${what}`);
    this.told.add(`${name} over`);
  }

  /** The underlying against the naked $ delta, at most a tenth of NAV. */
  private hedge({ name, parts, residual }: Legged): string[] {
    const { desk } = this;
    const context = desk.world.context();
    const { nav } = context.value();
    const underlyings = new Set(parts.map((p) => p.last.order.underlying));
    const [underlying] = underlyings;
    if (residual === null || nav === null || underlyings.size !== 1 || underlying == null)
      return this.undo({ name, parts });
    const slot = context.desk.slot(underlying);
    const instrument = slot === null ? undefined : context.desk.instruments[slot];
    const spot = context.source().spot(underlying)?.price ?? null;
    const fx = instrument?.ccy === context.facts.baseCcy ? 1 : context.source().fx(instrument?.ccy ?? "");
    if (instrument === undefined || !trades(instrument) || spot === null || fx === null)
      return this.undo({ name, parts });
    const n = hedgeContracts(residual, 1, spot * fx, instrument.multiplier, nav);
    if (n === null || n === 0) return [];
    return [
      this.stage({
        legs: [{ instrument: instrument.id, ratio: 1 }],
        side: n > 0 ? "buy" : "sell",
        qty: Math.abs(n),
        mends: name,
        purpose: "auto",
      }),
    ];
  }

  /** A hedge comes off as the part that lagged fills: what of it nothing needs any more is staged the other way, in one ticket. */
  private unwind(name: string, orders: readonly OrderState[]): void {
    const { desk } = this;
    const mending = [...desk.tickets.values()].filter((t) => t.body.mends === name);
    const hedges = mending.filter((t) => t.body.purpose === "auto");
    const taken = mending.filter((t) => t.body.unwinds === true);
    if (hedges.length === 0 || desk.readOnly || desk.lookingBack) return;
    if (taken.some((t) => t.over === "dropped")) return;
    const hedged = sum(hedges, (t) => this.traded(t.id, (o) => o.filled));
    const left = hedged + sum(taken, (t) => this.traded(t.id, unitsComing));
    const parts = partsOf(orders);
    const shares = sharesOf(parts);
    // Of what was hedged as much is needed as the lagging part still lacks of the leading one.
    const lead = Math.max(...shares);
    const needed = lead === 0 ? 1 : (lead - Math.min(...shares)) / lead;
    const excess = Math.trunc(left - hedged * needed);
    const staged = taken.find((t) => t.over === null);
    const [leg] = hedges[0]?.body.legs ?? [];
    if (leg === undefined || excess === 0 || Math.sign(excess) !== Math.sign(hedged)) return;
    const qty = Math.abs(excess);
    const side = excess > 0 ? "sell" : "buy";
    if (staged !== undefined) {
      const same = staged.body.qty?.by === "count" && staged.body.qty.n === qty;
      if (!same) rewrite(desk, staged, { qty: { by: "count", n: qty } });
      return;
    }
    const made = this.stage({ legs: [leg], side, qty, mends: name, purpose: "close", unwinds: true });
    desk.world.note(
      "warn",
      `${name}: ${qty} of its hedge are not needed any more; ${made} staged, preview and confirm`,
    );
  }

  /** Signed units of the orders that a ticket went out as. */
  private traded(ticket: string, units: (o: OrderState) => number): number {
    return sum([...this.desk.book.orders.values()], (o) =>
      o.order.ticket === ticket ? (o.order.terms.side === "buy" ? 1 : -1) * units(o) : 0,
    );
  }

  /** What still works is cancelled, which opens nothing; what is filled beyond the part that lags is staged the other way. */
  private undo({ name, parts }: Pick<Legged, "name" | "parts">): string[] {
    const { desk } = this;
    const least = Math.min(...parts.map((p) => p.filled / p.wanted));
    if (this.limits.does === "cancel")
      for (const { last } of parts) if (!isTerminal(last.status)) desk.sender.cancel(last, "legging limit");
    return parts.flatMap(({ filled, wanted, last }) => {
      const beyond = Math.round(filled - least * wanted);
      if (beyond <= 0) return [];
      const { terms } = last.order;
      const legs = terms.legs.map(({ instrument, ratio }) => ({ instrument, ratio }));
      const side = terms.side === "buy" ? "sell" : "buy";
      return [this.stage({ legs, side, qty: beyond, mends: name, purpose: "close" })];
    });
  }

  private stage(
    t: Pick<TicketBody, "legs" | "side" | "purpose" | "unwinds"> & {
      readonly qty: number;
      readonly mends: string;
    },
  ): string {
    const body: TicketBody = {
      ...t,
      qty: { by: "count", n: t.qty },
      price: FIRST_PRICE,
      tif: "day",
      from: null,
    };
    return this.desk.newTicket(body).id;
  }
}

const sum = <T>(all: readonly T[], of: (x: T) => number): number => all.reduce((n, x) => n + of(x), 0);
const sharesOf = (parts: readonly Part[]): number[] => parts.map((p) => p.filled / p.wanted);
/** What an order has traded and what it still may. */
const unitsComing = (o: OrderState): number => (isTerminal(o.status) ? o.filled : Number(o.order.terms.qty));
/** A coin's index has an id like a coin's, and nothing trades in it. */
const trades = (i: Instrument): boolean => i.kind !== "index" && !/^CRYPTO\/[A-Z]+-USD$/.test(i.id);

/** Orders of the same legs and side are one part: what an amendment ended, and what took its place. */
function partsOf(orders: readonly OrderState[]): Part[] {
  const byKey = new Map<string, OrderState[]>();
  for (const state of orders) {
    const { legs, side } = state.order.terms;
    const key = `${side} ${legs.map((l) => `${l.ratio}:${l.instrument}`).join()}`;
    byKey.set(key, [...(byKey.get(key) ?? []), state]);
  }
  return [...byKey.values()].map((own) => {
    const last = own.at(-1) as OrderState;
    const filled = own.reduce((sum, o) => sum + o.filled, 0);
    return { orders: own, last, filled, wanted: filled - last.filled + Number(last.order.terms.qty) };
  });
}

/** Since when a part stands alone: its first fill after the last one of the part that lags. */
function nakedSince(parts: readonly Part[], shares: readonly number[]): Micros {
  const least = Math.min(...shares);
  const times = (of: readonly Part[]) =>
    of.flatMap((p) => p.orders.flatMap((o) => [...o.fills.values()].map((f) => f.us)));
  const lagged = Math.max(0, ...times(parts.filter((_, i) => shares[i] === least)));
  const after = times(parts.filter((_, i) => shares[i] !== least)).filter((us) => us > lagged);
  return Math.min(...(after.length === 0 ? [lagged] : after)) as Micros;
}
