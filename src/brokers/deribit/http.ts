import { createHmac, randomBytes } from "node:crypto";
import { errorOf, RpcError } from "../../feeds/deribit/rpc.ts";
import type { ApiKeys } from "../../feeds/keys.ts";
import { netTrouble } from "../../feeds/trouble.ts";
import type { Clock } from "../../shell/clock.ts";
import { isRow, type Row } from "../wire-values.ts";

/** Calls by signed HTTP: looking and cancelling still work while the websocket is gone. Never used to make an order. */
export class DeribitHttp {
  private nextId = 1;
  private readonly open = new Set<AbortController>();

  constructor(
    private readonly baseUrl: string,
    private readonly keys: ApiKeys,
    private readonly clock: Clock,
    private readonly answerWithinMs: number,
  ) {}

  /** @throws RpcError with Deribit's code, null where no answer came. */
  async ask(method: string, params: Row): Promise<unknown> {
    const url = new URL(`${this.baseUrl.replace(/\/$/, "")}/${method}`);
    const body = JSON.stringify({ jsonrpc: "2.0", id: this.nextId++, method, params });
    const stop = new AbortController();
    this.open.add(stop);
    const cancel = this.clock.after(this.answerWithinMs, () => stop.abort(new Error("timed out")));
    try {
      const headers = { "Content-Type": "application/json", Authorization: this.sign(url, body) };
      const response = await fetch(url, { method: "POST", headers, body, signal: stop.signal });
      return resultOf(parsed(await response.text()), response.status);
    } catch (error) {
      if (error instanceof RpcError) throw error;
      throw new RpcError(`${url.host}: ${netTrouble(error)}`, null);
    } finally {
      cancel();
      this.open.delete(stop);
    }
  }

  close(): void {
    for (const stop of this.open) stop.abort(new Error("closed"));
  }

  private sign(url: URL, body: string): string {
    const ts = Math.floor(this.clock.wallUs() / 1000);
    const nonce = randomBytes(8).toString("hex");
    const text = `${ts}\n${nonce}\nPOST\n${url.pathname}${url.search}\n${body}\n`;
    const sig = createHmac("sha256", this.keys.secret).update(text).digest("hex");
    return `deri-hmac-sha256 id=${this.keys.id},ts=${ts},sig=${sig},nonce=${nonce}`;
  }
}

function resultOf(answer: unknown, status: number): unknown {
  if (!isRow(answer)) throw new RpcError(`an answer that can't be read (HTTP ${status})`, null);
  const error = errorOf(answer);
  if (error !== null) throw error;
  if (!("result" in answer)) throw new RpcError(`an answer without a result (HTTP ${status})`, null);
  return answer["result"];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
