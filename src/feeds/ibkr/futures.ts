import {
  type Instrument,
  type IsoDay,
  isoDayAt,
  isoDayNumber,
  type Micros,
} from "../../../engines/market/index.ts";
import type { FeedOut } from "../feed.ts";
import type { ConidCache, Contracts } from "./contracts.ts";
import type { Lines } from "./lines.ts";

/** The futures that are known on an underlying, and the making of one. */
export interface FutureDefiner {
  /** Roots of futures on it; none for most. */
  roots(underlying: string): readonly string[];
  /** Null where the product is not known, or no such day is an expiry. */
  define(root: string, expiry: IsoDay): Instrument | null;
}

/** Months of a volatility index, whose futures are a curve; of others the front and the back one. */
const CURVE = 8;
const PAIR = 2;
const CURVES: ReadonlySet<string> = new Set(["VX", "FVS"]);

/**
 * The expiries that are followed: the front is the nearest that is more than `rollDays` away, then those behind it. Expiries are ISO
 * days.
 */
export function fromFront(
  expiries: readonly IsoDay[],
  today: IsoDay,
  rollDays: number,
  count: number,
): readonly IsoDay[] {
  const from = (isoDayNumber(today) ?? 0) + rollDays;
  const ahead = expiries.filter((e) => (isoDayNumber(e) ?? 0) > from);
  return ahead.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)).slice(0, count);
}

/** Futures on an index by the roll rule, each underlying once: their numbers change with every expiry, so the broker is asked. */
export class FutureFinder {
  private readonly asked = new Set<string>();
  private line: Promise<void> = Promise.resolve();

  constructor(
    private readonly contracts: Contracts,
    private readonly lines: Lines,
    private readonly cache: ConidCache,
    private readonly definer: FutureDefiner,
    private readonly rollDays: number,
    private readonly out: FeedOut,
  ) {}

  ask(underlying: Instrument): void {
    if (this.asked.has(underlying.id)) return;
    this.asked.add(underlying.id);
    for (const root of this.definer.roots(underlying.id))
      this.line = this.line.then(() => this.find(underlying, root));
  }

  private async find(underlying: Instrument, root: string): Promise<void> {
    try {
      const listed = await this.contracts.futures(root);
      const today = isoDayAt("America/New_York", this.out.nowUs() as Micros);
      const count = CURVES.has(root) ? CURVE : PAIR;
      for (const expiry of fromFront([...listed.keys()], today, this.rollDays, count)) {
        const instrument = this.definer.define(root, expiry);
        const conid = listed.get(expiry);
        if (instrument === null || conid === undefined) continue;
        this.cache.set(instrument.id, conid);
        this.lines.announce(conid, instrument);
      }
    } catch (error) {
      this.asked.delete(underlying.id);
      const why = error instanceof Error ? error.message : String(error);
      this.out.event({ kind: "note", level: "warn", source: "feed", text: `futures ${root}: ${why}` });
    }
  }
}
