import type { Product } from "../market/types.ts";

export type Side = "buy" | "sell";

export interface OrderLeg {
  readonly product: Product;
  readonly side: Side;
  /** Contracts of this leg in one unit of the order. */
  readonly ratio: number;
  /** What the protocol has to say of it besides. */
  readonly intent: string | null;
}

/** What a client asks for, checked by its protocol. */
export interface Draft {
  readonly clientId: string | null;
  /** One leg, or the legs of a package. */
  readonly legs: readonly OrderLeg[];
  readonly side: Side;
  readonly qty: number;
  readonly type: "market" | "limit";
  /** Per unit; of a package the net, positive for a debit. Null at market. */
  readonly limit: number | null;
  readonly tif: "day" | "gtc" | "ioc" | "fok";
  /** The protocol's own fields, given back as they came. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export type OrderStatus =
  | "pending"
  | "working"
  | "pendingCancel"
  | "pendingReplace"
  | "filled"
  | "canceled"
  | "rejected"
  | "expired"
  | "replaced";

export const TERMINAL: ReadonlySet<OrderStatus> = new Set([
  "filled",
  "canceled",
  "rejected",
  "expired",
  "replaced",
]);

export interface Order {
  readonly id: string;
  readonly seq: number;
  draft: Draft;
  status: OrderStatus;
  filled: number;
  /** Sum of price times quantity of the fills. */
  value: number;
  readonly createdUs: number;
  updatedUs: number;
  endedUs: number | null;
  readonly replaces: string | null;
  replacedBy: string | null;
  readonly executions: Execution[];
  reason: string | null;
}

export interface Execution {
  readonly id: string;
  readonly orderId: string;
  readonly us: number;
  /** Per unit of the order. */
  readonly price: number;
  readonly qty: number;
  readonly cumulative: number;
  /** Price of each leg, in the order of the legs. */
  readonly legPrices: readonly number[];
  busted: boolean;
}

export type OrderEventKind =
  | "pending"
  | "new"
  | "fill"
  | "pendingCancel"
  | "canceled"
  | "pendingReplace"
  | "replaced"
  | "replaceRejected"
  | "cancelRejected"
  | "rejected"
  | "expired"
  | "bust";

export interface OrderEvent {
  readonly kind: OrderEventKind;
  readonly order: Order;
  readonly us: number;
  readonly execution: Execution | null;
  /** Distinct for every event; a repeated one has the same. */
  readonly eventId: string;
}
