import { join } from "node:path";
import type { LoadedConfig } from "../../config/load.ts";
import { resolvePaths } from "../../config/paths.ts";
import type { BrokerSetup } from "../../src/brokers/setup.ts";
import { type ApiKeys, alpacaKeys, deribitKeys } from "../../src/feeds/keys.ts";
import type { BrokerBoot } from "../../src/shell/live/live-boot.ts";
import type { Cli } from "../context.ts";

/** A local venue takes any pair. */
const VENUE_KEYS: ApiKeys = { id: "voldesk", secret: "voldesk", from: "venue" };

/** The broker that the settings name, null for the embedded paper one. `venueUrl`: everybody is at this local venue. */
export function brokerBoot(cli: Cli, loaded: LoadedConfig, venueUrl: string | null): BrokerBoot | null {
  const { broker: kind, account, guard, guardMs, deribitCancelOnDisconnect } = loaded.config.orders;
  if (kind === "paper") return null;
  const setup = venueUrl === null ? brokerAt(cli, loaded, kind) : venueAt(venueUrl, kind);
  return {
    setup: kind === "deribit" ? { ...setup, cancelOnDisconnect: deribitCancelOnDisconnect } : setup,
    label: venueUrl === null ? kind : `${kind} venue`,
    venue: venueUrl !== null,
    account: account === "" ? null : account,
    guardMs: guard ? guardMs : null,
    // One file for all state folders: an account has one desk, wherever its ledger is.
    accounts: join(resolvePaths(cli.env, cli.home, cli.cwd).stateDir, "accounts.sqlite"),
  };
}

function brokerAt(cli: Cli, { config, paths }: LoadedConfig, kind: BrokerSetup["kind"]): BrokerSetup {
  const sockets = (url: string) => url.replace(/^http/, "ws").replace(/\/$/, "");
  switch (kind) {
    case "alpaca": {
      const rest = config.orders.alpacaUrl.replace(/\/$/, "");
      return { kind, rest, ws: sockets(rest), keys: alpacaKeys(cli.env, paths.configDir) };
    }
    case "ibkr": {
      const rest = config.live.ibkrUrl.replace(/\/$/, "");
      return { kind, rest, ws: `${sockets(rest)}/ws`, keys: null };
    }
    case "deribit": {
      const ws = config.live.deribitUrl;
      const rest = ws.replace(/^ws/, "http").replace(/\/ws\/api/, "/api");
      return { kind, rest, ws, keys: deribitKeys(cli.env, paths.configDir) };
    }
  }
}

function venueAt(url: string, kind: BrokerSetup["kind"]): BrokerSetup {
  const at = url.replace(/\/$/, "");
  const sockets = at.replace(/^http/, "ws");
  switch (kind) {
    case "alpaca":
      return { kind, rest: at, ws: sockets, keys: VENUE_KEYS };
    case "ibkr":
      return { kind, rest: `${at}/v1/api`, ws: `${sockets}/v1/api/ws`, keys: null };
    case "deribit":
      return { kind, rest: `${at}/api/v2`, ws: `${sockets}/ws/api/v2`, keys: VENUE_KEYS };
  }
}
