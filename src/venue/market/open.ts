import { VoldeskError } from "../../../config/errors.ts";
import type { IsoDay, Session } from "../../../engines/market/index.ts";
import { shippedCatalog } from "../../../store/capture/product-catalog.ts";
import { ModelMarket } from "./model.ts";
import type { VenueMarket } from "./types.ts";
import { ASSETS, type Asset } from "./universe.ts";

export interface MarketChoice {
  readonly seed?: number;
  readonly day?: string;
  readonly at?: string;
  readonly symbols?: readonly string[];
}

export interface OpenedMarket {
  readonly market: VenueMarket;
  readonly day: string;
  readonly startUs: number;
  close(): void;
}

/** The market that was asked for. @throws VoldeskError CLI-004 for a symbol, day or time that is none. */
export function openMarket(
  choice: MarketChoice,
  start: (choice: MarketChoice) => { session: Session; startUs: number },
): OpenedMarket {
  const { session, startUs } = start(choice);
  const market = new ModelMarket({
    catalog: shippedCatalog(),
    assets: chosen(choice.symbols ?? []),
    seed: choice.seed ?? 1,
    day: session.day as IsoDay,
  });
  return { market, day: session.day, startUs, close: () => {} };
}

/** The named assets with those they are made of; all without a name. */
function chosen(symbols: readonly string[]): readonly Asset[] {
  if (symbols.length === 0) return ASSETS;
  const wanted = new Set<string>();
  for (const symbol of symbols) {
    const asset = ASSETS.find((a) => a.symbol === symbol || a.symbol === symbol.replace("-", "/"));
    if (asset === undefined)
      throw new VoldeskError(
        "CLI-004",
        `the venue has no ${symbol}`,
        `It lists ${ASSETS.map((a) => a.symbol).join(", ")}.`,
        "--symbols",
      );
    wanted.add(asset.symbol);
    if (asset.made !== undefined) wanted.add(asset.made.of);
  }
  return ASSETS.filter((a) => wanted.has(a.symbol));
}
