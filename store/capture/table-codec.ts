/**
 * Source rows in columns: what a vendor's file said, cell for cell, in a tenth of the room. Numbers are decimal integers of a fixed
 * scale, written as the difference from a prediction (the last value of the column, the last value of the same key, or another
 * cell of the row), divided by their greatest common divisor, as zigzag varints; an empty cell is a bit in a mask. Texts are
 * dictionary codes. The whole is compressed by the record that carries it.
 */

export type Predictor =
  /** The last value of this column that was not empty. */
  | { readonly by: "last" }
  /** The last value of this column in a row with the same value of column `key`. */
  | { readonly by: "key"; readonly key: string }
  /** The greatest or least of earlier columns of the same row, as far as they are not empty. */
  | { readonly by: "max" | "min"; readonly of: readonly string[] };

export interface NumberColumn {
  readonly name: string;
  readonly type: "number";
  /** Decimal places kept. */
  readonly places: number;
  /** What an empty cell reads in the source: nothing, or `0` for "unchanged". */
  readonly empty: "" | "0";
  readonly predict: Predictor;
}
export interface TextColumn {
  readonly name: string;
  readonly type: "text";
  /** Codes are written as the step from the row before: for a column that is sorted within runs. */
  readonly steps?: true;
}
export type ColumnSpec = NumberColumn | TextColumn;

/** A table in memory: numbers with NaN for an empty cell; texts as codes into `dicts[name]`. */
export interface Table {
  readonly n: number;
  readonly columns: Readonly<Record<string, Float64Array>>;
  readonly dicts: Readonly<Record<string, readonly string[]>>;
}

const POW = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9] as const;
const pow10 = (places: number): number => {
  const p = POW[places];
  if (p === undefined) throw new Error(`unsupported number of places ${places}`);
  return p;
};

class ByteWriter {
  private buf = Buffer.allocUnsafe(1 << 16);
  length = 0;
  private need(n: number): void {
    if (this.length + n <= this.buf.length) return;
    const wide = Buffer.allocUnsafe(Math.max(this.buf.length * 2, this.length + n));
    this.buf.copy(wide, 0, 0, this.length);
    this.buf = wide;
  }
  byte(v: number): void {
    this.need(1);
    this.buf[this.length++] = v;
  }
  /** Non-negative integer below 2^53. */
  varint(v: number): void {
    this.need(8);
    while (v >= 0x80) {
      this.buf[this.length++] = (v % 0x80) | 0x80;
      v = Math.floor(v / 0x80);
    }
    this.buf[this.length++] = v;
  }
  bytes(b: Uint8Array): void {
    this.need(b.length);
    this.buf.set(b, this.length);
    this.length += b.length;
  }
  done(): Buffer {
    return this.buf.subarray(0, this.length);
  }
}

class ByteReader {
  at = 0;
  private readonly buf: Buffer;
  constructor(buf: Buffer) {
    this.buf = buf;
  }
  byte(): number {
    const v = this.buf[this.at++];
    if (v === undefined) throw new Error("table is cut short");
    return v;
  }
  varint(): number {
    let v = 0;
    let scale = 1;
    for (;;) {
      const b = this.byte();
      v += (b & 0x7f) * scale;
      if (b < 0x80) return v;
      scale *= 0x80;
      if (scale > 2 ** 49) throw new Error("table has an impossible number");
    }
  }
  bytes(n: number): Buffer {
    if (this.at + n > this.buf.length) throw new Error("table is cut short");
    this.at += n;
    return this.buf.subarray(this.at - n, this.at);
  }
}

const zigzag = (v: number): number => (v < 0 ? -2 * v - 1 : 2 * v);
const unzigzag = (v: number): number => (v % 2 === 1 ? -(v + 1) / 2 : v / 2);
const gcd = (a: number, b: number): number => {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
};

/** Predicts the cells of one column, row by row, from scaled integers; the same object serves encoding and decoding. */
class Guess {
  private last = 0;
  private readonly byKey = new Map<number, number>();
  private readonly keys: Float64Array | null;
  private readonly of: Float64Array[];
  private readonly predict: Predictor;
  constructor(predict: Predictor, ints: Record<string, Float64Array>, texts: Record<string, Float64Array>) {
    this.predict = predict;
    const find = (name: string): Float64Array => {
      const col = ints[name] ?? texts[name];
      if (col === undefined) throw new Error(`column ${name} must come first`);
      return col;
    };
    this.keys = predict.by === "key" ? find(predict.key) : null;
    this.of = predict.by === "max" || predict.by === "min" ? predict.of.map(find) : [];
  }
  at(row: number): number {
    if (this.keys !== null) return this.byKey.get(this.keys[row] ?? 0) ?? this.last;
    if (this.of.length === 0) return this.last;
    let best = Number.NaN;
    for (const col of this.of) {
      const v = col[row] ?? Number.NaN;
      if (v === v && (best !== best || (this.predict.by === "max" ? v > best : v < best))) best = v;
    }
    return best === best ? best : this.last;
  }
  seen(row: number, value: number): void {
    this.last = value;
    if (this.keys !== null) this.byKey.set(this.keys[row] ?? 0, value);
  }
}

/** @throws Error when a cell has more decimal places than its column keeps: nothing is rounded silently. */
export function encodeTable(specs: readonly ColumnSpec[], table: Table): Buffer {
  const out = new ByteWriter();
  out.varint(table.n);
  const ints: Record<string, Float64Array> = {};
  const texts: Record<string, Float64Array> = {};
  const masks: { name: string; mask: Buffer }[] = [];
  for (const spec of specs) {
    const col = table.columns[spec.name];
    if (col === undefined) throw new Error(`column ${spec.name} is missing`);
    if (spec.type === "text") {
      encodeText(out, spec, table.dicts[spec.name] ?? [], col, table.n);
      texts[spec.name] = col;
    } else {
      const scaled = scale(spec, col, table.n);
      writeMask(out, masks, spec.name, scaled, table.n);
      const guess = new Guess(spec.predict, ints, texts);
      ints[spec.name] = scaled;
      writeNumbers(out, scaled, table.n, guess);
    }
  }
  return out.done();
}

function encodeText(
  out: ByteWriter,
  spec: TextColumn,
  dict: readonly string[],
  codes: Float64Array,
  n: number,
): void {
  out.varint(dict.length);
  for (const word of dict) {
    const b = Buffer.from(word, "utf8");
    out.varint(b.length);
    out.bytes(b);
  }
  let last = 0;
  for (let i = 0; i < n; i++) {
    const code = codes[i] ?? 0;
    out.varint(spec.steps ? zigzag(code - last) : code);
    last = code;
  }
}

function scale(spec: NumberColumn, col: Float64Array, n: number): Float64Array {
  const f = pow10(spec.places);
  const scaled = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const v = col[i] ?? Number.NaN;
    const s = v === v ? Math.round(v * f) : v;
    if (v === v && s / f !== v)
      throw new Error(`${spec.name} ${v} has more than ${spec.places} decimal places`);
    scaled[i] = s;
  }
  return scaled;
}

/** 0: no empty cells; 1: a mask follows; 2+k: the same mask as the k-th one written. */
function writeMask(
  out: ByteWriter,
  masks: { name: string; mask: Buffer }[],
  name: string,
  col: Float64Array,
  n: number,
): void {
  const mask = Buffer.alloc(n);
  let any = false;
  for (let i = 0; i < n; i++)
    if (col[i] !== col[i]) {
      mask[i] = 1;
      any = true;
    }
  if (!any) return out.varint(0);
  const same = masks.findIndex((m) => m.mask.equals(mask));
  if (same >= 0) return out.varint(2 + same);
  masks.push({ name, mask });
  out.varint(1);
  out.bytes(mask);
}

function writeNumbers(out: ByteWriter, scaled: Float64Array, n: number, guess: Guess): void {
  const residual = new Float64Array(n);
  let divisor = 0;
  let m = 0;
  for (let i = 0; i < n; i++) {
    const v = scaled[i] ?? Number.NaN;
    if (v !== v) continue;
    const r = v - guess.at(i);
    guess.seen(i, v);
    residual[m++] = r;
    if (divisor !== 1) divisor = gcd(divisor, Math.abs(r));
  }
  const d = Math.max(1, divisor);
  out.varint(d);
  for (let k = 0; k < m; k++) out.varint(zigzag((residual[k] ?? 0) / d));
}

/** @throws Error when the bytes are not such a table. */
export function decodeTable(specs: readonly ColumnSpec[], bytes: Buffer): Table {
  const src = new ByteReader(bytes);
  const n = src.varint();
  if (n > bytes.length * 64 + 64) throw new Error("table has an impossible number of rows");
  const ints: Record<string, Float64Array> = {};
  const columns: Record<string, Float64Array> = {};
  const dicts: Record<string, readonly string[]> = {};
  const masks: Buffer[] = [];
  for (const spec of specs) {
    if (spec.type === "text") {
      const words = Array.from({ length: src.varint() }, () => src.bytes(src.varint()).toString("utf8"));
      const codes = new Float64Array(n);
      let last = 0;
      for (let i = 0; i < n; i++) {
        const code = spec.steps ? last + unzigzag(src.varint()) : src.varint();
        last = code;
        if (code < 0 || code >= words.length) throw new Error(`${spec.name} has an unknown code`);
        codes[i] = code;
      }
      dicts[spec.name] = words;
      columns[spec.name] = codes;
      continue;
    }
    const mask = readMask(src, masks, n);
    const scaled = new Float64Array(n);
    const guess = new Guess(spec.predict, ints, columns);
    ints[spec.name] = scaled;
    const d = src.varint();
    const f = pow10(spec.places);
    const values = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      if (mask?.[i] === 1) {
        scaled[i] = values[i] = Number.NaN;
        continue;
      }
      const v = guess.at(i) + unzigzag(src.varint()) * d;
      guess.seen(i, v);
      scaled[i] = v;
      values[i] = v / f;
    }
    columns[spec.name] = values;
  }
  return { n, columns, dicts };
}

function readMask(src: ByteReader, masks: Buffer[], n: number): Buffer | null {
  const how = src.varint();
  if (how === 0) return null;
  if (how >= 2) {
    const mask = masks[how - 2];
    if (mask === undefined) throw new Error("table names an unknown mask");
    return mask;
  }
  const mask = src.bytes(n);
  masks.push(mask);
  return mask;
}
