import type { StatusView } from "../../src/desk/protocol.ts";
import { type Binding, keyLabel } from "../keys/keymap.ts";
import { type Canvas, cutText, type Span } from "../kit/canvas.ts";
import type { TextField } from "../kit/field.ts";
import * as f from "../kit/format.ts";
import type { StyleId } from "../terminal/styles.ts";
import { textWidth } from "../terminal/width.ts";
import { feedLook, MODE_WORD, modeStyle, signRole, type Theme } from "../theme/theme.ts";
import { MIN_COLS, MIN_ROWS } from "./layout.ts";
import type { Notice } from "./notices.ts";
import type { BelowField } from "./pane.ts";

/** A piece of a status row; where the row is short, ranks above {@link ALWAYS} go first, then pieces take their shorter forms. */
interface Segment {
  readonly rank: number;
  readonly spans: readonly Span[];
  /** Shorter and shorter. */
  readonly shorter?: readonly (readonly Span[])[];
  /** Its one span may be cut down to this many columns before it goes. */
  readonly least?: number;
}
/** Pieces up to this rank stand in every size. */
const ALWAYS = 5;

const widthOf = (spans: readonly Span[]): number => spans.reduce((sum, [text]) => sum + textWidth(text), 0);

function paintSegments(canvas: Canvas, y: number, segments: readonly Segment[]): void {
  const { s, g } = canvas.theme;
  const separator: Span = [` ${g.separator} `, s.frame];
  let kept = segments.filter((part) => part.spans.length > 0);
  const over = () => kept.reduce((sum, part) => sum + widthOf(part.spans) + 3, -3) + 2 - canvas.w;
  const fits = () => over() <= 0;
  const dropDownTo = (rank: number) => {
    while (!fits() && kept.length > 1) {
      const worst = Math.max(...kept.map((part) => part.rank));
      if (worst <= rank) return;
      const at = kept.findIndex((part) => part.rank === worst);
      const cut = cutSegment(kept[at] as Segment, over(), g.ellipsis);
      if (cut !== null) kept = kept.with(at, cut);
      else kept = kept.filter((part) => part.rank !== worst);
    }
  };
  dropDownTo(ALWAYS);
  while (!fits() && kept.some((part) => part.shorter?.length)) {
    kept = kept.map(({ rank, spans, shorter: [next, ...shorter] = [] }) => ({
      rank,
      spans: next ?? spans,
      shorter,
    }));
  }
  dropDownTo(0);
  let x = 1;
  for (const [i, part] of kept.entries()) {
    if (i > 0) x = canvas.spans(x, y, [separator]);
    x = canvas.spans(x, y, part.spans);
  }
}

/** The segment with so many columns less; null where it has no room for that. */
function cutSegment(part: Segment, less: number, ellipsis: string): Segment | null {
  const [[text, style] = ["", 0]] = part.spans;
  const width = textWidth(text) - less;
  return part.least === undefined || width < part.least
    ? null
    : { ...part, spans: [[cutText(text, width, ellipsis), style]] };
}

/** Mode, session time, trading state and feed; below, the money. */
export function paintStatus(canvas: Canvas, status: StatusView | null): void {
  const { s } = canvas.theme;
  if (status === null) {
    canvas.text(1, 0, "voldesk", s.title);
    canvas.text(9, 0, "opening the session…", s.dim);
    return;
  }
  paintSegments(canvas, 0, firstRow(canvas.theme, status));
  paintSegments(canvas, 1, secondRow(canvas.theme, status));
}

function firstRow(theme: Theme, v: StatusView): Segment[] {
  const { s, g } = theme;
  const badge: Span = [` ${MODE_WORD[v.mode]} `, modeStyle(theme, v.mode)];
  const loop: Span = [v.loop ? " loop" : "", s.dim];
  const pace = (speed: string): Span[] =>
    v.paused
      ? [badge, [` ${g.pause} ${v.atEnd ? "end" : "paused"}`, s.warn], [speed, s.dim], loop]
      : [badge, [` ${g.run}${speed}`, s.text], loop];
  const speed = ` ${f.speed(v.speed)}`;
  const word = v.mode === "replay" ? pace(speed) : [badge];
  const time: Span = [f.clock(v.nowUs, v.zoneOffsetMin), s.text];
  const day: Span = [`${f.longDay(v.day)} `, s.dim];
  const zone: Span = [` ${v.zone}`, s.dim];
  return [
    { rank: 1, spans: word, ...(v.paused && v.mode === "replay" && { shorter: [pace("")] }) },
    {
      rank: 2,
      spans: [day, time, zone, [v.halfDay ? " half day" : "", s.dim]],
      shorter: [
        [day, time, zone],
        [time, zone],
      ],
    },
    { rank: 3, spans: [[v.trading?.toUpperCase() ?? f.NONE, tradingStyle(theme, v.trading)]] },
    { rank: 4, spans: v.ordersWhy === null ? [] : [[v.ordersWhy, s.warn]], least: 12 },
    feedSegment(theme, v),
    { rank: 6, spans: v.feedWhy === null ? [] : [[v.feedWhy, s.warn]], least: 12 },
    { rank: 5, spans: v.shed > 0 ? [[`${g.warn} ${f.rate(v.shed)} merged`, s.warn]] : [] },
    { rank: 8, spans: [[v.sampling, s.dim]] },
    // Whose money it is stands in every size; a replay's is nobody's.
    { rank: v.mode === "replay" ? 9 : 5, spans: v.account === v.mode ? [] : [[v.account, s.dim]] },
    {
      rank: 7,
      spans: v.indexed > 0 && v.indexed < 1 ? [[`indexing ${Math.floor(v.indexed * 100)}%`, s.dim]] : [],
    },
    { rank: 10, spans: [[v.session, s.dim]] },
  ];
}

const tradingStyle = ({ s }: Theme, trading: StatusView["trading"]): Span[1] =>
  trading === null ? s.dim : trading === "active" ? s.text : s.error;

/** How the feed is and how fast it tells; of a closed market, when it opens next. */
function feedSegment(theme: Theme, v: StatusView): Segment {
  const { s } = theme;
  const look = feedLook(theme, v.feed);
  const said = (words: string): Span[] => [
    [`${look.glyph} `, s[look.role]],
    [words, s.text],
  ];
  const next = v.opensNext;
  if (v.feed === "closed" && next !== null) {
    const when = `closed; opens ${f.soonDay(next.day)} ${f.clock(next.us, next.zoneOffsetMin, false)}`;
    return { rank: 4, spans: said(`${when} ${v.zone}`), shorter: [said(when), said(when), said("closed")] };
  }
  const state = said(`${v.feed}${v.lagMs === null ? "" : ` ${f.age(v.lagMs * 1000)}`}`);
  return {
    rank: 4,
    spans: [...state, [` ${f.rate(v.eventsPerSecond)}`, s.dim]],
    shorter: [[...state, [` ${f.short(v.eventsPerSecond)}/s`, s.dim]], state],
  };
}

function secondRow(theme: Theme, v: StatusView): Segment[] {
  const { s } = theme;
  const day = s[signRole(v.dayPnl)];
  return [
    {
      rank: 1,
      spans: [
        ["NAV ", s.dim],
        [f.units(v.nav), s.text],
        [` ${v.baseCcy}`, s.dim],
      ],
      shorter: [
        [
          ["NAV ", s.dim],
          [f.units(v.nav), s.text],
        ],
      ],
    },
    {
      rank: 2,
      spans: [
        ["day ", s.dim],
        [`${f.signed(v.dayPnl)} ${f.percent(v.dayPnlFraction)}`, day],
      ],
    },
    {
      rank: 3,
      spans: [
        ["Δ$ ", s.dim],
        [f.fit(v.dollarDelta, 8), s[signRole(v.dollarDelta)]],
      ],
    },
    {
      rank: 4,
      spans: [
        ["BP ", s.dim],
        [f.units(v.buyingPower), s.text],
      ],
    },
    {
      rank: 5,
      spans: [
        ["tickets ", s.dim],
        [f.units(v.stagedTickets), s.text],
        [" working ", s.dim],
        [f.units(v.workingOrders), s.text],
      ],
      shorter: [
        [
          ["tickets ", s.dim],
          [f.units(v.stagedTickets), s.text],
          [" working ", s.dim],
          [f.units(v.workingOrders), s.text],
        ],
        [
          ["T", s.dim],
          [f.units(v.stagedTickets), s.text],
          [" W", s.dim],
          [f.units(v.workingOrders), s.text],
        ],
      ],
    },
  ];
}

export function paintNotice(
  canvas: Canvas,
  current: { notice: Notice; more: number } | null,
  idle: string,
): void {
  const { s } = canvas.theme;
  if (current === null) {
    canvas.cut(1, 0, canvas.w - 2, idle, s.dim);
    return;
  }
  const { notice, more } = current;
  const style = { info: s.text, order: s.title, warn: s.warn, error: s.error }[notice.level];
  const tail = `${notice.times > 1 ? ` x${notice.times}` : ""}${more > 0 ? ` (+${more})` : ""}`;
  const end = canvas.cut(1, 0, canvas.w - 2 - textWidth(tail), notice.text, style);
  canvas.text(end, 0, tail, s.dim);
}

type Hinted = Pick<Binding, "action" | "keys" | "hint">;
interface Hint {
  readonly key: string;
  readonly text: string;
  readonly rank: number;
}

/** What comes first in the hint row; the rest follows as the table of keys has it. */
const HINTED_FIRST: readonly string[] = ["buy", "explain"];

function hintsOf(bindings: readonly Hinted[]): Hint[] {
  const first = HINTED_FIRST.flatMap((action) => bindings.find((b) => b.action === action) ?? []);
  const label = (b: Hinted | undefined): string[] => (b?.keys[0] === undefined ? [] : [keyLabel(b.keys[0])]);
  return [...first, ...bindings.filter((b) => !HINTED_FIRST.includes(b.action))].flatMap((b): Hint[] => {
    if (b.hint === undefined || b.keys.length === 0) return [];
    const [rank, text, beside] = b.hint;
    const other = bindings.find((o) => o.action === beside);
    return [{ key: [...label(b), ...label(other)].join("/"), text, rank }];
  });
}

/** Keys that work here, as many as fit; KILL is always among them. */
export function paintHints(canvas: Canvas, bindings: readonly Hinted[], panes = true): void {
  const { s } = canvas.theme;
  const kill = bindings.find((b) => b.action === "kill");
  const killText = kill ? `${keyLabel(kill.keys[0] as string)} KILL` : "";
  const killAt = canvas.w - textWidth(killText) - 1;
  const hinted = hintsOf(bindings.filter((b) => b.action !== "kill"));
  const all = [...(panes ? [{ key: "1-0", text: "panes", rank: 2 }] : []), ...hinted];
  const width = (list: typeof all) =>
    list.reduce((sum, h) => sum + textWidth(h.key) + textWidth(h.text) + 3, 1);
  let kept = all;
  while (kept.length > 0 && width(kept) >= killAt) {
    const worst = Math.max(...kept.map((h) => h.rank));
    kept = kept.filter((h) => h.rank !== worst);
  }
  let x = 1;
  for (const hint of kept) {
    x = canvas.text(x, 0, hint.key, s.key);
    x = canvas.text(x + 1, 0, hint.text, s.dim) + 2;
  }
  const [key = "", word = ""] = killText.split(" ");
  canvas.text(killAt, 0, key, s.key);
  canvas.text(killAt + key.length + 1, 0, word, s.error);
}

/** A text field in the bottom row; returns the column of its cursor. */
export function paintField(canvas: Canvas, label: string, field: TextField): number {
  const { s } = canvas.theme;
  const from = canvas.text(1, 0, label, s.key);
  const room = Math.max(1, canvas.w - from - 2);
  const before = field.text.slice(0, field.cursor);
  // Scrolled so that the cursor is always on screen.
  const skip = Math.max(0, textWidth(before) - room);
  let cut = 0;
  while (cut < before.length && textWidth(before.slice(0, cut)) < skip) cut++;
  canvas.cut(from, 0, room + 1, field.text.slice(cut), s.text);
  return from + textWidth(before.slice(cut));
}

/** What is said below a field: how it is read back, or a caret under the word that can't be read and why. */
export function paintBelow(
  canvas: Canvas,
  said: BelowField,
  at: { readonly options: { readonly label: string }; readonly field: TextField },
): void {
  const { s } = canvas.theme;
  if (said.caret === null) {
    canvas.cut(1, 0, canvas.w - 2, said.text, s.dim);
    return;
  }
  const label = textWidth(at.options.label) + 1;
  const x = Math.min(label + textWidth(at.field.text.slice(0, said.caret)), canvas.w - 2);
  const width = textWidth(said.text);
  // To the right of the caret where there is room, else to the left of it, else over it: the words matter more.
  if (x + 2 + width < canvas.w) canvas.text(canvas.text(x, 0, "^", s.error) + 1, 0, said.text, s.warn);
  else if (width + 2 < x) {
    canvas.text(x - width - 1, 0, said.text, s.warn);
    canvas.text(x, 0, "^", s.error);
  } else canvas.cut(1, 0, canvas.w - 2, said.text, s.warn);
}

/** HALTED and REDUCING take the whole row. */
export function paintHalted(canvas: Canvas, words: string, style: StyleId): void {
  canvas.fill(0, 0, canvas.w, 1, " ", style);
  canvas.cut(1, 0, canvas.w - 2, words, style);
}

/** The notice that a terminal below the least size gets instead of the desk. */
export function paintTooSmall(canvas: Canvas, halted: string | null): void {
  const words = `Voldesk needs ${MIN_COLS}x${MIN_ROWS}, this is ${canvas.w}x${canvas.h}. Session runs on. ${halted ?? "ctrl-x still stops trading."}`;
  canvas.paragraph(0, 0, canvas.w, words);
}
