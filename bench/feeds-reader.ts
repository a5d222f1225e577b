/**
 * A reader of the bench of feeds, a process of its own so that neither its CPU time nor its compiled code is another's:
 * `desk` is the live desk's way from socket to book, `bare` is `ws` with a parser that keeps nothing.
 * `node scripts/run.mjs bench/feeds-reader.ts desk|bare json|msgpack MESSAGES`; told a port and a round it answers with seconds of CPU.
 */
import { unpack } from "msgpackr";
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

const [kind, encoding, messages] = process.argv.slice(2) as ["desk" | "bare", "json" | "msgpack", string];
const SYMBOLS = 520;
/** `end` tells that a round is over. */
const END = 3;

/** Reads a round and tells the seconds of CPU that this process took from the greeting to the end. */
type Read = (url: string) => Promise<number>;

const since = (from: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
};

function bare(): Read {
  const parse: (bytes: Buffer) => unknown =
    encoding === "msgpack" ? unpack : (bytes) => JSON.parse(bytes.toString());
  let sum = 0;
  return (url) =>
    new Promise((resolve) => {
      const ws = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true });
      let from: NodeJS.CpuUsage | null = null;
      ws.on("message", (data: Buffer) => {
        if (from === null) {
          from = process.cpuUsage();
          ws.send("go");
        } else if (data.length !== END) for (const m of parse(data) as { bp: number }[]) sum += m.bp;
        else {
          const seconds = since(from);
          ws.terminate();
          if (!(sum > 0)) throw new Error("nothing was read");
          resolve(seconds);
        }
      });
    });
}

/** Kept socket, stream with its clocks and subscriptions, journal, decoder, book. */
function desk(): Read {
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
  const channel = encoding === "msgpack" ? "alpaca.msgpack:sip" : "alpaca:sip";
  return (url) =>
    new Promise((resolve) => {
      let from: NodeJS.CpuUsage | null = null;
      const before = core.seq;
      const frame: FeedOut["frame"] = (name, bytes, recvUs) => {
        from ??= process.cpuUsage();
        if (bytes.length === END) {
          journal.drain();
          const seconds = since(from);
          stream.close();
          const read = core.seq - before;
          if (read < Number(messages)) throw new Error(`${read} of ${messages} events`);
          resolve(seconds);
        }
        return journal.frame(name, bytes, recvUs);
      };
      const stream = new AlpacaStream({
        name: "sip",
        url,
        encoding,
        keys: ["quotes", "trades"],
        channel,
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
    });
}

const read = kind === "desk" ? desk() : bare();
process.on("message", ({ port, round }: { port: number; round: number }) => {
  void read(`ws://127.0.0.1:${port}/${round}`).then((seconds) => process.send?.(seconds));
});
process.send?.(0);
