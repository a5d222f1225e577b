import type { Explanation } from "../protocol.ts";
import { ChainIndex } from "../views/chain.ts";
import type { ViewContext } from "../views/context.ts";
import { surfaceView } from "../views/surface.ts";
import { ageText, exact, leaf } from "./words.ts";

const KINDS: Readonly<Record<string, string>> = {
  svi: "raw SVI by least squares in ln(K/F), weighted by vega over spread",
  constrained: "raw SVI with a penalty on negative density",
  ssvi: "the arbitrage-free three-parameter slice, since quotes are few or raw SVI would not do",
  flat: "one vol, from one or two quotes",
};

const points = (vol: number | null): string => exact(vol === null ? null : vol * 100);

/** One expiry of the surface: what it was fitted to, how, and how well. `row` is `underlying|expiry key`. */
export function surfaceExplained(context: ViewContext, row: string): Explanation | null {
  const [underlying = "", expiry = ""] = row.split("|");
  const view = surfaceView(context, new ChainIndex(), { underlying: underlying as never, expiry });
  const fit = view?.expiries.find((e) => e.key === expiry);
  if (!view || !fit) return null;
  const deltas = leaf("25-delta", `${points(fit.put25)} put, ${points(fit.call25)} call`, "vol points", [
    "at the exact undiscounted forward delta N(d1) with the smile's own vol; null where that lies beyond the quotes",
    `risk reversal call less put ${points(fit.riskReversal25)}, butterfly ${points(fit.butterfly25)}`,
  ]);
  const forward = leaf(`forward of ${fit.label}`, exact(fit.forward), null, [
    "put-call parity over the strikes nearest the money, the discount from the rate curve, American quotes less their early-exercise premium",
    `spot ${exact(view.spot)}`,
  ]);
  const lines = [
    KINDS[fit.kind ?? ""] ?? "no fit: two-sided quotes on both sides of the forward are needed",
    `${exact(fit.used)} out-of-the-money quotes, ${exact((fit.withinSpread ?? 0) * 100)} % of them within their own spread of the fit, root mean square error ${points(fit.rmse)} vp`,
    `fitted ${ageText(fit.ageUs)} ago`,
    ...fit.warnings.map((w) => w.replaceAll("_", " ")),
  ];
  return leaf(`ATM vol of ${view.label} ${fit.label}`, points(fit.atm), "vol points, at the forward", lines, {
    inputs: [forward, deltas],
    usedBy: ["constant maturities", "term structure", "expected move"],
  });
}
