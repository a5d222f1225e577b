/** The daily briefing: one page out of artifacts and a few facts, the same text for the same input. */
import type { Artifact } from "../../store/artifacts/schemas.ts";
import { exposureChart, scenarioChart, smileChart, termChart } from "./charts.ts";
import type { Block } from "./document.ts";
import { shortNumber } from "./svg.ts";

export interface BriefPosition {
  readonly name: string;
  readonly qty: number;
  readonly basis: number;
  readonly mark: number | null;
  /** In the base currency; null where mark or rate is unknown. */
  readonly pnl: number | null;
  readonly bid: number | null;
  readonly ask: number | null;
}

/** Where a figure stands among its own past. */
export interface BriefRank {
  readonly tenor: number;
  readonly percentile: number;
  readonly rank: number | null;
  readonly sessions: number;
}

export interface QuoteQuality {
  readonly contracts: number;
  /** Shares of contracts without a two-sided quote, and the middle and worst spread over mid of those with one. */
  readonly missing: number;
  readonly medianSpread: number | null;
  readonly worstSpread: number | null;
}

export interface BriefSymbol {
  readonly symbol: string;
  readonly asOf: string;
  readonly spot: number | null;
  readonly quality: QuoteQuality | null;
  readonly surface: Artifact<"iv_surface"> | null;
  readonly term: Artifact<"iv_term_structure"> | null;
  readonly exposure: Artifact<"exposure"> | null;
  readonly levels: Artifact<"levels"> | null;
  readonly flow: Artifact<"intraday_flow"> | null;
  /** Scheduled events still to come, in words. */
  readonly events: readonly string[] | null;
  readonly realised20: number | null;
  readonly realised60: number | null;
  /** Closes of daily candles up to the day, oldest first. */
  readonly closes: readonly number[];
  readonly ranks: readonly BriefRank[];
  /** Change of the 30-day vol against an earlier stored day, vol points. */
  readonly compare: { readonly day: string; readonly change: number } | null;
}

export interface BriefInput {
  readonly asOf: string;
  readonly account: string | null;
  readonly base: string;
  readonly positions: readonly BriefPosition[];
  /** The whole book over spot, vol and days. */
  readonly book: Artifact<"scenarios"> | null;
  readonly symbols: readonly BriefSymbol[];
  /** What is missing and was left out. */
  readonly missing: readonly string[];
  readonly disclaimer: string;
}

const number = (x: number | null | undefined, digits = 2): string =>
  x === null || x === undefined || !Number.isFinite(x) ? "–" : Number(x.toFixed(digits)).toString();
const money = (x: number | null | undefined): string =>
  x === null || x === undefined || !Number.isFinite(x)
    ? "–"
    : `${x < 0 ? "−" : "+"}${Math.round(Math.abs(x))
        .toString()
        .replace(/\B(?=(\d{3})+$)/g, ",")}`;
const percent = (x: number | null | undefined, digits = 1): string =>
  x === null || x === undefined || !Number.isFinite(x) ? "–" : `${(100 * x).toFixed(digits)} %`;
const signed = (x: number, digits = 2): string => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(digits)}`;

/** Blocks of the page and the drawings that lie beside the Markdown. */
export function briefing(input: BriefInput): readonly Block[] {
  const days = [...new Set(input.symbols.map((s) => s.asOf))].sort((a, b) => (a < b ? -1 : 1));
  const blocks: Block[] = [
    { kind: "heading", level: 1, text: `Briefing ${input.asOf}` },
    ...(days.length > 1
      ? [{ kind: "text", text: `Attention: the chains are of different days: ${days.join(", ")}.` } as const]
      : []),
    ...portfolio(input),
    ...input.symbols.flatMap((s) => symbolBlocks(s)),
  ];
  if (input.missing.length > 0)
    blocks.push({ kind: "heading", level: 2, text: "Left out" }, { kind: "list", items: input.missing });
  blocks.push({ kind: "text", text: input.disclaimer });
  return blocks;
}

function portfolio(input: BriefInput): Block[] {
  if (input.positions.length === 0) return [];
  const spread = (p: BriefPosition): string =>
    p.bid !== null && p.ask !== null && p.bid > 0 && p.ask >= p.bid
      ? percent((p.ask - p.bid) / ((p.ask + p.bid) / 2))
      : "–";
  const total = input.positions.reduce<number | null>(
    (sum, p) => (sum === null || p.pnl === null ? null : sum + p.pnl),
    0,
  );
  const blocks: Block[] = [
    { kind: "heading", level: 2, text: `Portfolio${input.account === null ? "" : ` ${input.account}`}` },
    {
      kind: "table",
      head: ["position", "quantity", "average", "mark", `P&L ${input.base}`, "spread"],
      rows: [
        ...input.positions.map((p) => [
          p.name,
          number(p.qty, 4),
          number(p.basis, 4),
          number(p.mark, 4),
          money(p.pnl),
          spread(p),
        ]),
        ["total", "", "", "", money(total), ""],
      ],
    },
  ];
  if (input.book !== null) blocks.push(...stress(input.book, input.base));
  return blocks;
}

/** P&L of a cell of the book's grid; null where the grid lacks it. */
const cell = (a: Artifact<"scenarios">, spot: number, vol: number, days: number): number | null =>
  a.grid.find((g) => g.spot_pct === spot && g.vol_pts === vol && g.days === days)?.pnl ?? null;

function stress(a: Artifact<"scenarios">, base: string): Block[] {
  const at = (spot: number, vol: number, days: number): number | null => cell(a, spot, vol, days);
  const [up, down] = [at(1, 0, 0), at(-1, 0, 0)];
  const [volUp, volDown] = [at(0, 1, 0), at(0, -1, 0)];
  const half = (x: number | null, y: number | null): number | null =>
    x === null || y === null ? null : (x - y) / 2;
  const delta = half(up, down);
  const gamma = up === null || down === null ? null : (up + down) * 100;
  const missing = Number(a.summary["missing"] ?? 0);
  const chart = scenarioChart(a);
  return [
    {
      kind: "text",
      text: `By revaluation at ±1 % and ±1 vol point: $ delta ${money(delta === null ? null : delta * 100)}, its change per 1 % of spot ${money(gamma)}, vega per vol point ${money(half(volUp, volDown))}, one day passing ${money(Number(a.summary["burn_per_day"] ?? Number.NaN))} (${base}).${missing > 0 ? ` Not priced and not in these figures: ${missing}.` : ""}`,
    },
    {
      kind: "table",
      head: ["stress", "spot −5 %", "spot as it is", "spot +5 %"],
      rows: [
        ["now", money(at(-5, 0, 0)), money(at(0, 0, 0)), money(at(5, 0, 0))],
        ["vol −5 points", money(at(-5, -5, 0)), money(at(0, -5, 0)), money(at(5, -5, 0))],
        ["vol +5 points", money(at(-5, 5, 0)), money(at(0, 5, 0)), money(at(5, 5, 0))],
        ["7 days on", money(at(-5, 0, 7)), money(at(0, 0, 7)), money(at(5, 0, 7))],
      ],
    },
    ...(chart === null
      ? []
      : [{ kind: "chart", file: "book.svg", title: "P&L against spot", svg: chart } as const]),
  ];
}

function symbolBlocks(s: BriefSymbol): Block[] {
  const items = [
    trend(s),
    events(s),
    quality(s),
    vols(s),
    regime(s),
    dealers(s),
    moves(s),
    compared(s),
    flow(s),
    near(s),
  ];
  const drawings: [string, string | null][] = [
    ["smile", s.surface && smileChart(s.surface)],
    ["term", s.term && termChart(s.term)],
    ["exposure", s.exposure && exposureChart(s.exposure)],
  ];
  const warnings = [s.surface, s.term, s.exposure, s.levels, s.flow].flatMap((a) => a?.warnings ?? []);
  const file = s.symbol.replace(/[^A-Za-z0-9._-]/g, "_");
  return [
    { kind: "heading", level: 2, text: `${s.symbol} ${number(s.spot, 4)} on ${s.asOf}` },
    { kind: "list", items: items.filter((i): i is string => i !== null) },
    ...drawings.flatMap(([name, svg]): Block[] =>
      svg === null ? [] : [{ kind: "chart", file: `${file}-${name}.svg`, title: `${s.symbol} ${name}`, svg }],
    ),
    ...(warnings.length > 0
      ? [
          {
            kind: "text",
            text: `Warnings: ${[...new Set(warnings)].sort((a, b) => (a < b ? -1 : 1)).join(", ")}.`,
          } as const,
        ]
      : []),
  ];
}

function trend({ closes }: BriefSymbol): string {
  const last = closes.at(-1);
  if (last === undefined) return "Trend: unknown, no daily candles.";
  const over = (n: number): string => {
    const then = closes.at(-1 - n);
    return then === undefined ? `${n} sessions –` : `${n} sessions ${percent(last / then - 1)}`;
  };
  const recent = closes.slice(-20);
  const mean = recent.reduce((a, b) => a + b, 0) / recent.length;
  return `Trend: ${over(1)}, ${over(5)}, ${over(20)}, ${over(60)}; ${last >= mean ? "above" : "below"} its ${recent.length}-session mean ${number(mean)}.`;
}

const events = (s: BriefSymbol): string =>
  s.events === null || s.events.length === 0 ? "Events: none known." : `Events: ${s.events.join("; ")}.`;

function quality({ quality: q }: BriefSymbol): string | null {
  if (q === null) return null;
  return `Quotes: ${q.contracts} contracts, ${percent(q.missing)} without two sides, spread in the middle ${percent(q.medianSpread)} of mid, worst ${percent(q.worstSpread)}.`;
}

const tenorOf = (s: BriefSymbol, days: number) =>
  s.surface?.tenor.find((t) => t.tenor_target_dte === days) ?? null;

function vols(s: BriefSymbol): string | null {
  const month = tenorOf(s, 30);
  if (month === null) return null;
  const iv = month.atm_iv;
  const over = iv !== null && s.realised20 !== null && s.realised20 > 0 ? number(iv / s.realised20) : "–";
  return `Vol: 30 days ${percent(iv)}, 25Δ skew ${number(month.skew_25d_pp)} points; realised 20 sessions ${percent(s.realised20)}, 60 ${percent(s.realised60)}; implied over realised ${over}.`;
}

function regime(s: BriefSymbol): string | null {
  const { term } = s;
  if (term === null) return null;
  const ranks = s.ranks
    .map((r) => `${r.tenor}d percentile ${Math.round(100 * r.percentile)} of ${r.sessions} sessions`)
    .join(", ");
  const slope = term.slope === null ? "–" : `${signed(100 * term.slope)} vol points per ln T`;
  return `Regime: ${term.regime ?? "unknown"} (${term.confidence ?? "compat"} confidence), slope ${slope}, 30/90 ${number(term.ratio_30_90, 3)}${ranks === "" ? "; no history to rank it in" : `; ${ranks}`}.`;
}

function dealers({ exposure }: BriefSymbol): string | null {
  if (exposure === null) return null;
  const { summary, zero_gamma } = exposure.slices.all;
  const net = summary["net_gamma"];
  return `Dealer gamma (heuristic, ${exposure.slices.all.convention}): net ${typeof net === "number" ? shortNumber(net) : "–"} $ per 1 %, zero at ${number(zero_gamma?.[0] ?? null)}, call wall ${String(summary["call_wall"] ?? "–")}, put wall ${String(summary["put_wall"] ?? "–")}.`;
}

function moves(s: BriefSymbol): string | null {
  const parts = [7, 30].flatMap((days) => {
    const t = tenorOf(s, days);
    if (t === null || t.one_sigma == null) return [];
    return [`${days} days straddle ${percent(t.expected_move_pct)}, one sigma ${percent(t.one_sigma)}`];
  });
  return parts.length === 0 ? null : `Expected move: ${parts.join("; ")}.`;
}

const compared = ({ compare }: BriefSymbol): string =>
  compare === null
    ? "Against an earlier day: none stored."
    : `Against ${compare.day}: 30-day vol ${signed(compare.change)} points.`;

function flow({ flow: f }: BriefSymbol): string | null {
  if (f === null) return null;
  const top = f.contract_flow
    .filter((c) => c.net_delta_notional != null)
    .toSorted((a, b) => Math.abs(b.net_delta_notional ?? 0) - Math.abs(a.net_delta_notional ?? 0))
    .slice(0, 3)
    .map((c) => `${c.expiry ?? ""} ${c.strike ?? ""} ${c.option_type ?? ""} ${money(c.net_delta_notional)}`);
  const t = f.totals ?? {};
  return `Flow: bought ${number(t["buyVolume"], 0)}, sold ${number(t["sellVolume"], 0)}, unknown ${number(t["unknownVolume"], 0)} contracts${top.length > 0 ? `; most dollar delta: ${top.join("; ")}` : ""}.`;
}

/** Strikes of most dealer gamma, and levels, within 3 % of spot. */
function near(s: BriefSymbol): string | null {
  const { spot } = s;
  if (spot === null) return null;
  const close = (price: number): boolean => Math.abs(price / spot - 1) <= 0.03;
  const strikes = (s.exposure?.slices.all.top_levels ?? [])
    .filter((t) => close(t.strike))
    .slice(0, 4)
    .map((t) => `${t.strike} (${t.net_gex === null ? "–" : shortNumber(t.net_gex)})`);
  const levels = (s.levels?.levels ?? [])
    .filter((l) => l.kind !== "wall" && close(l.price))
    .slice(0, 5)
    .map((l) => `${l.name} ${number(l.price)}`);
  const parts = [
    ...(strikes.length > 0 ? [`gamma at ${strikes.join(", ")}`] : []),
    ...(levels.length > 0 ? [levels.join(", ")] : []),
  ];
  return parts.length === 0 ? null : `Within 3 % of spot: ${parts.join("; ")}.`;
}
