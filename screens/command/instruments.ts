import {
  expiryLabel,
  formatStrike,
  type Instrument,
  type InstrumentId,
  type IsoDay,
  isoToDay,
  type OptionInstrument,
  type OptionType,
  type Slot,
} from "../../engines/market/index.ts";

export interface Listed<I extends Instrument = Instrument> {
  readonly slot: Slot;
  readonly instrument: I;
}

/** The contracts of one root and one expiry date. */
export interface Expiry {
  readonly iso: IsoDay;
  /** Calendar days from the session's day. */
  readonly days: number;
  readonly label: string;
  /** Ascending, of either type. */
  readonly strikes: readonly number[];
  readonly C: ReadonlyMap<number, Listed<OptionInstrument>>;
  readonly P: ReadonlyMap<number, Listed<OptionInstrument>>;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] as const;

/** `15 Jan 2016` */
export function spelledDay(iso: string): string {
  const [year = "", month = "1", day = "1"] = iso.split("-");
  const name = MONTHS[Number(month) - 1] ?? "?";
  return `${Number(day)} ${name.charAt(0).toUpperCase()}${name.slice(1)} ${year}`;
}

/** What an expiry word asks for: a date with or without its year, or a number of days. */
export type ExpiryWish =
  | { readonly kind: "date"; readonly day: number; readonly month: number; readonly year: number | null }
  | { readonly kind: "days"; readonly days: number };

/** `15jan`, `15jan16`, `15jan2016`, `2016-01-15`, `22d`; null when the word is none of these. */
export function expiryWish(word: string): ExpiryWish | null {
  const days = /^(\d{1,4})d$/.exec(word);
  if (days) return { kind: "days", days: Number(days[1]) };
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(word);
  if (iso) return { kind: "date", year: Number(iso[1]), month: Number(iso[2]), day: Number(iso[3]) };
  const date = /^(\d{1,2})([a-z]{3})(\d{2}|\d{4})?$/.exec(word);
  const month = date ? MONTHS.indexOf(date[2] as (typeof MONTHS)[number]) + 1 : 0;
  if (!date || month === 0) return null;
  const year = date[3] === undefined ? null : Number(date[3]) + (date[3].length === 2 ? 2000 : 0);
  return { kind: "date", day: Number(date[1]), month, year };
}

/** The values nearest to one, at most `count`, ascending. */
export function nearestOf(values: readonly number[], to: number, count = 2): number[] {
  return values
    .toSorted((a, b) => Math.abs(a - to) - Math.abs(b - to))
    .slice(0, count)
    .sort((a, b) => a - b);
}

interface Root {
  readonly name: string;
  readonly expiries: Expiry[];
}

/** All that a command line may name, found by the words a trader uses. Built once for a set of instruments. */
export class InstrumentIndex {
  readonly #spots = new Map<string, Listed>();
  readonly #roots = new Map<string, Root>();
  readonly #bySlot = new Map<Slot, Listed>();

  constructor(
    listed: Iterable<Listed>,
    readonly today: IsoDay,
  ) {
    const building = new Map<
      string,
      Map<IsoDay, { C: Map<number, Listed<OptionInstrument>>; P: Map<number, Listed<OptionInstrument>> }>
    >();
    for (const entry of listed) {
      const { instrument, slot } = entry;
      this.#bySlot.set(slot, entry);
      const key = instrument.symbol.toUpperCase();
      if (instrument.kind !== "option") {
        this.#spots.set(key, entry);
        continue;
      }
      let root = building.get(key);
      if (!root) building.set(key, (root = new Map()));
      let of = root.get(instrument.expiry);
      if (!of) root.set(instrument.expiry, (of = { C: new Map(), P: new Map() }));
      of[instrument.type].set(instrument.strike, { slot, instrument });
    }
    const now = isoToDay(today);
    for (const [name, expiries] of building) {
      this.#roots.set(name, {
        name,
        expiries: [...expiries]
          .map(([iso, { C, P }]) => ({
            iso,
            days: isoToDay(iso) - now,
            label: expiryLabel(iso, today),
            strikes: [...new Set([...C.keys(), ...P.keys()])].sort((a, b) => a - b),
            C,
            P,
          }))
          .sort((a, b) => a.days - b.days),
      });
    }
  }

  get symbols(): readonly string[] {
    return [...new Set([...this.#spots.keys(), ...this.#roots.keys()])].sort();
  }
  has(symbol: string): boolean {
    const key = symbol.toUpperCase();
    return this.#spots.has(key) || this.#roots.has(key);
  }
  spot(symbol: string): Listed | undefined {
    return this.#spots.get(symbol.toUpperCase());
  }
  slotOf(id: InstrumentId): Slot | null {
    for (const [slot, listed] of this.#bySlot) if (listed.instrument.id === id) return slot;
    return null;
  }
  at(slot: Slot): Listed | undefined {
    return this.#bySlot.get(slot);
  }
  /** Roots that have options, in order. */
  get roots(): readonly string[] {
    return [...this.#roots.keys()].sort();
  }
  expiries(root: string): readonly Expiry[] {
    return this.#roots.get(root.toUpperCase())?.expiries ?? [];
  }
  expiry(root: string, iso: IsoDay): Expiry | undefined {
    return this.expiries(root).find((e) => e.iso === iso);
  }

  /** The listed expiry that a word means: the next such date, or the one nearest in days; null when there is none. */
  findExpiry(root: string, wish: ExpiryWish): Expiry | null {
    const all = this.expiries(root);
    if (wish.kind === "days") {
      let best: Expiry | null = null;
      for (const e of all) {
        if (best === null || Math.abs(e.days - wish.days) < Math.abs(best.days - wish.days)) best = e;
      }
      return best;
    }
    const found = all.filter((e) => {
      const [year, month, day] = e.iso.split("-").map(Number);
      return day === wish.day && month === wish.month && (wish.year === null || wish.year === year);
    });
    return found.find((e) => e.days >= 0) ?? found[0] ?? null;
  }

  contract(
    root: string,
    iso: IsoDay,
    strike: number,
    type: OptionType,
  ): Listed<OptionInstrument> | undefined {
    return this.expiry(root, iso)?.[type].get(strike);
  }
}

/** A contract in words that the grammar reads back: `GOOG 15 Jan 2016 760 call`, `GOOG`. */
export function spelled(instrument: Instrument): string {
  if (instrument.kind !== "option") return instrument.symbol;
  const type = instrument.type === "C" ? "call" : "put";
  return `${instrument.symbol} ${spelledDay(instrument.expiry)} ${formatStrike(instrument.strike)} ${type}`;
}

export interface InstrumentSource {
  slot(slot: Slot): { readonly slot: Slot; readonly instrument: Instrument } | undefined;
}

/** Slots are dense and never change their instrument, so an index stays good until one more is listed or the day changes. */
export class IndexCache {
  #index: InstrumentIndex | null = null;
  #count = 0;

  get(source: InstrumentSource, today: IsoDay): InstrumentIndex {
    const kept = this.#index;
    if (kept && kept.today === today && source.slot(this.#count as Slot) === undefined) return kept;
    const all: Listed[] = [];
    for (let i = 0; ; i++) {
      const info = source.slot(i as Slot);
      if (!info) break;
      all.push(info);
    }
    this.#count = all.length;
    this.#index = new InstrumentIndex(all, today);
    return this.#index;
  }
}
