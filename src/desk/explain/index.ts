import type { Slot } from "../../../engines/market/index.ts";
import type { LegValue, StructureValue } from "../../../engines/portfolio/index.ts";
import type { ExplainTarget, Explanation } from "../protocol.ts";
import type { ViewContext } from "../views/context.ts";
import { label } from "../views/names.ts";
import { splitOf } from "../views/positions.ts";
import { exposureExplained } from "./exposure.ts";
import {
  bookFigure,
  FIGURE_OF,
  legFigure,
  marginExplained,
  navExplained,
  sumOf,
  underlyingFigure,
} from "./figures.ts";
import { flowExplained } from "./flow.ts";
import { levelExplained } from "./levels.ts";
import { markExplained, modelExplained, quoteExplained, volExplained } from "./marks.ts";
import { scenarioExplained } from "./scenarios.ts";
import { surfaceExplained } from "./surface.ts";
import { exact, leaf } from "./words.ts";

/** Where a number on the screen comes from; null where there is nothing to say of it. */
export function explain(context: ViewContext, target: ExplainTarget): Explanation | null {
  switch (target.view) {
    case "positions":
      return positionExplained(context, target.row, target.column);
    case "watch":
    case "chain":
      return instrumentExplained(context, Number(target.row) as Slot, target.column);
    case "exposure":
      return exposureExplained(context, target.row, target.column);
    case "flow":
      return flowExplained(context, target.row, target.column);
    case "levels":
      return levelExplained(context, target.row, target.column);
    case "status":
      return statusExplained(context, target.column);
    case "scenarios":
      return scenarioExplained(context, target.row, target.column);
    case "surface":
      return surfaceExplained(context, target.row, target.column);
    default:
      return null;
  }
}

function statusExplained(context: ViewContext, column: string): Explanation | null {
  if (column === "bp") return marginExplained(context);
  if (column === "nav") return navExplained(context, context.value());
  if (column === "day" || column === "dollarDelta") return bookFigure(context, column);
  return null;
}

function positionExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const figure = FIGURE_OF[column] !== undefined;
  if (row === "book") return figure ? bookFigure(context, column) : navExplained(context, context.value());
  if (row.startsWith("u:")) {
    const id = row.slice(2);
    const slot = context.desk.slot(id);
    return figure || slot === null
      ? underlyingFigure(context, id, figure ? column : "pnl")
      : quoteExplained(context, slot);
  }
  if (row.startsWith("s:")) {
    const structure = context.value().structures.find((s) => `s:${s.id}` === row);
    return structure ? structureExplained(context, structure, column) : null;
  }
  const leg = legOf(context, row);
  return leg ? legExplained(context, leg, column) : null;
}

/** The leg behind a row: `p:` the ungrouped rest of a position, `l:` a leg of a structure. */
function legOf(context: ViewContext, row: string): LegValue | undefined {
  const value = context.value();
  if (row.startsWith("p:")) return value.positions.find((p) => `p:${p.key}` === row)?.ungrouped;
  return value.structures.flatMap((s) => s.legs).find((leg) => `l:${leg.position}:${leg.leg}` === row);
}

function legExplained(context: ViewContext, leg: LegValue, column: string): Explanation {
  if (FIGURE_OF[column]) return legFigure(context, leg, column);
  const slot = context.desk.slot(leg.instrument.id);
  if (slot !== null && (column === "bid" || column === "ask" || column === "mid"))
    return quoteExplained(context, slot);
  if (slot !== null && leg.instrument.kind === "option") {
    if (column === "iv") return volExplained(context, slot, context.source().value(leg.instrument));
    if (column === "theo") return modelExplained(context, slot, leg.instrument);
  }
  if (column === "avg" || column === "qty") {
    return leaf(
      `entry of ${label(leg.instrument, context.session.day)}`,
      exact(leg.avg),
      leg.instrument.ccy,
      [
        `${exact(leg.qty)} held at an average of ${exact(leg.avg)} per share, first in first out, fees apart`,
        `multiplier ${leg.instrument.multiplier}`,
      ],
    );
  }
  return markExplained(context, leg);
}

function structureExplained(context: ViewContext, s: StructureValue, column: string): Explanation {
  const name = context.structureName(s);
  if (FIGURE_OF[column]) {
    const parts = s.legs.map((leg) => ({
      name: label(leg.instrument, context.session.day),
      figures: leg.figures,
      explained: () => legFigure(context, leg, column),
    }));
    return sumOf(context, name, column, s.totals, parts, splitOf(context, s.legs));
  }
  const lines = [
    `net of its legs per unit per share, + paid − received; ${s.units} units`,
    s.legs.map((leg) => `${exact(leg.qty / (s.units || 1))} x ${exact(leg.mark.price)}`).join("  "),
  ];
  return leaf(`net mark of ${name}`, exact(s.netMark), context.facts.baseCcy, lines, {
    inputs: s.legs.map((leg) => markExplained(context, leg)),
  });
}

function instrumentExplained(context: ViewContext, slot: Slot, column: string): Explanation | null {
  const instrument = context.desk.instruments[slot];
  if (!instrument) return null;
  if (instrument.kind !== "option") return quoteExplained(context, slot);
  const value = context.source().value(instrument);
  if (column === "iv") return volExplained(context, slot, value);
  if (column === "delta") {
    return leaf(
      `delta of ${label(instrument, context.session.day)}`,
      exact(value?.greeks?.delta ?? null),
      "per share",
      [`spot delta e^(−qT) N(d1), at spot ${exact(value?.spot ?? null)}`],
      { inputs: [volExplained(context, slot, value)] },
    );
  }
  return column === "theo" ? modelExplained(context, slot, instrument) : quoteExplained(context, slot);
}
