import { toldUs, type VenueContext } from "../context.ts";
import type { ActiveFault } from "../faults/faults.ts";
import type { Product } from "../market/types.ts";
import { timeOf } from "./messages.ts";
import type { DataStream } from "./stream.ts";
import type { WireObject } from "./values.ts";

/** Faults that are messages of their own: halts, corrections, cancelled trades, a client thrown out for being slow. */
export class Tampering {
  constructor(
    private readonly context: VenueContext,
    private readonly streams: () => readonly DataStream[],
  ) {}

  watch(): void {
    this.context.faults.onAdded((fault) => this.begin(fault));
    this.context.faults.onEnded((fault) => {
      if (fault.kind === "halt") this.halt(fault, false);
    });
  }

  private begin(fault: ActiveFault): void {
    if (fault.kind === "slowClient") for (const s of this.streams()) s.tooSlow();
    else if (fault.kind === "halt") this.halt(fault, true);
    else if (fault.kind === "correction") this.eachTraded((p) => this.corrected(p));
    else if (fault.kind === "cancelTrade") this.eachTraded((p) => this.cancelled(p));
  }

  private stocks(symbols: readonly string[]): readonly Product[] {
    const { market } = this.context;
    const all = market.listed.filter((p) => p.instrument.kind === "equity" || p.instrument.kind === "etf");
    return symbols.length === 0 ? all : all.filter((p) => symbols.includes(p.symbol));
  }

  private eachTraded(message: (p: Product) => WireObject | null): void {
    for (const stream of this.streams()) {
      if (stream.kind !== "stocks") continue;
      for (const p of this.stocks([])) {
        const m = message(p);
        if (m !== null) stream.say("trades", p, m);
      }
    }
  }

  private corrected(p: Product): WireObject | null {
    const nowUs = toldUs(this.context);
    const t = this.context.market.lastTrade(p, nowUs);
    if (t === null) return null;
    const better = Math.round((t.price + 0.01) * 100) / 100;
    const conditions = t.size < 100 ? ["@", "I"] : ["@"];
    const old = { oi: t.id, op: t.price, os: t.size, oc: conditions };
    const now = { ci: t.id + 1, cp: better, cs: t.size, cc: conditions };
    return { T: "c", S: p.symbol, x: "V", ...old, ...now, t: timeOf(nowUs), z: "C" };
  }

  private cancelled(p: Product): WireObject | null {
    const nowUs = toldUs(this.context);
    const t = this.context.market.lastTrade(p, nowUs);
    if (t === null) return null;
    return { T: "x", S: p.symbol, i: t.id, x: "V", p: t.price, s: t.size, a: "C", t: timeOf(nowUs), z: "C" };
  }

  private halt(fault: ActiveFault, begins: boolean): void {
    const t = timeOf(toldUs(this.context));
    const words = begins
      ? { sc: "H", sm: "Trading Halt", rc: "T12", rm: "Trading Halted; For information requested by NASDAQ" }
      : { sc: "T", sm: "Trading Resumption", rc: "", rm: "" };
    for (const stream of this.streams())
      if (stream.kind === "stocks")
        for (const p of this.stocks(fault.params["symbols"] as string[]))
          stream.say("statuses", p, { T: "s", S: p.symbol, ...words, t, z: "C" });
  }
}
