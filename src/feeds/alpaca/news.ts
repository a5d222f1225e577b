import type { Instrument } from "../../../engines/market/index.ts";
import type { AlpacaSetup } from "./setup.ts";
import { AlpacaStream, type StreamWorld } from "./stream.ts";
import { classOf, symbolOf } from "./symbols.ts";

/** Names in headlines: coins without the slash. */
export function newsName(instrument: Instrument): string | null {
  const kind = classOf(instrument);
  return kind === "stocks" || kind === "crypto" ? (symbolOf(instrument)?.replace("/", "") ?? null) : null;
}

/** Headlines, which the decoder puts into the log. */
export const newsStream = ({
  setup,
  clock,
  chance,
  out,
  net,
}: StreamWorld & { readonly setup: AlpacaSetup }): AlpacaStream =>
  new AlpacaStream({
    name: "news",
    url: `${setup.streamUrl}/v1beta1/news`,
    encoding: "json",
    keys: ["news"],
    channel: "alpaca:news",
    limit: Number.POSITIVE_INFINITY,
    credentials: setup.keys,
    clock,
    chance,
    out,
    ...(net && { net }),
    rare: true,
    open: () => true,
    newestByRest: () => Promise.resolve(Number.NaN),
    begun: () => {},
  });
