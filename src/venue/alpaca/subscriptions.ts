import type { Plan } from "../plan.ts";
import type { Feed } from "./feeds.ts";
import { symbolLimit } from "./feeds.ts";

export type SubscribeError = 400 | 405 | 410 | 413;

/** What a socket is subscribed to: sets by channel, changed whole or not at all. */
export class Subscriptions {
  private sets: Map<string, Set<string>>;

  constructor(
    private readonly feed: Feed,
    private readonly plan: Plan,
  ) {
    this.sets = new Map(feed.channels.map((c) => [c, new Set<string>()]));
  }

  of(channel: string): ReadonlySet<string> {
    return this.sets.get(channel) ?? new Set();
  }

  /** Adds or takes away what a message names. The sets are unchanged when it is refused. */
  apply(message: Readonly<Record<string, unknown>>, adds: boolean): SubscribeError | null {
    const next = new Map([...this.sets].map(([c, s]) => [c, new Set(s)]));
    for (const [channel, symbols] of Object.entries(message)) {
      if (channel === "action") continue;
      const set = next.get(channel);
      if (set === undefined) {
        if (Array.isArray(symbols) && symbols.length === 0) continue;
        return 410;
      }
      if (!Array.isArray(symbols) || !symbols.every((s) => typeof s === "string" && s.length < 64))
        return 400;
      for (const symbol of symbols as string[]) {
        if (adds && symbol === "*" && this.feed.kind === "options" && channel === "quotes") return 413;
        if (adds) set.add(symbol);
        else set.delete(symbol);
      }
      if (adds && set.size > symbolLimit(this.feed, channel, this.plan)) return 405;
    }
    this.sets = next;
    return null;
  }

  /** The whole state, as the vendor acknowledges every change; corrections follow the trades. */
  ack(): Record<string, string[]> {
    const state: Record<string, string[]> = {};
    for (const [channel, set] of this.sets) state[channel] = [...set];
    if (this.feed.kind === "stocks") {
      state["corrections"] = [...this.of("trades")];
      state["cancelErrors"] = [...this.of("trades")];
      delete state["imbalances"];
    }
    return state;
  }
}
