import type { Explanation, SmileColumns, SurfaceExpiryRow, SurfaceView } from "../protocol.ts";
import { ChainIndex } from "../views/chain.ts";
import type { ViewContext } from "../views/context.ts";
import { surfaceView } from "../views/surface.ts";
import { termExplained } from "./term.ts";
import { ageText, exact, gain, leaf } from "./words.ts";

const KINDS: Readonly<Record<string, string>> = {
  svi: "raw SVI by least squares in ln(K/F), weighted by vega over spread",
  constrained: "raw SVI with a penalty on negative density",
  ssvi: "the arbitrage-free three-parameter slice, since quotes are few or raw SVI would not do",
  flat: "one vol, from one or two quotes",
};
const NAMES: Readonly<Record<keyof SmileColumns, string>> = {
  atm: "ATM vol",
  riskReversal25: "25-delta risk reversal",
  butterfly25: "25-delta butterfly",
  put25: "25-delta put vol",
  call25: "25-delta call vol",
  put10: "10-delta put vol",
  call10: "10-delta call vol",
};

export const points = (vol: number | null | undefined): string =>
  exact(vol === null || vol === undefined ? null : vol * 100);

const isFigure = (name: string): name is keyof SmileColumns => Object.hasOwn(NAMES, name);

/**
 * A figure of the surface pane. `row` is `underlying|tenor|days`, or `expiry`, `heat` or `term` with the expiry's key; `column` is the figure, with
 * `.1d` or `.1w` for its change.
 */
export function surfaceExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const [underlying = "", kind = "", key = ""] = row.split("|");
  const expiry = kind === "tenor" ? null : key;
  const view = surfaceView(context, new ChainIndex(), { underlying: underlying as never, expiry });
  if (!view) return null;
  if (kind === "tenor") return tenorExplained(view, Number(key), column);
  const fit = view.expiries.find((e) => e.key === key);
  if (!fit) return null;
  if (kind === "heat") return heatExplained(view, fit, column);
  return kind === "term" ? termExplained(view, fit) : expiryExplained(view, fit, column);
}

/** A constant maturity: between which expiries, of what day it is compared, among how many sessions. */
function tenorExplained(view: SurfaceView, days: number, column: string): Explanation | null {
  const t = view.tenors.findIndex((x) => x.days === days);
  const tenor = view.tenors[t];
  if (!tenor) return null;
  const [name = "", to = ""] = column.split(".");
  const inputs = neighbours(view, days);
  if (name === "percentile" || name === "rank") {
    const standing = view.standing.tenors[t] ?? null;
    const value = name === "rank" ? standing?.rank : standing?.percentile;
    const how =
      name === "rank"
        ? "(vol − lowest) ÷ (highest − lowest) of its own earlier sessions"
        : "share of its own earlier sessions below it, equal ones counted half";
    const over =
      standing === null ? (view.standing.reason ?? "unknown") : `over ${standing.sessions} sessions`;
    return leaf(
      `${name} of the ${days}-day vol of ${view.label}`,
      exact(value == null ? null : value * 100),
      "per cent",
      [how, over],
      { inputs: [tenorLeaf(view, t, "atm", inputs)] },
    );
  }
  if (name === "forward") {
    return leaf(
      `forward vol to ${days} days`,
      points(tenor.forwardVol),
      "vol points",
      [
        "vol of the stretch from the tenor before to this one: √((w₂ − w₁) ÷ (T₂ − T₁)), w = vol² x T",
        tenor.forwardVol === null ? "unknown where total variance falls or nothing is known" : "",
      ].filter((l) => l !== ""),
      { inputs },
    );
  }
  if (!isFigure(name)) return null;
  if (to !== "1d" && to !== "1w") return tenorLeaf(view, t, name, inputs);
  const then = view.then[to];
  const was = then.tenors[t]?.[name] ?? null;
  const now = tenor[name];
  const change = now === null || was === null ? null : now - was;
  return leaf(
    `${NAMES[name]} at ${days} days, change since ${then.day ?? to}`,
    gain(change === null ? null : change * 100),
    "vol points",
    [
      `${points(now)} now − ${points(was)} then, at the same time to expiry on both days: a rolling expiry is no change`,
      then.day === null ? `unknown: ${then.source}` : then.source,
    ],
    { inputs: [tenorLeaf(view, t, name, inputs)] },
  );
}

function tenorLeaf(
  view: SurfaceView,
  t: number,
  name: keyof SmileColumns,
  inputs: readonly Explanation[],
): Explanation {
  const tenor = view.tenors[t];
  const how: Readonly<Record<string, string>> = {
    interpolated: "total variance linear in time between the two expiries around it, at each log-moneyness",
    listed: "an expiry lies there",
    extrapolated:
      "a little beyond the listed expiries (~): the nearest one's vol or the last stretch's forward variance",
    none: "beyond the listed expiries: nothing is made up",
  };
  return leaf(
    `${NAMES[name]} at ${tenor?.days ?? "–"} days of ${view.label}`,
    points(tenor?.[name]),
    "vol points",
    [
      how[tenor?.kind ?? "none"] ?? "",
      ...(name === "atm" ? ["at the forward, not at spot"] : [DELTA]),
      `the older of the fits used is ${ageText(tenor?.ageUs ?? null)} old`,
    ],
    { inputs },
  );
}

const DELTA =
  "at the exact undiscounted forward delta N(d1) with the smile's own vol; unknown beyond the quotes";

/** The fitted expiries on either side of a maturity. */
function neighbours(view: SurfaceView, days: number): Explanation[] {
  const fitted = view.expiries.filter((e) => e.atm !== null && e.dteDays !== null);
  const far = fitted.findIndex((e) => (e.dteDays as number) >= days);
  const around = far < 0 ? fitted.slice(-1) : fitted.slice(Math.max(0, far - 1), far + 1);
  return around.map((e) => expiryExplained(view, e, "atm"));
}

function heatExplained(view: SurfaceView, fit: SurfaceExpiryRow, column: string): Explanation | null {
  const [index = "", to = ""] = column.split(".");
  const i = Number(index);
  const at = view.expiries.indexOf(fit) * view.heat.titles.length + i;
  const title = view.heat.titles[i];
  if (title === undefined) return null;
  const now = view.heat.vols[at] ?? Number.NaN;
  const change = view.heat.change[at] ?? Number.NaN;
  const then = view.then["1d"];
  if (to === "1d")
    return leaf(
      `${title} vol of ${fit.label}, change since ${then.day ?? "1d"}`,
      gain(change * 100),
      "vol points",
      [
        `${points(now)} now − ${points(now - change)} at the close before, the same expiry at the same delta: a day of its time has passed`,
        then.source,
      ],
      { inputs: [expiryExplained(view, fit, "atm")] },
    );
  return leaf(`${title} vol of ${view.label} ${fit.label}`, points(now), "vol points", [DELTA], {
    inputs: [expiryExplained(view, fit, "atm")],
  });
}

const COLUMNS: Readonly<Record<string, readonly [string, string, (e: SurfaceExpiryRow) => string, string]>> =
  {
    rmse: [
      "error of the fit",
      "vol points",
      (e) => points(e.rmse),
      "weighted root mean square over its quotes",
    ],
    straddle: [
      "straddle",
      "price",
      (e) => exact(e.straddle),
      "2 F df (2 N(½ σ√T) − 1), struck at the forward: the discounted mean absolute move",
    ],
    oneSigma: [
      "one sigma",
      "per cent",
      (e) => points(e.oneSigma),
      "vol at the forward x √T: one standard deviation of ln(S_T/F)",
    ],
    used: [
      "quotes fitted",
      "contracts",
      (e) => exact(e.used),
      "two-sided, out of the money, not too wide in vol",
    ],
    age: [
      "age of the fit",
      "session time",
      (e) => ageText(e.ageUs),
      "an expiry is fitted again when one of its quotes changes, the one on screen first",
    ],
  };

/** One expiry of the surface: what it was fitted to, how, and how well. */
function expiryExplained(view: SurfaceView, fit: SurfaceExpiryRow, column: string): Explanation {
  const deltas = leaf("25-delta", `${points(fit.put25)} put, ${points(fit.call25)} call`, "vol points", [
    DELTA,
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
  const usedBy = ["constant maturities", "term structure", "expected move"];
  const other = COLUMNS[column];
  const atm = leaf(
    `ATM vol of ${view.label} ${fit.label}`,
    points(fit.atm),
    "vol points, at the forward",
    lines,
    {
      inputs: [forward, deltas],
      usedBy,
    },
  );
  if (other)
    return leaf(`${other[0]} of ${fit.label}`, other[2](fit), other[1], [other[3]], { inputs: [atm] });
  if (column === "fit") return { ...forward, inputs: [atm] };
  if (isFigure(column) && column !== "atm")
    return leaf(`${NAMES[column]} of ${fit.label}`, points(fit[column]), "vol points", [DELTA], {
      inputs: [atm],
    });
  return atm;
}
