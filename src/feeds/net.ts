import WebSocket, { type ClientOptions } from "ws";

/** What a feed asks of a websocket; `ws` is one. */
export interface FeedSocket {
  readonly readyState: number;
  on(event: string, listener: (...args: never[]) => void): unknown;
  send(data: string | Buffer): void;
  ping(): void;
  close(code: number): void;
  terminate(): void;
}

export interface Asked {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}
export interface Answered {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The network of a feed. A simulation puts a market of its own in its place. */
export interface Net {
  socket(url: string, options: ClientOptions): FeedSocket;
  fetch(url: URL, asked: Asked): Promise<Answered>;
}

export const systemNet: Net = {
  socket: (url, options) => new WebSocket(url, options) as FeedSocket,
  fetch: (url, asked) => fetch(url, asked),
};
