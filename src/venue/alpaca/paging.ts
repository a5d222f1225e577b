import type { Reply } from "../net/http.ts";
import { toJson, type WireValue } from "./values.ts";

/** The vendor's error body. */
export const problem = (status: number, code: number, message: string): Reply => ({
  status,
  body: { code, message },
});

/** Values that JSON.stringify does not know (nine-digit times, 64-bit ids). */
export const wireReply = (value: WireValue): Reply => ({ status: 200, body: toJson(value) });

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** A token says how many items went before. Null for a token that is none. */
export function pageOf<T>(all: readonly T[], limit: number, token: string | null): Page<T> | null {
  const from = token === null || token === "" ? 0 : Number(Buffer.from(token, "base64url").toString("utf8"));
  if (!Number.isInteger(from) || from < 0) return null;
  const items = all.slice(from, from + limit);
  const more = from + items.length < all.length;
  return { items, next: more ? Buffer.from(String(from + items.length)).toString("base64url") : null };
}

/** `limit` of a query within its bounds; null when it is no number in them. */
export function limitOf(text: string | null, normal: number, most: number): number | null {
  if (text === null || text === "") return normal;
  const n = Number(text);
  return Number.isInteger(n) && n >= 1 && n <= most ? n : null;
}
