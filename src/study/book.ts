import {
  buildInstrument,
  type Catalog,
  type Instrument,
  type InstrumentId,
  type IsoDay,
  type Micros,
  type OptionInstrument,
} from "../../engines/market/index.ts";
import type { BookEvent } from "../../engines/portfolio/index.ts";
import {
  bsmIv,
  type CarryAnswer,
  type CarryProvider,
  type VolAnswer,
  type VolProvider,
  yearFraction,
} from "../../engines/pricing/index.ts";
import {
  type CompatScenarios,
  positionScenariosCompat,
  type ScenarioHolding,
  type ScenarioSource,
} from "../../engines/scenario/index.ts";
import { surfaceCarry, surfaceVols, type VolSurface } from "../../engines/surface/index.ts";
import type { ChainRow } from "../../store/imports/chain.ts";
import { type ChainMarket, instrumentOf } from "./chain-market.ts";
import { surfaceOf } from "./surface.ts";

/** A chain with its surface: what positions on its underlying are priced from. */
export interface PricedChain {
  readonly market: ChainMarket;
  readonly surface: VolSurface;
  readonly underlying: InstrumentId | null;
  readonly rows: ReadonlyMap<string, { readonly row: ChainRow; readonly expiry: number }>;
}

const keyOf = (root: string, expiry: string, type: string, strike: number): string =>
  `${root} ${expiry} ${type} ${strike}`;

export function pricedChain(market: ChainMarket, catalog: Catalog, coin: boolean): PricedChain {
  const first = market.rows[0];
  const rows = new Map(
    market.rows.map((row, i) => [
      keyOf(row.root, row.expiry, row.type, row.strike),
      { row, expiry: market.at[i] as number },
    ]),
  );
  const made = first === undefined ? null : instrumentOf(catalog, first, coin, market.asOf);
  return { market, surface: surfaceOf(market, []), underlying: made?.underlying ?? null, rows };
}

/** Any instrument of the catalog, whether a chain quotes it or not. */
export function catalogLookup(catalog: Catalog, today: IsoDay) {
  return (id: InstrumentId): Instrument | undefined => {
    try {
      return buildInstrument(catalog, id, today);
    } catch {
      // No such thing in the catalog: the caller says so with file and line.
      return undefined;
    }
  };
}

/** A position of a portfolio file, with what the chains say of it. */
export interface BookPosition {
  readonly holding: ScenarioHolding;
  /** Average price paid or received, per share. */
  readonly basis: number;
  readonly bid: number | null;
  readonly ask: number | null;
  readonly chain: PricedChain | null;
}

const mid = (r: ChainRow): number | null =>
  r.bid !== null && r.ask !== null && r.bid > 0 && r.ask >= r.bid ? (r.bid + r.ask) / 2 : null;

/** Positions in order of the file, marked at the middle of two-sided quotes; unknown otherwise, never a guess. */
export function bookPositions(
  events: readonly BookEvent[],
  instruments: readonly Instrument[],
  chains: readonly PricedChain[],
  fx: (ccy: string) => number | null,
): BookPosition[] {
  const byId = new Map(instruments.map((i) => [i.id, i]));
  return events.flatMap((e): BookPosition[] => {
    if (e.kind !== "fill") return [];
    const instrument = byId.get(e.instrument);
    if (instrument === undefined) return [];
    const name = instrument.kind === "option" ? instrument.underlying : instrument.id;
    const chain = chains.find((c) => c.underlying === name) ?? null;
    const row = instrument.kind === "option" ? rowOf(chain, instrument) : null;
    const mark = instrument.kind === "option" ? row && mid(row) : (chain?.market.spot ?? null);
    const id = e.strategy === "" ? instrument.id : `${e.strategy}:${instrument.id}`;
    return [
      {
        holding: { id, instrument, qty: Number(e.qty), fx: fx(instrument.ccy), mark },
        basis: Number(e.price),
        bid: row?.bid ?? null,
        ask: row?.ask ?? null,
        chain,
      },
    ];
  });
}

const rowOf = (chain: PricedChain | null, o: OptionInstrument): ChainRow | null =>
  chain?.rows.get(keyOf(o.symbol, o.expiry, o.type, o.strike))?.row ?? null;

const NO_VOL: VolAnswer = { sigma: null, source: "none", ageUs: null };

/** What positions are priced in: each underlying by its own chain's surface, forwards and discounts. */
export function bookMarket(
  chains: readonly PricedChain[],
  nowUs: Micros,
  betaOf: (symbol: string) => number | null,
): ScenarioSource {
  const of = (underlying: InstrumentId): PricedChain | undefined =>
    chains.find((c) => c.underlying === underlying);
  const fitted = new Map(chains.map((c) => [c, surfaceVols(c.surface)]));
  const carry = (underlying: InstrumentId, expiryUs: Micros): CarryAnswer | null => {
    const chain = of(underlying);
    if (chain === undefined) return null;
    const own = surfaceCarry(chain.surface, underlying).carry(underlying, expiryUs);
    return own ?? assumedCarry(chain.market, expiryUs);
  };
  const vols: VolProvider = {
    vol: (o) => {
      const chain = of(o.underlying);
      return (chain && fitted.get(chain)?.vol(o)) ?? NO_VOL;
    },
    volAt: (o, K) => {
      const chain = of(o.underlying);
      return (chain && fitted.get(chain)?.volAt?.(o, K)) ?? NO_VOL;
    },
  };
  const carries: CarryProvider = { carry };
  const beta = (id: InstrumentId): number | null => {
    const chain = of(id);
    return chain === undefined ? null : betaOf(chain.market.symbol);
  };
  return { nowUs, spot: (id) => of(id)?.market.spot ?? null, vols, carries, beta };
}

/** Of an expiry that is not fitted: the discount of the nearest listed one's rate, no yield. */
function assumedCarry(market: ChainMarket, expiryUs: Micros): CarryAnswer | null {
  const { spot, chainUs, expiries } = market;
  if (spot === null) return null;
  const near = expiries.reduce<(typeof expiries)[number] | null>(
    (best, e) =>
      best === null || Math.abs(e.expiryUs - expiryUs) < Math.abs(best.expiryUs - expiryUs) ? e : best,
    null,
  );
  const [T, Tn] = [yearFraction(chainUs, expiryUs), near === null ? 0 : yearFraction(chainUs, near.expiryUs)];
  const rate = near !== null && Tn > 0 ? -Math.log(near.df) / Tn : 0;
  const df = Math.exp(-rate * T);
  return { F: spot / df, df, spot, source: "assumption", ageUs: null };
}

/** The original system's scenarios of one option position; null for anything else. */
export function compatScenariosOf(
  p: BookPosition,
  asOf: string,
  axes: {
    readonly spotPct: readonly number[];
    readonly volPts: readonly number[];
    readonly days: readonly number[];
  },
): CompatScenarios | null {
  const { instrument: o, qty, mark } = p.holding;
  if (o.kind !== "option") return null;
  const spot = p.chain?.market.spot ?? null;
  return positionScenariosCompat({
    symbol: o.symbol,
    contract_symbol: o.id,
    as_of: asOf,
    option_type: o.type === "C" ? "call" : "put",
    side: qty < 0 ? "short" : "long",
    contracts: Math.abs(qty),
    spot,
    strike: o.strike,
    expiry: o.expiry,
    mark,
    iv: vendorVol(p, o),
    basis: p.basis,
    r: 0,
    // Its axes are guessed by size: fractions stay fractions, and a vol move of a point or less would be taken for one.
    spot_moves_pct: axes.spotPct.map((x) => x / 100),
    iv_moves_pp: axes.volPts.map((x) => (Math.abs(x) <= 1 ? x / 100 : x)),
    days_forward: axes.days,
  });
}

/** The vol the chain's file gives, else what the mark implies at a rate of 0, as the original's model has it. */
function vendorVol(p: BookPosition, o: OptionInstrument): number | null {
  const given = rowOf(p.chain, o)?.iv ?? null;
  const market = p.chain?.market;
  if (given !== null || market === undefined || market.spot === null || p.holding.mark === null) return given;
  const T = yearFraction(market.chainUs, o.expiryUs);
  return bsmIv(o.type === "C" ? 1 : -1, p.holding.mark, market.spot, o.strike, T, 0, 0).sigma;
}
