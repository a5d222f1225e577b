import type { LevelKind } from "../../../engines/levels/index.ts";
import type { Slot } from "../../../engines/market/index.ts";
import type { Explanation, LevelsView } from "../protocol.ts";
import { ChainIndex } from "../views/chain.ts";
import type { ViewContext } from "../views/context.ts";
import { levelsView } from "../views/levels.ts";
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

/** A level. `row` is `slot|anchor or blank|name of the level`. */
export function levelExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const [slot, anchor, name] = row.split("|");
  const anchorUs = anchor === "" ? null : Number(anchor);
  const view = levelsView(context, new ChainIndex(), { slot: Number(slot) as Slot, anchorUs });
  const level = view?.rows.find((l) => l.name === name);
  if (!view || !level) return null;
  const lines = [HOW[level.kind], ...distances(view, level)];
  if (level.kind === "wall" || level.kind === "zeroGamma")
    lines.push(view.oiDay === null ? "open interest of an unknown day" : `open interest of ${view.oiDay}`);
  const value = column === "distance" ? gain(level.distance) : exact(level.price);
  return leaf(
    `${column === "distance" ? "distance to " : ""}${level.name} of ${view.label}`,
    value,
    view.ccy,
    lines,
  );
}

function distances(view: LevelsView, level: LevelsView["rows"][number]): string[] {
  return [
    `${gain(level.distance)} from spot ${exact(view.spot)}`,
    view.atr === null
      ? "average true range unknown: this session has no daily history"
      : `${gain(level.atr)} average true ranges of ${exact(view.atr)}`,
    view.dayMove === null
      ? "one day's move unknown: no at-the-money vol"
      : `${gain(level.dayMoves)} times one day's implied move, spot x at-the-money vol ÷ √252 = ${exact(view.dayMove)}`,
  ];
}
