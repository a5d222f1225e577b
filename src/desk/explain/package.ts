import type { InstrumentId, Leg } from "../../../engines/market/index.ts";
import type { Explanation } from "../protocol.ts";
import type { ViewContext } from "../views/context.ts";
import { packageView } from "../views/package.ts";
import { quoteExplained } from "./marks.ts";
import { exact, gain, leaf } from "./words.ts";

/** Legs that are being put together. `row` lists them as `ratio instrument` with bars between. */
export function packageExplained(context: ViewContext, row: string): Explanation | null {
  const legs = row.split("|").flatMap((part): Leg[] => {
    const at = part.indexOf(" ");
    const ratio = Number(part.slice(0, at));
    return at > 0 && Number.isInteger(ratio)
      ? [{ instrument: part.slice(at + 1) as InstrumentId, ratio }]
      : [];
  });
  const view = packageView(context, { legs });
  if (!view) return null;
  const ccy = context.facts.baseCcy;
  const sides = view.legs.map((l) => `${gain(l.ratio)} x ${exact(l.bid)} | ${exact(l.ask)}`).join("  ");
  const ends = view.modelled
    ? `at ${view.horizon}, the first expiry; legs that live on by Black-Scholes-Merton at their present vols (~)`
    : `at ${view.horizon ?? "any time"}, every leg at its intrinsic value: exact`;
  const bound = (name: string, x: number | null, unbounded: boolean) =>
    leaf(name, unbounded ? "unbounded" : exact(x), ccy, [
      `per share of one unit, from the net mid ${exact(view.net.mid)}, ${ends}`,
      ...(view.reason === null ? [] : [`unknown: ${view.reason}`]),
    ]);
  const greek = (name: string, x: number | null, unit: string) =>
    leaf(name, gain(x), unit, ["sum over its legs of ratio x multiplier x the leg's own, all units"]);
  return leaf(
    `net market of ${view.long}`,
    `${exact(view.net.bid)} | ${exact(view.net.mid)} | ${exact(view.net.ask)}`,
    "per share of one unit, + paid",
    [
      sides,
      "bid: bought legs at their bid, sold legs at their ask; ask the other way; mid between",
      `${view.units} units as put together`,
    ],
    {
      inputs: [
        bound("most that it loses", view.maxLoss, view.maxLossUnbounded),
        bound("most that it gains", view.maxGain, view.maxGainUnbounded),
        leaf("break-even", view.breakEvens.map(exact).join("  ") || "–", ccy, [
          `where it makes nothing, ${ends}`,
        ]),
        greek("Δ", view.delta, "shares"),
        greek("Γ", view.gamma, "shares per 1.00"),
        greek("Θ", view.theta, `${ccy} per day`),
        greek("V", view.vega, `${ccy} per vol point`),
        ...view.legs.flatMap((l) => {
          const slot = context.desk.slot(l.instrument);
          return slot === null ? [] : [quoteExplained(context, slot)];
        }),
      ],
    },
  );
}
