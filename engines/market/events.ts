import type { InstrumentId, IsoDay, Micros, Slot } from "./ids.ts";
import type { Instrument } from "./instrument.ts";

/**
 * Everything that can change the state of the desk, in one order. Hot kinds (quote, trade, bar, openInterest) travel as rows of
 * {@link EventColumns}; all others as objects in `EventColumns.objects`, pointed at by a row of kind `object`.
 */
export const Kind = {
  quote: 1,
  trade: 2,
  bar: 3,
  openInterest: 4,
  /** `a` is a price: index level, FX rate or an exchange's settlement, by the instrument of the slot. */
  index: 5,
  /** The row's meaning is in `objects[ref]`. */
  object: 9,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Quality of a quote or trade (contracts section 3). Low bits of `flags`. */
export const Quality = { realtime: 0, delayed: 1, indicative: 2, singleVenue: 3, frozen: 4, bar: 5 } as const;
export type Quality = (typeof Quality)[keyof typeof Quality];

/** Bits of `flags`. A quote row says which sides it carries; a side that is not carried is unchanged. */
export const Flag = {
  qualityMask: 0x0f,
  bidSide: 0x10,
  askSide: 0x20,
  /** A trade that does not set the last price (odd lot, late, average price…); its size still counts as volume. */
  notLast: 0x40,
  /** The vendor marked the row as suspicious. */
  suspicious: 0x80,
  /** From a snapshot or re-ask, not from the stream. */
  snapshot: 0x100,
  /** A trade that a gap had swallowed, told by REST later: it met a quote that nobody heard. */
  backFill: 0x200,
} as const;

/**
 * Rows of events, one column per field. `n` rows are valid. Sequence number of row i is `seq0 + i`.
 *
 * | kind         | a         | b        | c        | d        | e      |
 * |--------------|-----------|----------|----------|----------|--------|
 * | quote        | bid       | bidSize  | ask      | askSize  | –      |
 * | trade        | price     | size     | –        | –        | –      |
 * | bar          | open      | high     | low      | close    | volume |
 * | openInterest | contracts | –        | –        | –        | –      |
 * | index        | price     | –        | –        | –        | –      |
 *
 * NaN stands for "not carried" in a..e and for "unknown" in eventUs. A bar's `eventUs` is its start and its `recvUs` its end.
 */
export interface EventColumns {
  n: number;
  seq0: number;
  readonly kind: Uint8Array;
  readonly flags: Uint16Array;
  readonly slot: Int32Array;
  readonly recvUs: Float64Array;
  readonly eventUs: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly c: Float64Array;
  readonly d: Float64Array;
  readonly e: Float64Array;
  /** Condition code of a trade (index into the session's dictionary), or index into `objects`. -1 none. */
  readonly ref: Int32Array;
  readonly objects: readonly ObjectEvent[];
}

/** The rare kinds. Adding one is additive; an unknown kind is kept and ignored. */
export type ObjectEvent =
  | { readonly kind: "instrument"; readonly slot: Slot; readonly instrument: Instrument }
  | {
      readonly kind: "status";
      readonly slot: Slot;
      readonly state: TradingStatus;
      readonly reason: string | null;
    }
  | {
      readonly kind: "tradeCancel" | "tradeCorrect";
      readonly slot: Slot;
      readonly tradeId: string;
      readonly price: number | null;
      readonly size: number | null;
    }
  | {
      readonly kind: "vendorGreeks";
      readonly slot: Slot;
      readonly iv: number | null;
      readonly delta: number | null;
      readonly gamma: number | null;
      readonly vega: number | null;
      readonly theta: number | null;
    }
  | { readonly kind: "rate"; readonly ccy: string; readonly tenorDays: number; readonly rate: number }
  | {
      readonly kind: "dividend";
      readonly instrument: InstrumentId;
      readonly exDate: IsoDay;
      readonly amount: number;
      readonly declared: boolean;
    }
  | {
      readonly kind: "priorMark";
      readonly slot: Slot;
      readonly price: number;
      readonly day: IsoDay;
      readonly source: string;
    }
  | { readonly kind: "fill"; readonly fill: FillEvent }
  | {
      readonly kind: "account";
      readonly account: string;
      readonly ccy: string;
      readonly cash: string;
      readonly reason: string;
    }
  | {
      readonly kind: "gap";
      readonly channel: string;
      readonly fromUs: Micros;
      readonly toUs: Micros | null;
      readonly reason: string;
    }
  | {
      readonly kind: "shed";
      readonly channel: string;
      readonly slots: readonly Slot[];
      readonly count: number;
    }
  | { readonly kind: "timer"; readonly name: string; readonly data: unknown }
  | { readonly kind: "command"; readonly user: string; readonly name: string; readonly args: unknown }
  | { readonly kind: "orderUpdate"; readonly data: unknown }
  | {
      readonly kind: "note";
      readonly level: "info" | "warn" | "error";
      readonly source: string;
      readonly text: string;
    };

export type TradingStatus = "open" | "halted" | "luldPause" | "auction" | "closed";

/** An execution. Quantities and money are exact decimal strings at this edge; see money.ts. */
export interface FillEvent {
  readonly execId: string;
  readonly account: string;
  readonly instrument: InstrumentId;
  /** Signed contracts or shares, + bought. */
  readonly qty: string;
  /** Per share or per unit of underlying, in the instrument's currency. */
  readonly price: string;
  readonly fees: string;
  readonly feeCcy: string;
  readonly ticketId: string | null;
  readonly legIndex: number | null;
  readonly strategy: string;
}

const ROW_COLUMNS = ["recvUs", "eventUs", "a", "b", "c", "d", "e"] as const;

/** Empty columns with room for `capacity` rows. */
export function eventColumns(capacity: number, objects: ObjectEvent[] = []): EventColumns {
  const f64 = Object.fromEntries(ROW_COLUMNS.map((c) => [c, new Float64Array(capacity)])) as Record<
    (typeof ROW_COLUMNS)[number],
    Float64Array
  >;
  return {
    n: 0,
    seq0: 0,
    kind: new Uint8Array(capacity),
    flags: new Uint16Array(capacity),
    slot: new Int32Array(capacity),
    ref: new Int32Array(capacity),
    ...f64,
    objects,
  };
}
