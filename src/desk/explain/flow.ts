import type { InstrumentId } from "../../../engines/market/index.ts";
import type { Explanation, FlowBin, FlowTrade, FlowView } from "../protocol.ts";
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

/** A row of the flow pane. `row` is `underlying|tape|minutes|row of the flow`, or the same with `strike`, `time`, `expiry` or `delta` and its name. */
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
  const bin = binOf(context, view, face ?? "", key ?? "?");
  if (!bin) return null;
  const lines = [
    `${bin.trades} trades: ${exact(bin.buy)} bought − ${exact(bin.sell)} sold by customers, ${exact(bin.unknown)} without a side`,
    `net delta ${gain(bin.netDelta)} ${view.ccy}, net vega ${gain(bin.netVega)} ${view.ccy} per vol point`,
    ...quality(view),
  ];
  return leaf(`flow of ${view.label} at ${key}`, gain(bin.buy - bin.sell), "contracts", lines, {
    inputs: [dayExplained(view)],
  });
}

/** A row of one of the sums, by its face and its name on the screen. */
function binOf(context: ViewContext, view: FlowView, face: string, key: string): FlowBin | undefined {
  switch (face) {
    case "strike":
      return view.byStrike.find((b) => b.strike === Number(key));
    case "expiry":
      return view.byExpiry.find((b) => b.name === key);
    case "delta": {
      const [low = ""] = key.split("-");
      return view.byDelta.find((b) => b.name === key || b.name.startsWith(`d${low.slice(1)}_`));
    }
    default:
      return view.byTime.find((b) => clock(context, b.startUs).startsWith(key));
  }
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
  return leaf(`side of ${what}`, t.side, null, side, { inputs: [dayExplained(view)] });
}

/** The day's sums that every row is a part of. */
function dayExplained(view: FlowView): Explanation {
  const t = view.totals;
  const share = (x: number | null): string => (x === null ? "–" : `${exact(Math.round(x * 1000) / 10)} %`);
  return leaf(`flow of ${view.label} since the open`, gain(t.buyVolume - t.sellVolume), "contracts", [
    `${exact(t.buyVolume)} bought, ${exact(t.sellVolume)} sold, ${exact(t.unknownVolume)} without a side`,
    `quotes known for ${share(t.quoteCoverage)} of trades, delta for ${share(t.deltaCoverage)}`,
    "delta-weighted: side x delta x size x multiplier x spot; vega-weighted: side x vega x size x multiplier, per vol point",
  ]);
}

function quality(view: FlowView): string[] {
  return view.quality === "bar"
    ? ["a trade here is a minute's bar at its close: one side for all of it, confidence one level lower"]
    : [];
}
