import type { InstrumentId } from "../../../engines/market/index.ts";
import {
  attribute,
  PARTS,
  type Part,
  type Shock,
  type SmileDynamics,
  scenarios,
  underlyingOf,
} from "../../../engines/scenario/index.ts";
import type { Explanation } from "../protocol.ts";
import { marginAt } from "../scenario-margin.ts";
import {
  betaOf,
  moveBy,
  NO_BETA,
  scenarioHoldings,
  scenarioMarket,
  spotVolBeta,
} from "../scenario-market.ts";
import type { ViewContext } from "../views/context.ts";
import { label } from "../views/names.ts";
import { exact, gain, leaf } from "./words.ts";

const WORDS: Readonly<Record<Part, string>> = {
  delta: "Δ",
  gamma: "Γ",
  theta: "Θ",
  vega: "V",
  vanna: "vanna",
  volga: "volga",
  rest: "rest",
};
const RULES: Readonly<Record<string, SmileDynamics>> = {
  stickyStrike: "stickyStrike",
  stickyMoneyness: "stickyMoneyness",
  spotVolBeta: "spotVolBeta",
};

const cents = (x: number): number => Math.round(x * 100) / 100;
const splitOf = (parts: Readonly<Record<Part, number>>): string =>
  PARTS.map((p) => `${WORDS[p]} ${gain(cents(parts[p]))}`).join("  ");

/** What a target of this pane names: see `scenarioExplained`. */
interface Asked {
  readonly scope: InstrumentId | null;
  readonly shock: Shock;
  readonly axis: "own" | "index";
  readonly staged: boolean;
}

function asked(row: string): Asked | null {
  const [scope = "", spot = "", vol = "", days = "", rule = "", term = "", axis = "", staged = ""] =
    row.split(" ");
  const dynamics = RULES[rule];
  const moves = { spotPct: Number(spot), volPts: Number(vol), days: Number(days) };
  if (dynamics === undefined || !Object.values(moves).every(Number.isFinite)) return null;
  return {
    scope: scope === "book" ? null : (scope as InstrumentId),
    shock: { ...moves, dynamics, volTerm: term === "sqrtTime" ? "sqrtTime" : "parallel" },
    axis: axis === "index" ? "index" : "own",
    staged: staged === "staged",
  };
}

/**
 * A figure of the scenario pane. `row` names a cell: underlying or `book`, spot %, vol points, days, dynamics, term rule, `own` or
 * `index`, and `staged` where tickets count, with blanks between; `column` is `pnl`, the key of one leg, `beta`, `margin` or `breakEven low high`
 * with the ends of the spot axis.
 */
export function scenarioExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const of = asked(row);
  if (of === null) return null;
  const [figure, ...ends] = column.split(" ");
  if (figure === "beta") return betasExplained(context, of);
  if (figure === "margin") return marginExplained(context, of);
  if (figure === "breakEven") return breakEvensExplained(context, of, ends.map(Number));
  return cellExplained(context, of, column);
}

/** P&L of a cell by Greek, leg by leg. */
function cellExplained(context: ViewContext, of: Asked, column: string): Explanation {
  const { shock, staged } = of;
  const { dynamics } = shock;
  const index = of.axis === "index";
  const all = scenarioHoldings(context, of.scope, staged);
  const holdings = column === "pnl" ? all : all.filter((h) => h.id === column);
  const got = attribute(holdings, scenarioMarket(context), shock, of.axis);
  const sum = PARTS.reduce((total, part) => total + got.known[part], 0);
  const without = got.rows.filter((r) => r.reason !== null);
  const lines = [
    `${gain(cents(sum))} = ${splitOf(got.known)}`,
    "each position revalued in full at the shocked spot, vol and time, less its value now; American with early exercise",
    "vols are implied by the marks, so no move is no P&L; the Greeks of now split it, rest is what they leave",
  ];
  if (index)
    lines.push("the index moves; each name moves by its beta, one without a beta is left out and counted");
  if (staged) lines.push("WHAT-IF: staged tickets count as filled at their marks");
  if (dynamics === "spotVolBeta")
    lines.push(
      "vols gain as spot falls by the slope of the name's own 30-day smile between 25 deltas, scaled by √(30 d / T); 0.8 points per 1 % where it has none",
    );
  if (dynamics === "stickyMoneyness")
    lines.push("each option takes the vol its moneyness has on the fitted surface");
  if (without.length > 0)
    lines.push(`without ${without.length} of ${got.rows.length} positions that could not be priced`);
  const ccy = context.facts.baseCcy;
  return leaf(
    `P&L at ${index ? "index" : "spot"} ${gain(shock.spotPct)} %, vol ${gain(shock.volPts)} vp, ${exact(shock.days)} d later`,
    gain(cents(sum)),
    ccy,
    lines,
    {
      inputs: got.rows.map((r, i) => {
        const h = holdings[i];
        const name = h === undefined ? r.id : label(h.instrument, context.session.day);
        const title = `P&L of ${h?.ticket == null ? "" : `${h.ticket} `}${exact(h?.qty)} ${name}`;
        if (r.parts === null || r.total === null) return leaf(title, "–", ccy, [r.reason ?? "unknown"]);
        const beta = index && h !== undefined ? betaOf(context, underlyingOf(h)) : null;
        return leaf(title, gain(cents(r.total)), ccy, [
          splitOf(r.parts),
          `from a mark of ${exact(h?.mark)}`,
          ...(beta === null ? [] : [`beta ${exact(beta.beta)} to ${beta.index}: ${beta.source}`]),
        ]);
      }),
    },
  );
}

/** Betas of the names in the book, and how vol answers spot where that counts. */
function betasExplained(context: ViewContext, of: Asked): Explanation {
  const names = [...new Set(scenarioHoldings(context, of.scope, of.staged).map(underlyingOf))];
  const found = names.map((id) => ({ id, beta: betaOf(context, id) }));
  const known = found.filter((n) => n.beta !== null);
  const vols = of.shock.dynamics === "spotVolBeta";
  return leaf(
    "betas of the names in the grid",
    `${known.length} of ${found.length}`,
    "names",
    [
      "an index move of 1 % moves a name by beta %: from config/market.yaml, else by regression on imported daily candles",
      of.axis === "index"
        ? "the spot axis is the index now: names without a beta are left out of the sums and counted"
        : "the spot axis is each name's own move now: betas do not enter the grid",
      ...(vols ? ["with spot-vol beta each name's vols answer its own spot by the slope of its smile"] : []),
    ],
    {
      inputs: found.map(({ id, beta }) => {
        const slope = vols ? spotVolBeta(context, id) : null;
        return leaf(`beta of ${nameOf(context, id)}`, exact(beta?.beta), beta?.index ?? null, [
          beta === null ? NO_BETA : beta.source,
          ...(vols
            ? [
                slope === null
                  ? "no 30-day smile to read the answer of vol from: 0.8 vol points per −1 % by rule"
                  : `vol gains ${exact(slope)} points per −1 % of spot, off its 30-day smile between the 25-delta strikes`,
              ]
            : []),
        ]);
      }),
    },
  );
}

/** Margin of the account at the spot move, by underlying, beside that of now. */
function marginExplained(context: ViewContext, of: Asked): Explanation {
  const ccy = context.facts.baseCcy;
  const { shock, axis } = of;
  if (of.scope !== null)
    return leaf("margin", "–", ccy, ["margin is of the whole account, not of one name in it"]);
  const holdings = scenarioHoldings(context, null, of.staged);
  const { dynamics, volTerm = "parallel" } = shock;
  const axes = { spotPct: [shock.spotPct], volPts: [], days: [0] };
  const result = scenarios(holdings, scenarioMarket(context), { ...axes, dynamics, volTerm, spotAxis: axis });
  const told = (pct: number): Explanation => {
    const m = marginAt(context, holdings, result, moveBy(context, axis), result.axes.spotPct.indexOf(pct));
    const where = pct === 0 ? "now" : `at ${axis === "index" ? "index" : "spot"} ${gain(pct)} %`;
    return leaf(
      `margin ${where}`,
      exact(cents(m.initial ?? Number.NaN)),
      ccy,
      [
        `cushion ${exact(cents(m.cushion ?? Number.NaN))} = funds ${exact(cents(m.funds ?? Number.NaN))} − maintenance ${exact(cents(m.maintenance ?? Number.NaN))}; below 0 is a margin call`,
        m.kind === "cash"
          ? "cash account: longs are paid in full, shorts secured"
          : "Reg T on each underlying: spreads at their largest loss, naked shorts at value + 20 % (broad index 15 %) less out of the money, stock at half",
        "each position at its revalued mark, today and at present vols; staged tickets only with w",
        ...m.missing.map((why) => `unknown: ${why}`),
      ],
      {
        inputs: m.groups.map((group) =>
          leaf(
            `margin of ${nameOf(context, group.underlying)}`,
            exact(cents(group.initial ?? Number.NaN)),
            ccy,
            [
              `maintenance ${exact(cents(group.maintenance ?? Number.NaN))}; ${group.options
                .map(
                  (o) =>
                    `spreads ${exact(cents(o.spreads))}, covered by stock ${exact(cents(o.stockCovered))}, naked ${exact(cents(o.naked))}`,
                )
                .concat(group.longStock > 0 ? [`stock worth ${exact(cents(group.longStock))}`] : [])
                .join("; ")}`,
              `largest loss to expiry ${typeof group.worstLoss === "string" ? group.worstLoss : exact(cents(group.worstLoss ?? Number.NaN))}`,
              ...group.missing.map((why) => `unknown: ${why}`),
            ],
          ),
        ),
      },
    );
  };
  const there = told(shock.spotPct);
  return shock.spotPct === 0 ? there : { ...there, inputs: [...there.inputs, told(0)] };
}

/** Spot moves of a day at which nothing is gained or lost, each with its P&L by Greek. */
function breakEvensExplained(context: ViewContext, of: Asked, ends: readonly number[]): Explanation | null {
  const [low = Number.NaN, high = Number.NaN] = ends;
  if (!(low <= high)) return null;
  const { shock, axis } = of;
  const { dynamics, volTerm = "parallel" } = shock;
  const found = scenarios(scenarioHoldings(context, of.scope, of.staged), scenarioMarket(context), {
    spotPct: [low, high],
    volPts: [],
    days: [shock.days],
    dynamics,
    volTerm,
    spotAxis: axis,
    breakEvens: true,
  });
  const moves = found.breakEvens?.[found.axes.days.indexOf(shock.days)] ?? [];
  return leaf(
    `break-evens ${exact(shock.days)} d later`,
    moves.length === 0 ? "none" : moves.map((m) => `${gain(cents(m))} %`).join("  "),
    null,
    [
      `moves from ${exact(low)} to ${gain(high)} % at which the P&L from now is 0, vols unchanged: signs looked for on 60 steps, then narrowed by revaluing in full`,
      "a P&L that touches 0 twice within one step can be missed",
    ],
    {
      inputs: moves.map((m) =>
        cellExplained(context, { ...of, shock: { ...shock, spotPct: m, volPts: 0 } }, "pnl"),
      ),
    },
  );
}

const nameOf = (context: ViewContext, id: InstrumentId): string =>
  context.desk.instruments[context.desk.slot(id) ?? -1]?.symbol ?? id;
