import { type Leg, reduceLegs } from "../market/index.ts";
import type { NetQuote } from "./package.ts";
import { type KnownLeg, type Side, signOf } from "./terms.ts";

/** What a broker takes as one order. */
export interface PackageRules {
  readonly maxLegs: number;
  readonly stockWithOptions: boolean;
}
/** One of the orders that a package goes out as: its legs in lowest terms, and how many of it one package holds. */
export interface PackagePart {
  readonly legs: readonly Leg[];
  readonly units: number;
}

const nameOf = ({ instrument: i }: KnownLeg): string => (i.kind === "option" ? i.underlying : i.id);

/**
 * The orders that a package goes out as (contracts section 6): one underlying each, stock apart where the broker takes none with options, at
 * most `maxLegs` each. Legs of one type and expiry stay together as far as they fit. What is bought goes before what is sold, so that
 * shorts come when their cover is there. One part: it goes out as it is.
 */
export function splitPackage(legs: readonly KnownLeg[], side: Side, rules: PackageRules): PackagePart[] {
  const groups = new Map<string, KnownLeg[]>();
  for (const leg of legs) {
    const apart = leg.instrument.kind !== "option" && !rules.stockWithOptions;
    const key = `${nameOf(leg)}${apart ? " spot" : ""}`;
    groups.set(key, [...(groups.get(key) ?? []), leg]);
  }
  const chunks = [...groups.values()].flatMap((group) => chunked(group, side, rules.maxLegs));
  const sold = (chunk: readonly KnownLeg[]) =>
    chunk.filter((leg) => signOf(side) * leg.ratio < 0).length / chunk.length;
  return chunks
    .toSorted((a, b) => sold(a) - sold(b))
    .map((chunk) => reduceLegs(chunk.map((leg) => ({ instrument: leg.instrument.id, ratio: leg.ratio }))));
}

/** At most `most` legs in each: bought legs each with the sold one of its type and expiry that is nearest in strike. */
function chunked(legs: readonly KnownLeg[], side: Side, most: number): KnownLeg[][] {
  if (legs.length <= most) return [[...legs]];
  const bought = legs.filter((leg) => signOf(side) * leg.ratio > 0);
  const left = legs.filter((leg) => !bought.includes(leg));
  const line = bought.flatMap((leg) => {
    const mate = nearest(leg, left);
    if (mate === null || most < 2) return [leg];
    left.splice(left.indexOf(mate), 1);
    return [leg, mate];
  });
  const ordered = [...line, ...left];
  const chunks: KnownLeg[][] = [];
  for (let i = 0; i < ordered.length; i += most) chunks.push(ordered.slice(i, i + most));
  return chunks;
}

function nearest(leg: KnownLeg, others: readonly KnownLeg[]): KnownLeg | null {
  const { instrument: o } = leg;
  if (o.kind !== "option") return null;
  let best: KnownLeg | null = null;
  let away = Number.POSITIVE_INFINITY;
  for (const other of others) {
    const { instrument: p } = other;
    if (p.kind !== "option" || p.type !== o.type || p.expiryUs !== o.expiryUs) continue;
    if (Math.abs(p.strike - o.strike) >= away) continue;
    best = other;
    away = Math.abs(p.strike - o.strike);
  }
  return best;
}

/** A part's market and what one package holds of it, in multiples of the package's own unit. */
export interface PricedPart {
  readonly net: NetQuote;
  /** Units of underlying per share price of the part x parts in a package / those of the package. */
  readonly weight: number;
}

/**
 * Limits of the parts from the package's: each part's mid, and of what the limit gives on the package's mid a share by the part's spread.
 * Not on a grid yet. Null where a part has no two-sided market.
 */
export function splitLimit(limit: number, parts: readonly PricedPart[]): number[] | null {
  const mids: number[] = [];
  let [mid, spread] = [0, 0];
  for (const { net, weight } of parts) {
    if (net.mid === null || net.spread === null) return null;
    mids.push(net.mid);
    mid += net.mid * weight;
    spread += net.spread * weight;
  }
  const given = limit - mid;
  return parts.map(({ net, weight }, i) => {
    const share = spread > 0 ? ((net.spread as number) * weight) / spread : 1 / parts.length;
    return (mids[i] as number) + (given * share) / weight;
  });
}
