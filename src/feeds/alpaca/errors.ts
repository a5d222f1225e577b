/** Errors of the streams in plain words, and what they call for. */
export interface StreamError {
  readonly kind: "final" | "held" | "limit" | "request" | "harmless" | "passing";
  readonly words: string;
}

export const ERRORS: Readonly<Record<number, StreamError>> = {
  400: { kind: "request", words: "the server does not understand the request (400)" },
  401: { kind: "passing", words: "the session is not authenticated any more (401)" },
  402: { kind: "final", words: "the keys are refused (402): check them, and that they are of this account" },
  403: { kind: "harmless", words: "already authenticated (403)" },
  404: { kind: "passing", words: "the server waited too long for the keys (404)" },
  405: { kind: "limit", words: "the plan allows no more symbols (405)" },
  406: { kind: "held", words: "another session holds this feed (406): close it, or wait until it is gone" },
  407: { kind: "passing", words: "this machine was too slow for the stream (407)" },
  409: { kind: "final", words: "the data plan does not include this feed (409): choose iex or indicative" },
  410: { kind: "request", words: "this feed has no such channel (410)" },
  411: { kind: "final", words: "the token has no right to market data (411)" },
  412: { kind: "final", words: "options come in MessagePack only (412)" },
  413: { kind: "request", words: "not all options at once (413)" },
  500: { kind: "passing", words: "an error inside the server (500)" },
};
