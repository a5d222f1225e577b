import type { AlpacaRest, Query } from "./rest.ts";

/** The pages of a long answer as they came, one after the other; `most` ends one that has no end. @throws RestError */
export async function* pages(
  rest: AlpacaRest,
  path: string,
  query: Query,
  most: number,
  host: "data" | "trading" = "data",
): AsyncGenerator<Buffer> {
  let token: string | undefined;
  for (let page = 0; page < most; page++) {
    const body = await rest[host](path, { ...query, page_token: token });
    yield body;
    const next = (JSON.parse(body.toString("utf8")) as { next_page_token?: unknown } | null)?.next_page_token;
    if (typeof next !== "string" || next === "") return;
    token = next;
  }
}
