import {
  allocateBook,
  Book,
  BookReader,
  BookRow,
  type EventColumns,
  eventColumns,
  pushQuote,
  pushTrade,
  type Slot,
} from "../engines/market/index.ts";
import type { BenchRow } from "./row.ts";
import { medianNs } from "./timing.ts";

const ROWS = 200_000;
const SLOTS = 2_193;
const T0 = 1_450_967_400_000_000;

/** One stock and its options: nine quotes to a print, in no order of slots, prices that wander. */
function day(): EventColumns {
  const cols = eventColumns(ROWS);
  let seed = 42;
  for (let i = 0; i < ROWS; i++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const slot = (i % 8 === 0 ? 0 : seed % SLOTS) as Slot;
    const bid = 8 + ((seed >>> 8) % 100) / 20;
    if (i % 10 === 9) pushTrade(cols, slot, T0, T0, bid, 1 + (seed & 7), -1, 0);
    else pushQuote(cols, slot, T0, T0, bid, seed & 63, bid + 0.4, (seed >>> 6) & 63, 0);
  }
  return cols;
}

/** The bare baseline: the same columns stored by slot, no rules, no versions. */
function bare(cols: EventColumns): () => void {
  const store = Array.from({ length: 6 }, () => new Float64Array(SLOTS));
  const [bid, bidSize, ask, askSize, last, us] = store as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return () => {
    for (let i = 0; i < cols.n; i++) {
      const s = cols.slot[i] as number;
      if (cols.kind[i] === 1) {
        bid[s] = cols.a[i] as number;
        bidSize[s] = cols.b[i] as number;
        ask[s] = cols.c[i] as number;
        askSize[s] = cols.d[i] as number;
      } else last[s] = cols.a[i] as number;
      us[s] = cols.recvUs[i] as number;
    }
  };
}

export async function run(): Promise<BenchRow[]> {
  const cols = day();
  const fresh = (): Book => {
    const book = new Book(allocateBook(SLOTS + 1));
    for (let s = 0; s < SLOTS; s++) book.open(s as Slot, s === 0 ? -1 : 0);
    return book;
  };
  const bareNs = medianNs(bare(cols)) / ROWS;
  const book = fresh();
  // All rows carry one time, so that a second pass over them is in order too.
  const applyNs = medianNs(() => void book.applyRange(cols, 0, cols.n)) / ROWS;

  const reader = new BookReader(book.shared);
  const row = new BookRow();
  const readNs =
    medianNs(() => {
      for (let s = 0; s < SLOTS; s++) reader.read(s as Slot, row);
    }) / SLOTS;
  const bytes = new Uint8Array(book.canonicalLength);
  const canonicalMs = medianNs(() => void book.canonicalBytes(bytes)) / 1e6;
  const kept = book.snapshot();
  const restoreMs = medianNs(() => book.restore(kept)) / 1e6;

  const rate = 1e3 / applyNs;
  const ratio = applyNs / bareNs;
  return [
    {
      name: "columns to book",
      value: rate,
      unit: "M rows/s",
      ratio,
      reach: 20,
      ratioReach: 20,
      ok: rate >= 20 || ratio <= 20,
    },
    { name: "bare column stores", value: 1e3 / bareNs, unit: "M rows/s", ratio: null, reach: null, ok: null },
    {
      name: "consistent read of a slot",
      value: readNs,
      unit: "ns",
      ratio: readNs / bareNs,
      reach: null,
      ok: null,
    },
    {
      name: "book as bytes to hash",
      value: canonicalMs,
      unit: "ms",
      ratio: null,
      reach: 1.2,
      ok: canonicalMs <= 1.2,
    },
    { name: "restore of a checkpoint", value: restoreMs, unit: "ms", ratio: null, reach: null, ok: null },
  ];
}
