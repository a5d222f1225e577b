import { acceptKey, orderIntent, tightest } from "../../engines/orders/index.ts";
import type { GuardView, PreviewRow, PreviewView, Views } from "../desk/protocol.ts";
import type { ViewContext } from "../desk/views/context.ts";
import { wayWords } from "./change.ts";
import { executionOf } from "./execution/cost.ts";
import { savings } from "./execution/net.ts";
import { planWords } from "./execution/work.ts";
import { jointEnds, moneyOf, type OwnFigures, SPOT_SHOCKS, shocked, VOL_SHOCKS } from "./figures.ts";
import { type Judged, nameOf } from "./judge.ts";
import { placesOf } from "./market.ts";
import type { OrderDesk } from "./order-desk.ts";
import { partWords } from "./parts.ts";
import { addedBy, fixesOf, mustType, type Preview } from "./previews.ts";
import { realisedBy } from "./realised.ts";
import { legViews } from "./views.ts";

export function previewView(
  desk: OrderDesk,
  context: ViewContext,
  { preview: id, scenario }: Views["preview"]["params"],
): PreviewView | null {
  const preview = desk.previews.get(id);
  if (preview === undefined) return null;
  const guards = guardViews(preview);
  const { facts } = context;
  const now = facts.margin.of(context.desk, context.value());
  const last = preview.rows.at(-1) as Judged;
  const open = preview.state === "open" || preview.state === "moved";
  const all = preview.rows.flatMap((row) => row.previewed.guards);
  return {
    id,
    hash: preview.hash,
    mode: desk.rules.mode,
    account: desk.rules.account,
    state: preview.state,
    message: preview.message,
    endsInMs: Math.max(0, (preview.atUs + preview.lifeUs - context.nowUs) / 1000),
    rows: preview.rows.map((row) => rowView(desk, context, row, preview.rows)),
    ccy: facts.baseCcy,
    buyingPowerNow: now.available,
    buyingPowerAfter: last.figures.margin.available,
    marginNow: now.initial,
    marginAfter: last.figures.margin.initial,
    spotShocks: SPOT_SHOCKS.map((percent) => percent / 100),
    bookNow: preview.figures.now,
    bookAfter: preview.figures.after,
    guards,
    tightest: tightest(all)?.text ?? null,
    basket: preview.rows.length > 1 ? jointEnds(context, preview.rows) : null,
    scenario: scenario === true ? scenarioOf(context, preview) : null,
    dryRun: dryRunOf(context, preview),
    mustType: mustType(desk.rules, desk.previewRules, preview),
    canConfirm: open && guards.every((g) => g.verdict !== "deny" && (g.verdict !== "confirm" || g.accepted)),
  };
}

/** P&L of the book by vol and spot, without and with the orders. */
function scenarioOf(context: ViewContext, preview: Preview): NonNullable<PreviewView["scenario"]> {
  return {
    volPts: VOL_SHOCKS,
    now: shocked(context, [], VOL_SHOCKS),
    after: shocked(context, addedBy(preview.rows), VOL_SHOCKS),
  };
}

function dryRunOf(context: ViewContext, preview: Preview): PreviewView["dryRun"] {
  const several = preview.rows.length > 1;
  const runs = [...preview.dryRuns];
  const [first] = runs;
  if (first === undefined) return null;
  const same = runs.every(([, run]) => run.text === first[1].text);
  const text = same
    ? first[1].text
    : runs.map(([t, run]) => (several ? `${t} ${run.text}` : run.text)).join("; ");
  const oldest = Math.min(...runs.map(([, run]) => run.us));
  return { text, ageMs: Math.max(0, (context.nowUs - oldest) / 1000) };
}

function rowView(desk: OrderDesk, context: ViewContext, row: Judged, rows: readonly Judged[]): PreviewRow {
  const { at, figures, qty, limit } = row;
  const { net } = at;
  const intents = at.intents.flatMap((i) => (i.ok ? [i.intent] : []));
  const { ends } = figures;
  return {
    ticket: row.ticket.id,
    side: at.body.side,
    qty,
    what: nameOf(context, at).long,
    intent: intents.length === at.intents.length ? orderIntent(intents) : "crosses zero",
    limit,
    tif: at.body.tif,
    net: { bid: net.bid, mid: net.mid, ask: net.ask },
    tick: row.previewed.tick,
    decimals: row.decimals,
    legs: legViews(context, at, qty),
    cost: figures.cost,
    fees: figures.fees,
    // Within the guards a loss is a size; the screen signs it as P&L.
    maxLoss: typeof figures.maxLoss === "number" ? -figures.maxLoss || 0 : null,
    maxLossUnbounded: figures.maxLoss === "unbounded",
    maxGain: typeof figures.maxGain === "number" ? figures.maxGain : null,
    maxGainUnbounded: figures.maxGain === "unbounded",
    breakEvens: ends.breakEvens,
    horizon: ends.horizon,
    how: [
      ...wayWords(desk, row),
      ...partWords(context, row, rows, desk.broker.traits.name),
      ...planWords(desk, row),
      ...bodyWords(desk, row),
    ],
    execution: executionOf(context, desk.book, row, desk.rules.limits.regime),
    closes: closingOf(desk, context, row),
    own: ownOf(figures.own, figures.dollarDelta),
  };
}

/** Null for an order that opens anything. */
function closingOf(desk: OrderDesk, context: ViewContext, { at, qty, limit }: Judged): PreviewRow["closes"] {
  if (!at.intents.every((i) => i.ok && i.intent === "close")) return null;
  const realised = realisedBy(context.desk.held.books, desk.rules.account, at, qty, limit);
  const { ccy } = moneyOf(context, at.legs);
  return { ccy, decimals: ccy === null ? 2 : placesOf(ccy), realised: ccy === null ? null : realised };
}

/** The money of an order in a currency that is not the base; a coin's with the delta of both kinds. */
function ownOf(own: OwnFigures | null, adjusted: number | null): PreviewRow["own"] {
  if (own === null) return null;
  const { ccy, cost, fees, maxLoss, maxGain, plainDelta } = own;
  return {
    ccy,
    decimals: placesOf(ccy),
    cost,
    fees,
    maxLoss: typeof maxLoss === "number" ? -maxLoss || 0 : maxLoss,
    maxGain,
    delta: plainDelta === null ? null : { plain: plainDelta, adjusted },
  };
}

/** What was said of the ticket besides its terms: its pair, its job, what its sleeves cross. */
function bodyWords(desk: OrderDesk, { ticket }: Judged): string[] {
  const { pair, crosses = [], nets = [], mends } = ticket.body;
  const job = desk.execution.noteOfTicket(ticket.id);
  const saved = crosses.length === 0 ? null : savings(desk, crosses);
  return [
    ...(pair === undefined ? [] : [`${pair}: what fills of one alone is watched`]),
    ...(mends === undefined ? [] : [`mends ${mends}`]),
    ...(nets.length === 0 ? [] : [`stands for ${nets.join(", ")}`]),
    ...crosses.map(
      (c) => `${c.sleeve} ${c.qty > 0 ? "takes" : "gives"} ${Math.abs(c.qty)} inside at ${c.price}`,
    ),
    ...(saved === null ? [] : [`saves about ${saved.toFixed(2)} of spread and fees`]),
    ...(job === null ? [] : [job]),
  ];
}

function guardViews(preview: Preview): GuardView[] {
  const several = preview.rows.length > 1;
  return preview.rows.flatMap((row) =>
    row.previewed.guards.map((g): GuardView => {
      const key = acceptKey(row.previewed, g.code);
      return {
        code: several ? key : g.code,
        verdict: g.verdict,
        text: several ? `${row.ticket.id} ${g.text}` : g.text,
        fixes: fixesOf(preview, row, g).map((f) => f.text),
        used: g.used,
        accepted: preview.accepted.has(key),
      };
    }),
  );
}
