import type { Clock } from "../../shell/clock.ts";

const ANSWER_WITHIN_MS = 10_000;

/** A request that failed: Deribit's code, or null where no answer came. */
export class RpcError extends Error {
  constructor(
    message: string,
    readonly code: number | null,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: RpcError) => void;
  readonly cancel: () => void;
  readonly channel: string | null;
}

/** JSON-RPC over one socket: answers are matched by id, in whatever order they come. */
export class Rpc {
  private nextId = 1;
  private readonly waiting = new Map<number, Waiting>();

  constructor(
    private readonly send: (text: string) => void,
    private readonly clock: Clock,
    private readonly answerWithinMs = ANSWER_WITHIN_MS,
  ) {}

  /** `channel` of the capture is what the answer is kept under, where it does not tell by itself what it is about. */
  ask(
    method: string,
    params: Readonly<Record<string, unknown>> = {},
    channel: string | null = null,
  ): Promise<unknown> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(this.answerWithinMs, () => {
        this.waiting.delete(id);
        reject(new RpcError(`no answer to ${method} within ${this.answerWithinMs / 1000} s`, null));
      });
      this.waiting.set(id, { resolve, reject, cancel, channel });
      this.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  /** Says something that needs no answer. */
  tell(method: string): void {
    this.send(JSON.stringify({ jsonrpc: "2.0", id: this.nextId++, method, params: {} }));
  }

  /** The channel that an answer is kept under; null for the usual one. */
  channelOf(message: Readonly<Record<string, unknown>>): string | null {
    const id = message["id"];
    return (typeof id === "number" ? this.waiting.get(id)?.channel : null) ?? null;
  }

  /** Takes an answer; false when the message is none that is awaited. */
  answered(message: Readonly<Record<string, unknown>>): boolean {
    const id = message["id"];
    const waiting = typeof id === "number" ? this.waiting.get(id) : undefined;
    if (waiting === undefined || typeof id !== "number") return false;
    this.waiting.delete(id);
    waiting.cancel();
    const error = errorOf(message);
    if (error === null) waiting.resolve(message["result"]);
    else waiting.reject(error);
    return true;
  }

  /** The socket is gone: nothing that was asked will be answered. */
  drop(reason: string): void {
    for (const { cancel, reject } of this.waiting.values()) {
      cancel();
      reject(new RpcError(reason, null));
    }
    this.waiting.clear();
  }
}

/** The error of an answer with what it says of the parameter at fault, null where it is none. */
export function errorOf(message: Readonly<Record<string, unknown>>): RpcError | null {
  const error = message["error"] as Readonly<Record<string, unknown>> | null | undefined;
  if (error === undefined || error === null) return null;
  const code = typeof error["code"] === "number" ? error["code"] : null;
  const words = typeof error["message"] === "string" ? error["message"].replaceAll("_", " ") : "refused";
  const data = error["data"] as Readonly<Record<string, unknown>> | null | undefined;
  const why = [data?.["param"], data?.["reason"]].filter((w) => typeof w === "string" && w.length <= 80);
  return new RpcError(why.length === 0 ? words : `${words} (${why.join(": ")})`, code);
}
