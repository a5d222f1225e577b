/**
 * Models and commands of tickets, previews and orders. Prices and quantities that will be sent travel as exact decimal text; what is only
 * shown is a double. Unknown is `null`.
 */
import type { InstrumentId, Leg, Micros } from "../../engines/market/index.ts";
import type { TradingState } from "./protocol-desk.ts";

export type OrderSide = "buy" | "sell";
export type OrderTif = "day" | "gtc" | "ioc" | "opg" | "cls";
export type LegIntent = "open" | "close";
export type PriceAnchor = "mid" | "bid" | "ask";

/** A quantity as a trader says it: contracts or shares, money, or a part of the position. */
export type QtyWish =
  | { readonly by: "count"; readonly n: number }
  | { readonly by: "money"; readonly amount: number }
  | { readonly by: "percent"; readonly percent: number };

/** A limit as a trader says it: a number, or a distance from a side of the (package's) market. */
export type PriceWish =
  | { readonly by: "limit"; readonly price: string }
  | {
      readonly by: "anchor";
      readonly anchor: PriceAnchor;
      readonly offset: number;
      /** Ticks, hundredths of the currency, or per cent of the spread. */
      readonly unit: "t" | "c" | "%";
      /** Moves with the quote while staged. */
      readonly follows: boolean;
    };

/**
 * What to put on the desk as a ticket. `legs` are those of ONE unit as bought; selling a structure is negated ratios and `side` says the
 * word. A null `qty` is the default: the whole position when it closes, the default size otherwise.
 */
export interface Draft {
  readonly legs: readonly Leg[];
  readonly side: OrderSide;
  readonly purpose: "auto" | "close" | "roll";
  readonly qty: QtyWish | null;
  readonly price: PriceWish | null;
  readonly tif: OrderTif;
  /** Position or structure that it closes or rolls, by its row key. */
  readonly from: string | null;
}

/** When in the session queued tickets come up. */
export type QueueStyle = "ANY" | "MIDDAY" | "OPEN_AUCTION" | "CLOSE_AUCTION";

export type TicketEdit =
  | { readonly edit: "qty"; readonly qty: QtyWish }
  | { readonly edit: "price"; readonly price: PriceWish }
  /** Steps of a tick (price) or a contract (quantity). */
  | { readonly edit: "step"; readonly field: "price" | "qty"; readonly steps: number }
  | { readonly edit: "follow" }
  | { readonly edit: "tif"; readonly tif: OrderTif }
  | { readonly edit: "flip" }
  /** Whose fills they are; null: that of what is held. */
  | { readonly edit: "sleeve"; readonly sleeve: string | null }
  /** What the trade saves over its horizon, in base currency; null: unknown. */
  | { readonly edit: "benefit"; readonly amount: number | null }
  /** The limit follows the market by itself, or stands. */
  | { readonly edit: "work" }
  | { readonly edit: "drop" }
  | { readonly edit: "restore" };

export type OrderCommand =
  | { readonly name: "stage"; readonly draft: Draft }
  | { readonly name: "ticket"; readonly ticket: string; readonly edit: TicketEdit }
  /** Several tickets are a basket: one preview with a row each. */
  | { readonly name: "preview"; readonly tickets: readonly string[] }
  /** The screen says what it painted; the desk judges whether that may be sent. */
  | {
      readonly name: "confirm";
      readonly preview: string;
      readonly hash: string;
      /** How long this preview's rows have stood written on the terminal. */
      readonly shownMs: number;
      /** Hash of the painted screen, for the flight recorder. */
      readonly screenHash: string;
      /** What was typed where the quantity must be typed. */
      readonly typedQty: string | null;
    }
  /** Tickets of one contract become what is left of them once their sleeves have crossed. */
  | { readonly name: "net"; readonly tickets: readonly string[] }
  /** What nets to nothing is booked inside at mid. */
  | { readonly name: "cross"; readonly tickets: readonly string[] }
  | { readonly name: "pair"; readonly tickets: readonly string[]; readonly apart?: boolean }
  /** Tickets wait for a window of their exchange's session; a null style takes them off. */
  | { readonly name: "job"; readonly tickets: readonly string[]; readonly style: QueueStyle | null }
  | { readonly name: "accept"; readonly preview: string; readonly guard: string }
  | { readonly name: "fix"; readonly preview: string; readonly fix: number }
  | { readonly name: "leavePreview"; readonly preview: string }
  | { readonly name: "cancel"; readonly order: string }
  /** Whether the guard leaves an order at work when the desk freezes; null turns it over. */
  | { readonly name: "leave"; readonly order: string; readonly on: boolean | null }
  /** `GOOG*` style pattern over underlyings, or null for all. */
  | { readonly name: "cancelAll"; readonly pattern: string | null }
  /** A ticket over what is left of a working order, in whose place it goes once it is previewed. Answers with the ticket. */
  | { readonly name: "change"; readonly order: string }
  /** Steps collect on the row until `amendSend` or `amendForget`. */
  | { readonly name: "amend"; readonly order: string; readonly steps: number }
  /** A price collects on the row and answers with the order; another size answers with a ticket to preview. */
  | {
      readonly name: "amendTo";
      readonly order: string;
      readonly price: PriceWish | null;
      readonly qty: string | null;
    }
  | { readonly name: "amendSend"; readonly order: string }
  | { readonly name: "amendForget"; readonly order: string }
  | { readonly name: "again"; readonly order: string }
  /** `adopt`: what the broker has otherwise is booked as made elsewhere. */
  | { readonly name: "reconcile"; readonly adopt?: boolean }
  | { readonly name: "reduce" }
  | { readonly name: "resume"; readonly typed: string };

export interface LegView {
  readonly instrument: InstrumentId;
  /** `760 C` under its structure. */
  readonly label: string;
  /** Signed contracts or shares of the whole order. */
  readonly qty: number;
  readonly intent: LegIntent | null;
  readonly bid: number | null;
  readonly bidSize: number | null;
  readonly ask: number | null;
  readonly askSize: number | null;
  readonly ageMs: number | null;
  readonly fresh: boolean;
  readonly source: string;
  readonly decimals: number;
}

export interface TicketView {
  readonly id: string;
  readonly stage: "staged" | "previewed" | "dropped";
  readonly side: OrderSide;
  /** `GOOG 15jan 760/780 call vertical` */
  readonly what: string;
  readonly underlying: InstrumentId;
  readonly qty: number | null;
  readonly qtyIsDefault: boolean;
  /** To open, to close, both (a roll), null where it is not known. */
  readonly intent: LegIntent | "roll" | null;
  readonly limit: number | null;
  /** Words of the anchor: `mid-1t`, with what it means: `1t under mid, 5t under ask`. */
  readonly anchor: string | null;
  readonly distance: string | null;
  readonly follows: boolean;
  readonly tif: OrderTif;
  readonly net: { readonly bid: number | null; readonly mid: number | null; readonly ask: number | null };
  readonly tick: number;
  readonly decimals: number;
  readonly cost: number | null;
  readonly ccy: string;
  readonly ccyDecimals: number;
  /** Change of delta in shares. */
  readonly delta: number | null;
  readonly legs: readonly LegView[];
  /** Said beside the field it concerns: `would cross: marketable`, `rounded down to the tick`. */
  readonly warning: string | null;
  /** The working order that it takes the place of. */
  readonly replaces: string | null;
  /** Staged in an earlier run of the desk: must be previewed again. */
  readonly old: boolean;
  readonly stagedUs: Micros;
}

export type Verdict = "pass" | "warn" | "confirm" | "deny";
export interface GuardView {
  readonly code: string;
  readonly verdict: Verdict;
  /** `SIZE 12 of 10` */
  readonly text: string;
  /** What would put it right, offered by a digit. */
  readonly fixes: readonly string[];
  /** Share of the limit that is used, where it is a measure. */
  readonly used: number | null;
  readonly accepted: boolean;
}
export interface GreeksLine {
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  /** In base currency, where shares of several underlyings add up to nothing; gamma for 1 % of spot. */
  readonly dollarDelta: number | null;
  readonly dollarGamma: number | null;
  /** P&L of the book at each of `PreviewView.spotShocks`. */
  readonly pnl: readonly (number | null)[];
}
export interface PreviewRow {
  readonly ticket: string;
  readonly side: OrderSide;
  readonly qty: number;
  readonly what: string;
  readonly intent: string;
  readonly limit: number;
  readonly tif: OrderTif;
  readonly net: TicketView["net"];
  readonly tick: number;
  readonly decimals: number;
  readonly legs: readonly LegView[];
  /** Signed cash, + received. */
  readonly cost: number | null;
  readonly fees: number | null;
  /** P&L at its worst, so negative or 0. Null with `unbounded` false is unknown. */
  readonly maxLoss: number | null;
  readonly maxLossUnbounded: boolean;
  readonly maxGain: number | null;
  readonly maxGainUnbounded: boolean;
  readonly breakEvens: readonly number[];
  /** The day at which loss, gain and break-evens hold: the first expiry. */
  readonly horizon: string | null;
  /** Of an order that only closes: what it realises at its limit before fees, in the currency of its legs; what it may lose or gain alone says nothing. */
  readonly closes: {
    readonly ccy: string | null;
    readonly decimals: number;
    readonly realised: number | null;
  } | null;
  /** What else happens to it: the order whose place it takes, the orders that it is split into. */
  readonly how: readonly string[];
  /** What it is expected to cost beyond its mid; null where it can't be said. */
  readonly execution: ExecutionView | null;
  /** Its money in the legs' own currency, where that is not the base: signed as above. */
  readonly own: {
    readonly ccy: string;
    readonly decimals: number;
    readonly cost: number;
    readonly fees: number;
    readonly maxLoss: number | "unbounded" | null;
    readonly maxGain: number | "unbounded" | null;
    /** Of premiums paid in the coin: $ delta of the dollar value, and adjusted by the premium. */
    readonly delta: { readonly plain: number; readonly adjusted: number | null } | null;
  } | null;
}
/** The cost that is expected of an order, and the gate of cost against benefit; the guard COST is what may hold an order back by it. */
export interface ExecutionView {
  readonly slippageBps: number;
  readonly slippageFrom: "instrument" | "class" | "default";
  /** Trades that the estimate is from. */
  readonly fills: number;
  readonly feeBps: number | null;
  /** Slippage and half the fees. */
  readonly costBps: number | null;
  /** Base currency. */
  readonly cost: number | null;
  /** Part of NAV that the order moves. */
  readonly drift: number | null;
  readonly benefit: number | null;
  readonly worth: boolean;
  readonly gate: string;
}
export interface PreviewView {
  readonly id: string;
  readonly hash: string;
  readonly mode: string;
  readonly account: string;
  readonly state: "open" | "moved" | "over" | "sent";
  /** Said when it is not open, or after `C`: `already sent as O8`. */
  readonly message: string | null;
  readonly endsInMs: number;
  readonly rows: readonly PreviewRow[];
  readonly ccy: string;
  readonly buyingPowerNow: number | null;
  readonly buyingPowerAfter: number | null;
  readonly marginNow: number | null;
  readonly marginAfter: number | null;
  /** Fractions of the spot. */
  readonly spotShocks: readonly number[];
  readonly bookNow: GreeksLine;
  readonly bookAfter: GreeksLine;
  readonly guards: readonly GuardView[];
  readonly tightest: string | null;
  /** What several orders may lose and win together, signed money; null for one order. */
  readonly basket: {
    readonly maxLoss: number | "unbounded" | null;
    readonly maxGain: number | "unbounded" | null;
  } | null;
  /** P&L of the book by vol move and spot shock, only where it was asked for. */
  readonly scenario: {
    readonly volPts: readonly number[];
    readonly now: readonly (readonly (number | null)[])[];
    readonly after: readonly (readonly (number | null)[])[];
  } | null;
  readonly dryRun: { readonly text: string; readonly ageMs: number } | null;
  /** The quantity that must be typed before `C`, null where none must. */
  readonly mustType: string | null;
  readonly canConfirm: boolean;
}

export type OrderState =
  | "staged"
  | "sending"
  /** In the ledger and positively not at the broker: a person says what becomes of it. */
  | "not sent"
  | "working"
  | "partial"
  | "filled"
  /** It was filled, and the venue took executions of it back. */
  | "busted"
  | "cancelling"
  | "cancelled"
  | "rejected"
  | "denied"
  | "expired"
  | "UNKNOWN";
export interface OrderRow {
  /** `O7`, or the ticket's `T1` while staged. */
  readonly id: string;
  readonly state: OrderState;
  readonly side: OrderSide;
  readonly qty: number;
  readonly what: string;
  readonly underlying: InstrumentId | null;
  readonly filled: number | null;
  readonly limit: number | null;
  /** Collected price steps that are not sent yet, with their verdict. */
  readonly pending: { readonly price: number; readonly ok: boolean; readonly text: string | null } | null;
  readonly mid: number | null;
  /** Ticks from the mid, negative on the patient side. */
  readonly awayTicks: number | null;
  readonly avgFill: number | null;
  readonly ageMs: number | null;
  readonly decimals: number;
  readonly tif: OrderTif;
  /** Made elsewhere. */
  readonly external: boolean;
  /** Second line: reason, what is being asked. */
  readonly note: string | null;
  readonly legs: readonly LegView[];
}
export interface OrdersView {
  readonly trading: TradingState;
  readonly tradingReason: string | null;
  readonly account: string;
  readonly rows: readonly OrderRow[];
  readonly working: number;
  readonly unknown: number;
  readonly tickets: number;
  readonly external: number;
  /** What held options are about to do by themselves: early assignment, the last day. */
  readonly warnings: readonly string[];
  /** Branch of the paper ledger, from 1; 0 where there is none. */
  readonly branch: number;
  readonly branches: number;
  /** What happens to working orders when the desk freezes or is lost: the guard, the venue's own timer; null: nothing. */
  readonly guard: string | null;
  /** Working orders that are left at work then. */
  readonly left: readonly string[];
  /** Why order keys do nothing here and now: looking back in a replay, read-only, no broker. */
  readonly locked: string | null;
}

/** One line of an order's story, oldest first. */
export interface StoryLine {
  readonly us: Micros;
  readonly seq: number;
  readonly kind: "key" | "ticket" | "preview" | "ledger" | "sent" | "broker" | "fill" | "state" | "note";
  readonly text: string;
}
export interface StoryView {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly StoryLine[];
}
