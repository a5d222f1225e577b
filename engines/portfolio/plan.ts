/** What a valuation walks over, worked out once per change of the ledger instead of once per frame. */
import type { Instrument, InstrumentId } from "../market/index.ts";
import { underlyingOf } from "./events.ts";
import type { Money } from "./exact.ts";
import { type Allocation, instrumentOf, type Ledger, type Position, type StructureState } from "./state.ts";
import { commonMultiplier, netEntry, ungrouped, unitsOf } from "./structures.ts";

/** The smallest thing that is valued: a position's share in one structure leg, or its ungrouped rest. */
export interface Leaf {
  readonly holding: Allocation;
  /** Base value of open capital at trade FX and FX gains of closed capital; the ungrouped rest carries them. */
  readonly carriesBase: boolean;
  readonly structure: string | null;
  readonly leg: number;
  /** Nothing held, booked or carried: every figure is 0. */
  readonly empty: boolean;
}
/** One position of the walk. */
export interface PlanRow {
  readonly position: Position;
  readonly instrument: Instrument;
  /** Index into `instruments`. */
  readonly at: number;
  readonly underlying: InstrumentId;
  /** Base value of the open lots at the FX rates of their trades; null where one was unknown. */
  readonly costBase: Money | null;
  /** Multiplier of the contract that was held when the session opened; it may have been adjusted since. */
  readonly openMultiplier: number;
  readonly leaves: readonly Leaf[];
  /** Nothing held and nothing booked in this session. */
  readonly idle: boolean;
}
/** One structure of the walk. */
export interface PlanStructure {
  readonly state: StructureState;
  readonly underlying: InstrumentId | null;
  readonly units: number;
  readonly loose: readonly number[];
  readonly netEntry: number | null;
  readonly multiplier: number | null;
}
/** The walk; valid while `version` is the ledger's. */
export interface ValuationPlan {
  readonly version: number;
  readonly ledger: Ledger;
  readonly instruments: readonly Instrument[];
  readonly rows: readonly PlanRow[];
  readonly underlyings: readonly InstrumentId[];
  readonly structures: readonly PlanStructure[];
}

function costBaseOf(p: Position): Money | null {
  let sum = 0;
  for (const l of p.lots) {
    if (l.costBase === null) return null;
    sum += l.costBase;
  }
  return sum as Money;
}

function isEmpty(a: Allocation): boolean {
  return (
    a.qty === 0 && a.cost === 0 && a.realised === 0 && a.realisedBase === 0 && a.openQty === 0 && a.flow === 0
  );
}

function leavesOf(l: Ledger, p: Position): Leaf[] {
  const leaves: Leaf[] = [];
  for (const s of l.books.structures.values()) {
    if (s.account !== p.account || s.strategy !== p.strategy) continue;
    s.allocations.forEach((a, leg) => {
      if (a.instrument === p.instrument) {
        leaves.push({ holding: { ...a }, carriesBase: false, structure: s.id, leg, empty: isEmpty(a) });
      }
    });
  }
  const rest = ungrouped(l.books, p);
  const carries = p.ccy !== l.books.base || p.dividends !== 0 || p.day.dividends !== 0;
  leaves.push({
    holding: rest,
    carriesBase: true,
    structure: null,
    leg: -1,
    empty: isEmpty(rest) && !carries,
  });
  return leaves;
}

function isIdle(p: Position, leaves: readonly Leaf[]): boolean {
  return p.qty === 0 && p.day.openQty === 0 && p.day.flow === 0 && leaves.every((x) => x.holding.qty === 0);
}

function planStructure(l: Ledger, s: StructureState): PlanStructure {
  const find = (id: InstrumentId) => instrumentOf(l.lookup, id);
  const names = new Set(s.legs.map((leg) => underlyingOf(find(leg.instrument))));
  return {
    state: s,
    underlying: names.size === 1 ? ([...names][0] as InstrumentId) : null,
    ...unitsOf(s),
    netEntry: netEntry(s, find),
    multiplier: commonMultiplier(s.legs, find),
  };
}

/** Plan for the ledger as it is now; make a new one when `ledger.version` differs. */
export function planBook(l: Ledger): ValuationPlan {
  const instruments: Instrument[] = [];
  const index = new Map<InstrumentId, number>();
  const rows: PlanRow[] = [];
  const underlyings = new Set<InstrumentId>();
  for (const position of l.books.positions.values()) {
    const instrument = instrumentOf(l.lookup, position.instrument);
    let at = index.get(instrument.id);
    if (at === undefined) {
      at = instruments.push(instrument) - 1;
      index.set(instrument.id, at);
    }
    const underlying = underlyingOf(instrument);
    underlyings.add(underlying);
    const leaves = leavesOf(l, position);
    const idle = isIdle(position, leaves);
    const openMultiplier = l.lookup(position.day.openInstrument)?.multiplier ?? instrument.multiplier;
    rows.push({
      position,
      instrument,
      at,
      underlying,
      costBase: costBaseOf(position),
      openMultiplier,
      leaves,
      idle,
    });
  }
  const structures = [...l.books.structures.values()].map((s) => planStructure(l, s));
  return { version: l.version, ledger: l, instruments, rows, underlyings: [...underlyings], structures };
}
