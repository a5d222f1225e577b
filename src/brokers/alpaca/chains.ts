import { addQty, formatQty, type Micros, parseQty, type Qty } from "../../../engines/market/index.ts";
import { canonicalPrice, canonicalQty, type Execution } from "../../../engines/orders/index.ts";
import type { Clock } from "../../shell/clock.ts";
import type { BrokerInstruments } from "../setup.ts";
import { idOfSymbol } from "./symbols.ts";
import type { WireFill, WireOrder } from "./wire.ts";

export interface ChainLeg {
  readonly symbol: string;
  /** Signed as sent: contracts or shares in one unit of the order. */
  readonly ratio: number;
  readonly intent: "open" | "close";
}

/** One order of the desk: the broker orders that replaced each other, under the client id of the first. */
export interface Chain {
  readonly clientId: string;
  /** Newest last. */
  ids: string[];
  legs: readonly ChainLeg[];
  /** Newest replacement that was told of. */
  attempt: number;
  ended: boolean;
  createdUs: number;
  /** Executions that were told of: the units that each of the first leg makes, and when on the monotonic clock. */
  readonly heard: Map<string, { readonly units: Qty; readonly atMs: number }>;
  /** Ids of ours for an execution as the stream names it: a bust comes under the stream's name. */
  readonly streamed: Map<string, readonly string[]>;
  /** The other way round. */
  readonly names: Map<string, string>;
  readonly busted: Set<string>;
}

type Placed = Pick<WireFill, "orderId" | "symbol" | "cumulative">;

const REPLACEMENT = /^(.+)-r(\d+)-[0-9a-z]+$/;

/** The client id of a replacement: unique for ever, and it says whose it is. */
export const replacementId = (clientId: string, attempt: number, unique: number): string =>
  `${clientId}-r${attempt}-${unique.toString(36)}`;

export function logicalId(clientId: string): { readonly clientId: string; readonly attempt: number } {
  const m = REPLACEMENT.exec(clientId);
  return m === null ? { clientId, attempt: 0 } : { clientId: m[1] as string, attempt: Number(m[2]) };
}

/** What this broker remembers of orders, by any of their ids. All of it can be asked for again. */
export class Chains {
  private readonly byClient = new Map<string, Chain>();
  private readonly byId = new Map<string, Chain>();
  private readonly attempts = new Map<string, number>();
  /** Orders of single legs, by the vendor's id for the leg, to the package's. */
  private readonly parents = new Map<string, string>();

  constructor(
    private readonly instruments: BrokerInstruments,
    private readonly clock: Clock,
  ) {}

  get(clientId: string): Chain | undefined {
    return this.byClient.get(clientId);
  }

  of(orderId: string): Chain | undefined {
    return this.byId.get(this.parents.get(orderId) ?? orderId);
  }

  /** The vendor's order for one leg of a package: a part, not an order of the desk. */
  isLeg(orderId: string): boolean {
    return this.parents.has(orderId);
  }

  attemptOf(orderId: string): number {
    return this.attempts.get(orderId) ?? 0;
  }

  live(): Chain[] {
    return [...this.byClient.values()].filter((c) => !c.ended);
  }

  /** An order that is about to be sent: its events may come before any answer. */
  expect(clientId: string): Chain {
    const known = this.byClient.get(clientId);
    if (known !== undefined) return known;
    const chain: Chain = {
      clientId,
      ids: [],
      legs: [],
      attempt: 0,
      ended: false,
      createdUs: Number.NaN,
      heard: new Map(),
      streamed: new Map(),
      names: new Map(),
      busted: new Set(),
    };
    this.byClient.set(clientId, chain);
    return chain;
  }

  /** Takes in an order as the vendor tells it. */
  note(order: WireOrder): Chain {
    const named = logicalId(order.clientId);
    const before = order.replaces === null ? undefined : this.byId.get(order.replaces);
    const chain = this.byId.get(order.id) ?? before ?? this.expect(named.clientId);
    this.byId.set(order.id, chain);
    this.attempts.set(order.id, named.attempt);
    for (const leg of order.legs) this.parents.set(leg.id, order.id);
    if (chain.legs.length === 0 && (!order.pack || order.legs.length > 0)) chain.legs = legsOf(order);
    if (!(chain.createdUs <= order.createdUs)) chain.createdUs = order.createdUs;
    if (!chain.ids.includes(order.id)) {
      const next = order.replacedBy === null ? -1 : chain.ids.indexOf(order.replacedBy);
      chain.ids.splice(next < 0 ? chain.ids.length : next, 0, order.id);
    }
    return chain;
  }

  /** A replacement that came to nothing: the order before it stands. */
  drop(chain: Chain, orderId: string): void {
    chain.ids = chain.ids.filter((id) => id !== orderId);
  }

  /**
   * The place of an execution in its order: the vendor's stream and its list of fills name one execution differently, but agree on the
   * order, the contract and how much was done after it. After a bust another may come to the same place; it is numbered.
   */
  private placeOf(row: Placed): string {
    const order = this.parents.get(row.orderId) ?? row.orderId;
    return `${order}/${row.symbol}/${canonicalQty(row.cumulative)}`;
  }

  /** An execution as the stream tells it. */
  heardAs(chain: Chain, row: Omit<WireFill, "id">, vendorId: string | null): Execution | null {
    const place = this.placeOf(row);
    let id = place;
    const other = (): boolean => vendorId !== null && (chain.names.get(id) ?? vendorId) !== vendorId;
    for (let n = 2; chain.busted.has(id) || other(); n++) id = `${place}:${n}`;
    if (vendorId !== null) chain.names.set(id, vendorId);
    return this.execution(chain, row, id);
  }

  /** Executions of a list of fills, oldest first, of orders that are known. */
  listed(rows: readonly WireFill[]): { readonly chain: Chain; readonly fill: Execution }[] {
    const times = new Map<string, number>();
    return rows.flatMap((row) => {
      const chain = this.of(row.orderId);
      const place = this.placeOf(row);
      const n = (times.get(place) ?? 0) + 1;
      times.set(place, n);
      const fill = chain === undefined ? null : this.execution(chain, row, n === 1 ? place : `${place}:${n}`);
      return chain === undefined || fill === null ? [] : [{ chain, fill }];
    });
  }

  private execution(chain: Chain, row: Omit<WireFill, "id">, execId: string): Execution | null {
    const legIndex = chain.legs.findIndex((leg) => leg.symbol === row.symbol);
    const instrument = idOfSymbol(row.symbol, this.instruments);
    if (legIndex < 0 || instrument === null) return null;
    return {
      execId,
      legIndex,
      instrument,
      qty: row.side === "buy" ? canonicalQty(row.qty) : formatQty((0 - parseQty(row.qty)) as Qty),
      price: exactPrice(row.price),
      // Regulatory fees are booked at the end of the day, not with the fill.
      fees: "0",
      feeCcy: "USD",
      us: row.us as Micros,
    };
  }

  /** True where it was not told before. */
  hear(chain: Chain, execution: Execution): boolean {
    if (chain.heard.has(execution.execId)) return false;
    const ratio = Math.abs(chain.legs[execution.legIndex]?.ratio ?? 1);
    const units = execution.legIndex === 0 ? Math.round(Math.abs(parseQty(execution.qty)) / ratio) : 0;
    chain.heard.set(execution.execId, { units: units as Qty, atMs: this.clock.monotonicMs() });
    return true;
  }
}

/** Units of which an execution was told. */
export const heardUnits = (chain: Chain): Qty =>
  [...chain.heard.values()].reduce((sum, { units }) => addQty(sum, units), 0 as Qty);

export const legsOf = (order: WireOrder): ChainLeg[] =>
  order.legs.length > 0
    ? order.legs.map((leg) => ({
        symbol: leg.symbol,
        ratio: leg.side === "buy" ? leg.ratio : -leg.ratio,
        intent: leg.intent,
      }))
    : [{ symbol: order.symbol, ratio: order.side === "sell" ? -1 : 1, intent: order.intent }];

/** An average may have more decimals than a price is kept with. */
function exactPrice(text: string): string {
  const [whole = "0", fraction = ""] = text.split(".");
  return canonicalPrice(fraction.length <= 8 ? text : `${whole}.${fraction.slice(0, 8)}`);
}
