import type { SurfaceView } from "../../../src/desk/protocol.ts";
import type { Canvas, Span } from "../../kit/canvas.ts";
import * as f from "../../kit/format.ts";
import { warningWords } from "../study-words.ts";
import { refusal } from "./tables.ts";

/** Lines below every face of the pane: shape of the term structure, arbitrage, and what is missing and why. */
export const FOOT_LINES = 3;

export function paintFoot(canvas: Canvas, view: SurfaceView): void {
  const { s, g } = canvas.theme;
  const { term } = view;
  canvas.spans(0, 0, [["term  ", s.dim], ...termSpans(view, canvas)]);
  const worst = view.calendar[0];
  const calendar = worst ? `calendar ${view.calendar.length} (${worst.near}/${worst.far})` : "calendar 0";
  const broken = view.butterfly > 0 || view.calendar.length > 0;
  let x = canvas.text(
    0,
    1,
    `arb: butterfly ${view.butterfly}  ${calendar}${broken ? ` ${g.warn}` : ""}`,
    broken ? s.warn : s.dim,
  );
  x = canvas.text(x + 2, 1, `oldest fit ${f.age(view.fitAgeUs)}`, s.dim);
  if (term.events.length === 0 && x + 24 < canvas.w) canvas.text(x + 2, 1, "no event on file", s.dim);
  canvas.cut(0, 2, canvas.w, missing(view), s.warn);
}

function termSpans(view: SurfaceView, canvas: Canvas): Span[] {
  const { s, ascii } = canvas.theme;
  const { shape, slope, ratios, confidence, events, futures } = view.term;
  const spans: Span[] = [[shape ?? f.NONE, shape === null ? s.unknown : s.text]];
  if (slope !== null) {
    const error = slope.error === null ? "" : ` ±${f.fixed(slope.error * 100, 1)}`;
    spans.push([`  slope ${f.signed(slope.perLogTime * 100, 1)}${error} vp per ln T`, s.text]);
  }
  for (const e of events)
    spans.push([
      `  ${ascii ? "#" : "◆"} ${e.label} ${f.day(e.day)}${e.status === "estimated" ? "~" : ""} ${e.move === null ? f.NONE : `±${f.percent(e.move, false)}`}`,
      s.mine,
    ]);
  const ratio = ratios["30/90"];
  spans.push([`  30/90 ${ratio === null ? f.NONE : f.fixed(ratio, 2)}`, s.text]);
  spans.push([`  trust ${confidence.grade}`, confidence.grade === "high" ? s.dim : s.warn]);
  if (futures !== null) {
    const level = futures.index === null ? f.NONE : f.vol(futures.index);
    spans.push([
      `  ${futures.name} ${level}, front ${f.percent(futures.frontBasis)}${futures.settled === null ? "" : ` of ${f.day(futures.settled)}`}`,
      s.text,
    ]);
  }
  return spans;
}

/** What the pane can't show, in words: expiries without a fit, comparisons without a past. */
function missing(view: SurfaceView): string {
  const bare = view.expiries.filter((e) => e.atm === null);
  const words: string[] = [];
  const first = bare[0];
  if (first) {
    const more = bare.length > 1 ? ` and ${bare.length - 1} more` : "";
    const others = view.fitted > 0 ? " Other expiries are shown." : "";
    words.push(`${first.label}${more}: ${refusal(first)}.${others}`);
  }
  const days = (["1d", "1w"] as const).filter((w) => view.then[w].day === null);
  const reasons = new Map<string, string[]>();
  for (const d of days) reasons.set(view.then[d].source, [...(reasons.get(view.then[d].source) ?? []), d]);
  if (view.standing.reason !== null)
    reasons.set(view.standing.reason, [...(reasons.get(view.standing.reason) ?? []), "pct rank"]);
  for (const [why, what] of reasons) words.push(`${what.join(", ")} ${f.NONE}: ${why}.`);
  if (view.warnings.length > 0) words.push(warningWords(view.warnings));
  return words.join("  ");
}
