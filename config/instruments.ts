import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import * as z from "zod";
import {
  CALENDAR_NAMES,
  type Catalog,
  type Ccy,
  type DatedTicks,
  type FutureSpec,
  type InstrumentId,
  type IsoDay,
  isIsoDay,
  type OptionSpec,
  parseInstrumentId,
  parseWallClock,
  type SpotSpec,
} from "../engines/market/index.ts";

const day = z.custom<IsoDay>((s) => typeof s === "string" && isIsoDay(s), "expected a day as YYYY-MM-DD");
const ccy = z
  .string()
  .regex(/^[A-Z0-9]{3,6}$/, "expected a currency code such as USD")
  .transform((s) => s as Ccy);
const calendar = z
  .string()
  .refine((s) => CALENDAR_NAMES.includes(s), `expected a calendar: ${CALENDAR_NAMES.join(", ")}`);
const symbol = z.string().regex(/^[A-Z0-9][A-Z0-9._^-]{0,15}$/, "expected a symbol in capitals");
const ids = z.string().min(1);
const multiplier = z.number("a multiplier is needed: it is never assumed to be 1").positive();

const step = z.tuple([z.number().min(0), z.number().positive()]);
const dated = z.strictObject({
  from: day,
  steps: z
    .array(step)
    .min(1)
    .refine((s) => s[0]?.[0] === 0, "the first step starts at price 0")
    .refine((s) => s.every((x, i) => i === 0 || x[0] > (s[i - 1]?.[0] ?? 0)), "steps ascend by price"),
});
const tickTable = z
  .array(dated)
  .min(1)
  .refine((t) => t.every((x, i) => i === 0 || x.from > (t[i - 1]?.from ?? "")), "tables ascend by day");

const expires = z.strictObject({
  calendar,
  at: z
    .string()
    .refine(
      (s) => s === "open" || s === "close" || parseWallClock(s) !== null,
      "expected open, close or HH:MM",
    ),
  lastTrade: z.enum(["expiry", "previous-close"]),
});

const spot = z.strictObject({
  symbols: z.array(symbol).min(1),
  id: ids,
  kind: z.enum(["equity", "etf", "index", "fx", "crypto"]),
  ccy,
  calendar,
  ticks: z.string(),
});
const derivative = {
  roots: z.array(symbol).min(1),
  underlying: ids.nullable(),
  ccy,
  calendar,
  ticks: z.string(),
  multiplier,
  expires,
};
const option = z.strictObject({
  ...derivative,
  style: z.enum(["european", "american"]),
  settlement: z.strictObject({ time: z.enum(["AM", "PM"]), how: z.enum(["cash", "physical"]) }),
  premiumStyle: z.enum(["upfront", "futures", "inverse"]).default("upfront"),
  adjusted: z.array(z.strictObject({ deliverable: z.int().min(2), multiplier })).default([]),
});

/** The shape of `config/instruments.yaml`. */
export const instrumentsSchema = z.strictObject({
  version: z.literal(1),
  ticks: z.record(z.string(), tickTable),
  spot: z.array(spot),
  futures: z.array(z.strictObject(derivative)),
  options: z.array(option),
});

export type InstrumentsResult =
  | { readonly kind: "ok"; readonly catalog: Catalog }
  | { readonly kind: "error"; readonly code: "INSTRUMENT_FILE"; readonly message: string };

const refusal = (where: string, what: string): InstrumentsResult => ({
  kind: "error",
  code: "INSTRUMENT_FILE",
  message: `${where}: ${what}. Correct it and start again.`,
});

/** Reads and checks an instrument file. Every refusal names the file and the key. */
export function loadInstruments(path: string): InstrumentsResult {
  let source: string;
  try {
    source = readFileSync(path, "utf8");
  } catch {
    return refusal(path, "cannot be read");
  }
  return parseInstruments(source, path);
}

/** Checks the text of an instrument file; `where` names it in messages. */
export function parseInstruments(source: string, where: string): InstrumentsResult {
  const doc = parseDocument(source);
  const broken = doc.errors[0];
  if (broken !== undefined)
    return refusal(where, `not YAML, ${(broken.message.split("\n")[0] ?? "").replace(/:$/, "")}`);
  const parsed = instrumentsSchema.safeParse(doc.toJS());
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refusal(where, `${issue?.path.join(".") || "top level"}: ${issue?.message ?? "malformed"}`);
  }
  return build(parsed.data, where);
}

function build(file: z.output<typeof instrumentsSchema>, where: string): InstrumentsResult {
  const tables = new Map<string, readonly DatedTicks[]>();
  for (const [name, table] of Object.entries(file.ticks)) {
    tables.set(
      name,
      table.map((t) => ({ from: t.from, steps: t.steps.map(([from, tick]) => ({ from, tick })) })),
    );
  }
  const spots = new Map<InstrumentId, SpotSpec>();
  for (const [i, group] of file.spot.entries()) {
    const ticks = tables.get(group.ticks);
    if (ticks === undefined) return refusal(where, `spot.${i}.ticks: no tick table "${group.ticks}"`);
    for (const name of group.symbols) {
      const id = group.id.replaceAll("{symbol}", name) as InstrumentId;
      if (parseInstrumentId(id) === null) return refusal(where, `spot.${i}.id: "${id}" is no instrument id`);
      if (spots.has(id)) return refusal(where, `spot.${i}.symbols: ${id} stands here twice`);
      spots.set(id, { id, kind: group.kind, symbol: name, ccy: group.ccy, calendar: group.calendar, ticks });
    }
  }
  const futures = new Map<string, FutureSpec>();
  const options = new Map<string, OptionSpec>();
  const groups = [
    ...file.futures.map((group, i) => ({ key: `futures.${i}`, group, option: null })),
    ...file.options.map((group, i) => ({ key: `options.${i}`, group, option: group })),
  ];
  for (const { key, group, option: terms } of groups) {
    const ticks = tables.get(group.ticks);
    if (ticks === undefined) return refusal(where, `${key}.ticks: no tick table "${group.ticks}"`);
    for (const root of group.roots) {
      const underlying = (group.underlying?.replaceAll("{root}", root) ?? null) as InstrumentId | null;
      if (underlying !== null && !spots.has(underlying)) {
        return refusal(where, `${key}.underlying: ${underlying} is not under spot`);
      }
      const { ccy: currency, calendar: name, multiplier: units, expires: rule } = group;
      const shared = {
        root,
        ccy: currency,
        calendar: name,
        ticks,
        multiplier: units,
        expires: rule,
        underlying,
      };
      const twice = terms === null ? futures.has(root) : options.has(`${root}/${currency}`);
      if (twice) return refusal(where, `${key}.roots: ${root} stands here twice`);
      if (terms === null) futures.set(root, shared);
      else {
        const { style, settlement, premiumStyle } = terms;
        const adjusted = new Map(terms.adjusted.map((a) => [a.deliverable, a.multiplier]));
        options.set(`${root}/${currency}`, { ...shared, style, settlement, premiumStyle, adjusted });
      }
    }
  }
  return { kind: "ok", catalog: { spots, futures, options } };
}
