import { isMargined } from "./events.ts";
import {
  type MarginInput,
  type MarginOrder,
  type MarginPosition,
  type MarginProfile,
  type MarginResult,
  marginOf,
} from "./margin.ts";
import type { BookValue } from "./value.ts";

/** Which account, under which rules, with which working orders. */
export interface BookMarginOptions {
  readonly account: string;
  readonly profile: MarginProfile;
  readonly orders?: readonly MarginOrder[];
  readonly fx: MarginInput["fx"];
  readonly stress?: NonNullable<MarginInput["stress"]>;
  /** The account as it would be: positions at other marks and spots, by key, further ones, and cash paid or received for them. */
  readonly whatIf?: {
    readonly marked: (key: string, position: MarginPosition) => MarginPosition;
    readonly added: readonly MarginPosition[];
    readonly cash: number | null;
  };
}

/** Margin of one account of a valued book, at its marks. Worth recomputing when positions, orders or marks change, not on each frame. */
export function marginOfBook(v: BookValue, o: BookMarginOptions): MarginResult {
  const spots = new Map(v.underlyings.map((u) => [u.underlying, u.spot?.price ?? null]));
  const positions: MarginPosition[] = v.positions
    .filter((p) => p.account === o.account && p.qty !== 0)
    .map((p): MarginPosition => {
      const now = {
        instrument: p.instrument,
        qty: p.qty,
        mark: p.mark.price,
        spot: p.instrument.kind === "option" ? (spots.get(p.underlying) ?? null) : p.mark.price,
        variation: isMargined(p.instrument) ? (p.local.unrealised ?? 0) : 0,
      };
      return o.whatIf?.marked(p.key, now) ?? now;
    });
  let cash: number | null = 0;
  for (const c of v.cash) {
    if (c.account === o.account) cash = cash === null || c.cashBase === null ? null : cash + c.cashBase;
  }
  if (o.whatIf) {
    positions.push(...o.whatIf.added);
    cash = cash === null || o.whatIf.cash === null ? null : cash + o.whatIf.cash;
  }
  const stress = o.stress === undefined ? {} : { stress: o.stress };
  return marginOf({ profile: o.profile, cash, positions, orders: o.orders ?? [], fx: o.fx, ...stress });
}
