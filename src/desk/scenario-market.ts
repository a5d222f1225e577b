import type { InstrumentId, OptionInstrument } from "../../engines/market/index.ts";
import { flatCarry, type VolAnswer, type VolProvider } from "../../engines/pricing/index.ts";
import type { ScenarioHolding, ScenarioSource } from "../../engines/scenario/index.ts";
import type { ViewContext } from "./views/context.ts";

const NO_VOL: VolAnswer = { sigma: null, source: "none", ageUs: null };

interface Smile {
  readonly lnK: readonly number[];
  readonly sigma: readonly number[];
}

/** What the scenario engine prices the desk's book in: spots, own vols, the curve's carry, and the smile of each expiry's own quotes. */
export function scenarioMarket(context: ViewContext): ScenarioSource {
  const { desk, nowUs } = context;
  const source = context.source();
  const instrumentOf = (id: InstrumentId) => {
    const slot = desk.slot(id);
    return slot === null ? undefined : desk.instruments[slot];
  };
  const { facts } = context.facts.valuer;
  const carries = flatCarry(
    {
      spot: (u) => source.spot(u),
      rate: (u, years) => facts.rate(instrumentOf(u)?.ccy ?? context.facts.baseCcy, years).value,
      dividendYield: (u) => facts.dividendYield(instrumentOf(u)?.symbol ?? "").value,
    },
    nowUs,
  );
  const smiles = new Map<string, Smile>();
  const smileOf = (o: OptionInstrument): Smile => {
    const key = `${o.symbol} ${o.expiryUs}`;
    let smile = smiles.get(key);
    if (smile === undefined) {
      smile = ownSmile(context, o);
      smiles.set(key, smile);
    }
    return smile;
  };
  const vols: VolProvider = {
    vol: (o) => {
      const vol = source.value(o)?.vol ?? null;
      if (vol === null) return NO_VOL;
      const from = vol.source === "own quote" ? "ownQuote" : "previous";
      return { sigma: vol.sigma, source: from, ageUs: vol.ageUs };
    },
    volAt: (o, K) => {
      const sigma = interpolate(smileOf(o), Math.log(K));
      return sigma === null ? NO_VOL : { sigma, source: "surface", ageUs: null };
    },
  };
  return { nowUs, spot: (id) => source.spot(id)?.price ?? null, vols, carries };
}

/** The book's open positions at their marks; all of them, or those on one underlying. */
export function scenarioHoldings(context: ViewContext, underlying: InstrumentId | null): ScenarioHolding[] {
  const value = context.value();
  const source = context.source();
  return value.positions
    .filter((p) => p.qty !== 0 && (underlying === null || p.underlying === underlying))
    .map((p) => ({
      id: p.key,
      instrument: p.instrument,
      qty: p.qty,
      fx: p.ccy === value.base ? 1 : source.fx(p.ccy),
      mark: p.mark.price,
    }));
}

/** Vols of the out-of-the-money options of an expiry by ln of strike: puts below the spot, calls from it on. */
function ownSmile(context: ViewContext, like: OptionInstrument): Smile {
  const source = context.source();
  const spot = source.spot(like.underlying)?.price ?? null;
  const points: { lnK: number; sigma: number }[] = [];
  if (spot !== null)
    for (const i of context.desk.instruments) {
      if (i.kind !== "option" || i.expiryUs !== like.expiryUs || i.underlying !== like.underlying) continue;
      if (i.symbol !== like.symbol || (i.type === "P") !== i.strike < spot) continue;
      const sigma = source.value(i)?.vol?.sigma;
      if (sigma !== undefined) points.push({ lnK: Math.log(i.strike), sigma });
    }
  points.sort((a, b) => a.lnK - b.lnK);
  return { lnK: points.map((p) => p.lnK), sigma: points.map((p) => p.sigma) };
}

/** Straight between quoted strikes, flat beyond them; null without any. */
function interpolate({ lnK, sigma }: Smile, x: number): number | null {
  const n = lnK.length;
  if (n === 0) return null;
  const above = lnK.findIndex((k) => k >= x);
  if (above === 0) return sigma[0] as number;
  if (above < 0) return sigma[n - 1] as number;
  const low = lnK[above - 1] as number;
  const share = (x - low) / ((lnK[above] as number) - low);
  return (sigma[above - 1] as number) * (1 - share) + (sigma[above] as number) * share;
}
