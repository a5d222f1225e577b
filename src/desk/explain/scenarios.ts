import type { InstrumentId } from "../../../engines/market/index.ts";
import {
  attribute,
  PARTS,
  type Part,
  type Shock,
  type SmileDynamics,
  underlyingOf,
} from "../../../engines/scenario/index.ts";
import type { Explanation } from "../protocol.ts";
import { betaOf, scenarioHoldings, scenarioMarket } from "../scenario-market.ts";
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

/**
 * A cell of the scenario grid by Greek. `row` names it: underlying or `book`, spot %, vol points, days, dynamics, term rule, `own` or
 * `index`, and `staged` where tickets count, with blanks between; `column` is `pnl` or the key of one leg.
 */
export function scenarioExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const [scope = "", spot = "", vol = "", days = "", rule = "", term = "", axis = "", staged = ""] =
    row.split(" ");
  const dynamics = RULES[rule];
  const shock = { spotPct: Number(spot), volPts: Number(vol), days: Number(days) };
  if (dynamics === undefined || !Object.values(shock).every(Number.isFinite)) return null;
  const full: Shock = { ...shock, dynamics, volTerm: term === "sqrtTime" ? "sqrtTime" : "parallel" };
  const index = axis === "index";
  const names = scope === "book" ? null : (scope as InstrumentId);
  const all = scenarioHoldings(context, names, staged === "staged");
  const holdings = column === "pnl" ? all : all.filter((h) => h.id === column);
  const got = attribute(holdings, scenarioMarket(context), full, index ? "index" : "own");
  const sum = PARTS.reduce((total, part) => total + got.known[part], 0);
  const without = got.rows.filter((r) => r.reason !== null);
  const lines = [
    `${gain(cents(sum))} = ${splitOf(got.known)}`,
    "each position revalued in full at the shocked spot, vol and time, less its value now; American with early exercise",
    "vols are implied by the marks, so no move is no P&L; the Greeks of now split it, rest is what they leave",
  ];
  if (index)
    lines.push("the index moves; each name moves by its beta, one without a beta is left out and counted");
  if (staged === "staged") lines.push("WHAT-IF: staged tickets count as filled at their marks");
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
