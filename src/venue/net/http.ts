import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";

export interface Request {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a string as it is, undefined as nothing. */
  readonly body?: unknown;
  /** Reset the socket instead of answering. */
  readonly reset?: boolean;
  /** Answer this much later. */
  readonly afterMs?: number;
}

export type Handler = (request: Request) => Reply | null;

export const json = (body: unknown, status = 200): Reply => ({ status, body });

/** Largest request body that is read. */
const MAX_BODY = 8_000_000;

export async function readRequest(req: IncomingMessage): Promise<Request | null> {
  const url = req.url ?? "/";
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY) return null;
    parts.push(part);
  }
  const mark = url.indexOf("?");
  return {
    method: req.method ?? "GET",
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)),
    url,
    headers: req.headers,
    body: Buffer.concat(parts).toString("utf8"),
  };
}

export function sendReply(res: ServerResponse, reply: Reply): void {
  if (reply.reset) {
    res.socket?.resetAndDestroy();
    return;
  }
  const { body, status } = reply;
  const text = body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body);
  res.writeHead(status, {
    ...(text === "" ? {} : { "content-type": "application/json; charset=UTF-8" }),
    "content-length": Buffer.byteLength(text),
    ...reply.headers,
  });
  res.end(text);
}

/** A JSON object from a body; null when it is none. */
export function objectBody(request: Request): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(request.body === "" ? "{}" : request.body);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
