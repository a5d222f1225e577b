/** Exchange rates of one moment. A pair is six letters, base then quote: `EURUSD` 1.0947 = dollars for one euro. */
export interface FxTable {
  /** ISO day. */
  readonly asOf: string;
  readonly source: string;
  readonly pairs: ReadonlyMap<string, number>;
}

/** A rate and the pairs it came from, for provenance. */
export interface FxRate {
  readonly rate: number;
  readonly via: readonly string[];
}

/**
 * Units of `to` for one unit of `from`: the pair, its inverse, or a cross over one common currency (EUR, USD, then any, by the
 * table's order). Null when the table joins them in no such way: a missing rate is never 1.
 */
export function fxRate(table: FxTable, from: string, to: string): FxRate | null {
  if (from === to) return { rate: 1, via: [] };
  const direct = leg(table, from, to);
  if (direct) return direct;
  for (const middle of middles(table)) {
    const a = middle === from || middle === to ? null : leg(table, from, middle);
    const b = a && leg(table, middle, to);
    if (a && b) return { rate: a.rate * b.rate, via: [...a.via, ...b.via] };
  }
  return null;
}

function leg(table: FxTable, from: string, to: string): FxRate | null {
  const straight = table.pairs.get(from + to);
  if (straight !== undefined) return { rate: straight, via: [from + to] };
  const inverse = table.pairs.get(to + from);
  return inverse === undefined ? null : { rate: 1 / inverse, via: [to + from] };
}

function middles(table: FxTable): string[] {
  const seen = new Set(["EUR", "USD"]);
  for (const pair of table.pairs.keys()) {
    seen.add(pair.slice(0, 3));
    seen.add(pair.slice(3));
  }
  return [...seen];
}
