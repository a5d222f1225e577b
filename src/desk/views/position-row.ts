import type { PositionRow } from "../protocol.ts";

const DEPTH: Readonly<Record<PositionRow["kind"], number>> = {
  underlying: 0,
  book: 0,
  structure: 1,
  position: 1,
  leg: 2,
};

/** A row of which nothing is known yet but what it is. */
export function emptyRow(
  key: string,
  kind: PositionRow["kind"],
  parent: string | null,
  label: string,
  ccy: string,
): PositionRow {
  return {
    key,
    kind,
    depth: DEPTH[kind],
    parent,
    label,
    slot: null,
    underlying: null,
    qty: null,
    avg: null,
    bid: null,
    ask: null,
    mid: null,
    mark: null,
    markSource: null,
    quality: null,
    estimated: false,
    stale: false,
    ageUs: null,
    theo: null,
    iv: null,
    value: null,
    dayPnl: null,
    dayPnlReason: null,
    pnl: null,
    realised: null,
    unrealised: null,
    delta: null,
    gamma: null,
    theta: null,
    vega: null,
    dollarDelta: null,
    dollarGamma1pct: null,
    betaDollarDelta: null,
    split: null,
    ccy,
    decimals: 2,
  };
}
