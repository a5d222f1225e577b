import type { ViewName, Views } from "../protocol.ts";
import { type Spare, surfaceOn, surfacesKept } from "../surface/live.ts";
import { preparePrior } from "../surface/prior.ts";
import type { ChainIndex } from "./chain.ts";
import type { ViewContext } from "./context.ts";
import { firstOptionable } from "./exposure.ts";

type Work<V extends ViewName> = (
  context: ViewContext,
  params: Views[V]["params"],
  chains: ChainIndex,
  spare: Spare,
) => boolean;

/** Views that rest on long work: cold fits of a chain, rows of a whole session. */
const WORK: { readonly [V in ViewName]?: Work<V> } = {
  surface: (context, { underlying }, chains, spare) => {
    const id = underlying ?? firstOptionable(context);
    return (
      id === null || (surfaceReady(context, id, chains, spare) && preparePrior(context, chains, id, spare))
    );
  },
  scenarios: (context, { underlying }, chains, spare) =>
    optionNames(context, underlying).every((id) => surfaceReady(context, id, chains, spare)),
  flow: (context, { underlying }, _chains, spare) => flowReady(context, underlying, spare),
  exposure: (context, { underlying, convention }, _chains, spare) =>
    convention !== "customerFlow" || flowReady(context, underlying, spare),
};

/** Works ahead on what a view's model needs while there is time; true once the model itself can be built. Changes no model. */
export function prepareView<V extends ViewName>(
  context: ViewContext,
  chains: ChainIndex,
  view: V,
  params: Views[V]["params"],
  spare: Spare,
): boolean {
  return WORK[view]?.(context, params, chains, spare) ?? true;
}

function surfaceReady(context: ViewContext, id: string, chains: ChainIndex, spare: Spare): boolean {
  return surfaceOn(context, chains, id)?.prepare(context, spare) ?? true;
}

function flowReady(context: ViewContext, underlying: string | null, spare: Spare): boolean {
  const id = underlying ?? firstOptionable(context);
  const slot = id === null ? null : context.desk.slot(id);
  return slot === null || context.facts.flow.of(slot).prepare(spare);
}

/** Underlyings of held options, as many as surfaces are kept of. */
function optionNames(context: ViewContext, underlying: string | null): string[] {
  const names = new Set<string>();
  for (const { qty, instrument } of context.desk.held.books.positions.values()) {
    const held = context.desk.instruments[context.desk.slot(instrument) ?? -1];
    if (qty === 0 || held?.kind !== "option") continue;
    if (underlying === null || held.underlying === underlying) names.add(held.underlying);
  }
  return [...names].slice(0, surfacesKept);
}
