import { MEASURE_UNITS, MEASURES, type Measure } from "../../../engines/exposure/index.ts";
import type { InstrumentId } from "../../../engines/market/index.ts";
import type { Explanation, ExposureView, Views } from "../protocol.ts";
import { ChainIndex } from "../views/chain.ts";
import type { ViewContext } from "../views/context.ts";
import { exposureView } from "../views/exposure.ts";
import { exact, gain, leaf } from "./words.ts";

const FORMULA: Readonly<Record<Measure, string>> = {
  gamma: "gamma per share x S² x 0.01",
  vanna: "vanna per share and 1.00 of vol x S x 0.01",
  charm: "charm per share and year x S ÷ 365",
  delta: "delta per share x S",
};
const SIDES = ["net", "call", "put"] as const;
type Side = (typeof SIDES)[number];

/** A cell of the ladder. `row` is `underlying|slice|convention|strike` (or `total`), `column` is `measure.side`. */
export function exposureExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const [underlying, slice, convention, strike] = row.split("|");
  const [name, part = "net"] = column.split(".");
  const measure = MEASURES.find((m) => m === name);
  if (measure === undefined) return null;
  const params = { underlying: underlying as InstrumentId, slice, convention } as Views["exposure"]["params"];
  const view = exposureView(context, new ChainIndex(), params);
  if (view !== null && strike === "total") return totalOf(view, measure);
  const at = view?.strikes.indexOf(Number(strike)) ?? -1;
  if (view === null || at < 0) return null;
  if (part === "callOi" || part === "putOi") return interest(view, at, part);
  const side = SIDES.find((s) => s === part) ?? "net";
  return exposureOf(view, measure, side, at);
}

/** The whole slice: its sum, its walls, its coverage, its crossings. */
function totalOf(view: ExposureView, measure: Measure): Explanation | null {
  const [sum, ...parts] = totals(view, measure);
  return sum === undefined ? null : { ...sum, inputs: [...parts, zeroGamma(view)] };
}

function exposureOf(view: ExposureView, measure: Measure, side: Side, at: number): Explanation {
  const of = (s: Side): number | undefined => view.measures[measure][s][at];
  const lines = [
    `${view.conventionLabel}: a HEURISTIC, open interest does not say who is long`,
    `signed contracts x multiplier x ${FORMULA[measure]}, at spot S ${exact(view.spot)}, over ${view.expiries.length} expiries`,
    "vol of the strike's out-of-the-money contract at its last valid mid; carry as in the marks",
  ];
  if (side === "net") lines.push(`calls ${gain(of("call"))} + puts ${gain(of("put"))}`);
  const partial = view.partial[at] ?? 0;
  if ((partial & 1) !== 0) lines.push("incomplete: a contract here has no open interest");
  if ((partial & 2) !== 0) lines.push("incomplete: no Greek of a contract here is known");
  const inputs = [
    interest(view, at, "callOi"),
    interest(view, at, "putOi"),
    ...totals(view, measure),
    zeroGamma(view),
  ];
  return leaf(
    `${measure} exposure ${side === "net" ? "" : `of ${side}s `}at ${exact(view.strikes[at])}, ${view.label}`,
    gain(of(side)),
    MEASURE_UNITS[measure].replace("$", view.ccy),
    lines,
    { inputs, usedBy: ["walls", "zero gamma", "levels"] },
  );
}

/** What stands above and below the ladder: sums of the slice, walls, how much of the chain is known. */
function totals(view: ExposureView, measure: Measure): Explanation[] {
  const { net, call, put } = view.measures[measure].total;
  const { openInterest, gammaKnown, contracts, withOpenInterest } = view.coverage;
  const unit = MEASURE_UNITS[measure].replace("$", view.ccy);
  const wall = (name: string, w: { readonly strike: number } | null) =>
    leaf(name, exact(w?.strike ?? null), view.ccy, [
      "strike with the most gamma of that side in the slice, under the convention: a HEURISTIC",
    ]);
  return [
    leaf(`net ${measure} of the slice`, gain(net), unit, [`calls ${gain(call)} + puts ${gain(put)}`]),
    wall("call wall", view.callWall),
    wall("put wall", view.putWall),
    leaf(
      "coverage",
      exact(gammaKnown === null ? null : gammaKnown * 100),
      "% of open interest with a known gamma",
      [
        `${exact(openInterest)} contracts open, known for ${withOpenInterest} of ${contracts} listed contracts`,
      ],
    ),
  ];
}

function interest(view: ExposureView, at: number, part: "callOi" | "putOi"): Explanation {
  const closed = `at the close of ${view.oiDay}, published before the open`;
  const told = view.underlying.startsWith("CRYPTO/") ? "as the exchange tells it all day" : closed;
  const day = view.oiDay === null ? "of an unknown day" : told;
  return leaf(
    `open interest of the ${part === "callOi" ? "calls" : "puts"} at ${exact(view.strikes[at])}`,
    exact(view[part][at]),
    "contracts",
    [day, `summed over ${view.expiries.join(", ")}`],
  );
}

function zeroGamma(view: ExposureView): Explanation {
  const { roots, nearest, atSpot, low, high } = view.zeroGamma;
  const searched = `every contract repriced at 60 spots from ${exact(low)} to ${exact(high)} at its own vol, crossings refined`;
  const found = roots.length === 0 ? "no crossing in that range" : `crossings ${roots.map(exact).join(", ")}`;
  return leaf("zero gamma", exact(nearest), view.ccy, [
    searched,
    found,
    `net gamma at spot ${gain(atSpot)} ${MEASURE_UNITS.gamma.replace("$", view.ccy)}`,
    `legacy flip ${exact(view.legacyFlip)}: the first strike where the running sum of net gamma from below changes sign; a walk over strikes, not a spot`,
  ]);
}
