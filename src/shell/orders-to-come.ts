import type { CommandResult, OrderCommand, OrdersView, ViewName, Views } from "../desk/protocol.ts";
import type { OrderSummary } from "../desk/views/context.ts";
import type { LedgerFault } from "../orders/ledger-port.ts";
import type { OrderSession } from "./order-session.ts";

export type OrderAsked = OrderCommand | { readonly name: "kill"; readonly reason: string };
type Answer = (result: CommandResult) => void;

interface Waiting {
  readonly asked: OrderAsked;
  readonly answer: Answer;
  readonly cancelLate: () => void;
}

/** What may wait: nothing of it sends an order. */
const CAN_WAIT: ReadonlySet<OrderAsked["name"]> = new Set([
  "stage",
  "ticket",
  "preview",
  "reduce",
  "cancelAll",
]);
/** Longest that a command waits before it is refused in words: nobody is surprised by a ticket of minutes ago. */
const WAIT_MS = 5_000;

/**
 * Stands in for orders until their ledger is read. What a trader stages or looks at waits for it and is judged then; a kill holds at once
 * and is carried out before anything else the moment they open; all else is refused.
 */
export class OrdersToCome {
  /** Why there are none yet, or never will be. */
  private why = "orders open in a moment: their ledger is being read";
  private kill: Extract<OrderAsked, { name: "kill" }> | null = null;
  private blocked = false;
  private waiting: Waiting[] = [];

  constructor(private readonly after: (ms: number, run: () => void) => () => void) {}

  get reason(): string {
    return this.why;
  }

  /** Why trading was stopped, while no orders are there to tell. */
  get killedBy(): string | null {
    return this.kill?.reason ?? null;
  }

  command(asked: OrderAsked, answer: Answer): void {
    if (asked.name === "kill") return answer({ ok: true, message: this.killed(asked) });
    if (this.blocked || !CAN_WAIT.has(asked.name)) return answer({ ok: false, message: this.why });
    const one: Waiting = { asked, answer, cancelLate: this.after(WAIT_MS, () => this.late(one)) };
    this.waiting.push(one);
  }

  private killed(asked: Extract<OrderAsked, { name: "kill" }>): string {
    if (this.blocked) return `HALTED by ${asked.reason}: orders are blocked anyway`;
    this.kill = asked;
    return `HALTED by ${asked.reason}: nothing is sent; working orders are cancelled as soon as orders open`;
  }

  private late(one: Waiting): void {
    this.waiting = this.waiting.filter((other) => other !== one);
    one.answer({ ok: false, message: this.why });
  }

  /** The kill first; then `begin` lets the session go on; then what waited, in the order in which it was asked. */
  opened(session: OrderSession, begin: () => void): void {
    if (this.kill !== null) session.command(this.kill);
    this.kill = null;
    begin();
    for (const { asked, answer } of this.taken()) answer(session.command(asked));
  }

  /** Who has to be waited for now, in words; where that is an error nothing is waited for. */
  waitsFor(why: string, level: "info" | "warn" | "error"): void {
    this.why = why;
    if (level !== "info") this.refuse();
  }

  /** There will be none in this run: without a ledger nothing is sent. */
  never(fault: LedgerFault): string {
    this.blocked = true;
    this.why = `orders are blocked: ${fault.message}`;
    this.refuse();
    return this.why;
  }

  private refuse(): void {
    for (const { answer } of this.taken()) answer({ ok: false, message: this.why });
  }

  /** The desk ends. */
  close(): void {
    this.refuse();
  }

  private taken(): Waiting[] {
    const taken = this.waiting;
    this.waiting = [];
    for (const { cancelLate } of taken) cancelLate();
    return taken;
  }

  /** What the status line says meanwhile: a state that nobody has read is unknown, a kill holds. */
  summary(): OrderSummary {
    const held = this.blocked || this.kill !== null;
    return { trading: held ? "halted" : null, workingOrders: null, stagedTickets: null };
  }

  view<V extends ViewName>(view: V): Views[V]["model"] | null {
    if (!this.blocked || view !== "orders") return null;
    const model: OrdersView = {
      trading: "halted",
      tradingReason: this.why,
      account: "none",
      rows: [],
      working: 0,
      unknown: 0,
      tickets: 0,
      external: 0,
      warnings: [],
      branch: 0,
      branches: 0,
      guard: null,
      left: [],
      locked: this.why,
    };
    return model as Views[V]["model"];
  }
}
