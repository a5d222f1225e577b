import { RpcError } from "../../feeds/deribit/rpc.ts";
import type { CancelReply, SubmitReply } from "../broker.ts";
import { Unsent } from "./link.ts";

/**
 * Errors by which Deribit says that it did not take an order. Any other (timed out, too many, retry, queue full, internal, maintenance, settlement) may
 * hide an order that lives.
 */
const REFUSED: ReadonlySet<number> = new Set([
  10_000, 10_002, 10_003, 10_004, 10_005, 10_006, 10_007, 10_008, 10_009, 10_010, 10_011, 10_012, 10_013,
  10_014, 10_015, 10_016, 10_017, 10_018, 10_019, 10_020, 10_021, 10_022, 10_023, 10_024, 10_025, 10_026,
  10_027, 10_029, 10_030, 10_031, 10_032, 10_033, 10_034, 10_035, 10_036, 10_043, 10_044, 10_045, 10_046,
  11_008, 11_029, 11_030, 11_035, 11_036, 11_037, 11_038, 11_039, 11_041, 11_042, 11_043, 11_044, 11_046,
  11_047, 11_048, 11_049, 11_050, 11_054, 13_004, 13_009, 13_010, 13_018, 13_019, 13_020, 13_021, 13_025,
  -32_600, -32_601, -32_602, -32_700,
]);
/** It is over already: cancelled, filled or never there. */
const NOT_OPEN: ReadonlySet<number> = new Set([10_004, 10_010, 11_008, 11_044]);

export const wordsOf = (error: unknown): string =>
  error instanceof RpcError && error.code !== null
    ? `${error.message} (${error.code})`
    : error instanceof Error
      ? error.message
      : String(error);

export function submitFailure(error: unknown): SubmitReply {
  const reason = wordsOf(error);
  if (error instanceof Unsent) return { outcome: "rejected", reason };
  const refused = error instanceof RpcError && error.code !== null && REFUSED.has(error.code);
  return refused ? { outcome: "rejected", reason } : { outcome: "unknown", reason };
}

export function cancelFailure(error: unknown): CancelReply {
  const reason = wordsOf(error);
  const over = error instanceof RpcError && error.code !== null && NOT_OPEN.has(error.code);
  return over ? { outcome: "refused", reason } : { outcome: "unknown", reason };
}
