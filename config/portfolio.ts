/** Portfolio files: what an account holds when a session opens, as YAML, checked and turned into ledger events. */
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import * as z from "zod";
import type { Instrument, InstrumentId, Micros } from "../engines/market/index.ts";
import { type BookEvent, type InstrumentLookup, money, qty } from "../engines/portfolio/index.ts";

/** Codes of what can be wrong with a portfolio file. */
export const PortfolioFileCodes = {
  unreadable: "PF-020",
  schema: "PF-021",
  unknownInstrument: "PF-022",
  missingMultiplier: "PF-023",
  badStructure: "PF-024",
  duplicate: "PF-025",
} as const;
export type PortfolioFileCode = (typeof PortfolioFileCodes)[keyof typeof PortfolioFileCodes];

/** `PF-022 paper.yaml line 12: unknown instrument "GOOG 2016-01-15 765 C". Write …` */
export class PortfolioFileError extends Error {
  override readonly name = "PortfolioFileError";
  constructor(
    readonly code: PortfolioFileCode,
    readonly file: string,
    readonly line: number | null,
    readonly what: string,
    readonly advice: string,
  ) {
    super(`${code} ${file}${line === null ? "" : ` line ${line}`}: ${what}. ${advice}`);
  }
}

const DECIMAL = /^[+-]?\d+(\.\d+)?$/;
const decimalText = z
  .union([z.number(), z.string()])
  .transform((x) => String(x))
  .refine((s) => DECIMAL.test(s), "must be a decimal number such as 9.30");
const fits = (read: (text: string) => number) => (s: string) => {
  try {
    return Number.isSafeInteger(read(s));
  } catch {
    return false;
  }
};
const positiveText = decimalText.refine((s) => !s.startsWith("-"), "must not be negative");
const amountText = positiveText.refine(fits(money), "has more than 6 decimals or is too large");
const quantityText = decimalText
  .refine((s) => Number(s) !== 0, "must not be 0")
  .refine(fits(qty), "has more than 8 decimals or is too large");
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
const day = z.string().refine((s) => {
  const ms = ISO_DAY.test(s) ? Date.parse(`${s}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(s);
}, "must be a date such as 2015-12-23");
const ccy = z.string().regex(/^[A-Z]{3,5}$/, "must be a currency code such as USD");
const rate = z.number().positive();

/** One file. Every field is named in the README; unknown fields are errors. */
export const portfolioSchema = z.strictObject({
  version: z.literal(1),
  /** Name of the account, as shown. */
  account: z.string().min(1),
  /** Currency of totals. */
  base: ccy.default("USD"),
  /** Cash paid in before anything was bought. Cash left is what the positions below did not cost. */
  deposits: z
    .array(z.strictObject({ ccy, amount: amountText, date: day, fx: rate.nullable().default(null) }))
    .min(1),
  positions: z.array(
    z.strictObject({
      /** An id (`OPT/GOOG/2016-01-15/C/760/USD/1`) or words (`GOOG 2016-01-15 760 C`, `GOOG`). */
      instrument: z.string().min(1),
      /** Signed contracts or shares. */
      qty: quantityText,
      /** Average price paid or received per share. */
      avg: positiveText,
      strategy: z.string().default(""),
      opened: day,
      fees: amountText.default("0"),
      /** Base currency per unit of the instrument's, when it was opened; not needed in the base currency. */
      fx: rate.nullable().default(null),
    }),
  ),
  structures: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        strategy: z.string().default(""),
        units: z.number().int().positive(),
        legs: z
          .array(
            z.strictObject({
              instrument: z.string().min(1),
              ratio: z
                .number()
                .int()
                .refine((x) => x !== 0, "must not be 0"),
            }),
          )
          .min(1),
      }),
    )
    .default([]),
});
/** A checked file. */
export type PortfolioFile = z.infer<typeof portfolioSchema>;

/** What a file turns into: events for an empty ledger of currency `base`, in order. */
export interface LoadedPortfolio {
  readonly account: string;
  readonly base: string;
  readonly events: readonly BookEvent[];
  /** Everything that the file names, in its order. */
  readonly instruments: readonly Instrument[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

function expiryDay(word: string): string | null {
  if (ISO_DAY.test(word)) return word;
  const m = /^(\d{1,2})([a-z]{3})(\d{2})$/i.exec(word);
  const month = m === null ? -1 : MONTHS.indexOf((m[2] as string).toLowerCase());
  if (m === null || month < 0) return null;
  return `20${m[3]}-${String(month + 1).padStart(2, "0")}-${(m[1] as string).padStart(2, "0")}`;
}

/**
 * Ids that a text may stand for, most likely first: an id stands for itself, `GOOG 2016-01-15 760 C` and `GOOG 15jan16 760C` for an
 * option, one word for a share, index, pair or coin.
 */
export function candidateIds(text: string, ccyCode: string): InstrumentId[] {
  const t = text.trim();
  if (t.includes("/")) return [t as InstrumentId];
  const words = t.split(/\s+/);
  const symbol = (words[0] as string).toUpperCase();
  if (words.length === 1) {
    return [
      `EQ/${symbol}/${ccyCode}`,
      `ETF/${symbol}/${ccyCode}`,
      `IDX/${symbol}`,
      `FX/${symbol}`,
      `CRYPTO/${symbol}`,
    ].map((x) => x as InstrumentId);
  }
  const expiry = expiryDay(words[1] as string);
  const rest = words.slice(2).join("");
  if (expiry === null) return [];
  if (rest === "") return [`FUT/${symbol}/${expiry}/${ccyCode}` as InstrumentId];
  const m = /^(\d+(?:\.\d+)?)([CP])$/i.exec(rest);
  if (m === null) return [];
  return [
    `OPT/${symbol}/${expiry}/${(m[2] as string).toUpperCase()}/${Number(m[1])}/${ccyCode}/1` as InstrumentId,
  ];
}

interface Source {
  readonly file: string;
  readonly doc: Document;
  readonly lines: LineCounter;
}

function lineOf(s: Source, path: readonly PropertyKey[]): number | null {
  for (let n = path.length; n >= 0; n--) {
    const node = s.doc.getIn(path.slice(0, n), true);
    if (isNode(node) && node.range) return s.lines.linePos(node.range[0]).line;
  }
  return null;
}

/** The document as data; too many or broken aliases are the only thing that YAML finds this late. */
function plain(doc: Document, file: string): unknown {
  try {
    return doc.toJS();
  } catch {
    const what = "its aliases can't be followed";
    throw new PortfolioFileError(PortfolioFileCodes.unreadable, file, null, what, "Write the values out.");
  }
}

function parse(text: string, file: string): { source: Source; data: PortfolioFile } {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines });
  const source = { file, doc, lines };
  const broken = doc.errors[0];
  if (broken !== undefined) {
    const line = lines.linePos(broken.pos[0]).line;
    const what = `not readable as YAML (${broken.message.split("\n")[0]?.replace(/ at line.*$/, "")})`;
    throw new PortfolioFileError(PortfolioFileCodes.unreadable, file, line, what, "Correct that line.");
  }
  const checked = portfolioSchema.safeParse(plain(doc, file));
  if (checked.success) return { source, data: checked.data };
  const issue = checked.error.issues[0];
  const path = issue?.path ?? [];
  const where = path.length === 0 ? "the file" : `"${path.join(".")}"`;
  throw new PortfolioFileError(
    PortfolioFileCodes.schema,
    file,
    lineOf(source, path),
    `${where}: ${issue?.message ?? "not a portfolio"}`,
    "Nothing was loaded.",
  );
}

function resolver(source: Source, base: string, lookup: InstrumentLookup) {
  return (text: string, path: readonly PropertyKey[]): Instrument => {
    const found = candidateIds(text, base)
      .map(lookup)
      .find((i) => i !== undefined);
    if (found === undefined) {
      throw new PortfolioFileError(
        PortfolioFileCodes.unknownInstrument,
        source.file,
        lineOf(source, path),
        `this session has no instrument "${text}"`,
        "Write an instrument of the session, such as `GOOG 2016-01-15 760 C`, or choose the session that has it.",
      );
    }
    if (!(found.multiplier > 0)) {
      throw new PortfolioFileError(
        PortfolioFileCodes.missingMultiplier,
        source.file,
        lineOf(source, path),
        `the multiplier of ${found.id} is unknown`,
        "Add it to instruments.yaml.",
      );
    }
    return found;
  };
}

const startOf = (isoDay: string) => (Date.parse(`${isoDay}T00:00:00Z`) * 1000) as Micros;

type Resolve = (text: string, path: readonly PropertyKey[]) => Instrument;

function structureEvents(data: PortfolioFile, source: Source, resolve: Resolve): BookEvent[] {
  const events: BookEvent[] = [];
  const atUs = Math.max(0, ...data.positions.map((p) => startOf(p.opened))) as Micros;
  const names = new Set<string>();
  data.structures.forEach((s, n) => {
    const fail = (code: PortfolioFileCode, what: string, advice: string) =>
      new PortfolioFileError(code, source.file, lineOf(source, ["structures", n]), what, advice);
    if (names.has(s.name)) {
      throw fail(PortfolioFileCodes.duplicate, `two structures are called "${s.name}"`, "Rename one.");
    }
    names.add(s.name);
    const legs = s.legs.map((leg, k) => ({
      instrument: resolve(leg.instrument, ["structures", n, "legs", k, "instrument"]).id,
      ratio: leg.ratio,
    }));
    const stamp = { account: data.account, atUs };
    events.push({
      kind: "structure",
      id: `open:structure:${n}`,
      ...stamp,
      structure: s.name,
      name: s.name,
      strategy: s.strategy,
      legs,
      // Orders that close the structure are booked under this.
      tickets: [`file:${s.name}`],
    });
    legs.forEach((leg, k) => {
      const held = data.positions.some(
        (p, i) => p.strategy === s.strategy && resolve(p.instrument, ["positions", i]).id === leg.instrument,
      );
      if (!held) {
        throw fail(
          PortfolioFileCodes.badStructure,
          `structure "${s.name}" names ${leg.instrument}, which is not held under strategy "${s.strategy}"`,
          "Add the position or correct the leg.",
        );
      }
      events.push({
        kind: "allocate",
        id: `open:allocate:${n}:${k}`,
        ...stamp,
        structure: s.name,
        leg: k,
        qty: String(leg.ratio * s.units),
        price: null,
      });
    });
  });
  return events;
}

/**
 * Reads a portfolio file. `lookup` knows the instruments of the session that is to be opened. Throws {@link PortfolioFileError} with
 * file, line and what to do; never loads half a file.
 */
export function loadPortfolio(text: string, file: string, lookup: InstrumentLookup): LoadedPortfolio {
  const { source, data } = parse(text, file);
  const resolve = resolver(source, data.base, lookup);
  const { account } = data;
  const events: BookEvent[] = data.deposits.map((d, n) => ({
    kind: "cash",
    id: `open:deposit:${n}`,
    account,
    atUs: startOf(d.date),
    ccy: d.ccy,
    amount: d.amount,
    reason: "deposit",
    fx: d.fx,
  }));
  const instruments: Instrument[] = [];
  const seen = new Set<string>();
  data.positions.forEach((p, n) => {
    const i = resolve(p.instrument, ["positions", n, "instrument"]);
    const key = `${i.id}|${p.strategy}`;
    if (seen.has(key)) {
      throw new PortfolioFileError(
        PortfolioFileCodes.duplicate,
        file,
        lineOf(source, ["positions", n]),
        `${p.instrument} is listed twice under strategy "${p.strategy}"`,
        "Join the two or give one another strategy.",
      );
    }
    seen.add(key);
    instruments.push(i);
    events.push({
      kind: "fill",
      id: `open:${n}`,
      account,
      atUs: startOf(p.opened),
      instrument: i.id,
      strategy: p.strategy,
      qty: p.qty,
      price: p.avg,
      fees: p.fees,
      feeCcy: i.ccy,
      ticketId: null,
      legIndex: null,
      fx: p.fx,
      feeFx: p.fx,
    });
  });
  events.push(...structureEvents(data, source, resolve));
  return { account, base: data.base, events, instruments };
}
