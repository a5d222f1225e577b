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

  constructor(
    private readonly build: BuildView,
    private readonly send: (message: FromDesk) => void,
    private readonly clock: Clock,
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
    this.subscriptions.clear();
  }

  private flush(): void {
    const now = this.clock.monotonicMs();
    let soonest = Number.POSITIVE_INFINITY;
    for (const [sub, subscription] of this.subscriptions) {
      if (!subscription.dirty) continue;
      const wait = subscription.lastMs + PACE_MS[subscription.message.view] - now;
      if (wait > 0) {
        soonest = Math.min(soonest, wait);
        continue;
      }
      const { view, params } = subscription.message;
      const model = this.build(view, params);
      subscription.dirty = false;
      subscription.lastMs = now;
      if (model) this.send({ t: "view", sub, view, model } as FromDesk);
    }
    if (soonest === Number.POSITIVE_INFINITY || this.cancelTimer) return;
    this.cancelTimer = this.clock.after(soonest, () => {
      this.cancelTimer = null;
      this.flush();
    });
  }
}
