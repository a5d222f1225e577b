import { VoldeskError } from "../../../config/errors.ts";
import { type IsoDay, parseSessionTime, type Session, sessionOn } from "../../../engines/market/index.ts";
import { shippedCatalog } from "../../../store/capture/product-catalog.ts";
import { openSession } from "../../../store/capture/session.ts";
import { ASSETS } from "./assets.ts";
import { ModelMarket } from "./model.ts";
import { TapeMarket } from "./tape.ts";
import type { VenueMarket } from "./types.ts";
import type { Asset } from "./universe.ts";

export interface MarketChoice {
  readonly seed?: number;
  readonly day?: string;
  readonly at?: string;
  readonly symbols?: readonly string[];
  /** Folder of a recorded session to play instead of the model. */
  readonly capture?: string;
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
  if (choice.capture !== undefined) return openCapture(choice.capture, choice.at);
  const { session, startUs } = start(choice);
  const market = new ModelMarket({
    catalog: shippedCatalog(),
    assets: chosen(choice.symbols ?? []),
    seed: choice.seed ?? 1,
    day: session.day as IsoDay,
  });
  return { market, day: session.day, startUs, close: () => {} };
}

/** A recorded session, played up to the time at which it begins. @throws CaptureError, and VoldeskError CLI-004 for a time that is none. */
function openCapture(dir: string, at: string | undefined): OpenedMarket {
  const session = openSession(dir);
  const { day } = session.manifest;
  const market = new TapeMarket(session);
  const hours = sessionOn("NYSE", day);
  const given = at === undefined || hours === null ? session.firstUs : parseSessionTime(at, hours);
  if (given === null)
    throw new VoldeskError("CLI-004", `"${at}" is no time of day`, "Write 09:30 or open.", "--at");
  market.play(given, () => {});
  return { market, day, startUs: given, close: () => session.close() };
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
