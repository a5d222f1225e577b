import { type ChildProcess, spawn } from "node:child_process";
import type { Instrument, IsoDay } from "../../engines/market/index.ts";
import { parseInstrumentId } from "../../engines/market/index.ts";
import { type OrderState, signOf, type Terms } from "../../engines/orders/index.ts";
import type { BrokerSetup } from "../../src/brokers/setup.ts";
import { systemClock } from "../../src/shell/clock.ts";
import { openMarket } from "../../src/venue/market/open.ts";
import { startOf } from "../../src/venue/session-clock.ts";
import type { TheirOrder } from "./audit.ts";

const DAY = "2026-11-20";
const AT = "10:00";
const SEED = 3;
const KEYS = { id: "PKTEST", secret: "SECRETSECRET", from: "test" };
const HEADERS = { "APCA-API-KEY-ID": KEYS.id, "APCA-API-SECRET-KEY": KEYS.secret };
const PAGE = 500;

interface Row {
  readonly id: string;
  readonly client_order_id: string;
  readonly status: string;
  readonly symbol: string;
  readonly side: string;
  readonly qty: string;
  readonly filled_qty: string;
  readonly limit_price: string;
  readonly time_in_force: string;
  readonly submitted_at: string;
  readonly replaces: string | null;
  readonly replaced_by: string | null;
  readonly legs:
    | readonly { readonly symbol: string; readonly side: string; readonly ratio_qty: string }[]
    | null;
}

/** `voldesk venue` as a process of its own, and its books by a way that does not lead through a broker of ours. */
export class VenueProcess {
  private constructor(
    private readonly process: ChildProcess,
    private readonly base: string,
    readonly offsetUs: number,
    readonly instruments: readonly Instrument[],
    readonly quotes: readonly (readonly [number, number])[],
  ) {}

  readonly day = DAY;

  get setup(): BrokerSetup {
    return { kind: "alpaca", rest: this.base, ws: this.base.replace("http", "ws"), keys: KEYS };
  }

  static async start(): Promise<VenueProcess> {
    const args = [
      "bin/voldesk.js",
      "venue",
      "--day",
      DAY,
      "--at",
      AT,
      "--seed",
      String(SEED),
      "--symbols",
      "SPY",
    ];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const ready = await new Promise<string>((resolve, reject) => {
      child.stdout?.setEncoding("utf8").once("data", resolve);
      child.once("exit", () => reject(new Error("the venue did not start")));
    });
    const [, port, time] = /port=(\d+) .*time=(\S+)/.exec(ready) as RegExpExecArray;
    const offsetUs = Date.parse(time as string) * 1000 - systemClock.wallUs();
    const market = openMarket({ seed: SEED, day: DAY, at: AT, symbols: ["SPY"] }, (c) =>
      startOf(c, systemClock.wallUs()),
    );
    const spy = market.market.bySymbol("SPY");
    if (spy === null) throw new Error("no SPY");
    const calls = market.market
      .chain(spy)
      .map((p) => p.instrument)
      .filter((i) => i.kind === "option" && i.type === "C" && i.expiry === ("2026-12-18" as IsoDay))
      .slice(20, 22);
    market.close();
    const instruments = [spy.instrument, ...calls];
    const base = `http://127.0.0.1:${port}`;
    const venue = new VenueProcess(child, base, offsetUs, instruments, []);
    const quotes = await Promise.all(instruments.map((i) => venue.quote(i)));
    return new VenueProcess(child, base, offsetUs, instruments, quotes);
  }

  private async quote(i: Instrument): Promise<readonly [number, number]> {
    const symbol = symbolOf(i.id);
    const path = i.kind === "option" ? "v1beta1/options" : "v2/stocks";
    const answer = (await this.get(`/${path}/quotes/latest?symbols=${symbol}`)) as {
      readonly quotes: Readonly<Record<string, { readonly bp: number; readonly ap: number }>>;
    };
    const { bp, ap } = answer.quotes[symbol] ?? { bp: 0, ap: 0 };
    return [bp, ap];
  }

  private async get(path: string): Promise<unknown> {
    return (await fetch(this.base + path, { headers: HEADERS })).json();
  }

  async fault(kind: string, more: object): Promise<void> {
    const body = JSON.stringify({ kind, on: "/v2/orders", count: 1, ...more });
    const done = await fetch(`${this.base}/_venue/faults`, { method: "POST", body });
    if (!done.ok) throw new Error(await done.text());
  }

  /** Every order of the account, replacements at the end of the order that they replace. */
  async orders(): Promise<TheirOrder[]> {
    const all: Row[] = [];
    for (let after = ""; ; ) {
      const page = (await this.get(`/v2/orders?status=all&direction=asc&limit=${PAGE}${after}`)) as Row[];
      const fresh = page.filter((row) => !all.some((old) => old.id === row.id));
      all.push(...fresh);
      if (page.length < PAGE || fresh.length === 0) break;
      after = `&after=${all.at(-1)?.submitted_at}`;
    }
    return all.filter((row) => row.replaces === null).map((row) => theirs(row, all));
  }

  stop(): void {
    this.process.kill("SIGTERM");
  }
}

const ENDS: Readonly<Record<string, TheirOrder["status"]>> = {
  filled: "filled",
  canceled: "cancelled",
  rejected: "rejected",
  expired: "expired",
};

function theirs(first: Row, all: readonly Row[]): TheirOrder {
  let at = first;
  for (let next: Row | undefined = first; next !== undefined; next = all.find((o) => o.id === at.replaced_by))
    at = next;
  const legs = first.legs?.map((l) => `${l.side} ${l.ratio_qty} ${l.symbol}`) ?? [
    `${first.side} 1 ${first.symbol}`,
  ];
  return {
    clientId: first.client_order_id,
    words: `${first.qty} @ ${Math.abs(Number(first.limit_price))} ${first.time_in_force}: ${legs.join(", ")}`,
    status: ENDS[at.status] ?? "working",
    fills: filled(Number(at.filled_qty)),
  };
}

/** An order of ours as the venue should have it: OCC symbols written here once more, by hand. */
export function venueWords(terms: Terms): string {
  const legs = terms.legs.map((leg) => {
    const signed = signOf(terms.side) * leg.ratio;
    return `${signed > 0 ? "buy" : "sell"} ${Math.abs(signed)} ${symbolOf(leg.instrument)}`;
  });
  return `${terms.qty} @ ${Math.abs(Number(terms.limit))} ${terms.tif}: ${legs.join(", ")}`;
}

const filled = (units: number): string[] => (units === 0 ? [] : [`${units} units`]);
export const filledWords = (o: OrderState): string[] => filled(o.filled);

function symbolOf(id: string): string {
  const parts = parseInstrumentId(id as never);
  if (parts?.kind !== "OPT") return id.split("/")[1] as string;
  const strike = String(Math.round(Number(parts.strike) * 1000)).padStart(8, "0");
  return `${parts.root}${parts.expiry.slice(2).replaceAll("-", "")}${parts.type}${strike}`;
}
