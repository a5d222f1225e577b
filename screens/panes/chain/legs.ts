import {
  expiryLabel,
  formatStrike,
  type Instrument,
  type InstrumentId,
  type IsoDay,
  type Leg,
  MarketError,
  reduceLegs,
} from "../../../engines/market/index.ts";
import type { Draft, PackageView } from "../../../src/desk/protocol.ts";
import { type Want, want } from "../../app/pane.ts";
import type { Canvas, Span } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { signRole } from "../../theme/theme.ts";

/** Lines of the strip below the chain while it has legs. */
export const STRIP_ROWS = 2;
/** Largest ratio that a key may reach: beyond it a finger lies on the key. */
const MOST = 99;

/** Legs put together at the cursor, one list for each underlying; what they are worth together comes from the desk. */
export class LegsBuilder {
  readonly #legs = new Map<string, Leg[]>();
  #underlying = "";
  #view: PackageView | null = null;

  /** The chain shows this underlying now. */
  follow(underlying: InstrumentId): void {
    if (underlying === this.#underlying) return;
    this.#underlying = underlying;
    this.#view = null;
  }

  get legs(): readonly Leg[] {
    return this.#legs.get(this.#underlying) ?? [];
  }
  get view(): PackageView | null {
    return this.legs.length === 0 ? null : this.#view;
  }

  wants(): readonly Want[] {
    if (this.legs.length === 0) return [];
    return [
      want("package", { legs: this.legs }, (model) => {
        this.#view = model;
      }),
    ];
  }

  /** One more (or fewer) of a contract; a leg that comes to nothing goes. */
  add(instrument: InstrumentId, by: 1 | -1): void {
    const before = this.legs.find((l) => l.instrument === instrument)?.ratio ?? 0;
    const ratio = Math.max(-MOST, Math.min(MOST, before + by));
    const others = this.legs.filter((l) => l.instrument !== instrument);
    const changed = this.legs.map((l) => (l.instrument === instrument ? { instrument, ratio } : l));
    this.#set(before === 0 ? [...others, { instrument, ratio }] : ratio === 0 ? others : changed);
  }

  /** Takes the last leg away; false when there is none. */
  dropLast(): boolean {
    const had = this.legs.length > 0;
    this.#set(this.legs.slice(0, -1));
    return had;
  }

  clear(): boolean {
    const had = this.legs.length > 0;
    this.#set([]);
    return had;
  }

  ratioOf(instrument: InstrumentId | undefined): number {
    return this.legs.find((l) => l.instrument === instrument)?.ratio ?? 0;
  }

  /** The legs as a ticket's draft: one unit in lowest terms, as many of it as the ratios have in common. */
  draft(): Draft | null {
    try {
      const { legs, units } = reduceLegs(this.legs);
      return {
        legs,
        side: "buy",
        purpose: "auto",
        qty: units > 1 ? { by: "count", n: units } : null,
        price: null,
        tif: "day",
        from: null,
      };
    } catch (error) {
      if (error instanceof MarketError) return null;
      throw error;
    }
  }

  #set(legs: readonly Leg[]): void {
    this.#legs.set(this.#underlying, [...legs]);
    if (legs.length === 0) this.#view = null;
  }
}

/** `760 C`, with its expiry where the legs have several. */
const nameOf = (i: Instrument | undefined, several: boolean, today: IsoDay): string => {
  if (i === undefined) return "?";
  if (i.kind !== "option") return i.symbol;
  return `${several ? `${expiryLabel(i.expiry, today)} ` : ""}${formatStrike(i.strike)} ${i.type}`;
};

/** The strip: legs and name above; net market, Δ, what it may lose and gain, and where it breaks even below. */
export function paintStrip(
  canvas: Canvas,
  builder: LegsBuilder,
  instrumentOf: (id: InstrumentId) => Instrument | undefined,
  today: IsoDay,
): void {
  const { s } = canvas.theme;
  const { view } = builder;
  const found = builder.legs.map((l) => ({ ratio: l.ratio, of: instrumentOf(l.instrument) }));
  const several = new Set(found.map(({ of }) => (of?.kind === "option" ? of.expiry : ""))).size > 1;
  const legs = found.map(({ ratio, of }) => `${f.signed(ratio)} ${nameOf(of, several, today)}`).join("  ");
  const name = view === null ? "" : `${view.units > 1 ? `${view.units} x ` : ""}${view.name}`;
  const x = canvas.text(1, 0, "legs ", s.dim);
  const end = canvas.cut(x, 0, canvas.w - x, legs, s.mine);
  canvas.spans(end, 0, [[`  ${name}`, s.title]]);
  if (view !== null) canvas.spans(1, 1, [...marketOf(canvas, view), ...endsOf(canvas, view)]);
}

function marketOf(canvas: Canvas, view: PackageView): Span[] {
  const { s } = canvas.theme;
  const { bid, mid, ask } = view.net;
  const price = (v: number | null): string => f.price(v, view.decimals);
  return [
    ["net ", s.dim],
    [price(bid), s.bid],
    [" | ", s.dim],
    [price(mid), s.text],
    [" | ", s.dim],
    [`${price(ask)}${mid !== null && mid < 0 ? " credit" : ""}`, s.ask],
    [`  Δ ${f.delta(view.deltaPerShare)}`, s[signRole(view.deltaPerShare)]],
  ];
}

function endsOf(canvas: Canvas, view: PackageView): Span[] {
  const { s, g } = canvas.theme;
  const about = view.modelled ? g.estimated : "";
  const price = (v: number): string => f.price(v, view.decimals);
  const most = (x: number | null, unbounded: boolean, sign: 1 | -1): string =>
    unbounded ? "unbounded" : x === null ? f.NONE : `${about}${price(Math.max(0, sign * x))}`;
  const evens = view.breakEvens.map((x) => `${about}${f.fixed(x, 2)}`).join(" ");
  return [
    [`  max loss ${most(view.maxLoss, view.maxLossUnbounded, -1)}`, view.maxLossUnbounded ? s.error : s.down],
    [`  gain ${most(view.maxGain, view.maxGainUnbounded, 1)}`, s.up],
    [`  break-even ${evens === "" ? f.NONE : evens}`, s.text],
    [view.horizon === null ? "" : `  at ${view.horizon}`, s.dim],
    [view.reason === null ? "" : `  ${view.reason}`, s.warn],
    ["  p ticket", s.key],
  ];
}
