import type { BrokerPosition } from "../brokers/broker.ts";

/** What the broker's books have otherwise. */
export interface Difference {
  readonly text: string;
  /** What it is worth in base currency, null where that is not known. */
  readonly worth: number | null;
  /** What would make our books agree. */
  readonly fix:
    | { readonly kind: "position"; readonly instrument: BrokerPosition["instrument"]; readonly qty: string }
    | { readonly kind: "cash"; readonly ccy: string; readonly amount: string };
}
