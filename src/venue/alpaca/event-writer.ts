import type { VenueContext } from "../context.ts";
import type { MarketEvent, Product } from "../market/types.ts";
import type { Feed } from "./feeds.ts";
import { streamMessage } from "./messages.ts";
import { Nanos, type WireObject } from "./values.ts";

/** The symbol that answers day and night on the test stream; it stands for SPY. */
const TEST_SYMBOL = "FAKEPACA";
const TEST_FOR = "SPY";
/** First integer that a double cannot hold with its neighbours. */
const BIG_ID = 9_007_199_254_740_993n;

/** Turns events into messages of a feed, with the faults of values: odd ids, empty words, late and skewed times. */
export class EventWriter {
  private readonly lingering = new Set<string>();
  private late: { due: number; message: WireObject }[] = [];
  private bigIds = 0n;

  constructor(
    private readonly context: VenueContext,
    private readonly feed: Feed,
    private readonly path: string,
  ) {}

  /** Products behind a subscribed symbol; `*` is everything of the feed's kind. */
  products(symbol: string): readonly Product[] {
    const { market } = this.context;
    if (symbol === "*") return this.everything();
    const product = market.bySymbol(this.feed.name === "test" && symbol === TEST_SYMBOL ? TEST_FOR : symbol);
    return product !== null && this.carries(product) ? [product] : [];
  }

  private everything(): readonly Product[] {
    const { market } = this.context;
    if (this.feed.kind !== "options") return market.listed.filter((p) => this.carries(p));
    return market.listed.flatMap((p) => market.chain(p)).filter((p) => this.carries(p));
  }

  private carries(p: Product): boolean {
    const { kind, id } = p.instrument;
    if (this.feed.kind === "options")
      return kind === "option" && (p.base?.instrument.kind === "equity" || p.base?.instrument.kind === "etf");
    if (this.feed.kind === "crypto") return kind === "crypto" && !id.includes("PERPETUAL");
    return this.feed.kind === "stocks" && (kind === "equity" || kind === "etf");
  }

  symbolOf(p: Product): string {
    return this.feed.name === "test" ? TEST_SYMBOL : p.symbol;
  }

  linger(symbol: string, on: boolean): void {
    if (on) this.lingering.add(symbol);
    else this.lingering.delete(symbol);
  }
  lingers(p: Product): boolean {
    return this.lingering.size > 0 && (this.lingering.has(p.symbol) || this.lingering.has("*"));
  }

  /** Null when the message comes later. `also` takes what goes before it. */
  message(event: MarketEvent, also: (message: WireObject) => void): WireObject | null {
    const { faults, chance, clock } = this.context;
    const plain = streamMessage(event, this.symbolOf(event.product), this.feed);
    if (faults.list().length === 0) return plain;
    if (faults.take("unknownType", this.path) !== null)
      also({ T: "zz", S: plain["S"], k: [1, { deep: true }] });
    const message = this.odd(plain);
    const lateness = event.kind === "trade" ? faults.take("lateTrades", this.path) : null;
    if (lateness === null || chance() >= (lateness.params["share"] as number)) return message;
    this.late.push({ due: clock.monotonicMs() + (lateness.params["ms"] as number), message });
    return null;
  }

  private odd(plain: WireObject): WireObject {
    const { faults } = this.context;
    let message: WireObject = plain;
    const skew = faults.take("clockSkew", this.path)?.params["ms"] as number | undefined;
    if (skew !== undefined && plain["t"] instanceof Nanos)
      message = { ...message, t: new Nanos(plain["t"].us + Math.round(skew * 1000), plain["t"].ns) };
    if (plain["i"] !== undefined && faults.take("bigIds", this.path) !== null)
      message = { ...message, i: BIG_ID + 2n * this.bigIds++ };
    if (faults.take("emptyWords", this.path) !== null) message = emptied(message);
    if (faults.take("unknownKeys", this.path) !== null)
      message = { ...message, r: new Nanos(0, 1), nw: { a: [1, "two", null] }, zzz: 1.5 };
    return message;
  }

  /** Late messages that are due. */
  extras(): WireObject[] {
    if (this.late.length === 0) return [];
    const nowMs = this.context.clock.monotonicMs();
    const due = this.late.filter((l) => l.due <= nowMs).map((l) => l.message);
    this.late = this.late.filter((l) => l.due > nowMs);
    return due;
  }
}

function emptied(message: WireObject): WireObject {
  const out: Record<string, WireObject[string]> = { ...message };
  for (const key of ["x", "bx", "ax", "z", "tks"]) if (out[key] !== undefined) out[key] = "";
  if (Array.isArray(out["c"])) out["c"] = [""];
  else if (typeof out["c"] === "string") out["c"] = "";
  return out;
}
