/**
 * Alerts as the desk and a screen speak of them: a number, a level, and what became of it. Unknown is `null`.
 */
import type { InstrumentId } from "../../engines/market/index.ts";
import type { Draft } from "./protocol-orders.ts";

export const ALERT_OPS = [">", "<", "crosses"] as const;
export type AlertOp = (typeof ALERT_OPS)[number];

export interface AlertState {
  /** Whether the next time it comes true fires. */
  readonly armed: boolean;
  readonly times: number;
  readonly firedUs: number | null;
  /** The last known value while it was looked at, what `crosses` compares with. */
  readonly last: number | null;
}

/** What an alert looks at: an instrument, or a row of the positions (`book` is the whole). */
export type AlertSubject =
  | { readonly of: "instrument"; readonly id: InstrumentId }
  | { readonly of: "row"; readonly key: string };

/** Figures of an instrument. Vol in points, age in seconds, change in per cent of the prior settlement. */
export const INSTRUMENT_FIELDS = [
  "price",
  "bid",
  "ask",
  "mid",
  "last",
  "spread",
  "iv",
  "delta",
  "age",
  "change",
] as const;
/** Figures of a row of the positions, in its currency, shares, currency per day and per vol point. */
export const ROW_FIELDS = ["mark", "day", "pnl", "value", "delta", "gamma", "theta", "vega", "nav"] as const;
export type AlertField = (typeof INSTRUMENT_FIELDS)[number] | (typeof ROW_FIELDS)[number];

/** An alert as it is asked for. */
export interface AlertWish {
  readonly subject: AlertSubject;
  /** What a trader calls the subject: `GOOG 15jan 760 C`, `BOOK`. */
  readonly label: string;
  readonly field: AlertField;
  readonly op: AlertOp;
  readonly level: number;
  /** Armed anew when it is no longer true; otherwise it fires once. */
  readonly again: boolean;
  /** Put on the desk as a ticket when it fires, with the words it came from. Staged, never sent. */
  readonly stage: { readonly draft: Draft; readonly text: string } | null;
}

/** An alert that is kept: with its name `A1` and what became of it. */
export interface Alert extends AlertWish {
  readonly id: string;
  readonly state: AlertState;
}

const UNITS: Readonly<Partial<Record<AlertField, string>>> = { iv: "vp", age: "s", change: "%" };
const DECIMALS: Readonly<Partial<Record<AlertField, number>>> = { iv: 1, age: 1, change: 1, delta: 2 };

/** A value of a field in words: `20.3`, `94s`, `-1.2%`. */
export function fieldText(field: AlertField, value: number | null): string {
  if (value === null || value !== value) return "–";
  const digits = DECIMALS[field] ?? (Math.abs(value) >= 1000 ? 0 : 2);
  const text = value.toFixed(digits).replace(/\.0$/, "");
  const unit = UNITS[field] ?? "";
  return unit === "vp" ? text : `${text}${unit}`;
}

/** `GOOG 15jan 760 C iv > 20` */
export const alertText = (a: AlertWish): string =>
  `${a.label} ${a.field} ${a.op} ${fieldText(a.field, a.level)}`;

export interface AlertRow {
  readonly id: string;
  readonly text: string;
  readonly now: string;
  readonly state: "armed" | "fired" | "no data";
  readonly times: number;
  readonly firedUs: number | null;
  readonly again: boolean;
  readonly stage: string | null;
}
/** Something fired: numbered through the life of the desk, so that a screen misses none and says none twice. */
export interface AlertFiring {
  readonly n: number;
  readonly us: number;
  readonly text: string;
}
export interface AlertsView {
  readonly rows: readonly AlertRow[];
  readonly firings: readonly AlertFiring[];
  /** Why alerts are not kept, or were not read: said once. */
  readonly problem: string | null;
}

export type AlertCommand =
  | { readonly name: "alert"; readonly op: "add"; readonly wish: AlertWish }
  /** Null is all of them. */
  | { readonly name: "alert"; readonly op: "drop"; readonly id: string | null }
  | { readonly name: "alert"; readonly op: "rearm"; readonly id: string };
