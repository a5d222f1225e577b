/**
 * The reader that the desk is held against in the bench of feeds: `ws` with a parser, and nothing else in its process. It keeps no book.
 * `node scripts/run.mjs bench/feeds-bare.ts json|msgpack`; told a port and a round it answers with seconds of CPU.
 */
import { unpack } from "msgpackr";
import WebSocket from "ws";
import { answerRounds, END, type Read, since } from "./feeds-rounds.ts";

const encoding = process.argv[2];

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

answerRounds(bare());
