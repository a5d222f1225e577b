import type { Explanation, SurfaceExpiryRow, SurfaceView, TermEventRow } from "../protocol.ts";
import { exact, gain, leaf } from "./words.ts";

const points = (vol: number | null | undefined): string =>
  exact(vol === null || vol === undefined ? null : vol * 100);

/** The term structure at one expiry: its vol and the stretch that leads to it, the slope, the shape, events and futures. */
export function termExplained(view: SurfaceView, fit: SurfaceExpiryRow): Explanation {
  const { term } = view;
  const into = term.forwards.find((f) => f.to === fit.label);
  const lines = [
    "vol at the forward of each fitted expiry; total variance vol² x T is linear between them",
    ...(into === undefined
      ? []
      : [
          into.vol === null
            ? `from ${into.from} to here total variance falls: no forward vol, a calendar spread could be locked in`
            : `forward vol from ${into.from} to here ${points(into.vol)} vp`,
        ]),
    ...(["1d", "1w"] as const).map((w) =>
      view.then[w].day === null ? `${w} unknown: ${view.then[w].source}` : `${w}: ${view.then[w].source}`,
    ),
  ];
  return leaf(`term structure of ${view.label} at ${fit.label}`, points(fit.atm), "vol points", lines, {
    inputs: [slope(view), shape(view), ...term.events.map(event), ...futures(view)],
    usedBy: ["constant maturities", "regime"],
  });
}

function slope({ term }: SurfaceView): Explanation {
  const s = term.slope;
  return leaf("slope", gain(s === null ? null : s.perLogTime * 100), "vol points per ln T", [
    s === null
      ? "fewer than two fitted expiries"
      : `least squares of vol on ln T over ${s.points} expiries of 7 to 190 days, standard error ${points(s.error)}; 90 days stand ${gain(s.steepness * 100)} % over 30 on the line`,
  ]);
}

function shape({ term }: SurfaceView): Explanation {
  const { grade, reasons } = term.confidence;
  return leaf("shape", term.shape ?? "–", null, [
    "by that steepness: contango above 5 %, backwardation below −5 %; left again under 3 %, so that noise does not turn it",
    `trust ${grade}${reasons.length === 0 ? "" : `: ${reasons.map((r) => r.replaceAll("_", " ")).join(", ")}`}`,
    `ratios 7/30 ${exact(term.ratios["7/30"])}, 30/90 ${exact(term.ratios["30/90"])}, 30/180 ${exact(term.ratios["30/180"])}`,
  ]);
}

function event(e: TermEventRow): Explanation {
  return leaf(
    `${e.label} of ${e.day}`,
    exact(e.move === null ? null : e.move * 100),
    "per cent, one standard deviation",
    [
      e.variance === null
        ? "its variance can't be told: no neighbouring stretch of the curve is free of events"
        : `total variance ${exact(e.variance)}: what the stretch of the curve that holds it has over the stretches around it`,
      `${e.status}: ${e.source}`,
    ],
  );
}

function futures({ term: { futures: f } }: SurfaceView): Explanation[] {
  if (f === null) return [];
  const rows = f.rows.map(
    (r) =>
      `${r.label} ${points(r.vol)}, options' forward vol of the 30 days after ${points(r.optionForwardVol)}`,
  );
  return [
    leaf(`${f.name} futures`, points(f.constant30), "vol points at 30 days", [
      ...rows,
      f.settled === null
        ? "prices of this session"
        : `settlements of ${f.settled}, imported; the index is its close of that day`,
      `index ${points(f.index)}, first future over it ${exact(f.frontBasis === null ? null : f.frontBasis * 100)} %, second over first ${exact(f.frontSlope === null ? null : f.frontSlope * 100)} %`,
      "no arbitrage links them exactly: the index weighs the wings too, and a future lies below its square's root",
    ]),
  ];
}
