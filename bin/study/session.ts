import { VoldeskError } from "../../config/errors.ts";
import type { InstrumentId, Slot } from "../../engines/market/index.ts";
import type { ExportSource } from "../../src/desk/export/collect.ts";

/** `GOOG` as the session knows it: slot and id of an underlying; null for the first one. @throws VoldeskError EXP-004. */
export function underlyingIn(
  source: ExportSource,
  symbol: string | undefined,
): { readonly slot: Slot; readonly id: InstrumentId } | null {
  if (symbol === undefined) return null;
  const known: string[] = [];
  for (let slot = 0; ; slot++) {
    const i = source.instrument(slot as Slot);
    if (i === undefined) break;
    if (i.kind === "option") continue;
    if (i.symbol.toUpperCase() === symbol.toUpperCase()) return { slot: slot as Slot, id: i.id };
    known.push(i.symbol);
  }
  throw new VoldeskError(
    "EXP-004",
    `there is no "${symbol}" in this session`,
    `It has ${known.join(", ")}.`,
    "--symbol",
  );
}
