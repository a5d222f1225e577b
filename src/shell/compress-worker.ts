import { parentPort } from "node:worker_threads";
import { compressed } from "../../store/capture/raw-writer.ts";
import type { FromCompressor, ToCompressor } from "./live/compress-thread.ts";

/** Compresses what a live desk records, so that neither the work nor its garbage is the desk's. */
const port = parentPort;
if (port === null) throw new Error("compress-worker runs as a worker thread");

port.on("message", ({ id, body }: ToCompressor) => {
  // Of its own size, so that it can change threads without another copy.
  const packed = new Uint8Array(compressed(body));
  port.postMessage({ id, packed } satisfies FromCompressor, [packed.buffer]);
});
