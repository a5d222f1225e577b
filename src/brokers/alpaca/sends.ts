import type { ApiKeys } from "../../feeds/keys.ts";
import { netTrouble } from "../../feeds/trouble.ts";
import { parsed, readRefusal } from "./wire.ts";

/** What came of a call that changes something. `lost`: it may have been done or not. */
export type Sending =
  | { readonly how: "done"; readonly body: unknown }
  | {
      readonly how: "refused";
      readonly status: number;
      readonly code: number | null;
      readonly reason: string;
    }
  | { readonly how: "lost"; readonly reason: string };

/** A refusal in the vendor's own words under one of these is a positive no; anything else may come from a machine on the way. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 422]);

/** One call, once: no answer, an answer that can't be read and an error of a server are all `lost`, and nothing is ever sent again. */
export class Sends {
  private readonly stops = new AbortController();

  constructor(
    private readonly base: string,
    private readonly keys: ApiKeys | null,
    private readonly withinMs: number,
  ) {}

  async once(method: "POST" | "PATCH" | "DELETE", path: string, body?: object): Promise<Sending> {
    try {
      const response = await fetch(new URL(path, this.base), {
        method,
        headers: { ...keyHeaders(this.keys), ...(body === undefined ? {} : JSON_TYPE) },
        // A redirect would send the order a second time, and the keys to somebody else.
        redirect: "error",
        signal: AbortSignal.any([this.stops.signal, AbortSignal.timeout(this.withinMs)]),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const answer = parsed(Buffer.from(await response.arrayBuffer()));
      if (response.ok) return { how: "done", body: answer };
      const refusal = readRefusal(answer);
      const { status } = response;
      if (refusal === null || !REFUSALS.has(status)) {
        const words = refusal === null ? "" : `: ${refusal.message}`;
        return { how: "lost", reason: `HTTP ${status}${words}` };
      }
      return { how: "refused", status, code: refusal.code, reason: refusal.message };
    } catch (error) {
      const timed = (error as Error).name === "TimeoutError";
      return { how: "lost", reason: timed ? `no answer in ${this.withinMs / 1000} s` : netTrouble(error) };
    }
  }

  close(): void {
    this.stops.abort();
  }
}

const JSON_TYPE = { "content-type": "application/json" };

/** Keys go into headers and nowhere else. */
const keyHeaders = (keys: ApiKeys | null): Record<string, string> =>
  keys === null ? {} : { "APCA-API-KEY-ID": keys.id, "APCA-API-SECRET-KEY": keys.secret };
