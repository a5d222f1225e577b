/**
 * Alpaca-like quotes over a loopback websocket into the book, against a bare `ws` reader that parses and keeps nothing: CPU time of the
 * reading process, the same bytes, one after the other in turns.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Packr, unpack } from "msgpackr";
import WebSocket from "ws";
import type { IsoDay } from "../engines/market/index.ts";
import { Desk } from "../src/desk/desk.ts";
import { AlpacaStream } from "../src/feeds/alpaca/stream.ts";
import type { FeedOut } from "../src/feeds/feed.ts";
import { systemClock } from "../src/shell/clock.ts";
import { Journal } from "../src/shell/live/journal.ts";
import { LiveClock } from "../src/shell/live/live-clock.ts";
import { Definitions } from "../store/capture/instruments.ts";
import { EventSink } from "../store/capture/lanes.ts";
import { shippedCatalog } from "../store/capture/product-catalog.ts";
import { isoTime, median, quotes, type TimeOf } from "./quotes.ts";
import type { BenchRow } from "./row.ts";

const MESSAGES = 100_000;
const ROUNDS = 9;
const SYMBOLS = 500;

/** The sender: a process of its own, so that this process's CPU time is the reader's. Frames lie in a file, each behind its length. */
const SENDER = `
const { readFileSync } = require("node:fs");
const { WebSocketServer } = require(process.argv[1]);
const bytes = readFileSync(process.argv[2]);
const binary = process.argv[3] === "binary";
const frames = [];
for (let at = 0; at < bytes.length; ) {
  const n = bytes.readUInt32LE(at);
  frames.push(bytes.subarray(at + 4, at + 4 + n));
  at += 4 + n;
}
const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
server.on("listening", () => process.stdout.write(server.address().port + "\\n"));
server.on("connection", (ws, request) => {
  // A feed begins to speak when it is greeted.
  if (request.url === "/feed") ws.send('[{"T":"success","msg":"connected"}]', { binary });
  ws.on("message", async () => {
    for (const frame of frames) {
      ws.send(frame, { binary });
      if (ws.bufferedAmount > 4e6) await new Promise((r) => setImmediate(r));
    }
    ws.send("end");
  });
});
`;

interface Sender {
  readonly port: number;
  stop(): void;
}

function sender(frames: readonly Uint8Array[], binary: boolean): Promise<Sender> {
  const dir = mkdtempSync(join(tmpdir(), "voldesk-bench-"));
  const file = join(dir, "frames");
  const parts: Uint8Array[] = [];
  for (const frame of frames) {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(frame.length);
    parts.push(head, frame);
  }
  writeFileSync(file, Buffer.concat(parts));
  const ws = createRequire(join(process.cwd(), "package.json")).resolve("ws");
  const child = spawn(process.execPath, ["-e", SENDER, ws, file, binary ? "binary" : "text"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = (): void => {
    child.kill();
    rmSync(dir, { recursive: true, force: true });
  };
  return new Promise((resolve) => {
    child.stdout.once("data", (port: Buffer) => resolve({ port: Number(port), stop }));
  });
}

/** Reads one stream to its end with `take`; seconds of CPU that this process took for it. */
function read(port: number, take: (bytes: Buffer) => void): Promise<number> {
  return new Promise((resolve) => {
    const ws = new WebSocket(`ws://127.0.0.1:${port}`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    let from = process.cpuUsage();
    ws.on("open", () => {
      from = process.cpuUsage();
      ws.send("go");
    });
    ws.on("message", (data: Buffer) => {
      if (data.length !== 3) return take(data);
      const { user, system } = process.cpuUsage(from);
      ws.terminate();
      resolve((user + system) / 1e6);
    });
  });
}

interface Reader {
  read(port: number): Promise<number>;
  seq(): number;
}

/** The live desk's own way: kept socket, stream with its clocks and subscriptions, journal, decoder, book. */
function desk(): Reader {
  const sink = new EventSink(new Definitions(shippedCatalog(), "2026-11-20" as IsoDay));
  const core = new Desk({ slots: 4 * SYMBOLS, tapePrints: 1000, logEntries: 100 }, "USD");
  const time = new LiveClock(systemClock, 0);
  const journal = new Journal({
    desk: core,
    sink,
    clock: systemClock,
    nowUs: () => time.nowUs(),
    inboxRows: 4_000_000,
    keptBlocks: 2,
    milestone: { every: 1e9, reached: () => {} },
    keepFrame: () => {},
    keepRows: () => {},
    moved: () => {},
  });
  return {
    seq: () => core.seq,
    read: (port) =>
      new Promise((resolve) => {
        let from = process.cpuUsage();
        const frame: FeedOut["frame"] = (channel, bytes, recvUs) => {
          if (bytes.length === 3) {
            journal.drain();
            const { user, system } = process.cpuUsage(from);
            stream.close();
            resolve((user + system) / 1e6);
          } else if (core.seq === 0 && journal.inbox === 0) from = process.cpuUsage();
          return journal.frame(channel, bytes, recvUs);
        };
        const stream = new AlpacaStream({
          name: "sip",
          url: `ws://127.0.0.1:${port}/feed`,
          encoding: CHANNEL.name.includes("msgpack") ? "msgpack" : "json",
          keys: ["quotes", "trades"],
          channel: CHANNEL.name,
          limit: SYMBOLS,
          credentials: null,
          clock: systemClock,
          chance: () => 0.5,
          out: { frame, event: () => {}, nowUs: () => time.nowUs() },
          newestByRest: async () => Number.NaN,
          begun: () => {},
          open: () => true,
        });
        stream.start();
      }),
  };
}
const CHANNEL = { name: "alpaca:sip" };

async function compare(
  name: string,
  per: number,
  reach: number,
  timeOf: TimeOf,
  encode: (list: unknown[]) => Uint8Array,
  parse: (bytes: Buffer) => unknown,
): Promise<BenchRow> {
  const frames = quotes(MESSAGES, per, timeOf, encode);
  const binary = CHANNEL.name.includes("msgpack");
  const { port, stop } = await sender(frames, binary);
  const [ours, bare]: [number[], number[]] = [[], []];
  let sum = 0;
  for (let k = 0; k < ROUNDS + 1; k++) {
    const own = desk();
    const a = await own.read(port);
    if (own.seq() < MESSAGES) throw new Error(`${name}: ${own.seq()} of ${MESSAGES} events`);
    const b = await read(port, (bytes) => {
      for (const m of parse(bytes) as { bp: number }[]) sum += m.bp;
    });
    // The first turn warms both.
    if (k > 0) {
      ours.push(a);
      bare.push(b);
    }
  }
  stop();
  if (!(sum > 0)) throw new Error("nothing was read");
  const ratios = ours.map((s, k) => (bare[k] as number) / s);
  const ratio = median(ratios);
  const value = Math.round(MESSAGES / median(ours));
  return { name, value, unit: "msg/s", ratio, reach: null, ratioReach: reach, ok: ratio >= reach };
}

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const json = (list: unknown[]) => Buffer.from(JSON.stringify(list));
  const parse = (bytes: Buffer): unknown => JSON.parse(bytes.toString());
  for (const [per, reach] of [
    [1, 0.9],
    [10, 1.3],
    [100, 1.3],
  ] as const)
    rows.push(
      await compare(
        `JSON, ${per} a frame, socket to book / bare ws + JSON.parse`,
        per,
        reach,
        isoTime,
        json,
        parse,
      ),
    );
  CHANNEL.name = "alpaca.msgpack:sip";
  const packr = new Packr({ useRecords: false, variableMapSize: true });
  for (const per of [10, 100])
    rows.push(
      await compare(
        `MessagePack, ${per} a frame / bare ws + msgpackr`,
        per,
        1.2,
        (t0, n) => new Date(t0 + n / 10),
        (list) => Buffer.from(packr.pack(list)),
        unpack,
      ),
    );
  return rows;
}
