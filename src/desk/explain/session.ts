import type { Slot } from "../../../engines/market/index.ts";
import type { Explanation } from "../protocol.ts";
import { chartView } from "../views/chart.ts";
import type { ViewContext } from "../views/context.ts";
import { feedsView } from "../views/feeds.ts";
import { statusView } from "../views/status.ts";
import { tapeView } from "../views/tape.ts";
import { bookFigure, marginExplained, navExplained } from "./figures.ts";
import { priorExplained, quoteExplained } from "./marks.ts";
import { ageText, clock, exact, leaf } from "./words.ts";

const EVERY = Number.MAX_SAFE_INTEGER;

/** The two rows at the top: one figure, or (`line`) all of them, one level deeper each. */
export function statusExplained(context: ViewContext, column: string): Explanation | null {
  const v = statusView(context);
  switch (column) {
    case "bp":
      return marginExplained(context);
    case "nav":
      return navExplained(context, context.value());
    case "day":
    case "dollarDelta":
      return bookFigure(context, column);
    case "feed":
      return leaf("feed", v.feed, null, [
        ...(v.feedWhy === null ? [] : [v.feedWhy]),
        `last event ${ageText(v.lagMs === null ? null : v.lagMs * 1000)} before the session's clock; stale from ${exact(v.quoteMaxAgeUs / 1e6)} s on (${v.sampling})`,
        ...(v.opensNext === null
          ? []
          : [
              `the market of ${context.session.calendar} opens next on ${v.opensNext.day} at ${clock(context, v.opensNext.us)}, by its calendar`,
            ]),
        `closed outside the session, which opens ${clock(context, v.openUs ?? null)} and closes ${clock(context, v.closeUs ?? null)}`,
      ]);
    case "rate":
      return leaf("rate", exact(v.eventsPerSecond), "events/s", [
        "events applied by the desk in the last second of wall-clock time; a replay at speed applies them faster than they came",
        `event ${v.seq} of ${v.events} of ${v.session}; ${v.shed} merged because the screen could not follow`,
      ]);
    case "time":
      return leaf("session time", `${v.day} ${clock(context, v.nowUs)}`, null, [
        `${v.paused ? "paused" : `running at ${v.speed === "max" ? "full speed" : `${v.speed}x`}`}${v.halfDay ? "; a half day" : ""}`,
        "the exchange's clock: ages, P&L and time to expiry all count by it",
      ]);
    case "orders":
      return leaf("orders", `tickets ${v.stagedTickets ?? "–"}, working ${v.workingOrders ?? "–"}`, null, [
        v.trading === null
          ? "trading: not known until the ledger of orders is read; nothing can be sent before"
          : `trading is ${v.trading}; account ${v.account}`,
        ...(v.ordersWhy === null ? [] : [v.ordersWhy]),
      ]);
    case "line":
      return leaf("status line", clock(context, v.nowUs), null, ["every figure of the two rows at the top"], {
        inputs: ["nav", "day", "dollarDelta", "bp", "orders", "feed", "rate", "time"].flatMap(
          (part) => statusExplained(context, part) ?? [],
        ),
      });
    default:
      return null;
  }
}

const PRICES = ["open", "high", "low", "close"] as const;

/** A bar of a chart. `row` is `slot|minutes|start in µs`, without a start the newest bar; `column` a price, `volume` or `vwap`. */
export function barExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const [slot, minutes, start = ""] = row.split("|");
  const view = chartView(context, { slot: Number(slot) as Slot, barMinutes: Number(minutes) });
  if (!view || view.bars.startUs.length === 0) return null;
  const found = view.bars.startUs.indexOf(Number(start));
  const at = start === "" || found < 0 ? view.bars.startUs.length - 1 : found;
  const startUs = view.bars.startUs[at] as number;
  const open = context.nowUs < startUs + view.barMinutes * 60e6;
  const when = `${view.barMinutes}m bar of ${view.label} from ${clock(context, startUs)}`;
  const instrument = context.desk.instruments[view.slot];
  const lines = [
    view.basis === "trade"
      ? "made from trades; a bar is stamped at its start"
      : "made from mids, since nothing traded",
    open ? "still in the making: it changes until its end" : "finished: it does not change any more",
  ];
  const vwap = leaf(`VWAP at ${clock(context, startUs)}`, exact(view.vwap[at]), instrument?.ccy ?? null, [
    "Σ price x volume ÷ Σ volume since the regular open; of vendor bars at their typical price (H+L+C)/3",
  ]);
  const parts = PRICES.map((p) => leaf(p, exact(view.bars[p][at]), instrument?.ccy ?? null, [when]));
  const volume = leaf("volume", exact(view.bars.volume[at]), "traded", [when]);
  const prior = priorExplained(context, view.slot);
  const inputs = [...parts, volume, vwap, prior];
  if (column === "vwap") return { ...vwap, inputs: [...parts, volume] };
  if (column === "volume") return { ...volume, title: `volume of the ${when}`, lines, inputs };
  const price = PRICES.find((p) => p === column) ?? "close";
  const ccy = instrument?.ccy ?? null;
  return leaf(`${price} of the ${when}`, exact(view.bars[price][at]), ccy, lines, {
    inputs,
    usedBy: ["levels", "VWAP"],
  });
}

const SIDES: Readonly<Record<string, string>> = {
  ask: "at the ask of the quote before it or above: somebody bought",
  bid: "at the bid of the quote before it or below: somebody sold",
  mid: "inside the quote before it: neither side is clear",
  unknown: "no usable quote stood before it",
};

/** A print of the tape, by its sequence number. */
export function printExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const print = tapeView(context, { underlying: null, limit: EVERY }).prints.find((p) => `${p.seq}` === row);
  if (!print) return null;
  const value =
    column === "size"
      ? exact(print.size)
      : column === "side"
        ? print.side
        : column === "time"
          ? clock(context, print.us)
          : exact(print.price);
  const lines = [
    `${exact(print.size)} at ${exact(print.price)}, ${clock(context, print.us)}, event ${print.seq} of ${context.session.name}`,
    `side ${print.side}: ${SIDES[print.side] ?? ""}`,
    print.change === "flat"
      ? "same price as the print before it"
      : `${print.change} from the print before it`,
  ];
  if (print.bar)
    lines.push("a minute's bar of prints, not one print: its close, and the volume of the minute");
  return leaf(`${column === "label" ? "price" : column} of a print of ${print.label}`, value, null, lines, {
    inputs: [quoteExplained(context, print.slot)],
    usedBy: ["tape", "VWAP", "chart"],
  });
}

const FEED_WORDS: Readonly<Record<string, string>> = {
  state: "live while data is no older than its cadence allows, stale after that, closed outside the session",
  data: "time since the last event of this feed",
  ping: "time since the last answer to our own ping; a recording has none",
  lag: "receive time less the sender's own time stamp; a recording has none of its own",
  rate: "events applied in the last second of wall-clock time",
  subs: "instruments that answer, of those asked for",
  limit: "most that the source serves; unknown means none was declared",
  name: "where the events come from",
};

/** A feed, or a counter of the book. */
export function feedExplained(context: ViewContext, row: string, column: string): Explanation | null {
  const { feeds, counters } = feedsView(context);
  const counted = counters.map((c) =>
    leaf(c.name, exact(c.value), "events", ["counted by the book since the session began"]),
  );
  const feed = feeds.find((f) => f.name === row);
  if (!feed) return counted.find((c) => c.title === row) ?? null;
  const values: Readonly<Record<string, string>> = {
    state: feed.state,
    data: ageText(feed.dataAgeMs === null ? null : feed.dataAgeMs * 1000),
    ping: ageText(feed.pingAgeMs === null ? null : feed.pingAgeMs * 1000),
    lag: feed.lagMs === null ? "–" : `${exact(feed.lagMs)} ms`,
    rate: `${exact(feed.eventsPerSecond)}/s`,
    subs: `${exact(feed.subscribed)} of ${exact(feed.desired)}`,
    limit: exact(feed.limit),
  };
  const ofChannel = (feed.counters ?? []).map((c) =>
    leaf(c.name, exact(c.value), null, [`counted on ${feed.name} since the desk opened`]),
  );
  const troubles = (feed.troubles ?? [])
    .toReversed()
    .map((t) => `${clock(context, t.us)} ${t.text}${t.times > 1 ? `, ${t.times} times` : ""}`);
  const lines = [FEED_WORDS[column] ?? "", feed.note ?? "", ...troubles].filter((l) => l !== "");
  return leaf(`${column} of ${feed.name}`, values[column] ?? feed.name, null, lines, {
    inputs: [...ofChannel, ...counted, ...["feed", "rate"].flatMap((c) => statusExplained(context, c) ?? [])],
  });
}

/** A line of the log, by its id. */
export function entryExplained(context: ViewContext, row: string): Explanation | null {
  const entry = context.desk.log.find((e) => `${e.id}` === row);
  if (!entry) return null;
  return leaf(`${entry.level} of ${entry.source}`, clock(context, entry.us), entry.code, [
    entry.text,
    `what to do: ${entry.advice ?? "nothing"}`,
    `entry ${entry.id} of ${context.session.name}`,
  ]);
}
