import * as z from "zod";

/** One setting: everything that the loader, `config show`, default.yaml and the README's table need to know of it. */
export interface Setting<T = unknown> {
  readonly type: string;
  readonly default: T;
  readonly unit: string | null;
  /** What it takes, in words: `a whole number from 1 to 60 frames/s`. */
  readonly takes: string;
  readonly help: string;
  readonly schema: z.ZodType<T>;
  /** A value from an environment variable or `--set`; null where it can only be written in the file. */
  readonly fromText: ((text: string) => unknown) | null;
}

interface Said {
  readonly help: string;
}
interface Ranged extends Said {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}

const grouped = (x: number): string => {
  const [whole, part] = String(x).split(".");
  return (whole as string).replace(/\B(?=(\d{3})+$)/g, ",") + (part === undefined ? "" : `.${part}`);
};
const toNumber = (text: string): unknown =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
const orJoined = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

export function integer(s: Ranged): Setting<number> {
  return {
    type: "integer",
    default: s.default,
    unit: s.unit,
    takes: `a whole number from ${grouped(s.min)} to ${grouped(s.max)} ${s.unit}`,
    help: s.help,
    schema: z.number().int().min(s.min).max(s.max),
    fromText: toNumber,
  };
}

/** A number in a range, or one of a few words. */
export function numberOr<const W extends string>(
  s: Omit<Ranged, "default"> & { readonly words: readonly W[]; readonly default: number | W },
): Setting<number | W> {
  return {
    type: "number or word",
    default: s.default,
    unit: s.unit,
    takes: `${orJoined(s.words.map((w) => `"${w}"`))}, or a number from ${grouped(s.min)} to ${grouped(s.max)} ${s.unit}`,
    help: s.help,
    schema: z.union([z.number().min(s.min).max(s.max), z.enum(s.words)]) as z.ZodType<number | W>,
    fromText: toNumber,
  };
}

export function flag(s: Said & { readonly default: boolean }): Setting<boolean> {
  const words: Record<string, boolean> = { true: true, on: true, yes: true, 1: true };
  Object.assign(words, { false: false, off: false, no: false, 0: false });
  return {
    type: "boolean",
    default: s.default,
    unit: null,
    takes: "true or false",
    help: s.help,
    schema: z.boolean(),
    fromText: (text) => (Object.hasOwn(words, text.toLowerCase()) ? words[text.toLowerCase()] : text),
  };
}

export function choice<const W extends string>(
  words: readonly W[],
  s: Said & { readonly default: W },
): Setting<W> {
  return {
    type: "choice",
    default: s.default,
    unit: null,
    takes: orJoined(words),
    help: s.help,
    schema: z.enum(words) as unknown as z.ZodType<W>,
    fromText: (text) => text,
  };
}

export function word(
  s: Said & { readonly default: string; readonly takes: string; readonly pattern: RegExp },
): Setting<string> {
  return {
    type: "text",
    default: s.default,
    unit: null,
    takes: s.takes,
    help: s.help,
    schema: z.string().max(4096).regex(s.pattern),
    fromText: (text) => text,
  };
}

/** What a guard does with what it finds, and of which orders: `warn opening`. `auto` is what is built in. */
export function guardRule(severities: readonly string[], help: string): Setting<string> {
  const scope = "( (opening|closing))?( (manual|automatic))?";
  return word({
    default: "auto",
    takes: `auto, ${orJoined(severities)}; after it opening or closing, manual or automatic for such orders only`,
    pattern: new RegExp(`^(auto|${severities.join("|")})${scope}$`),
    help,
  });
}

/** A path; empty means the built-in place. `~/` is the home folder. */
export function path(s: Said): Setting<string> {
  return word({ ...s, default: "", takes: "a path, or empty for the usual place", pattern: /^[^\0]*$/ });
}

/** Named lists of words, in the file only. */
export function lists(
  s: Said & { readonly default: Readonly<Record<string, readonly string[]>>; readonly maxItems: number },
): Setting<Readonly<Record<string, readonly string[]>>> {
  const items = z.array(z.string().min(1).max(100)).max(s.maxItems);
  return {
    type: "named lists",
    default: s.default,
    unit: null,
    takes: `names, each with a list of at most ${s.maxItems} instruments`,
    help: s.help,
    schema: z.record(z.string().min(1).max(40), items),
    fromText: null,
  };
}
