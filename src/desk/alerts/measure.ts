import type { Slot } from "../../../engines/market/index.ts";
import type { Figures } from "../../../engines/portfolio/index.ts";
import type { AlertField, AlertSubject } from "../protocol-alerts.ts";
import type { ViewContext } from "../views/context.ts";
import { positionsView, quoteOf } from "../views/positions.ts";

const US_PER_S = 1_000_000;
const orNull = (x: number | undefined): number | null => (x === undefined || x !== x ? null : x);

/** The number that an alert looks at, as the panes would show it; null where it is unknown. */
export function measure(context: ViewContext, subject: AlertSubject, field: AlertField): number | null {
  if (subject.of === "row") return ofRow(context, subject.key, field);
  const slot = context.desk.slot(subject.id);
  return slot === null ? null : ofInstrument(context, slot, field);
}

/** Fields that only a quote or print of the instrument itself moves: looked at on each of its events. */
const QUOTED: ReadonlySet<AlertField> = new Set<AlertField>(["price", "bid", "ask", "mid", "last", "spread"]);
export const isQuoted = (subject: AlertSubject, field: AlertField): boolean =>
  subject.of === "instrument" && QUOTED.has(field);

function ofInstrument(context: ViewContext, slot: Slot, field: AlertField): number | null {
  const { desk, nowUs } = context;
  const { bid, ask, mid } = quoteOf(desk, slot);
  switch (field) {
    case "bid":
      return bid;
    case "ask":
      return ask;
    case "mid":
      return mid;
    case "spread":
      return bid === null || ask === null ? null : ask - bid;
    case "last":
      return orNull(desk.book.last[slot]);
    case "price":
      return desk.instruments[slot]?.kind === "option" ? mid : orNull(desk.book.spot(slot));
    case "age": {
      const seenUs = desk.book.confirmUs[slot] as number;
      return seenUs === seenUs ? Math.max(0, (nowUs - seenUs) / US_PER_S) : null;
    }
    case "change": {
      const price = desk.instruments[slot]?.kind === "option" ? mid : orNull(desk.book.spot(slot));
      const prior = context.facts.valuer.prior(slot)?.price ?? null;
      return price === null || prior === null || prior === 0 ? null : (price / prior - 1) * 100;
    }
    default:
      return ofOption(context, slot, field);
  }
}

function ofOption(context: ViewContext, slot: Slot, field: AlertField): number | null {
  const instrument = context.desk.instruments[slot];
  if (instrument?.kind !== "option") return null;
  const value = context.facts.valuer.option(slot, instrument, context.nowUs);
  if (field === "iv") return value?.vol ? value.vol.sigma * 100 : null;
  return field === "delta" ? (value?.greeks?.delta ?? null) : null;
}

function ofRow(context: ViewContext, key: string, field: AlertField): number | null {
  if (key === "book") {
    const value = context.value();
    return field === "nav" ? value.nav : figure(value.book.figures, field, true);
  }
  const row = positionsView(context).rows.find((r) => r.key === key);
  if (!row) return null;
  if (field === "mark") return row.mark;
  if (field === "age") return row.ageUs === null ? null : row.ageUs / US_PER_S;
  if (field === "bid" || field === "ask" || field === "mid" || field === "iv") {
    const value = row[field];
    return field === "iv" && value !== null ? value * 100 : value;
  }
  return figure(row, field, false);
}

/** The book's delta is money (shares of different names don't add up), a row's is shares. */
function figure(
  f: Pick<Figures, "dayPnl" | "pnl" | "value" | "delta" | "gamma" | "theta" | "vega" | "dollarDelta">,
  field: AlertField,
  book: boolean,
): number | null {
  switch (field) {
    case "day":
      return f.dayPnl;
    case "pnl":
      return f.pnl;
    case "value":
      return f.value;
    case "delta":
      return book ? f.dollarDelta : f.delta;
    case "gamma":
      return f.gamma;
    case "theta":
      return f.theta;
    case "vega":
      return f.vega;
    default:
      return null;
  }
}
