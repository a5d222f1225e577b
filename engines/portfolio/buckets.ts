/** Barbell buckets: what the book would be worth if it had to go now, by bucket, beside what it is marked at. Read-only. */
import type { InstrumentId } from "../market/index.ts";
import type { MarkSource } from "./mark.ts";
import type { BookValue, PositionValue } from "./value.ts";

/** Buckets of the barbell. */
export type Bucket = "safe" | "core" | "speculative" | "other";
/** Bounds of one bucket. */
export interface BucketRule {
  /** Weight bounds of the bucket in the value of all buckets, fractions. */
  readonly min: number;
  readonly max: number;
  /** Largest weight of one position. */
  readonly perPosition: number;
}
/** Bounds of the house: mostly safe, a little convex. */
export const BARBELL: Readonly<Record<Bucket, BucketRule>> = {
  safe: { min: 0.75, max: 0.95, perPosition: 0.5 },
  core: { min: 0, max: 0.2, perPosition: 0.1 },
  speculative: { min: 0, max: 0.1, perPosition: 0.05 },
  other: { min: 0, max: 1, perPosition: 1 },
};
/** Marks that rest on no market of today. */
const FALLBACK: ReadonlySet<MarkSource> = new Set(["settlement", "entry", "none"]);

/** One line of the report, base currency. */
export interface BucketRow {
  readonly bucket: Bucket;
  /** Sum of absolute values; null if one is unknown. */
  readonly gross: number | null;
  readonly weight: number | null;
  readonly neutralPnl: number | null;
  readonly conservativePnl: number | null;
  /** Neutral − conservative: profit that would not survive the exit. */
  readonly fantasyPnl: number | null;
  /** Share of gross value that is marked by a fallback, in the neutral valuation. */
  readonly fallbackShare: number | null;
  readonly flags: readonly string[];
}

/** Bucket of a position: its own tag, else its name's or underlying's, else `other`. */
export function bucketOf(p: PositionValue, members: ReadonlyMap<InstrumentId, Bucket>): Bucket {
  return members.get(p.instrument.id) ?? members.get(p.underlying) ?? "other";
}

function total(rows: readonly PositionValue[], pick: (p: PositionValue) => number | null): number | null {
  let sum: number | null = 0;
  for (const p of rows) {
    const x = pick(p);
    sum = sum === null || x === null ? null : sum + x;
  }
  return sum;
}

const gross = (p: PositionValue) => (p.figures.value === null ? null : Math.abs(p.figures.value));

function flagsOf(
  rule: BucketRule,
  rows: readonly PositionValue[],
  weight: number | null,
  all: number | null,
): string[] {
  const flags: string[] = [];
  if (weight === null || all === null || all === 0) return flags;
  if (weight < rule.min) flags.push(`weight ${weight.toFixed(3)} below ${rule.min}`);
  if (weight > rule.max) flags.push(`weight ${weight.toFixed(3)} above ${rule.max}`);
  for (const p of rows) {
    const w = (gross(p) as number) / all;
    if (w > rule.perPosition) flags.push(`${p.instrument.id} ${w.toFixed(3)} above ${rule.perPosition}`);
  }
  return flags;
}

/**
 * One row per bucket from two valuations of the same book at the same instant, under `neutral` and `conservative`. Weights are of gross
 * value, cash apart.
 */
export function bucketReport(
  neutral: BookValue,
  conservative: BookValue,
  members: ReadonlyMap<InstrumentId, Bucket>,
  rules: Readonly<Record<Bucket, BucketRule>> = BARBELL,
): BucketRow[] {
  const held = neutral.positions.filter((p) => p.qty !== 0);
  const all = total(held, gross);
  return (Object.keys(rules) as Bucket[]).map((bucket) => {
    const rows = held.filter((p) => bucketOf(p, members) === bucket);
    const keys = new Set(rows.map((p) => p.key));
    const exits = conservative.positions.filter((p) => keys.has(p.key));
    const mine = total(rows, gross);
    const weight = mine === null || all === null || all === 0 ? null : mine / all;
    const neutralPnl = total(rows, (p) => p.figures.pnl);
    const conservativePnl = total(exits, (p) => p.figures.pnl);
    const fallback = total(
      rows.filter((p) => FALLBACK.has(p.mark.source)),
      gross,
    );
    return {
      bucket,
      gross: mine,
      weight,
      neutralPnl,
      conservativePnl,
      fantasyPnl: neutralPnl === null || conservativePnl === null ? null : neutralPnl - conservativePnl,
      fallbackShare: fallback === null || mine === null || mine === 0 ? null : fallback / mine,
      flags: flagsOf(rules[bucket], rows, weight, all),
    };
  });
}
