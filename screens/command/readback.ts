import { formatPrice, gridDecimals, roundToTick, stepTicks, tickAt } from "../../engines/market/index.ts";
import { alertText } from "../../src/desk/protocol-alerts.ts";
import { spelled, spelledDay } from "./instruments.ts";
import type { Order, Price, Quantity, StructureName, What } from "./order-terms.ts";
import { ACTION_VERBS, type GrammarContext, type Statement } from "./statement.ts";

const STRUCTURE_WORDS: Readonly<Record<StructureName, string>> = {
  cv: "call vertical",
  pv: "put vertical",
  strg: "strangle",
  strd: "straddle",
  cfly: "call fly",
  pfly: "put fly",
  cond: "call condor",
  pcond: "put condor",
  ic: "iron condor",
  cal: "calendar",
  diag: "call diagonal",
  pdiag: "put diagonal",
};

function quantity(q: Quantity): string {
  if (q.kind === "count") return `${q.n}`;
  if (q.kind === "money") return `$${q.amount}`;
  return q.percent === 100 ? "all" : `${q.percent}%`;
}

function what(of: What, context: GrammarContext): string {
  if (of.kind === "ref") return of.id;
  if (of.label !== undefined) return of.label;
  const legs = of.legs.map((leg) => context.index.at(leg.slot)?.instrument);
  const [first] = legs;
  if (!first) return "?";
  if (of.name === null || first.kind !== "option") return spelled(first);
  const options = legs.filter((i) => i?.kind === "option");
  const strikes = [...new Set(options.map((i) => i.strike))].join("/");
  const days = [...new Set(options.map((i) => i.expiry))].sort().map(spelledDay).join(" ");
  const side = of.name === "cal" ? (first.type === "C" ? "call " : "put ") : "";
  return `${first.symbol} ${days} ${strikes} ${side}${STRUCTURE_WORDS[of.name]}`;
}

const UNITS = { t: "tick", c: "cent", "%": "" } as const;

function distance(price: Price & { kind: "anchor" }): string {
  if (price.by === 0) return price.anchor;
  const way = price.by < 0 ? "minus" : "plus";
  const size = Math.abs(price.by);
  if (price.unit === "%") return `${price.anchor} ${way} ${size}% of spread`;
  return `${price.anchor} ${way} ${size} ${UNITS[price.unit]}${size === 1 ? "" : "s"}`;
}

/**
 * The number that an anchored price stands for now: the anchor rounded to the grid on the patient side (buys down, sells up), then the
 * distance. Null without a two-sided quote of every leg, and for closes and rolls, whose side is the position's.
 */
export function limitOf(order: Order, context: GrammarContext): { price: number; decimals: number } | null {
  const { price, what: of, verb } = order;
  if (price?.kind !== "anchor" || of.kind !== "legs" || (verb !== "buy" && verb !== "sell")) return null;
  let bid = 0;
  let ask = 0;
  let finest = Number.POSITIVE_INFINITY;
  let decimals = 0;
  for (const leg of of.legs) {
    const q = context.quote(leg.slot);
    const instrument = context.index.at(leg.slot)?.instrument;
    if (!q || !instrument) return null;
    bid += leg.ratio * (leg.ratio > 0 ? q.bid : q.ask);
    ask += leg.ratio * (leg.ratio > 0 ? q.ask : q.bid);
    finest = Math.min(finest, tickAt(instrument.ticks, (q.bid + q.ask) / 2));
    decimals = Math.max(decimals, gridDecimals(instrument.ticks, null));
  }
  const [only] = of.legs;
  const grid =
    (of.legs.length === 1 && only && context.index.at(only.slot)?.instrument.ticks) ||
    ([{ from: 0, tick: finest }] as const);
  const anchor = { bid, ask, mid: (bid + ask) / 2 }[price.anchor];
  const patient = (p: number): number => roundToTick(grid, Math.round(p * 1e8) / 1e8, verb);
  if (price.unit === "t") return { price: stepTicks(grid, patient(anchor), price.by), decimals };
  const by = price.unit === "c" ? price.by / 100 : ((ask - bid) * price.by) / 100;
  return { price: patient(anchor + by), decimals };
}

function limit(order: Order, context: GrammarContext): string {
  const { price } = order;
  if (price === null) return "";
  if (price.kind === "limit") return `, limit ${price.price}`;
  const now = limitOf(order, context);
  const words = distance(price);
  return now === null ? `, limit ${words}` : `, limit ${formatPrice(now.price, now.decimals)} = ${words}`;
}

function order(o: Order, context: GrammarContext): string {
  const qty = o.qty === null ? "" : ` ${quantity(o.qty)}`;
  const to = o.to === null ? "" : ` ${spelledDay(o.to)}`;
  return `${o.verb.toUpperCase()}${qty} ${what(o.what, context)}${to}${limit(o, context)}, ${o.tif}`;
}

const shortPrice = (p: Price): string =>
  p.kind === "limit"
    ? `@ ${p.price}`
    : `@ ${p.anchor}${p.by === 0 ? "" : `${p.by > 0 ? "+" : ""}${p.by}${p.unit}`}`;

/** A long list is said as its first names and how many more. */
const NAMED = 4;

function watched(statement: Statement & { kind: "watch" }, context: GrammarContext): string {
  const names = statement.slots.map((slot) => {
    const instrument = context.index.at(slot)?.instrument;
    return instrument ? spelled(instrument) : "?";
  });
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return `${statement.add ? "WATCH" : "UNWATCH"} ${names.slice(0, NAMED).join("; ")}${more}`;
}

function alerted(statement: Statement & { kind: "alert" }, context: GrammarContext): string {
  if (statement.op === "list") return "ALERTS";
  if (statement.op !== "add") return `ALERT ${statement.op} ${statement.id ?? "all"}`;
  const { wish, stage } = statement;
  const how = wish.again ? "each time" : "once";
  const then = stage === null ? "" : `, then stage ${order(stage, { ...context, quote: () => null })}`;
  return `ALERT ${alertText({ ...wish, stage: null })}, ${how}${then}`;
}

/** What a statement means, in words; those of an order read to the same order again. */
export function readBack(statement: Statement, context: GrammarContext): string {
  switch (statement.kind) {
    case "order":
      return order(statement, context);
    case "alert":
      return alerted(statement, context);
    case "cancel":
      return `CANCEL ${statement.what}`;
    case "amend": {
      const price = statement.price ? ` ${shortPrice(statement.price)}` : "";
      return `AMEND ${statement.id}${price}${statement.size === null ? "" : ` x ${statement.size}`}`;
    }
    case "tickets": {
      const { verb, tickets, word } = statement;
      const which = tickets.length === 0 ? "marked tickets" : tickets.join(" ");
      return `${verb.toUpperCase()} ${which}${word === null ? "" : ` ${word}`}`;
    }
    case "watch":
      return watched(statement, context);
    case "show": {
      const of = statement.slot === null ? undefined : context.index.at(statement.slot)?.instrument;
      const name = of ? ` ${of.symbol}` : "";
      return `${statement.pane.toUpperCase()}${name}${statement.expiry ? ` ${spelledDay(statement.expiry)}` : ""}`;
    }
    case "go":
      return `GO ${statement.to}`;
    case "speed":
      return `SPEED ${statement.speed}`;
    case "loop":
      return `LOOP${statement.on === null ? "" : statement.on ? " on" : " off"}`;
    case "layout":
      return `LAYOUT ${statement.op === "use" ? "" : `${statement.op} `}${statement.name}`;
    case "set":
      return `SET ${statement.key} ${statement.value}`;
    case "export":
      return `EXPORT ${statement.what} as ${statement.format} to ${statement.file}`;
    case "tell":
      return statement.text;
    case "plain":
      return statement.verb.toUpperCase();
    case "act":
      return ([...ACTION_VERBS].find(([, action]) => action === statement.action)?.[0] ?? "").toUpperCase();
  }
}
