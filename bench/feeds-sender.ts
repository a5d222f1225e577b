/**
 * The venue of the bench of feeds, a process of its own: asked for round k, by the path of a connection, it sends that round's frames and ends.
 * Times go on from round to round, so that a book that had one takes the next. `node scripts/run.mjs bench/feeds-sender.ts json|msgpack PER MESSAGES`.
 */
import type { AddressInfo } from "node:net";
import { Packr } from "msgpackr";
import { WebSocketServer } from "ws";
import { isoTime, quotes, type TimeOf } from "./quotes.ts";

const [encoding, per, messages] = process.argv.slice(2) as [string, string, string];
const binary = encoding === "msgpack";
const packr = new Packr({ useRecords: false, variableMapSize: true });
const encode = (list: unknown[]): Uint8Array => Buffer.from(binary ? packr.pack(list) : JSON.stringify(list));
const t0 = Date.now() - 3_600_000;
let made = { round: -1, bytes: new Uint8Array() };

/** A round as it goes over the wire, so that the sender is always ahead: else a reader is woken for each frame, and the quicker one more often. */
function bytesOf(round: number): Uint8Array {
  if (made.round !== round) {
    const from = t0 + (round * Number(messages)) / 10;
    const timeOf: TimeOf = binary ? (_, n) => new Date(from + n / 10) : (_, n) => isoTime(from, n);
    const frames = [...quotes(Number(messages), Number(per), timeOf, encode), Buffer.from("end")];
    made = { round, bytes: Buffer.concat(frames.map(framed)) };
  }
  return made.bytes;
}

/** A websocket's frame as a server sends it. */
function framed(payload: Uint8Array): Buffer {
  const head = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
  head[0] = binary ? 0x82 : 0x81;
  head[1] = head.length === 2 ? payload.length : head.length === 4 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(payload.length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
server.on("listening", () => process.send?.((server.address() as AddressInfo).port));
server.on("connection", (ws, request) => {
  const bytes = bytesOf(Number(request.url?.slice(1)));
  // A feed begins to speak when it is greeted, and is spoken to when it says who it is.
  ws.send('[{"T":"success","msg":"connected"}]', { binary });
  ws.once("message", () => request.socket.write(bytes));
});
process.once("disconnect", () => process.exit());
