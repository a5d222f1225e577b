import type { Client, Message } from "./client.ts";

/** JSON-RPC calls over a client's socket. */
export class Rpc {
  private next = 1;
  constructor(readonly client: Client) {}

  async call(method: string, params: object = {}): Promise<Message> {
    const id = this.next++;
    this.client.send({ jsonrpc: "2.0", id, method, params });
    return this.client.get({ id });
  }

  /** What a channel said, the first or a later time. */
  async data(channel: string, skip = 0): Promise<Message> {
    const found = await this.client.until(
      () =>
        this.client.messages.filter((m) => (m["params"] as Message | undefined)?.["channel"] === channel)[
          skip
        ],
    );
    return (found["params"] as Message)["data"] as Message;
  }
}
