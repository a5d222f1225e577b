import { US_PER_DAY } from "../../../engines/market/index.ts";
import { toldUs, type VenueContext } from "../context.ts";
import { barsOf } from "../market/timeframe.ts";
import type { Product } from "../market/types.ts";
import { json, type Reply, type Request } from "../net/http.ts";
import { type Contracts, tickerOf } from "./contracts.ts";
import { availability, type Fields } from "./fields.ts";
import type { Login } from "./login.ts";

const MOST_CONIDS = 100;
const MOST_FIELDS = 50;
const UNIT_DAYS: Readonly<Record<string, number>> = { min: 1 / 1440, h: 1 / 24, d: 1, w: 7, m: 31, y: 365 };
const BARS: Readonly<Record<string, string>> = { min: "Min", mins: "Min", h: "Hour", d: "Day" };

const bad = (error: string): Reply => json({ error: `Bad Request: ${error}`, statusCode: 400 }, 400);

/** Snapshots with their pre-flight, and history. */
export class MarketRest {
  /** Contracts whose data was asked for: the first ask of each gives nothing yet. */
  private readonly primed = new Set<number>();

  constructor(
    private readonly context: VenueContext,
    private readonly contracts: Contracts,
    private readonly fields: Fields,
    private readonly login: Login,
  ) {
    login.onChange(() => this.primed.clear());
  }

  handle(path: string, request: Request): Reply | null {
    if (path === "/iserver/marketdata/snapshot") return this.snapshot(request.query);
    if (path === "/iserver/marketdata/unsubscribeall") {
      this.primed.clear();
      return json({ unsubscribed: true });
    }
    const one = /^\/iserver\/marketdata\/(?:(\d+)\/)?unsubscribe$/.exec(path);
    if (one !== null) {
      this.primed.delete(Number(one[1] ?? bodyConid(request)));
      return json({ success: true });
    }
    if (path === "/iserver/marketdata/history") return this.history(request.query);
    return path === "/hmds/history" ? json({ error: "Not Found", statusCode: 404 }, 404) : null;
  }

  private snapshot(query: URLSearchParams): Reply {
    if (!this.login.accountsAsked) return bad("Please query /accounts first");
    const conids = (query.get("conids") ?? "").split(",").filter((s) => s !== "");
    const codes = (query.get("fields") ?? "").split(",").filter((s) => s !== "");
    if (conids.length === 0) return bad("conids required");
    if (conids.length > MOST_CONIDS || codes.length > MOST_FIELDS) return bad("too many conids or fields");
    return json(conids.map((c) => this.row(Number(c), codes)));
  }

  private row(conid: number, codes: readonly string[]): object {
    const p = this.contracts.find(conid);
    const head = { conidEx: String(conid), conid };
    if (p === null || !this.primed.has(conid)) {
      this.primed.add(conid);
      return head;
    }
    const values = this.fields.of(p, codes);
    return {
      ...head,
      _updated: this.fields.updatedMs(p),
      server_id: "q0",
      "6119": "q0",
      "6509": availability(this.context.faults, "/v1/api/iserver/marketdata/snapshot"),
      ...values,
    };
  }

  private history(query: URLSearchParams): Reply {
    const p = this.contracts.find(Number(query.get("conid")));
    if (p === null) return bad("unknown conid");
    const period = /^(\d{1,4})(min|h|d|w|m|y)$/.exec(query.get("period") ?? "1d");
    const bar = /^(\d{1,2})(min|mins|h|d)$/.exec(query.get("bar") ?? "1min");
    if (period === null || bar === null) return bad("period or bar");
    const days = Number(period[1]) * (UNIT_DAYS[period[2] as string] as number);
    const timeframe = `${bar[1]}${BARS[bar[2] as string]}`;
    const nowUs = toldUs(this.context);
    // A day of minutes is the last trading day, also after a weekend.
    const fromUs = nowUs - Math.max(days, timeframe.endsWith("Day") ? 2 : 0) * US_PER_DAY;
    const bars = barsOf(this.context.market, p, timeframe, fromUs, nowUs) ?? [];
    return json(
      historyOf(
        p,
        bars.map((b) => ({ o: b.open, c: b.close, h: b.high, l: b.low, v: b.volume, t: b.startUs / 1000 })),
        query,
      ),
    );
  }
}

function historyOf(
  p: Product,
  data: readonly { h: number; l: number; t: number }[],
  query: URLSearchParams,
): object {
  return {
    serverId: "17471",
    symbol: tickerOf(p),
    text: p.symbol,
    priceFactor: 100,
    startTime: data[0] === undefined ? "" : stamp(data[0].t),
    high: data.length === 0 ? "" : String(Math.max(...data.map((d) => d.h))),
    low: data.length === 0 ? "" : String(Math.min(...data.map((d) => d.l))),
    timePeriod: query.get("period") ?? "1d",
    barLength: 60,
    mdAvailability: "S",
    mktDataDelay: 0,
    outsideRth: false,
    volumeFactor: 1,
    priceDisplayRule: 1,
    priceDisplayValue: "2",
    negativeCapable: false,
    messageVersion: 2,
    data,
    points: data.length,
    travelTime: 12,
  };
}

/** `20260105-14:30:00`, UTC. */
const stamp = (ms: number): string => {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10).replaceAll("-", "")}-${iso.slice(11, 19)}`;
};

function bodyConid(request: Request): string {
  return /"conid"\s*:\s*"?(\d+)/.exec(request.body)?.[1] ?? "";
}
