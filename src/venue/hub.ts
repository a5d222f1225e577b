import type { Clock } from "../shell/clock.ts";
import type { Faults } from "./faults/faults.ts";
import type { MarketEvent, Product, Quote, VenueMarket } from "./market/types.ts";
import type { SessionClock } from "./session-clock.ts";

/** Somebody who is told of events. `flush` ends a round. */
export interface Sink {
  event(event: MarketEvent): void;
  flush(nowUs: number): void;
}

/** How often the market moves on, in wall time. */
export const ROUND_MS = 20;
/** Market time in one round; after a pause of the process the rest follows in the next rounds. */
const MOST_US = 5_000_000;
/** Wall time that a burst makes up for in one round. */
const MOST_BURST_MS = 500;
/** Minute bars come this long after their minute. */
const BAR_DELAY_US = 1_000_000;
const MINUTE_US = 60_000_000;

/** Who wants which events, by product. */
class Interest {
  private readonly sinks = new Map<Product, Set<Sink>>();

  change(product: Product, sink: Sink, wanted: boolean): void {
    let set = this.sinks.get(product);
    if (wanted) {
      if (set === undefined) this.sinks.set(product, (set = new Set()));
      set.add(sink);
    } else if (set?.delete(sink) && set.size === 0) this.sinks.delete(product);
  }

  products(): Iterable<Product> {
    return this.sinks.keys();
  }

  tell(event: MarketEvent, touched: Set<Sink>): void {
    for (const sink of this.sinks.get(event.product) ?? []) {
      sink.event(event);
      touched.add(sink);
    }
  }

  drop(sink: Sink): void {
    for (const [product, set] of this.sinks)
      if (set.delete(sink) && set.size === 0) this.sinks.delete(product);
  }

  get size(): number {
    return this.sinks.size;
  }
}

/** Moves the market on with the clock and hands its events to those who asked. */
export class Hub {
  readonly quotes = new Interest();
  readonly trades = new Interest();
  readonly bars = new Interest();
  /** Events handed on so far. */
  events = 0;
  private lastUs: number;
  private lastMs: number;
  private stopTimer: () => void = () => {};
  private running = true;
  private readonly rounds = new Set<(nowUs: number) => void>();

  constructor(
    private readonly market: VenueMarket,
    private readonly session: SessionClock,
    private readonly clock: Clock,
    private readonly faults: Faults,
    private readonly roundMs = ROUND_MS,
  ) {
    this.lastUs = session.nowUs();
    this.lastMs = clock.monotonicMs();
    this.schedule();
  }

  private schedule(): void {
    this.stopTimer = this.clock.after(this.roundMs, () => {
      if (!this.running) return;
      this.round();
      this.schedule();
    });
  }

  /** Called once in every round. */
  onRound(run: (nowUs: number) => void): () => void {
    this.rounds.add(run);
    return () => this.rounds.delete(run);
  }

  private round(): void {
    const fromUs = this.lastUs;
    const nowUs = Math.min(this.session.nowUs(), fromUs + MOST_US);
    this.lastUs = nowUs;
    const touched = new Set<Sink>();
    const wanted = { quotes: this.quotes.products(), trades: this.trades.products() };
    for (const event of this.market.advance(wanted, fromUs, nowUs)) this.tell(event, touched);
    this.barsOf(fromUs, nowUs, touched);
    const wallMs = this.clock.monotonicMs();
    if (this.faults.has("burst", ""))
      this.burst(nowUs, Math.min(MOST_BURST_MS, wallMs - this.lastMs), touched);
    this.lastMs = wallMs;
    for (const sink of touched) sink.flush(nowUs);
    for (const run of this.rounds) run(nowUs);
  }

  private tell(event: MarketEvent, touched: Set<Sink>): void {
    this.events++;
    const interest = event.kind === "quote" ? this.quotes : event.kind === "trade" ? this.trades : this.bars;
    interest.tell(event, touched);
  }

  private barsOf(fromUs: number, nowUs: number, touched: Set<Sink>): void {
    const minute = Math.floor((nowUs - BAR_DELAY_US) / MINUTE_US) * MINUTE_US;
    if (minute <= fromUs - BAR_DELAY_US || this.bars.size === 0) return;
    for (const product of this.bars.products()) {
      for (const bar of this.market.minuteBars(product, minute - MINUTE_US, minute))
        this.tell({ kind: "bar", product, bar, span: "minute" }, touched);
      const day = this.market.dailyBars(product, nowUs - 86_400_000_000, nowUs).at(-1);
      if (day !== undefined) this.tell({ kind: "bar", product, bar: day, span: "day" }, touched);
    }
  }

  /**
   * Repeats the present quotes of all that is wanted, with other sizes, at the rate of the fault. The last of each is the market's own: that is what
   * REST answers until it moves.
   */
  private burst(nowUs: number, elapsedMs: number, touched: Set<Sink>): void {
    const fault = this.faults.take("burst", "");
    const present: { product: Product; quote: Quote }[] = [];
    for (const product of this.quotes.products()) {
      const quote = this.market.quoteAt(product, nowUs);
      if (quote !== null) present.push({ product, quote });
    }
    if (fault === null || present.length === 0) return;
    const n = Math.round(((fault.params["rate"] as number) * elapsedMs) / 1000);
    for (let i = 0; i < n; i++) {
      const { product, quote } = present[i % present.length] as (typeof present)[number];
      const last = i + present.length >= n;
      const bidSize = quote.bidSize + (last ? 0 : 1 + (i % 7));
      this.tell({ kind: "quote", product, quote: { ...quote, us: nowUs, bidSize } }, touched);
    }
  }

  drop(sink: Sink): void {
    this.quotes.drop(sink);
    this.trades.drop(sink);
    this.bars.drop(sink);
  }

  stop(): void {
    this.running = false;
    this.stopTimer();
  }
}
