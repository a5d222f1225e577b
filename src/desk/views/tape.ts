import type { Slot } from "../../../engines/market/index.ts";
import { Side } from "../prints.ts";
import type { TapePrint, TapeView, Views } from "../protocol.ts";
import type { ViewContext } from "./context.ts";
import { label } from "./names.ts";

const SIDE_WORD: Record<number, TapePrint["side"]> = {
  [Side.unknown]: "unknown",
  [Side.bid]: "bid",
  [Side.mid]: "mid",
  [Side.ask]: "ask",
};

/** The last prints, newest first, of one underlying and its options, or of everything. */
export function tapeView(context: ViewContext, params: Views["tape"]["params"]): TapeView {
  const { desk } = context;
  const prints: TapePrint[] = [];
  const wanted = params.underlying === null ? null : desk.slot(params.underlying);
  const olderPrice = new Map<number, number>();
  const draft: { print: TapePrint; slot: number }[] = [];
  desk.prints.each((ring, at) => {
    const slot = ring[at + 2] as Slot;
    const instrument = desk.instruments[slot];
    if (!instrument) return true;
    if (wanted !== null && slot !== wanted && desk.underlyingSlot[slot] !== wanted) return true;
    draft.push({
      slot,
      print: {
        seq: ring[at] as number,
        us: ring[at + 1] as TapePrint["us"],
        slot,
        label: label(instrument, context.session.day),
        price: ring[at + 3] as number,
        size: ring[at + 4] as number,
        change: "flat",
        side: SIDE_WORD[ring[at + 5] as number] ?? "unknown",
        bar: ring[at + 6] === 1,
      },
    });
    return draft.length <= params.limit;
  });
  for (const { print, slot } of draft.reverse()) {
    const older = olderPrice.get(slot);
    olderPrice.set(slot, print.price);
    const change =
      older === undefined || older === print.price ? "flat" : print.price > older ? "up" : "down";
    prints.push({ ...print, change });
  }
  const { underlying } = params;
  return { underlying, prints: prints.reverse().slice(0, params.limit), kept: desk.prints.length };
}
