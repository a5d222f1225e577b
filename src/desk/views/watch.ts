import type { Slot } from "../../../engines/market/index.ts";
import type { Views, WatchRow, WatchView } from "../protocol.ts";
import type { ViewContext } from "./context.ts";
import { followed } from "./follows.ts";
import { label, priceDecimals } from "./names.ts";

/** The instruments of a list; their quotes are read from the shared book, here come names, prior marks and vols. */
export function watchView(context: ViewContext, params: Views["watch"]["params"]): WatchView {
  const { desk } = context;
  const rows = context.watchList(params.list).flatMap((id): WatchRow[] => {
    const slot = desk.slot(id);
    const instrument = slot === null ? undefined : desk.instruments[slot];
    if (slot === null || !instrument) return [];
    return [
      {
        slot,
        label: label(instrument, context.session.day),
        prior: context.facts.valuer.prior(slot)?.price ?? null,
        iv: instrument.kind === "option" ? (context.source().quoted(instrument)?.vol?.sigma ?? null) : null,
        decimals: priceDecimals(instrument),
        ...followOf(context, slot),
      },
    ];
  });
  return { name: params.list, lists: context.watchNames(), rows };
}

function followOf(context: ViewContext, slot: Slot): Pick<WatchRow, "feed" | "how"> {
  const { state, how } = followed(context, slot);
  return { feed: state, how };
}
