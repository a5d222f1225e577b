import type { Instrument, InstrumentId, OptionInstrument } from "../../../engines/market/index.ts";
import type { Desk } from "../../desk/desk.ts";
import type { Want } from "../../feeds/feed.ts";

/** What somebody looks at, besides what is held. */
export interface Looks {
  /** Most needed of all: by them a stream is known to be alive. */
  readonly canaries: readonly InstrumentId[];
  /** Legs of working orders. */
  readonly orders: readonly InstrumentId[];
  readonly watched: readonly InstrumentId[];
  /** Underlying and expiry of a chain on a screen, newest look first. */
  readonly chains: readonly { readonly underlying: InstrumentId; readonly expiry: string | null }[];
}

/**
 * Everything that shall be followed, most needed first (contracts section 8): the canaries, legs of working orders, positions, underlyings, what is watched,
 * the expiry that is looked at from at-the-money outwards, then the other expiries, near ones first.
 */
export function interest(desk: Desk, looks: Looks): Want[] {
  const wants = new Map<string, Want>();
  const add = (instrument: Instrument | undefined, why: Want["why"]): void => {
    if (instrument !== undefined && !wants.has(instrument.id)) wants.set(instrument.id, { instrument, why });
  };
  const of = (id: string): Instrument | undefined => desk.instruments[desk.slot(id) ?? -1];
  for (const id of looks.canaries) add(of(id), "canary");
  for (const id of looks.orders) add(of(id), "order");
  for (const p of desk.held.books.positions.values()) add(of(p.instrument), "position");
  for (const i of desk.instruments) if (i.kind !== "option") add(i, "underlying");
  for (const id of looks.watched) add(of(id), "watch");
  const options = desk.instruments.filter((i): i is OptionInstrument => i.kind === "option");
  const far = distances(desk, options);
  const looked = (o: OptionInstrument): number => {
    const at = looks.chains.findIndex(
      (c) => c.underlying === o.underlying && (c.expiry === null || expiryKey(o) === c.expiry),
    );
    return at < 0 ? looks.chains.length : at;
  };
  const rank = options.map((o) => ({ o, looked: looked(o), far: far.get(o.id) ?? Number.POSITIVE_INFINITY }));
  rank.sort(
    (a, b) =>
      a.looked - b.looked ||
      (a.looked < looks.chains.length ? 0 : a.o.expiryUs - b.o.expiryUs) ||
      a.far - b.far ||
      (a.o.id < b.o.id ? -1 : 1),
  );
  for (const { o, looked: seen } of rank) add(o, seen < looks.chains.length ? "chain" : "rest");
  return [...wants.values()];
}

const expiryKey = (o: OptionInstrument): string => `${o.symbol} ${o.expiryUs}`;

/** Distance of each strike from its underlying's price, as a fraction of it. */
function distances(desk: Desk, options: readonly OptionInstrument[]): Map<string, number> {
  const spots = new Map<string, number>();
  const out = new Map<string, number>();
  for (const o of options) {
    let spot = spots.get(o.underlying);
    if (spot === undefined) {
      const slot = desk.slot(o.underlying);
      spot = slot === null ? Number.NaN : desk.book.spot(slot);
      spots.set(o.underlying, spot);
    }
    if (spot > 0) out.set(o.id, Math.abs(o.strike / spot - 1));
  }
  return out;
}
