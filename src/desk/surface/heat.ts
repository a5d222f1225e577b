import { type Smile, volsAtDeltas } from "../../../engines/surface/index.ts";

/** Columns of the heat map: puts by delta from the wing inwards, the forward, calls outwards. */
export const HEAT_DELTAS: readonly { readonly title: string; readonly callDelta: number }[] = [
  { title: "5ΔP", callDelta: 0.95 },
  { title: "10ΔP", callDelta: 0.9 },
  { title: "15ΔP", callDelta: 0.85 },
  { title: "25ΔP", callDelta: 0.75 },
  { title: "35ΔP", callDelta: 0.65 },
  { title: "ATM", callDelta: Number.NaN },
  { title: "35ΔC", callDelta: 0.35 },
  { title: "25ΔC", callDelta: 0.25 },
  { title: "15ΔC", callDelta: 0.15 },
  { title: "10ΔC", callDelta: 0.1 },
  { title: "5ΔC", callDelta: 0.05 },
];

/** Vols of expiries (rows) at exact forward deltas (columns), per 1.00; NaN where a delta is not between quotes or nothing is fitted. */
export function heatOf(smiles: readonly (Smile | null)[]): Float64Array {
  const n = HEAT_DELTAS.length;
  const out = new Float64Array(smiles.length * n).fill(Number.NaN);
  const deltas = HEAT_DELTAS.map((d) => d.callDelta);
  smiles.forEach((smile, e) => {
    if (smile !== null) out.set(volsAtDeltas(smile, deltas), e * n);
  });
  return out;
}
