import type { VenueContext } from "../context.ts";
import type { Hub, Sink } from "../hub.ts";
import type { MarketEvent, Product } from "../market/types.ts";
import type { EventWriter } from "./event-writer.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** The channel that an event goes out on. */
export function channelOf(event: MarketEvent): string {
  if (event.kind === "bar") return event.span === "day" ? "dailyBars" : "bars";
  return event.kind === "quote" ? "quotes" : "trades";
}

/** Channels by what they need of the hub. */
const NEEDS = {
  quotes: ["quotes", "orderbooks"],
  trades: ["trades"],
  bars: ["bars", "dailyBars"],
} as const satisfies Partial<Record<keyof Hub, readonly string[]>>;

/** Keeps the hub's interests in step with a socket's subscriptions. */
export class Following {
  constructor(
    private readonly context: VenueContext,
    private readonly subs: Subscriptions,
    private readonly writer: EventWriter,
    private readonly sink: Sink,
  ) {}

  wants(channel: string, p: Product): boolean {
    const set = this.subs.of(channel);
    return set.size > 0 && (set.has("*") || set.has(this.writer.symbolOf(p)));
  }

  /** `lingerMs`: how much longer data comes for what was given up; null for not at all. */
  change(before: ReadonlyMap<string, ReadonlySet<string>>, lingerMs: number | null): void {
    for (const [interest, channels] of Object.entries(NEEDS) as [keyof typeof NEEDS, readonly string[]][])
      for (const channel of channels) {
        const was = before.get(channel) ?? new Set();
        const now = this.subs.of(channel);
        for (const symbol of now) if (!was.has(symbol)) this.set(interest, symbol, true);
        for (const symbol of was) if (!now.has(symbol)) this.leave(interest, symbol, lingerMs);
      }
  }

  private set(interest: keyof typeof NEEDS, symbol: string, on: boolean): void {
    for (const p of this.writer.products(symbol))
      if (on || !NEEDS[interest].some((c) => this.wants(c, p)))
        this.context.hub[interest].change(p, this.sink, on);
  }

  private leave(interest: keyof typeof NEEDS, symbol: string, lingerMs: number | null): void {
    if (lingerMs === null) return this.set(interest, symbol, false);
    this.writer.linger(symbol, true);
    this.context.clock.after(lingerMs, () => {
      this.writer.linger(symbol, false);
      this.set(interest, symbol, false);
    });
  }
}
