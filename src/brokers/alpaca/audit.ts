import { parseQty } from "../../../engines/market/index.ts";
import type { Execution } from "../../../engines/orders/index.ts";
import type { Clock } from "../../shell/clock.ts";
import type { BrokerEvent } from "../broker.ts";
import { type Chain, type Chains, heardUnits } from "./chains.ts";
import type { Lookup } from "./lookup.ts";
import type { Reads } from "./reads.ts";
import type { WireOrder } from "./wire.ts";

/** The list of fills lags behind the stream: it is asked again after these waits. */
const AGAIN_MS = [150, 400, 1_000, 3_000];

/** Compares what was told of working orders with the account's own lists, and tells the rest: after a break, on a gap, and now and then. */
export class Audit {
  private running = false;
  private wanted = false;
  private tries = 0;
  private waiting: (() => void)[] = [];
  private cancel: (() => void) | null = null;
  private closed = false;

  constructor(
    private readonly at: {
      readonly reads: Reads;
      readonly lookup: Lookup;
      readonly chains: Chains;
      readonly clock: Clock;
      /** What was heard this long ago must be in the account's lists by now, if it still counts. */
      readonly certainMs: number;
      readonly settled: (clientId: string) => boolean;
      tell(event: BrokerEvent): void;
      log(level: "info" | "warn" | "error", text: string): void;
    },
  ) {}

  request(then?: () => void): void {
    if (then !== undefined) this.waiting.push(then);
    this.wanted = true;
    this.cancel?.();
    if (!this.running) void this.run();
  }

  close(): void {
    this.closed = true;
    this.cancel?.();
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.wanted && !this.closed) {
      this.wanted = false;
      const complete = await this.look().catch((error: Error) => {
        this.at.log("warn", `orders could not be compared: ${error.message}`);
        return false;
      });
      const wait = complete ? undefined : AGAIN_MS[this.tries];
      if (wait === undefined) {
        this.tries = 0;
        for (const then of this.waiting.splice(0)) then();
      } else {
        this.tries++;
        this.cancel = this.at.clock.after(wait, () => this.request());
      }
    }
    this.running = false;
  }

  /** True where everything that orders have done was told. */
  private async look(): Promise<boolean> {
    const { reads, chains } = this.at;
    const live = chains.live();
    if (live.length === 0) return true;
    const sinceMs = this.at.clock.monotonicMs() - this.at.certainMs;
    const open = new Map((await reads.open()).map((o) => [o.id, o]));
    for (const order of open.values()) chains.note(order);
    const since = Math.min(...live.map((c) => c.createdUs).filter((us) => us > 0));
    const rows = Number.isFinite(since) ? await reads.fills(since) : [];
    const listed = chains.listed(rows);
    for (const { chain, fill } of listed) this.fill(chain, fill);
    const ids = new Set(listed.map(({ fill }) => fill.execId));
    let complete = true;
    for (const chain of live) {
      const order = chain.ids.map((id) => open.get(id)).find((o) => o !== undefined);
      const done = order === undefined ? await this.gone(chain) : this.compare(chain, order, ids, sinceMs);
      complete &&= done;
    }
    return complete;
  }

  private fill(chain: Chain, fill: Execution): void {
    if (chain.busted.has(fill.execId)) return;
    if (this.at.chains.hear(chain, fill)) this.at.tell({ k: "fill", clientId: chain.clientId, fill });
  }

  /** An order that is open: more done than told is to come; more told than done was taken back. */
  private compare(chain: Chain, order: WireOrder, listed: ReadonlySet<string>, certainMs: number): boolean {
    const heard = heardUnits(chain);
    const filled = parseQty(order.filledQty);
    if (heard <= filled) return heard === filled;
    const gone = [...chain.heard].filter(([id]) => !listed.has(id));
    // What came while the lists were on their way is no bust.
    if (gone.some(([, { atMs }]) => atMs > certainMs)) return false;
    if (heard - gone.reduce((sum, [, { units }]) => sum + units, 0) !== filled) return false;
    for (const [execId] of gone) {
      chain.heard.delete(execId);
      chain.busted.add(execId);
      this.at.tell({ k: "bust", clientId: chain.clientId, execId });
    }
    return true;
  }

  /** An order that is not open, as far as is known: its end, or that it never was. */
  private async gone(chain: Chain): Promise<boolean> {
    const { lookup, tell, settled } = this.at;
    const { clientId } = chain;
    const answer = await lookup.find(clientId);
    if (answer.found === "none") {
      if (settled(clientId)) chain.ended = true;
      return true;
    }
    if (answer.found === "unanswered") return false;
    const { order } = answer;
    if (order.status !== "rejected") tell({ k: "acked", clientId, brokerId: order.brokerId });
    for (const fill of order.fills) this.fill(chain, fill);
    const { status } = order;
    if (status === "cancelled" || status === "expired" || status === "rejected")
      tell({ k: status, clientId, reason: `${status} at Alpaca` });
    return true;
  }
}
