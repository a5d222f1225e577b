/**
 * The live desk's way from socket to book, a process of its own so that neither its CPU time nor its compiled code is another's.
 * `node scripts/run.mjs bench/feeds-desk.ts json|msgpack MESSAGES`; told a port and a round it answers with seconds of CPU.
 */
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
import { answerRounds, END, type Read, since } from "./feeds-rounds.ts";

const [encoding, messages] = process.argv.slice(2) as ["json" | "msgpack", string];
const SYMBOLS = 520;

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
          // Times go on from round to round: a quote that the book did not take would be cheaper than one it did.
          const odd = core.book.counts().map((c) => `${c.value} ${c.name}`);
          if (odd.length > 0) throw new Error(`quotes that the book did not simply take: ${odd.join(", ")}`);
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

answerRounds(desk());
