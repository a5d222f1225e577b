import type { LevelKind } from "../../../engines/levels/index.ts";
import type { Slot } from "../../../engines/market/index.ts";
import type { Explanation, LevelsView } from "../protocol.ts";
import { ChainIndex } from "../views/chain.ts";
import type { ViewContext } from "../views/context.ts";
import { levelsView } from "../views/levels.ts";
import { quoteExplained } from "./marks.ts";
import { exact, gain, leaf } from "./words.ts";

const HOW: Readonly<Record<LevelKind, string>> = {
  vwap: "Σ typical price x volume ÷ Σ volume of the minute bars since its anchor; σ is the volume-weighted deviation around it",
  profile:
    "each minute bar's volume spread over its range: POC has the most, the value area holds 70 %, HVN and LVN are local peaks and troughs",
  nakedPoc: "point of control of an earlier session that no price has come back to",
  daily: "prior session and today's open; the prior close is the settlement the marks use",
  rolling: "extremes of the sessions before today",
  gap: "edge of a range that no later session traded through",
  wall: "strike with the most call or put gamma under dealers + calls, - puts: a HEURISTIC",
  zeroGamma: "spot at which the repriced dealer gamma of the chain changes sign: a HEURISTIC",
  expectedMove:
    "forward plus and minus the at-the-money straddle, or one standard deviation at the at-the-money vol",
};

/** A level. `row` is `slot|anchor (µs or a day) or blank|name of the level`; the name `relative` is the strength against the benchmark. */
export function levelExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const [slot, anchor = "", name] = row.split("|");
  const day = anchor.includes("-") ? { anchorDay: anchor } : {};
  const anchorUs = anchor === "" || "anchorDay" in day ? null : Number(anchor);
  const view = levelsView(context, new ChainIndex(), { slot: Number(slot) as Slot, anchorUs, ...day });
  if (view && name === "relative") return relative(view);
  if (view && name === "spot") return quoteExplained(context, view.slot);
  const level = view?.rows.find((l) => l.name === name);
  if (!view || !level) return null;
  const lines = [HOW[level.kind], ...distances(view, level)];
  if (level.name === "VWAP breakout")
    lines.push("since the last day whose close exceeded the 20 closes before it");
  if (level.name === "VWAP breakout" || /VWAP from \d{4}-/.test(level.name))
    lines.push("earlier days count by their daily candle at its typical price, today by its minute bars");
  if (level.kind === "wall" || level.kind === "zeroGamma")
    lines.push(view.oiDay === null ? "open interest of an unknown day" : `open interest of ${view.oiDay}`);
  const away: Readonly<Record<string, readonly [number | null, string]>> = {
    distance: [level.distance, view.ccy],
    atr: [level.atr, "average true ranges"],
    dayMoves: [level.dayMoves, "days' implied moves"],
    fraction: [level.fraction === null ? null : level.fraction * 100, "% of spot"],
  };
  const [value, unit] = away[column] ?? [level.price, view.ccy];
  const title = `${away[column] ? "distance to " : ""}${level.name} of ${view.label}`;
  const inputs = view.profile.poc === null || level.kind !== "profile" ? [] : [profile(view)];
  return leaf(title, away[column] ? gain(value) : exact(value), unit, lines, {
    inputs: [...inputs, ...(view.relative === null ? [] : [relative(view)])],
  });
}

function profile({ profile: p, ccy }: LevelsView): Explanation {
  const all = p.volume.reduce((a, b) => a + b, 0);
  const most = p.volume.reduce((a, b) => Math.max(a, b), 0);
  return leaf("volume profile since the open", exact(p.poc), ccy, [
    `${p.volume.length} bins of ${exact(p.binSize)}, ${exact(all)} traded, ${exact(most)} in the bin of the POC`,
    `value area ${exact(p.valueLow)} to ${exact(p.valueHigh)}`,
  ]);
}

function relative({ relative: r, label, lacking }: LevelsView): Explanation {
  if (r === null) return leaf(`strength of ${label}`, "–", null, [lacking ?? "no history of the benchmark"]);
  return leaf(`beta of ${label} to ${r.benchmark}`, exact(r.beta20), "20 daily returns", [
    "covariance ÷ variance of simple returns on days that follow each other in both",
    `60 returns ${exact(r.beta60)}; correlation ${exact(r.correlation20)} over 20, ${exact(r.correlation60)} over 60`,
    `ratio of prices ${gain(r.vsMean20 === null ? null : r.vsMean20 * 100)} % over its 20-session mean, ${gain(r.vsMean60 === null ? null : r.vsMean60 * 100)} % over 60; percentile ${exact(r.percentile === null ? null : r.percentile * 100)}`,
    `last day both have: ${r.lastDay ?? "none"}`,
    ...r.warnings.map((w) => w.replaceAll("_", " ")),
  ]);
}

function distances(view: LevelsView, level: LevelsView["rows"][number]): string[] {
  return [
    `${gain(level.distance)} from spot ${exact(view.spot)}`,
    view.atr === null
      ? `average true range unknown: ${view.lacking ?? "fewer than 15 sessions are kept"}`
      : `${gain(level.atr)} average true ranges of ${exact(view.atr)}`,
    view.dayMove === null
      ? "one day's move unknown: no at-the-money vol"
      : `${gain(level.dayMoves)} times one day's implied move, spot x at-the-money vol ÷ √252 = ${exact(view.dayMove)}`,
  ];
}
