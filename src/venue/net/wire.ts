import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Clock } from "../../shell/clock.ts";
import type { ActiveFault, Faults } from "../faults/faults.ts";
import { covers } from "../faults/places.ts";

/** One websocket with everything that can go wrong on it below the protocol. */
export class Wire {
  /** Messages sent as data. */
  sent = 0;
  private open = true;

  constructor(
    private readonly ws: WebSocket,
    private readonly socket: Socket,
    readonly path: string,
    private readonly faults: Faults,
    private readonly clock: Clock,
  ) {
    ws.on("ping", (data: Buffer) => {
      if (!this.silent()) ws.pong(data);
    });
    // A broken peer is no business of the venue's.
    ws.on("error", () => {});
    const off = [faults.onAdded((f) => this.begin(f)), faults.onEnded((f) => this.end(f))];
    ws.on("close", () => {
      this.open = false;
      for (const done of off) done();
    });
  }

  get isOpen(): boolean {
    return this.open && this.ws.readyState === this.ws.OPEN;
  }

  get bufferedBytes(): number {
    return this.ws.bufferedAmount;
  }

  private begin(fault: ActiveFault): void {
    if (!covers(fault.on, this.path) || !this.isOpen) return;
    if (fault.kind === "reset") this.socket.resetAndDestroy();
    else if (fault.kind === "close") this.ws.close(fault.params["code"] as number, "venue");
    else if (fault.kind === "halfOpen") this.ws.pause();
  }

  private end(fault: ActiveFault): void {
    if (fault.kind === "halfOpen" && covers(fault.on, this.path)) this.ws.resume();
  }

  /** Nothing at all goes out. */
  silent(): boolean {
    return this.faults.has("mute", this.path) || this.faults.has("halfOpen", this.path);
  }

  /** Answers and control messages: they are damaged, cut and delayed like the others, but neither doubled nor dropped. */
  send(data: string | Buffer, binary = typeof data !== "string"): void {
    if (!this.isOpen || this.silent()) return;
    const late = this.faults.take("delay", this.path);
    if (late === null) this.out(data, binary);
    else this.clock.after(late.params["ms"] as number, () => this.out(data, binary));
  }

  /** Market data. `chance` decides what is doubled or lost; a number in [0, 1) that the caller draws. */
  sendData(data: string | Buffer, chance: number, binary = typeof data !== "string"): void {
    if (!this.isOpen || this.silent()) return;
    const lost = this.faults.take("drop", this.path);
    if (lost !== null && chance < (lost.params["share"] as number)) return;
    this.sent++;
    this.send(data, binary);
    const twice = this.faults.take("duplicates", this.path);
    if (twice !== null && chance < (twice.params["share"] as number)) this.send(data, binary);
  }

  private out(data: string | Buffer, binary: boolean): void {
    if (!this.isOpen || this.silent()) return;
    const bad = this.faults.take("malformed", this.path);
    if (bad !== null) return this.damaged(data, binary, bad.params["how"] as string);
    const pieces = this.faults.take("fragments", this.path)?.params["pieces"] as number | undefined;
    if (pieces === undefined) this.ws.send(data, { binary });
    else this.inPieces(Buffer.from(data as string), binary, pieces);
  }

  private inPieces(data: Buffer, binary: boolean, pieces: number): void {
    const size = Math.max(1, Math.ceil(data.length / pieces));
    for (let at = 0; at < data.length; at += size)
      this.ws.send(data.subarray(at, at + size), { binary, fin: at + size >= data.length });
  }

  private damaged(data: string | Buffer, binary: boolean, how: string): void {
    const bytes = Buffer.from(data as string);
    if (how === "frame") {
      // A reserved opcode: the peer must fail the connection.
      this.socket.write(Buffer.from([0x83, 0x02, 0x41, 0x42]));
      return;
    }
    if (how === "utf8") bytes[bytes.length >> 1] = 0xff;
    const texts: Readonly<Record<string, string | Buffer>> = {
      cut: bytes.subarray(0, bytes.length >> 1),
      json: '[{"T":"q","S":"SPY","bp":,}]',
      type: '[{"T":7,"S":["SPY"],"p":"many"}]',
      shape: '{"T":{"deep":[[[]]]}}',
    };
    const wrong = texts[how] ?? bytes;
    // Broken UTF-8 in a text frame fails the connection, as it should.
    this.ws.send(wrong, { binary: how === "utf8" ? false : binary });
  }

  close(code = 1000, reason = ""): void {
    this.ws.close(code, reason);
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  terminate(): void {
    this.ws.terminate();
  }

  onMessage(handle: (data: Buffer, binary: boolean) => void): void {
    this.ws.on("message", (data: Buffer, binary: boolean) => {
      if (!this.silent()) handle(data, binary);
    });
  }

  onClose(handle: () => void): void {
    this.ws.on("close", handle);
  }
}
