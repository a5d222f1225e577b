/** Reading vendors' JSON without trusting it. */
export type Json = Readonly<Record<string, unknown>>;

export function parseObject(bytes: Buffer): Json | null {
  try {
    const v: unknown = JSON.parse(bytes.toString("utf8"));
    return asObject(v);
  } catch {
    return null;
  }
}
export const asObject = (v: unknown): Json | null =>
  typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Json) : null;
export const asArray = (v: unknown): readonly unknown[] => (Array.isArray(v) ? v : []);
export const asText = (v: unknown): string => (typeof v === "string" ? v : "");
/** A finite number, from a number or a decimal text; NaN otherwise. */
export function asNumber(v: unknown): number {
  const n = typeof v === "number" ? v : typeof v === "string" && v !== "" ? Number(v) : Number.NaN;
  return Number.isFinite(n) ? n : Number.NaN;
}
