import { rpc } from "./errors.ts";

export type Params = Readonly<Record<string, unknown>>;

/** Reads of parameters; those of a GET come as text. @throws RpcError -32602. */
export function textParam(params: Params, key: string): string {
  const value = params[key];
  if (typeof value !== "string" || value === "") throw rpc.invalidParams(key, "must be a string");
  return value;
}

export function optionalText(params: Params, key: string): string | null {
  const value = params[key];
  return typeof value === "string" && value !== "" ? value : null;
}

export function numberParam(params: Params, key: string, normal?: number): number {
  const value = params[key];
  if ((value === undefined || value === null) && normal !== undefined) return normal;
  const n = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof n !== "number" || !Number.isFinite(n)) throw rpc.invalidParams(key, "must be a number");
  return n;
}

export function listParam(params: Params, key: string): string[] {
  const value = params[key];
  const list: unknown = typeof value === "string" ? safeJson(value) : value;
  if (!Array.isArray(list) || !list.every((x) => typeof x === "string"))
    throw rpc.invalidParams(key, "must be a list of strings");
  return list as string[];
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return [text];
  }
}
