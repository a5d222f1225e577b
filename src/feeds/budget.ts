import type { Coverage, Want } from "./feed.ts";

/** A class of instruments that shares a limit of the vendor's plan. */
export interface Allowance {
  readonly channel: string;
  /** Most instruments streamed at once. */
  readonly limit: number;
}

export interface Allotted {
  /** Streamed, most needed first. */
  readonly streamed: readonly Want[];
  /** Asked for in turn by snapshots. */
  readonly rotated: readonly Want[];
}

/**
 * Shares a channel's limit among what is wanted: in the order given, the first `limit` stream, up to `most` more are asked for by
 * snapshots in turn, the rest is told as dropped with the reason.
 */
export function allot(
  wants: readonly Want[],
  allowance: Allowance,
  most: number,
  coverage: Map<string, Coverage>,
): Allotted {
  const streamed: Want[] = [];
  const rotated: Want[] = [];
  const { channel, limit } = allowance;
  for (const want of wants) {
    const { why } = want;
    const { id } = want.instrument;
    if (streamed.length < limit) {
      streamed.push(want);
      coverage.set(id, { how: "streamed", reason: null, why });
    } else if (rotated.length < most) {
      rotated.push(want);
      coverage.set(id, {
        how: "snapshot",
        reason: `${channel} streams at most ${limit}, this one is asked for in turn`,
        why,
      });
    } else {
      const reason = `dropped: ${channel} streams ${limit}, snapshots take ${most} more, others are needed first`;
      coverage.set(id, { how: "none", reason, why });
    }
  }
  return { streamed, rotated };
}
