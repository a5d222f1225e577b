import { platform, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { crc32 } from "node:zlib";
import { compressedRecord } from "../../store/capture/raw-records.ts";
import type { FromCompressor, ToCompressor } from "./live/compress-thread.ts";

/** Compresses and sums what a live desk records, so that neither the work nor its garbage is the desk's. */
const port = parentPort;
if (port === null) throw new Error("compress-worker runs as a worker thread");

/** Nothing waits for a record: where cores are short it goes behind the desk, the screen and the keys. */
const NICE = 5;
// On Linux it is that of this thread, elsewhere that of the process.
if (platform() === "linux") setPriority(NICE);

port.on("message", ({ id, what, body }: ToCompressor) => {
  if (what === "sum") return port.postMessage({ id, answer: crc32(body) } satisfies FromCompressor);
  const made = compressedRecord(body);
  // Memory of its own changes threads without another copy; a small one lies among others.
  const record = made.length === made.buffer.byteLength ? made : new Uint8Array(made);
  port.postMessage({ id, answer: record } satisfies FromCompressor, [record.buffer as ArrayBuffer]);
});
