/** The plots of a briefing, drawn from artifacts alone. */
import { sviVol } from "../../engines/pricing/index.ts";
import type { Artifact } from "../../store/artifacts/schemas.ts";
import { type Chart, type Series, svgChart } from "./svg.ts";

const STEPS = 48;
const MONTH = 30;

/** Smile of the expiry nearest to a month, and of the first one where that is another. */
export function smileChart(a: Artifact<"iv_surface">): string | null {
  const fitted = (a.expiries ?? []).filter(
    (e) => e.smile !== null && (e.forward ?? 0) > 0 && e.minutes_left !== null,
  );
  const near = fitted.toSorted(
    (x, y) => Math.abs((x.minutes_left ?? 0) / 1440 - MONTH) - Math.abs((y.minutes_left ?? 0) / 1440 - MONTH),
  )[0];
  if (near === undefined) return null;
  const shown = [...new Set([near, ...fitted.filter((e) => (e.minutes_left ?? 0) > 1440).slice(0, 1)])];
  const series = shown.map((e): Series => {
    const s = e.smile as NonNullable<typeof e.smile>;
    const T = (e.minutes_left ?? 0) / (365 * 1440);
    const points: [number, number][] = [];
    for (let i = 0; i <= STEPS; i++) {
      const k = s.k_min + ((s.k_max - s.k_min) * i) / STEPS;
      const vol = sviVol(s, k, T);
      if (vol !== null) points.push([(e.forward ?? 0) * Math.exp(k), 100 * vol]);
    }
    return { name: e.expiry, points };
  });
  const chart: Chart = {
    title: `${a.symbol} smiles`,
    xLabel: "strike",
    yLabel: "vol, %",
    series,
    markers: a.spot === null ? [] : [{ name: "spot", x: a.spot }],
  };
  return svgChart(chart);
}

/** At-the-money vols by days to expiry, up to two years, the near end drawn wider. */
export function termChart(a: Artifact<"iv_term_structure">): string | null {
  const points = a.points.filter((p) => p.dte <= 730).map((p): [number, number] => [p.dte, 100 * p.atm_iv]);
  return svgChart({
    title: `${a.symbol} term structure`,
    xLabel: "days to expiry",
    yLabel: "vol at the forward, %",
    rootTicks: [7, 30, 60, 90, 180, 365, 730],
    series: [{ name: "expiries", points, dots: true }],
  });
}

/** Net gamma by strike within 8 % of spot, with zero gamma. */
export function exposureChart(a: Artifact<"exposure">): string | null {
  const { all } = a.slices;
  const { spot } = a;
  if (spot === null) return null;
  const net = new Map<number, number>();
  for (const r of all.strikes)
    if (r.net_gex !== null && Math.abs(r.strike / spot - 1) <= 0.08)
      net.set(r.strike, (net.get(r.strike) ?? 0) + r.net_gex);
  const zero = all.zero_gamma?.[0];
  return svgChart({
    title: `${a.symbol} dealer gamma by strike (heuristic)`,
    xLabel: "strike",
    yLabel: "$ delta per 1 %",
    bars: true,
    series: [{ name: "net", points: [...net].sort((x, y) => x[0] - y[0]) }],
    markers: [
      { name: "spot", x: spot },
      ...(zero !== undefined && Math.abs(zero / spot - 1) <= 0.08 ? [{ name: "zero gamma", x: zero }] : []),
    ],
  });
}

/** P&L against moves of spot, vols as they are, one line a day of the axis. */
export function scenarioChart(a: Artifact<"scenarios">): string | null {
  const days = [...new Set(a.grid.map((g) => g.days))];
  return svgChart({
    title: "Book: P&L against spot",
    xLabel: "spot, %",
    yLabel: String(a.summary["ccy"] ?? ""),
    series: days.slice(0, 4).map((d) => ({
      name: d === 0 ? "now" : `${d} days on`,
      points: a.grid
        .filter((g) => g.days === d && g.vol_pts === 0 && g.pnl !== null)
        .map((g): [number, number] => [g.spot_pct, g.pnl as number]),
    })),
  });
}
