import type { Slot } from "../../../engines/market/index.ts";
import type { ExplainTarget, Explanation } from "../protocol.ts";
import type { ViewContext } from "../views/context.ts";
import { exposureExplained } from "./exposure.ts";
import { flowExplained } from "./flow.ts";
import { followExplained } from "./follows.ts";
import { instrumentExplained, strikeExplained } from "./instruments.ts";
import { levelExplained } from "./levels.ts";
import { packageExplained } from "./package.ts";
import { positionExplained } from "./positions.ts";
import { scenarioExplained } from "./scenarios.ts";
import { barExplained, entryExplained, feedExplained, printExplained, statusExplained } from "./session.ts";
import { surfaceExplained } from "./surface.ts";

/** Where a number on the screen comes from; null where there is nothing to say of it. */
export function explain(context: ViewContext, target: ExplainTarget): Explanation | null {
  const { row, column } = target;
  switch (target.view) {
    case "positions":
      return positionExplained(context, row, column);
    case "watch":
      return instrumentExplained(context, Number(row) as Slot, column);
    case "chain":
      return row.includes("|")
        ? strikeExplained(context, row, column)
        : instrumentExplained(context, Number(row) as Slot, column);
    case "package":
      return packageExplained(context, row);
    case "chart":
      return barExplained(context, row, column);
    case "tape":
      return printExplained(context, row, column);
    case "feeds":
      return feedExplained(context, row, column);
    case "follows":
      return followExplained(context, row, column);
    case "log":
      return entryExplained(context, row);
    case "exposure":
      return exposureExplained(context, row, column);
    case "flow":
      return flowExplained(context, row, column);
    case "levels":
      return levelExplained(context, row, column);
    case "status":
      return statusExplained(context, column);
    case "scenarios":
      return scenarioExplained(context, row, column);
    case "surface":
      return surfaceExplained(context, row, column);
    default:
      return null;
  }
}
