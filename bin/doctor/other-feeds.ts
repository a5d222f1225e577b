import type { LoadedConfig } from "../../config/load.ts";
import type { Env } from "../../config/paths.ts";
import { Gateway } from "../../src/feeds/ibkr/gateway.ts";
import { deribitKeys } from "../../src/feeds/keys.ts";
import { netTrouble } from "../../src/feeds/trouble.ts";
import { systemClock } from "../../src/shell/clock.ts";
import type { Check } from "./checks.ts";
import { skewCheck } from "./skew.ts";

const WITHIN_MS = 5_000;
const warn = (name: string, found: string, advice: string): Check => ({ name, state: "warn", found, advice });

/** The gateway on this machine: does it answer, is somebody logged in, does another program hold the session. */
export async function checkGateway({ config }: LoadedConfig): Promise<Check[]> {
  const name = "IBKR gateway";
  const url = config.live.ibkrUrl;
  const gateway = new Gateway(url, systemClock);
  try {
    const answer = (await gateway.post("/tickle")) as {
      readonly iserver?: {
        readonly authStatus?: { readonly authenticated?: unknown; readonly competing?: unknown };
      };
    } | null;
    const status = answer?.iserver?.authStatus;
    if (status?.competing === true)
      return [
        warn(
          name,
          "another program holds this user's session",
          "Leave TWS or the other program, or use another user.",
        ),
      ];
    if (status?.authenticated === true)
      return [{ name, state: "ok", found: `logged in at ${url}`, advice: null }];
    return [warn(name, "nobody is logged in", `Open ${new URL(url).origin} in a browser and log in.`)];
  } catch (error) {
    const found = error instanceof Error && error.name === "GatewayError" ? error.message : netTrouble(error);
    return [
      warn(name, `${url}: ${found}`, "Start the Client Portal Gateway on this machine and log in to it."),
    ];
  } finally {
    gateway.close();
  }
}

/** Deribit: keys where there are any, whether they are taken, and its clock. */
export async function checkDeribit(env: Env, { config, paths }: LoadedConfig): Promise<Check[]> {
  const name = "Deribit";
  const base = `${config.live.deribitUrl.replace(/^ws/, "http").replace(/\/ws\/api\/v2.*$/, "")}/api/v2`;
  const out: Check[] = [];
  try {
    const keys = deribitKeys(env, paths.configDir);
    out.push({
      name: `${name} keys`,
      state: "ok",
      found: keys === null ? "none: public data needs none" : `from ${keys.from}`,
      advice: null,
    });
    const asked = systemClock.wallUs();
    const { result } = (await json(`${base}/public/get_time`)) as { readonly result?: unknown };
    const half = (systemClock.wallUs() - asked) / 2;
    out.push(skewCheck(name, typeof result === "number" ? result * 1000 : null, asked + half));
    if (keys === null) return out;
    // In the body: an address may be written down on the way.
    const params = { grant_type: "client_credentials", client_id: keys.id, client_secret: keys.secret };
    const answer = (await json(`${base}/public/auth`, {
      jsonrpc: "2.0",
      id: 1,
      method: "public/auth",
      params,
    })) as {
      readonly error?: { readonly message?: unknown };
    };
    const refused =
      answer.error === undefined ? null : String(answer.error.message ?? "refused").replaceAll("_", " ");
    out.push(
      refused === null
        ? { name: `${name} login`, state: "ok", found: "the keys are taken", advice: null }
        : warn(`${name} login`, refused, "Check the keys, or take them away: public data needs none."),
    );
  } catch (error) {
    const { message, advice } = error as { readonly message: string; readonly advice?: string };
    out.push(
      advice === undefined
        ? warn(name, netTrouble(error), "Check the network.")
        : { name, state: "fail", found: message, advice },
    );
  }
  return out;
}

async function json(url: string, body?: object): Promise<object> {
  const signal = AbortSignal.timeout(WITHIN_MS);
  const posted = body && {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  };
  const response = await fetch(url, { signal, ...posted });
  return (await response.json()) as object;
}
