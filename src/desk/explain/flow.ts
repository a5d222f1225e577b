import type { InstrumentId } from "../../../engines/market/index.ts";
import type { Explanation, FlowTrade, FlowView } from "../protocol.ts";
import type { ViewContext } from "../views/context.ts";
import { flowView } from "../views/flow.ts";
import { clock, exact, gain, leaf } from "./words.ts";

const EVERY = Number.MAX_SAFE_INTEGER;
const HOW: Readonly<Record<FlowTrade["method"], string>> = {
  none: "no rule gives a side",
  quote: "at or through the touch: the customer took that side",
  mid: "inside the spread, nearer to that side than to the other",
  depth: "at the midpoint: the deeper side of the book was taken",
  tick: "no usable quote: by the last change of price in this contract",
};

/** A row of the flow pane. `row` is `underlying|tape|minutes|row of the flow`, or the same with `strike` or `time` and its name. */
export function flowExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const [underlying, face, minutes, key] = row.split("|");
  const view = flowView(context, {
    underlying: underlying as InstrumentId,
    limit: EVERY,
    minutes: minutes === "5" ? 5 : 15,
  });
  if (view === null) return null;
  if (face === "tape") {
    const trade = view.trades.find((t) => `${t.row}` === key);
    return trade ? tradeExplained(context, view, trade, column) : null;
  }
  const bin =
    face === "strike"
      ? view.byStrike.find((b) => b.strike === Number(key))
      : view.byTime.find((b) => clock(context, b.startUs).startsWith(key ?? "?"));
  if (!bin) return null;
  const lines = [
    `${bin.trades} trades: ${exact(bin.buy)} bought − ${exact(bin.sell)} sold by customers, ${exact(bin.unknown)} without a side`,
    `net delta ${gain(bin.netDelta)} ${view.ccy}, net vega ${gain(bin.netVega)} ${view.ccy} per vol point`,
    ...quality(view),
  ];
  return leaf(`flow of ${view.label} at ${key}`, gain(bin.buy - bin.sell), "contracts", lines);
}

function tradeExplained(context: ViewContext, view: FlowView, t: FlowTrade, column: string): Explanation {
  const met =
    t.bid === null && t.ask === null
      ? "no quote stood before it"
      : `met ${exact(t.bid)} | ${exact(t.ask)}, the last quote before ${clock(context, t.us)}`;
  const side = [
    met,
    HOW[t.method],
    `confidence ${t.confidence}${t.reason === "" ? "" : `, ${t.reason.replaceAll("_", " ")}`}`,
    ...quality(view),
  ];
  const what = `${t.label} ${exact(t.size)} at ${exact(t.price)}`;
  if (column === "dollarDelta" || column === "vega") {
    const value = column === "vega" ? t.vega : t.dollarDelta;
    const formula =
      column === "vega"
        ? "side x vega per share ÷ 100 x size x multiplier"
        : "side x delta per share x size x multiplier x spot";
    return leaf(`${column === "vega" ? "vega" : "$ delta"} of ${what}`, gain(value), view.ccy, [
      formula,
      "Greeks at the vol of the quote's mid",
      ...side,
    ]);
  }
  return leaf(`side of ${what}`, t.side, null, side);
}

function quality(view: FlowView): string[] {
  return view.quality === "bar"
    ? ["a trade here is a minute's bar at its close: one side for all of it, confidence one level lower"]
    : [];
}
