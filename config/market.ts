import { existsSync, readFileSync } from "node:fs";
import { isNode, LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import { isoDayNumber } from "../engines/market/index.ts";
import {
  type DividendSchedule,
  type FxTable,
  flatCurve,
  moneyMarketDayCount,
  type RateCurve,
  type RateQuote,
  rateCurve,
} from "../engines/pricing/index.ts";
import { VoldeskError } from "./errors.ts";

const day = z.string().refine((s) => isoDayNumber(s) !== null, "expected a day as YYYY-MM-DD");
const ccy = z.string().regex(/^[A-Z]{3}$/, "expected a currency code such as USD");
const text = z.string().min(1);
const standing = z.enum(["fact", "assumption"]);

/** `0.20%` → 0.002. The sign is required: a bare 0.2 could mean either. */
const percent = z
  .string()
  .regex(/^-?\d+(\.\d+)?%$/, "expected a percentage such as 0.20%")
  .transform((s) => Number((Number(s.slice(0, -1)) / 100).toPrecision(15)));

const tenor = z
  .string()
  .regex(/^[1-9]\d*d$/, "expected a tenor in days such as 91d")
  .transform((s) => Number(s.slice(0, -1)));

const rateEntry = z.strictObject({
  ccy,
  asOf: day,
  standing,
  source: text,
  quotes: z
    .array(
      z.strictObject({
        tenor,
        rate: percent,
        basis: z.enum(["simple", "bank-discount", "annual", "continuous"]),
        dayCount: z.exactOptional(z.enum(["ACT/360", "ACT/365F"])),
      }),
    )
    .min(1),
});

const dividendEntry = z.strictObject({
  symbol: text,
  asOf: day,
  from: day,
  until: day,
  standing,
  source: text,
  yield: z.exactOptional(percent),
  cash: z.array(
    z.strictObject({
      exDay: day,
      amount: z.number().positive(),
      ccy,
      status: z.enum(["declared", "estimated"]),
      declaredOn: z.exactOptional(day),
      source: z.exactOptional(text),
    }),
  ),
});

const fxEntry = z.strictObject({
  asOf: day,
  source: text,
  pairs: z.record(z.string().regex(/^[A-Z]{6}$/, "expected a pair such as EURUSD"), z.number().positive()),
});

const eventEntry = z.strictObject({
  symbol: text,
  label: text,
  day,
  at: z.enum(["before-open", "session", "after-close"]),
  /** The day it was known; a session before that does not know of it. */
  asOf: day,
  status: z.enum(["declared", "estimated"]),
  source: text,
});

const betaEntry = z.strictObject({
  symbol: text,
  index: text,
  beta: z.number().min(-20).max(20),
  asOf: day,
  standing,
  source: text,
});

const assumption = z.strictObject({ value: percent, name: text });

/** The shape of `config/market.yaml`. */
export const marketSchema = z.strictObject({
  maxAgeDays: z.int().min(0),
  carryForwardDays: z.int().min(0),
  assumptions: z.strictObject({ rate: assumption, dividendYield: assumption }),
  rates: z.array(rateEntry),
  dividends: z.array(dividendEntry),
  fx: z.array(fxEntry),
  events: z.array(eventEntry),
  betas: z.array(betaEntry),
});

/** Checked market data, curves built, everything by as-of day ascending. Ask it by {@link curveFor} and its neighbours. */
export interface MarketFacts {
  readonly maxAgeDays: number;
  readonly carryForwardDays: number;
  readonly assumptions: z.output<typeof marketSchema>["assumptions"];
  readonly curves: readonly RateCurve[];
  readonly dividends: readonly (DividendSchedule & { readonly from: string; readonly until: string })[];
  readonly fx: readonly FxTable[];
  readonly events: readonly ScheduledEvent[];
  readonly betas: readonly IndexBeta[];
}

/** A day on which a name is expected to move: earnings, a decision. */
export type ScheduledEvent = z.output<typeof eventEntry>;
/** How much of an index's move a name takes on. */
export type IndexBeta = z.output<typeof betaEntry>;

/** A user's own market file: any part of the shape, put on top of what comes with the program. */
const ownSchema = marketSchema.partial();

/**
 * Reads and checks a market file, and on top of it the user's `own` where there is one.
 * @throws VoldeskError CFG-030 where it cannot be read, CFG-031 with the line and key of its first mistake.
 */
export function loadMarket(path: string, own: string | null = null): MarketFacts {
  const shipped = parseMarket(readMarket(path), path);
  return own === null || !existsSync(own) ? shipped : parseMarket(readMarket(own), own, shipped);
}

function readMarket(path: string): string {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch {
    throw new VoldeskError(
      "CFG-030",
      "the market file cannot be read",
      "Check the path and its rights.",
      path,
    );
  }
  return source;
}

type Key = readonly (string | number)[];

/**
 * Checks the text of a market file; `where` names it in messages. With a `base` the text may leave parts out: its entries are added to
 * those of the base and win where both speak of the same day. @throws VoldeskError CFG-031
 */
export function parseMarket(source: string, where: string, base: MarketFacts | null = null): MarketFacts {
  const lines = new LineCounter();
  const doc = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    logLevel: "error",
  });
  const refuse = (offset: number, what: string): never => {
    const line = lines.linePos(offset).line;
    throw new VoldeskError("CFG-031", what, "Correct that line.", `${where} line ${line}`);
  };
  const refuseKey = (key: Key, what: string): never => {
    for (let depth = key.length; depth > 0; depth--) {
      const node = doc.getIn(key.slice(0, depth), true);
      if (isNode(node) && node.range) return refuse(node.range[0], `${key.join(".")}: ${what}`);
    }
    return refuse(0, `${key.join(".") || "top level"}: ${what}`);
  };
  const broken = doc.errors[0];
  if (broken) refuse(broken.pos[0], `not valid YAML: ${broken.message.replace(/\.$/, "")}`);
  const schema = base === null ? marketSchema : ownSchema;
  const parsed = schema.safeParse(doc.toJS({ maxAliasCount: 20 }) ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return refuseKey(
      issue.path.map((k) => (typeof k === "symbol" ? String(k) : k)),
      issue.message,
    );
  }
  const file: z.output<typeof ownSchema> = parsed.data;
  const curves = (file.rates ?? []).map((entry, i): RateCurve => {
    const { quotes, ...label } = entry;
    const usual = moneyMarketDayCount(entry.ccy);
    const given = quotes.map((q, j): RateQuote => {
      const dayCount = q.dayCount ?? usual;
      if (!dayCount)
        return refuseKey(
          ["rates", i, "quotes", j],
          `the day count of ${entry.ccy} is not known, state dayCount`,
        );
      return { days: q.tenor, rate: q.rate, basis: q.basis, dayCount };
    });
    const built = rateCurve(label, given);
    if (built.kind !== "ok") return refuseKey(["rates", i], built.kind.replaceAll("_", " "));
    return built.curve;
  });
  const dividends = (file.dividends ?? []).map((d) => ({
    ...d,
    yield: d.yield ?? 0,
    cash: d.cash
      .map((c) => ({ ...c, source: c.source ?? d.source }))
      .sort((a, b) => (a.exDay < b.exDay ? -1 : 1)),
  }));
  const fx = (file.fx ?? []).map((f) => ({ ...f, pairs: new Map(Object.entries(f.pairs)) }));
  const on = base ?? BARE;
  return {
    maxAgeDays: file.maxAgeDays ?? on.maxAgeDays,
    carryForwardDays: file.carryForwardDays ?? on.carryForwardDays,
    assumptions: file.assumptions ?? on.assumptions,
    curves: [...on.curves, ...curves].sort(byDay),
    dividends: [...on.dividends, ...dividends].sort(byDay),
    fx: [...on.fx, ...fx].sort(byDay),
    events: [...on.events, ...(file.events ?? [])].sort((a, b) =>
      a.day < b.day ? -1 : a.day > b.day ? 1 : 0,
    ),
    betas: [...on.betas, ...(file.betas ?? [])].sort(byDay),
  };
}

/** What a file that stands alone starts from; its schema asks for every part. */
const BARE: MarketFacts = {
  maxAgeDays: 0,
  carryForwardDays: 0,
  assumptions: { rate: { value: 0, name: "" }, dividendYield: { value: 0, name: "" } },
  curves: [],
  dividends: [],
  fx: [],
  events: [],
  betas: [],
};

const byDay = (a: { asOf: string }, b: { asOf: string }): number =>
  a.asOf < b.asOf ? -1 : a.asOf > b.asOf ? 1 : 0;

/** The latest entry that is not after `today`: what lies ahead is never looked at. */
function latest<T extends { readonly asOf: string }>(
  rows: readonly T[],
  today: string,
): { row: T; age: number } | null {
  const now = isoDayNumber(today);
  if (now === null) return null;
  for (let i = rows.length - 1; i >= 0; i--) {
    const row = rows[i]!;
    const age = now - isoDayNumber(row.asOf)!;
    if (age >= 0) return { row, age };
  }
  return null;
}

/**
 * The rate curve of a currency for a session day (ISO). A fact while it is at most `maxAgeDays` old; then, up to `carryForwardDays`,
 * the same curve as an assumption that says how old it is; else the flat assumption of the file. Never null: `standing` and `source`
 * say what it rests on.
 */
export function curveFor(market: MarketFacts, currency: string, today: string): RateCurve {
  const found = latest(
    market.curves.filter((c) => c.ccy === currency),
    today,
  );
  if (found && found.age <= market.maxAgeDays) return found.row;
  if (found && found.age <= market.carryForwardDays) {
    const source = `${found.row.source}, carried forward ${found.age} days`;
    return { ...found.row, standing: "assumption", source };
  }
  const { value, name } = market.assumptions.rate;
  return flatCurve({ ccy: currency, asOf: today, standing: "assumption", source: name }, value);
}

/** What a name is taken to pay, for a session day: the schedule that speaks for it, else the yield assumption of the file. */
export function dividendsFor(market: MarketFacts, symbol: string, today: string): DividendSchedule {
  const found = market.dividends.findLast((d) => d.symbol === symbol && d.from <= today && today <= d.until);
  if (found) return found;
  const { value, name } = market.assumptions.dividendYield;
  return { symbol, asOf: today, yield: value, standing: "assumption", source: name, cash: [] };
}

/** The exchange rates of a session day, at most `maxAgeDays` old; null when there are none: a missing rate is never made up. */
export function fxFor(market: MarketFacts, today: string): FxTable | null {
  const found = latest(market.fx, today);
  return found && found.age <= market.maxAgeDays ? found.row : null;
}

/** Events of a name that a session day knows of and that are still to come, that day included, in order. */
export function eventsFor(market: MarketFacts, symbol: string, today: string): readonly ScheduledEvent[] {
  return market.events.filter((e) => e.symbol === symbol && e.asOf <= today && e.day >= today);
}

/** The beta of a name for a session day, at most `carryForwardDays` old; null where none is on file. */
export function betaFor(market: MarketFacts, symbol: string, today: string): IndexBeta | null {
  const found = latest(
    market.betas.filter((b) => b.symbol === symbol),
    today,
  );
  return found && found.age <= market.carryForwardDays ? found.row : null;
}
