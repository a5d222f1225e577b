import type { LoadedConfig } from "../../config/load.ts";
import type { Env } from "../../config/paths.ts";
import { parseIsoMicros } from "../../engines/market/index.ts";
import { AlpacaRest, RestError } from "../../src/feeds/alpaca/rest.ts";
import { ALPACA_URLS } from "../../src/feeds/alpaca/setup.ts";
import { type ApiKeys, alpacaKeys, keyFile } from "../../src/feeds/keys.ts";
import { systemClock } from "../../src/shell/clock.ts";
import type { Check } from "./checks.ts";
import { checkDeribit, checkGateway } from "./other-feeds.ts";
import { skewCheck } from "./skew.ts";

const NAME = "Alpaca";
type AlpacaUrls = Readonly<Record<keyof typeof ALPACA_URLS, string>>;

/** Keys of the broker, and with them: does it answer, is the clock right, what may the plan see. Keys themselves are never shown. */
export async function checkFeeds(
  env: Env,
  loaded: LoadedConfig,
  urls: AlpacaUrls = ALPACA_URLS,
): Promise<Check[]> {
  const { feed } = loaded.config.live;
  if (feed === "ibkr") return checkGateway(loaded);
  if (feed === "deribit") return checkDeribit(env, loaded);
  return feed === "alpaca" ? checkAlpaca(env, loaded, urls) : [];
}

async function checkAlpaca(env: Env, { paths, config }: LoadedConfig, urls: AlpacaUrls): Promise<Check[]> {
  let keys: ApiKeys | null;
  try {
    keys = alpacaKeys(env, paths.configDir);
  } catch (error) {
    const { message, advice = "" } = error as { message: string; advice?: string };
    return [{ name: `${NAME} keys`, state: "fail", found: message, advice }];
  }
  if (keys === null) {
    const advice = `For live quotes set APCA_API_KEY_ID and APCA_API_SECRET_KEY, or write them to ${keyFile(paths.configDir)}. \`voldesk live --feed venue\` needs none.`;
    return [{ name: `${NAME} keys`, state: "warn", found: "none", advice }];
  }
  const present: Check = { name: `${NAME} keys`, state: "ok", found: `from ${keys.from}`, advice: null };
  const rest = new AlpacaRest({ ...urls, credentials: keys, clock: systemClock, perMinute: 60 });
  try {
    return [present, ...(await reach(rest, config.live.stockFeed, config.live.optionFeed))];
  } finally {
    rest.close();
  }
}

async function reach(rest: AlpacaRest, stocks: string, options: string): Promise<Check[]> {
  const asked = systemClock.wallUs();
  const clock = await attempt(() => rest.trading("/v2/clock"));
  if (clock instanceof RestError)
    return [
      {
        name: NAME,
        state: "warn",
        found:
          clock.status === 401 || clock.status === 403
            ? `the keys are refused: ${clock.message}`
            : clock.message,
        advice: "Check the network, and that the keys are of this account.",
      },
    ];
  const half = (systemClock.wallUs() - asked) / 2;
  const out: Check[] = [skew(clock, asked + half)];
  const plans = [
    [stocks, "/v2/stocks/quotes/latest", { symbols: "SPY", feed: stocks }],
    [options, "/v1beta1/options/snapshots/SPY", { limit: 1, feed: options }],
  ] as const;
  for (const [feed, path, query] of plans) {
    const answer = await attempt(() => rest.data(path, query));
    out.push(
      answer instanceof RestError
        ? {
            name: `${NAME} ${feed}`,
            state: "warn",
            found: answer.message,
            advice: "Choose a feed of your plan: live.stockFeed iex and live.optionFeed indicative are free.",
          }
        : { name: `${NAME} ${feed}`, state: "ok", found: "allowed", advice: null },
    );
  }
  return out;
}

function skew(body: Buffer, atUs: number): Check {
  const told = /"timestamp":\s*"([^"]+)"/.exec(body.toString("utf8"))?.[1];
  return skewCheck(NAME, told === undefined ? null : parseIsoMicros(told), atUs);
}

async function attempt(run: () => Promise<Buffer>): Promise<Buffer | RestError> {
  try {
    return await run();
  } catch (error) {
    return error instanceof RestError ? error : new RestError(String(error), null, true);
  }
}
