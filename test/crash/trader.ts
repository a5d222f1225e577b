import type { InstrumentId } from "../../engines/market/index.ts";
import { type Random, seeded } from "../../engines/stats/index.ts";
import type { Command, CommandResult, Draft, OrderRow, ViewName, Views } from "../../src/desk/protocol.ts";
import type { DeskHost } from "../../src/shell/host.ts";

/** What a trader said and saw, in the order of it; written out at once, so that it outlives the desk. */
export type Said =
  | { readonly t: "open" }
  | { readonly t: "pressing"; readonly ticket: string; readonly hash: string; readonly terms: SaidTerms }
  | { readonly t: "sent"; readonly ticket: string; readonly order: string }
  | { readonly t: "trading"; readonly state: string; readonly reason: string | null }
  | { readonly t: "saw"; readonly order: string; readonly state: string }
  | { readonly t: "settled"; readonly books: string; readonly open: readonly string[] };
export interface SaidTerms {
  readonly side: string;
  readonly qty: number;
  readonly limit: number;
  readonly legs: readonly { readonly instrument: string; readonly qty: number }[];
}

/** A desk as a trader reaches it. */
export type TraderHost = Pick<DeskHost, "command" | "subscribe">;

export interface Market {
  /** Contracts to trade one by one, and pairs to trade as packages. */
  readonly singles: readonly InstrumentId[];
  readonly pairs: readonly (readonly [InstrumentId, InstrumentId])[];
}

const MOST_ORDERS_AT_WORK = 8;

/** A hasty trader: stages, previews, confirms (often twice), amends, cancels, kills and resumes, from one seed. */
export class Trader {
  private readonly r: Random;
  private rows: readonly OrderRow[] = [];
  private readonly told = new Map<string, string>();
  private trading = "";
  private reason: string | null = null;

  constructor(
    private readonly host: TraderHost,
    private readonly market: Market,
    seed: number,
    private readonly say: (said: Said) => void,
  ) {
    this.r = seeded(seed);
  }

  /** Waits for the orders to be open: they are once their ledger was read. */
  async begin(): Promise<void> {
    await new Promise<void>((opened) => {
      this.host.subscribe("orders", {}, (view) => {
        opened();
        this.rows = view.rows;
        // A halt by key may become one by the disk.
        if (view.trading !== this.trading || view.tradingReason !== this.reason)
          this.say({ t: "trading", state: view.trading, reason: view.tradingReason });
        this.reason = view.tradingReason;
        this.trading = view.trading;
        for (const { id, state } of view.rows) {
          if (!ANSWERED.has(state) || this.told.get(id) === state) continue;
          this.told.set(id, state);
          this.say({ t: "saw", order: id, state });
        }
      });
    });
    await this.do({ name: "resume", typed: "ACTIVE" });
    this.say({ t: "open" });
  }

  async trade(): Promise<never> {
    for (;;) await this.act();
  }

  private async act(): Promise<void> {
    const { r } = this;
    if (this.trading === "halted") {
      await this.do({ name: "resume", typed: "ACTIVE" });
      await this.pause(50);
    }
    const one = this.working()[r.below(Math.max(1, this.working().length))];
    const dice = r.below(20);
    if (dice < 11 && this.working().length < MOST_ORDERS_AT_WORK) return this.order();
    if (dice < 14 && one !== undefined) return void (await this.do({ name: "cancel", order: one.id }));
    if (dice < 17 && one !== undefined) {
      await this.do({ name: "amend", order: one.id, steps: r.below(2) === 0 ? 1 : -1 });
      return void (await this.do({ name: "amendSend", order: one.id }));
    }
    if (dice === 17) return void (await this.do({ name: "reconcile" }));
    if (dice === 18 && r.below(4) === 0) {
      await this.do({ name: "kill", reason: "key" });
      await this.pause(r.below(20));
      return void (await this.do({ name: "resume", typed: "ACTIVE" }));
    }
    await this.pause(r.below(40));
  }

  private working(): OrderRow[] {
    return this.rows.filter((o) => o.state === "working" || o.state === "partial" || o.state === "UNKNOWN");
  }

  private async order(): Promise<void> {
    const staged = await this.do({ name: "stage", draft: this.draft() });
    if (staged.made === undefined) return;
    const made = await this.do({ name: "preview", tickets: [staged.made] });
    if (made.made === undefined) return;
    const preview = await this.seen("preview", { preview: made.made });
    for (const g of preview.guards)
      if (g.verdict === "confirm") await this.do({ name: "accept", preview: preview.id, guard: g.code });
    const row = preview.rows[0];
    const denied = preview.guards.some((g) => g.verdict === "deny");
    // Now and then it is pressed all the same.
    if (row === undefined || (denied && this.r.below(4) > 0)) return this.drop(staged.made);
    const { side, qty, limit, legs } = row;
    const terms = { side, qty, limit, legs: legs.map((l) => ({ instrument: l.instrument, qty: l.qty })) };
    const { hash } = preview;
    this.say({ t: "pressing", ticket: staged.made, hash, terms });
    const typedQty = preview.mustType;
    const key = {
      name: "confirm",
      preview: preview.id,
      hash,
      shownMs: 1000,
      screenHash: "s",
      typedQty,
    } as const;
    const presses = 1 + this.r.below(3);
    const answers = await Promise.all(Array.from({ length: presses }, () => this.do(key)));
    for (const a of answers) if (a.ok) this.say({ t: "sent", ticket: staged.made, order: a.made as string });
    if (!answers.some((a) => a.ok)) await this.drop(staged.made);
  }

  private async drop(ticket: string): Promise<void> {
    await this.do({ name: "ticket", ticket, edit: { edit: "drop" } });
  }

  private draft(): Draft {
    const { r } = this;
    const { singles, pairs } = this.market;
    const pair = pairs.length > 0 && r.below(4) === 0 ? pairs[r.below(pairs.length)] : undefined;
    const legs =
      pair === undefined
        ? [{ instrument: singles[r.below(singles.length)] as InstrumentId, ratio: 1 }]
        : [
            { instrument: pair[0], ratio: 1 },
            { instrument: pair[1], ratio: -1 },
          ];
    const side = r.below(3) === 0 ? "sell" : "buy";
    const near = side === "buy" ? "ask" : "bid";
    const anchor = (["mid", near, near] as const)[r.below(3)] as "mid" | "bid" | "ask";
    return {
      legs,
      side,
      purpose: "auto",
      qty: { by: "count", n: 1 + r.below(3) },
      price: { by: "anchor", anchor, offset: 0, unit: "t", follows: true },
      tif: "day",
      from: null,
    };
  }

  /** Nothing more is wanted: all is cancelled and asked for until every order has come to its end. */
  async settle(ms: number): Promise<void> {
    const until = performance.now() + ms;
    let books = "";
    let open: readonly string[] = [];
    do {
      await this.do({ name: "cancelAll", pattern: null });
      books = (await this.do({ name: "reconcile" })).message ?? "";
      await this.pause(150);
      const { rows } = await this.seen("orders", {});
      open = rows.filter((o) => !ENDS.has(o.state)).map((o) => `${o.id} ${o.state}`);
      for (const o of rows)
        if (o.state === "staged") await this.drop(o.id);
        else if (!ENDS.has(o.state)) await this.do({ name: "cancel", order: o.id });
    } while ((open.length > 0 || !books.includes("agree")) && performance.now() < until);
    this.say({ t: "settled", books, open });
  }

  private do(command: Command): Promise<CommandResult> {
    return this.host.command(command);
  }
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
  private seen<V extends ViewName>(view: V, params: Views[V]["params"]): Promise<Views[V]["model"]> {
    return new Promise((resolve) => {
      const stop = this.host.subscribe(view, params, (model) => {
        queueMicrotask(() => stop());
        resolve(model);
      });
    });
  }
}

/** States that a broker's answer led to: the order's record is on disk by then. */
const ANSWERED: ReadonlySet<string> = new Set([
  "working",
  "partial",
  "filled",
  "cancelled",
  "rejected",
  "expired",
]);
const ENDS: ReadonlySet<string> = new Set(["filled", "cancelled", "rejected", "denied", "expired"]);
