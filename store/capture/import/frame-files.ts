/** Raw messages in JSON: an array of frames, one frame, or one per line; plain or gzip. */
import { basename, dirname } from "node:path";
import { gunzipSync } from "node:zlib";
import { isoUs } from "../decode/csv-rows.ts";
import { asArray, asNumber, asObject, asText } from "../decode/json.ts";
import { readFile } from "../derive.ts";
import { CaptureError } from "../errors.ts";
import { need } from "./file-names.ts";
import type { ImportOutput } from "./output.ts";
import type { ImportRequest } from "./request.ts";

const VENUES = ["binance", "deribit", "ibkr"];
/** These files are read whole. */
const MAX_FILE_BYTES = 512 * 1024 * 1024;

function parseFrames(file: string): unknown[] {
  const foreign = (detail: string): CaptureError =>
    new CaptureError("CAP-012", file, "Give JSON messages: an array, or one per line.", detail);
  let text: string;
  try {
    const bytes = readFile(file);
    text = (file.endsWith(".gz") ? gunzipSync(bytes, { maxOutputLength: MAX_FILE_BYTES }) : bytes).toString(
      "utf8",
    );
  } catch (e) {
    if (e instanceof CaptureError) throw new CaptureError("CAP-011", file, "Check its name and rights.");
    throw new CaptureError("CAP-011", file, "Fetch it again.", "it is not whole");
  }
  try {
    const whole: unknown = JSON.parse(text);
    return Array.isArray(whole) ? whole : [whole];
  } catch {
    try {
      return text
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => JSON.parse(line) as unknown);
    } catch (e) {
      throw foreign((e as Error).message);
    }
  }
}

/** The message's own time, µs, where it has one: these files hold no receive times. */
function stampOf(frame: unknown): number {
  const f = asObject(frame);
  const inner =
    asObject(f?.data) ??
    asObject(asObject(f?.params)?.data) ??
    asObject(asArray(asObject(f?.params)?.data)[0]);
  for (const v of [inner?.timestamp, inner?.E, inner?.T, f?.timestamp]) {
    const ms = asNumber(v);
    if (ms > 0) return ms * 1000;
  }
  return isoUs(asText(f?.time));
}

export async function readFrames(file: string, request: ImportRequest, out: ImportOutput): Promise<string> {
  const venue = request.venue ?? basename(dirname(file));
  if (!VENUES.includes(venue))
    throw new CaptureError(
      "CAP-012",
      file,
      `Say --venue ${VENUES.join(" | ")}.`,
      `no decoder for "${venue}"`,
    );
  const channel = venue === "ibkr" ? `ibkr:${need(request.symbol, file, "--symbol EQ/NAME/CCY")}` : venue;
  const frames = parseFrames(file);
  const stamps = frames.map(stampOf);
  let last = stamps.find((us) => us > 0);
  if (last === undefined)
    throw new CaptureError("CAP-012", file, "Give messages that carry a time.", "none has one");
  const first = last;
  frames.forEach((frame, i) => {
    const us = stamps[i] as number;
    // A message without a time came after the one before it.
    if (us > 0) last = us;
    out.frame(JSON.stringify(frame), last as number, channel);
  });
  return new Date(first / 1000).toISOString().slice(0, 10);
}
