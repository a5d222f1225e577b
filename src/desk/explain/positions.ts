import type { Slot } from "../../../engines/market/index.ts";
import {
  type LegValue,
  SPLIT_PARTS,
  type SplitPart,
  type StructureValue,
} from "../../../engines/portfolio/index.ts";
import type { Explanation, PositionRow } from "../protocol.ts";
import type { ViewContext } from "../views/context.ts";
import { label } from "../views/names.ts";
import { legsOf, positionsView, splitOf } from "../views/positions.ts";
import {
  bookFigure,
  FIGURE_OF,
  legFigure,
  moveLines,
  navExplained,
  SPLIT_WORDS,
  splitLines,
  sumOf,
  underlyingFigure,
} from "./figures.ts";
import { markExplained, modelExplained, quoteExplained, volExplained } from "./marks.ts";
import { exact, gain, leaf } from "./words.ts";

/** A cell of the positions pane: `book`, `u:…`, `s:…`, `p:…`, `l:…`, or `marked:` with the keys of rows between tabs. */
export function positionExplained(context: ViewContext, row: string, column: string): Explanation | null {
  if (row.startsWith("marked:")) return markedExplained(context, row.slice(7).split("\t"), column);
  const legs = legsBehind(context, row);
  if (legs === null) return null;
  if (column.startsWith("by.")) return causeExplained(context, nameOf(context, row), legs, column.slice(3));
  const figure = FIGURE_OF[column] !== undefined;
  if (row === "book") return figure ? bookFigure(context, column) : navExplained(context, context.value());
  if (row.startsWith("u:")) {
    const id = row.slice(2);
    const slot = context.desk.slot(id);
    return figure || slot === null
      ? underlyingFigure(context, id, figure ? column : "pnl")
      : quoteExplained(context, slot);
  }
  const structure = structureOf(context, row);
  if (structure) return structureExplained(context, structure, column);
  const [leg] = legs;
  return leg ? legExplained(context, leg, column) : null;
}

const structureOf = (context: ViewContext, row: string): StructureValue | undefined =>
  context.value().structures.find((s) => `s:${s.id}` === row);

/** The legs that a row's figures are made of; null for a row that is not there. `p:` is the ungrouped rest of a position. */
function legsBehind(context: ViewContext, row: string): readonly LegValue[] | null {
  const value = context.value();
  if (row === "book") return legsOf(value, null);
  if (row.startsWith("u:")) return legsOf(value, row.slice(2));
  if (row.startsWith("s:")) return structureOf(context, row)?.legs ?? null;
  const found = row.startsWith("p:")
    ? value.positions.find((p) => `p:${p.key}` === row)?.ungrouped
    : value.structures.flatMap((s) => s.legs).find((leg) => `l:${leg.position}:${leg.leg}` === row);
  return found ? [found] : null;
}

function nameOf(context: ViewContext, row: string): string {
  if (row === "book") return "the book";
  const structure = structureOf(context, row);
  if (structure) return context.structureName(structure);
  const [leg] = legsBehind(context, row) ?? [];
  const slot = row.startsWith("u:") ? context.desk.slot(row.slice(2)) : null;
  const instrument = slot === null ? leg?.instrument : context.desk.instruments[slot];
  return instrument ? label(instrument, context.session.day) : row;
}

const CAUSES: Readonly<Record<SplitPart, string>> = {
  delta:
    "quantity at the prior close x multiplier x Δ of then x move of the underlying; of shares the whole move",
  gamma: "quantity at the prior close x multiplier x Γ of then x move² ÷ 2",
  theta: "quantity at the prior close x multiplier x Θ of then x time that passed",
  vega: "quantity at the prior close x multiplier x V of then x change of implied vol",
  trades: "what today's fills made: change of quantity x mark + what they paid or received",
  dividends: "cash dividends with their ex-date today",
  rest: "what the others leave: higher orders, cross terms, marks that are not the model's",
};

/** Part of the day P&L by its cause, leg by leg. */
function causeExplained(
  context: ViewContext,
  name: string,
  legs: readonly LegValue[],
  part: string,
): Explanation | null {
  const cause = SPLIT_PARTS.find((p) => p === part);
  if (cause === undefined) return null;
  const split = splitOf(context, legs);
  const lines = [CAUSES[cause], ...splitLines(split)];
  const [only] = legs;
  if (legs.length === 1 && only) lines.push(...moveLines(context, only));
  const held = legs.filter((l) => l.qty !== 0 || l.day.openQty !== 0);
  return leaf(
    `day P&L of ${name} by ${SPLIT_WORDS[cause]}`,
    gain(split?.[cause]),
    context.facts.baseCcy,
    lines,
    {
      inputs:
        held.length < 2
          ? []
          : held.map((leg) => {
              const own = context.split(leg);
              const text = label(leg.instrument, context.session.day);
              return leaf(`${text} by ${SPLIT_WORDS[cause]}`, gain(own?.[cause]), context.facts.baseCcy, [
                ...splitLines(own),
                ...moveLines(context, leg),
              ]);
            }),
      usedBy: ["day P&L"],
    },
  );
}

const MARKED_FIELD: Readonly<Record<string, keyof PositionRow>> = {
  value: "value",
  day: "dayPnl",
  pnl: "pnl",
  realised: "realised",
  unrealised: "unrealised",
  delta: "delta",
  gamma: "gamma",
  theta: "theta",
  vega: "vega",
  dollarDelta: "dollarDelta",
  dollarGamma1pct: "dollarGamma1pct",
  betaDollarDelta: "betaDollarDelta",
};

/** The sum over rows that a person marked. */
function markedExplained(context: ViewContext, keys: readonly string[], column: string): Explanation | null {
  const { rows } = positionsView(context);
  const chosen = keys.flatMap((key) => rows.filter((r) => r.key === key));
  if (chosen.length === 0) return null;
  const part = SPLIT_PARTS.find((p) => `by.${p}` === column);
  const field = MARKED_FIELD[column];
  const of = (r: PositionRow): number | null =>
    part !== undefined ? (r.split?.[part] ?? null) : field === undefined ? null : (r[field] as number | null);
  const names = new Set(chosen.map((r) => r.underlying));
  const shares = column === "delta" || column === "gamma";
  const known = chosen.every((r) => of(r) !== null) && !(shares && names.size > 1);
  const total = known ? chosen.reduce((sum, r) => sum + (of(r) ?? 0), 0) : null;
  const lines = [
    chosen.map((r) => `${r.label} ${gain(of(r))}`).join("  "),
    "a row below a marked one is in that one already and counts once",
  ];
  if (shares && names.size > 1) lines.push("shares of different underlyings are not added: u turns to money");
  const title = part === undefined ? (FIGURE_OF[column]?.name ?? column) : `day P&L by ${SPLIT_WORDS[part]}`;
  return leaf(`${title} of ${chosen.length} marked rows`, gain(total), context.facts.baseCcy, lines, {
    inputs: chosen.flatMap((r) => positionExplained(context, r.key, column) ?? []),
  });
}

function legExplained(context: ViewContext, leg: LegValue, column: string): Explanation {
  if (FIGURE_OF[column]) return legFigure(context, leg, column);
  const slot = context.desk.slot(leg.instrument.id);
  if (slot !== null && ["bid", "ask", "mid"].includes(column)) return quoteExplained(context, slot, column);
  const name = label(leg.instrument, context.session.day);
  if (column === "iv" || column === "theo") return modelCell(context, leg, slot, column);
  if (column === "avg" || column === "qty") {
    return leaf(
      `${column === "qty" ? "quantity" : "entry"} of ${name}`,
      column === "qty" ? gain(leg.qty) : exact(leg.avg),
      column === "qty" ? null : leg.instrument.ccy,
      [
        `${exact(leg.qty)} held at an average of ${exact(leg.avg)} per share, first in first out, fees apart`,
        `multiplier ${leg.instrument.multiplier}; ${exact(leg.day.openQty)} of it held since the prior close`,
      ],
    );
  }
  return markExplained(context, leg);
}

function modelCell(
  context: ViewContext,
  leg: LegValue,
  slot: Slot | null,
  column: "iv" | "theo",
): Explanation {
  const { instrument } = leg;
  const name = label(instrument, context.session.day);
  if (instrument.kind !== "option" || slot === null)
    return leaf(`${column === "iv" ? "implied vol" : "model"} of ${name}`, "–", null, [
      "not an option: no vol is implied and no model is needed, the market is the price",
    ]);
  return column === "iv"
    ? volExplained(context, slot, context.source().value(instrument), true)
    : modelExplained(context, slot, instrument, true);
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
  const row = positionsView(context).rows.find((r) => r.key === `s:${s.id}`);
  const ratios = s.legs
    .map((leg) => `${exact(leg.qty / (s.units || 1))} x ${exact(leg.mark.price)}`)
    .join("  ");
  const net = "net of its legs per unit per share, + paid − received";
  const cells: Readonly<Record<string, readonly [string, string, string]>> = {
    qty: ["units of", exact(s.units), "how many times its ratios are held; ratios in lowest terms"],
    avg: ["net entry of", exact(s.netEntry), `${net}: from the average entries of its legs`],
    bid: [
      "net bid of",
      exact(row?.bid),
      `${net}: what selling it at the touch brings, bought legs at the bid, sold at the ask`,
    ],
    ask: [
      "net ask of",
      exact(row?.ask),
      `${net}: what buying it at the touch costs, bought legs at the ask, sold at the bid`,
    ],
    iv: ["implied vol of", "–", "a structure has no vol of its own: Enter a leg"],
    theo: ["model of", "–", "a structure is valued leg by leg: Enter a leg"],
  };
  const [what, value, how] = cells[column] ?? [
    "net mark of",
    exact(s.netMark),
    `${net}; ${s.units} units: ${ratios}`,
  ];
  return leaf(`${what} ${name}`, value, context.facts.baseCcy, [how], {
    inputs: s.legs.map((leg) =>
      column === "iv" || column === "theo" ? legExplained(context, leg, column) : markExplained(context, leg),
    ),
  });
}
