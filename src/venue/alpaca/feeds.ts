import type { Plan } from "../plan.ts";

/** The market-data streams by their paths, with and without the version in front. */
export interface Feed {
  readonly name: string;
  readonly kind: "stocks" | "options" | "crypto" | "news";
  readonly channels: readonly string[];
  readonly singleVenue: boolean;
}

const STOCK_CHANNELS = [
  "trades",
  "quotes",
  "bars",
  "updatedBars",
  "dailyBars",
  "statuses",
  "lulds",
  "imbalances",
] as const;

const stocks = (name: string, singleVenue: boolean): Feed => ({
  name,
  kind: "stocks",
  channels: STOCK_CHANNELS,
  singleVenue,
});
const options = (name: string): Feed => ({
  name,
  kind: "options",
  channels: ["trades", "quotes"],
  singleVenue: false,
});

const FEEDS: readonly Feed[] = [
  stocks("iex", true),
  stocks("sip", false),
  stocks("delayed_sip", false),
  stocks("test", false),
  options("indicative"),
  options("opra"),
  {
    name: "crypto/us",
    kind: "crypto",
    channels: ["trades", "quotes", "bars", "updatedBars", "dailyBars", "orderbooks"],
    singleVenue: true,
  },
  { name: "news", kind: "news", channels: ["news"], singleVenue: true },
];

export function feedOf(path: string): Feed | null {
  const bare = path.replace(/^\/(v2|v1beta1|v1beta3)\//, "/").replace(/\/$/, "");
  return FEEDS.find((f) => bare === `/${f.name}`) ?? null;
}

/** Most symbols of a message's channel, by plan. */
export function symbolLimit(feed: Feed, channel: string, plan: Plan): number {
  if (feed.kind === "options") return channel === "quotes" ? plan.optionQuotes : Number.POSITIVE_INFINITY;
  if (feed.kind === "stocks" && (channel === "trades" || channel === "quotes")) return plan.stockSymbols;
  return Number.POSITIVE_INFINITY;
}
