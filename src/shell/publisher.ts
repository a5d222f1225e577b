import type { FromDesk, ToDesk, ViewName, Views } from "../desk/protocol.ts";
import type { Clock } from "./clock.ts";

type Subscribe = Extract<ToDesk, { t: "subscribe" }>;
/** Builds the model of a view for its params, or null where there is nothing to show yet. */
export type BuildView = <V extends ViewName>(view: V, params: Views[V]["params"]) => Views[V]["model"] | null;

/** Shortest time between two models of one view, ms. Live quotes do not wait for these: the screen reads the book itself. */
const PACE_MS: Record<ViewName, number> = {
  status: 100,
  positions: 100,
  tape: 100,
  log: 100,
  alerts: 100,
  orders: 100,
  ticket: 100,
  preview: 100,
  story: 500,
  watch: 250,
  chart: 250,
  feeds: 500,
  follows: 1000,
  surface: 1000,
  chain: 250,
  package: 250,
  exposure: 1000,
  flow: 1000,
  scenarios: 1000,
  levels: 2000,
};

/** Models are built for so long at once, ms; then whatever waits for this thread, a command above all, has its turn. */
const TURN_MS = 8;
/** These say what may be sent and what was: they go before the others. */
const FIRST: ReadonlySet<ViewName> = new Set(["status", "orders", "ticket", "preview"]);

/**
 * Works ahead on what a model needs, as long as `spare` says so; false while there is more to do, and then the model is built in a later turn.
 */
export type PrepareView = <V extends ViewName>(
  view: V,
  params: Views[V]["params"],
  spare: () => boolean,
) => boolean;

interface Subscription {
  readonly message: Subscribe;
  lastMs: number;
  dirty: boolean;
}

/**
 * Sends view models to one screen: only views it asked for, only after something moved, each at its own pace. `touch` marks all as
 * due; what is due too early goes out when its pace allows, so the last state of a burst always arrives.
 */
export class Publisher {
  private readonly subscriptions = new Map<number, Subscription>();
  private cancelTimer: (() => void) | null = null;
  private cancelTurn: (() => void) | null = null;

  constructor(
    private readonly build: BuildView,
    private readonly send: (message: FromDesk) => void,
    private readonly clock: Clock,
    private readonly prepare: PrepareView = () => true,
  ) {}

  subscribe(message: Subscribe): void {
    this.subscriptions.set(message.sub, { message, lastMs: Number.NEGATIVE_INFINITY, dirty: true });
    this.flush();
  }

  unsubscribe(sub: number): void {
    this.subscriptions.delete(sub);
  }

  /** Something moved. */
  touch(): void {
    for (const subscription of this.subscriptions.values()) subscription.dirty = true;
    this.flush();
  }

  /** A person did something: what changed by it shows without waiting for its pace. */
  touchNow(): void {
    for (const subscription of this.subscriptions.values()) {
      subscription.dirty = true;
      subscription.lastMs = Number.NEGATIVE_INFINITY;
    }
    this.flush();
  }

  stop(): void {
    this.cancelTimer?.();
    this.cancelTurn?.();
    this.subscriptions.clear();
  }

  private flush(): void {
    // The rest of an earlier flush is still to come: it takes this along.
    if (this.cancelTurn !== null) return;
    const began = this.clock.monotonicMs();
    const spare = () => this.clock.monotonicMs() - began < TURN_MS;
    const due = this.due(began);
    for (let k = 0; k < due.length; k++) {
      if (k > 0 && !spare()) return this.flushLater();
      if (!this.publish(due[k] as number, spare)) return this.flushLater();
    }
    this.waitForNext();
  }

  private flushLater(): void {
    this.cancelTurn = this.clock.after(0, () => {
      this.cancelTurn = null;
      this.flush();
    });
  }

  /** What is due now, most pressing first, then what waited longest. */
  private due(nowMs: number): number[] {
    const due = [...this.subscriptions].filter(([, s]) => s.dirty && dueMs(s) <= nowMs);
    const rank = (s: Subscription): number => (FIRST.has(s.message.view) ? 0 : 1);
    due.sort(([a, x], [b, y]) => rank(x) - rank(y) || ascending(dueMs(x), dueMs(y)) || a - b);
    return due.map(([sub]) => sub);
  }

  /** False where its preparations took the rest of the turn. */
  private publish(sub: number, spare: () => boolean): boolean {
    const subscription = this.subscriptions.get(sub);
    if (subscription === undefined) return true;
    const { view, params } = subscription.message;
    if (!this.prepare(view, params, spare)) return false;
    subscription.dirty = false;
    subscription.lastMs = this.clock.monotonicMs();
    const model = this.build(view, params);
    if (model) this.send({ t: "view", sub, view, model } as FromDesk);
    return true;
  }

  private waitForNext(): void {
    if (this.cancelTimer !== null) return;
    let soonest = Number.POSITIVE_INFINITY;
    for (const s of this.subscriptions.values()) if (s.dirty) soonest = Math.min(soonest, dueMs(s));
    if (soonest === Number.POSITIVE_INFINITY) return;
    this.cancelTimer = this.clock.after(Math.max(1, soonest - this.clock.monotonicMs()), () => {
      this.cancelTimer = null;
      this.flush();
    });
  }
}

const dueMs = (s: Subscription): number => s.lastMs + PACE_MS[s.message.view];

/** Two that never were sent are both due since ever: their difference is none. */
const ascending = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
