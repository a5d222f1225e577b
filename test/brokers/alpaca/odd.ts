import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

/** A server that says what a test wants it to say. */
export class Odd {
  private server!: Server;
  private readonly sockets = new WebSocketServer({ noServer: true });
  readonly posts: string[] = [];
  post: (body: Record<string, unknown>) => {
    status: number;
    body?: unknown;
    headers?: Record<string, string>;
  } = () => ({ status: 200 });
  send: (data: string | Buffer) => void = () => undefined;

  async start(): Promise<string> {
    this.server = createServer((req, res) => {
      const parts: Buffer[] = [];
      req.on("data", (part: Buffer) => parts.push(part));
      req.on("end", () => {
        const body = Buffer.concat(parts).toString();
        if (req.method === "POST") this.posts.push(body);
        const account = { account_number: "PA1", status: "ACTIVE", cash: "1", currency: "USD", equity: "1" };
        const answer =
          req.url === "/v2/account" ? { status: 200, body: account } : this.post(JSON.parse(body || "{}"));
        const text =
          answer.body === undefined
            ? ""
            : typeof answer.body === "string"
              ? answer.body
              : JSON.stringify(answer.body);
        res.writeHead(answer.status, "headers" in answer ? answer.headers : {}).end(text);
      });
    });
    this.server.on("upgrade", (req, socket, head) =>
      this.sockets.handleUpgrade(req, socket, head, (ws) => {
        this.send = (data) => ws.send(data);
        ws.on("message", (data: Buffer) => {
          const { action } = JSON.parse(data.toString()) as { action: string };
          const stream = action === "listen" ? "listening" : "authorization";
          ws.send(JSON.stringify({ stream, data: { status: "authorized", streams: ["trade_updates"] } }));
        });
      }),
    );
    await new Promise<void>((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const client of this.sockets.clients) client.terminate();
    this.server.close();
    this.server.closeAllConnections();
  }
}
