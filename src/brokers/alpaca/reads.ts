import { AlpacaRest, RestError, type RestOptions } from "../../feeds/alpaca/rest.ts";
import { type Row, rowsOf, textOf } from "../wire-values.ts";
import { parsed, readFill, readList, readOrder, type WireFill, type WireOrder } from "./wire.ts";

const PAGE = 500;
const ACTIVITY_PAGE = 100;
/** Pages that are asked for in a row at most: 100,000 fills. */
const MOST_PAGES = 1_000;
/** Times on the wire may be cut to milliseconds, on either side. */
const MARGIN_US = 2_000;

/** An execution may be listed, or taken back, this much later. */
const LATE_US = 600_000_000;

/** Everything that is only asked for. A read may be repeated, with the waits that the vendor asks for. Throws {@link RestError} in words. */
export class Reads {
  private readonly rest: AlpacaRest;
  /** Why the last question was not answered, where that is for good: keys that were taken back. Null while answers come. */
  denied: string | null = null;
  private kept: {
    readonly fromUs: number;
    readonly newestUs: number;
    readonly rows: readonly WireFill[];
  } | null = null;

  constructor(options: Omit<RestOptions, "dataUrl">) {
    this.rest = new AlpacaRest({ ...options, dataUrl: options.tradingUrl });
  }

  async json(
    path: string,
    query: Readonly<Record<string, string | number | undefined>> = {},
  ): Promise<unknown> {
    try {
      const answer = parsed(await this.rest.trading(path, query));
      this.denied = null;
      return answer;
    } catch (error) {
      if (error instanceof RestError && (error.status === 401 || error.status === 403))
        this.denied = `the keys are refused (HTTP ${error.status})`;
      throw error;
    }
  }

  /** Null where there is none. */
  order(id: string): Promise<WireOrder | null> {
    return this.one(`/v2/orders/${encodeURIComponent(id)}`, { nested: "true" });
  }

  async byClientId(clientId: string): Promise<WireOrder | null> {
    const found = await this.one("/v2/orders:by_client_order_id", { client_order_id: clientId });
    // By client id a package may come without its legs.
    return found?.pack && found.legs.length === 0 ? this.order(found.id) : found;
  }

  private async one(path: string, query: Readonly<Record<string, string>>): Promise<WireOrder | null> {
    try {
      return must(readOrder(await this.json(path, query)));
    } catch (error) {
      if (error instanceof RestError && error.status === 404) return null;
      throw error;
    }
  }

  /** The newest orders, whatever became of them. */
  async newest(): Promise<WireOrder[]> {
    return must(readList(await this.page("all"), readOrder));
  }

  async open(): Promise<WireOrder[]> {
    const all = new Map<string, WireOrder>();
    for (let until: string | undefined, pages = 0; pages < MOST_PAGES; pages++) {
      const rows = must(readList(await this.page("open", until), readOrder));
      const before = all.size;
      for (const order of rows) all.set(order.id, order);
      if (rows.length < PAGE || all.size === before) break;
      // A microsecond later, so that orders of the very same time are not passed over.
      until = isoOf(Math.min(...rows.map((o) => o.createdUs)) + 1);
    }
    return [...all.values()];
  }

  private page(status: string, until?: string): Promise<unknown> {
    return this.json("/v2/orders", { status, limit: PAGE, direction: "desc", nested: "true", until });
  }

  /**
   * Fills from a time on, oldest first; within a millisecond the vendor keeps no order, so by what was done of each order. What is old is
   * kept: only the last minutes, in which an execution may come late or be taken back, are asked for again.
   */
  async fills(sinceUs: number): Promise<WireFill[]> {
    const { kept } = this;
    const knows = kept !== null && sinceUs >= kept.fromUs;
    const fromUs = knows ? Math.max(sinceUs, kept.newestUs - LATE_US) : sinceUs;
    const fresh = await this.pages(fromUs);
    const old = knows ? kept.rows.filter((row) => row.us < fromUs - MARGIN_US) : [];
    const rows = [...new Map([...old, ...fresh].map((row) => [row.id, row])).values()].sort(
      (a, b) => a.us - b.us || Number(a.cumulative) - Number(b.cumulative),
    );
    const newestUs = rows.at(-1)?.us ?? fromUs;
    this.kept = { fromUs: knows ? kept.fromUs : sinceUs, newestUs, rows };
    return rows.filter((row) => row.us >= sinceUs - MARGIN_US);
  }

  private async pages(sinceUs: number): Promise<WireFill[]> {
    const rows = await this.activities("/v2/account/activities/FILL", sinceUs - MARGIN_US);
    return must(readList(rows, readFill));
  }

  /** What the account booked besides executions, oldest first. */
  booked(sinceUs: number): Promise<readonly Row[]> {
    return this.activities("/v2/account/activities", sinceUs, { category: "non_trade_activity" });
  }

  private async activities(
    path: string,
    sinceUs: number,
    query: Readonly<Record<string, string>> = {},
  ): Promise<readonly Row[]> {
    const all: Row[] = [];
    for (let token: string | undefined, pages = 0; pages < MOST_PAGES; pages++) {
      const answer = await this.json(path, {
        ...query,
        after: isoOf(sinceUs),
        direction: "asc",
        page_size: ACTIVITY_PAGE,
        page_token: token,
      });
      if (!Array.isArray(answer)) throw new RestError("an answer that can't be read", null, false);
      const rows = rowsOf(answer);
      all.push(...rows);
      token = textOf(rows.at(-1)?.["id"]) ?? undefined;
      if (answer.length < ACTIVITY_PAGE || token === undefined) break;
    }
    return all;
  }

  close(): void {
    this.rest.close();
  }
}

const isoOf = (us: number): string => {
  const at = Math.max(0, us);
  return `${new Date(Math.floor(at / 1e6) * 1000).toISOString().slice(0, 19)}.${String(Math.floor(at) % 1e6).padStart(6, "0")}Z`;
};

function must<T>(value: T | null): T {
  if (value === null) throw new RestError("an answer that can't be read", null, false);
  return value;
}
