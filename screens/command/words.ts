/** A word of a command line and where it stands. */
export interface Word {
  /** In lower case, in the one form that the grammar knows: `15jan2016`, `760c`, `mid-1t`. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** What keeps a line from being read, and the word that does. */
export interface Problem {
  readonly kind: "problem";
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

export const problem = (at: { readonly from: number; readonly to: number }, message: string): Problem => ({
  kind: "problem",
  from: at.from,
  to: at.to,
  message,
});

/** Words said the long way: a run of words, each matched in full, and the one word that stands for it. */
type Phrase = readonly [run: readonly RegExp[], make: (parts: readonly string[]) => string];

const NUMBER = /^\d+(?:\.\d+)?$/;
const SIGNED = /^[+-]?\d+(?:\.\d+)?$/;
const MONTH = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$/;
const SIDE = /^(?:calls?|puts?)$/;
const ANCHOR = /^(?:mid|bid|ask)$/;
const sign = (word: string | undefined): string => (word === "minus" ? "-" : "+");
const first = (word: string | undefined): string => (word ?? "").charAt(0);

const PHRASES: readonly Phrase[] = [
  [[/^limit$/, SIGNED, /^=$/], () => ""],
  [[/^\d{1,2}$/, MONTH, /^\d{4}$/], (p) => p.join("")],
  [[/^\d{1,2}$/, MONTH], (p) => p.join("")],
  [[ANCHOR, /^(?:plus|minus)$/, NUMBER, /^ticks?$/], (p) => `${p[0]}${sign(p[1])}${p[2]}t`],
  [[ANCHOR, /^(?:plus|minus)$/, NUMBER, /^cents?$/], (p) => `${p[0]}${sign(p[1])}${p[2]}c`],
  [
    [ANCHOR, /^(?:plus|minus)$/, /^\d+(?:\.\d+)?%$/, /^of$/, /^spread$/],
    (p) => `${p[0]}${sign(p[1])}${p[2]}`,
  ],
  [[SIDE, /^vertical$/], (p) => `${first(p[0])}v`],
  [[SIDE, /^fly$/], (p) => `${first(p[0])}fly`],
  [[/^iron$/, /^condor$/], () => "ic"],
  [[/^calls?$/, /^condor$/], () => "cond"],
  [[/^puts?$/, /^condor$/], () => "pcond"],
  [[/^condor$/], () => "cond"],
  [[/^calls?$/, /^diagonal$/], () => "diag"],
  [[/^puts?$/, /^diagonal$/], () => "pdiag"],
  [[/^diagonal$/], () => "diag"],
  [[/^calendar$/], () => "cal"],
  [[NUMBER, SIDE], (p) => `${p[0]}${first(p[1])}`],
  [[NUMBER, /^(?:straddle|strd)$/], (p) => `${p[0]}strd`],
  [[/^strangle$/], () => "strg"],
  [[/^(?:limit|@)$/, SIGNED], (p) => `@${p[1]}`],
  [[/^limit$/], () => ""],
  [[/^@$/, /^(?:mid|bid|ask)\S*$/], (p) => p[1] ?? ""],
  [[/^@(?:mid|bid|ask)\S*$/], (p) => (p[0] ?? "").slice(1)],
  [[/^@$/, /^(?:mkt|market)$/], (p) => p[1] ?? ""],
  [[/^x$/, /^\d+$/], (p) => `x${p[1]}`],
];

const split = (line: string, start: number): Word[] => {
  const found: Word[] = [];
  for (const match of line.matchAll(/[^\s,]+/g)) {
    const from = start + match.index;
    const text = match[0].toLowerCase();
    // `760/780cv` are two words.
    const glued = /^(\d[\d./]*\/[\d.]+)(cv|pv|strg|cfly|pfly|p?cond|ic|p?diag)$/.exec(text);
    if (glued?.[1] === undefined) found.push({ text, from, to: from + text.length });
    else {
      const middle = from + glued[1].length;
      found.push(
        { text: glued[1], from, to: middle },
        { text: glued[2] ?? "", from: middle, to: from + text.length },
      );
    }
  }
  return found;
};

/** The words of a line (or a part of one that begins at `start`), phrases made one word. Braces keep their commas. */
export function wordsOf(line: string, start = 0): Word[] {
  // Inside braces a comma is a part of the word.
  const kept = line.replace(/\{[^}]*\}/g, (braces) => braces.replaceAll(",", "\u0001"));
  const raw = split(kept, start).map((w) => ({ ...w, text: w.text.replaceAll("\u0001", ",") }));
  const words: Word[] = [];
  let i = 0;
  while (i < raw.length) {
    const phrase = PHRASES.find(([run]) => run.every((pattern, k) => pattern.test(raw[i + k]?.text ?? "")));
    const taken = raw.slice(i, i + (phrase?.[0].length ?? 1));
    const [head, last] = [taken[0] as Word, taken.at(-1) as Word];
    const text = phrase ? phrase[1](taken.map((w) => w.text)) : head.text;
    if (text !== "") words.push({ text, from: head.from, to: last.to });
    i += taken.length;
  }
  return words;
}

/** Most words that braces may make of one. */
const MAX_BRACES = 500;

/** `{740..780..10}{c,p}` → 740c 740p 750c …; null when the braces make no sense or too many words. */
export function expandBraces(word: string): string[] | null {
  const open = word.indexOf("{");
  if (open < 0) return word.includes("}") ? null : [word];
  const close = word.indexOf("}", open);
  if (close < 0) return null;
  const body = word.slice(open + 1, close);
  const range = /^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)(?:\.\.(\d+(?:\.\d+)?))?$/.exec(body);
  let middles: string[];
  if (range) {
    const [from, to, step] = [Number(range[1]), Number(range[2]), Number(range[3] ?? "1")];
    const count = Math.floor(Math.abs(to - from) / step + 1e-9) + 1;
    if (!(step > 0) || !(count <= MAX_BRACES)) return null;
    const way = to < from ? -step : step;
    middles = Array.from({ length: count }, (_, i) => String(Number((from + i * way).toFixed(6))));
  } else {
    middles = body.split(",");
    if (middles.some((m) => m === "")) return null;
  }
  const tails = expandBraces(word.slice(close + 1));
  if (tails === null || tails.length * middles.length > MAX_BRACES) return null;
  const head = word.slice(0, open);
  return middles.flatMap((m) => tails.map((t) => `${head}${m}${t}`));
}
