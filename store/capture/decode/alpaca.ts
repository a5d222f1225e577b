/**
 * Alpaca's market-data streams as received: JSON text or MessagePack, an array of messages a frame. The channel's detail is the feed:
 * iex, sip, delayed_sip, test, indicative, opra, crypto.
 */
import type { EventSink } from "../lanes.ts";
import { alpacaMessage } from "./alpaca-messages.ts";
import { AlpacaRows } from "./alpaca-rows.ts";
import { AlpacaJsonScanner } from "./alpaca-scan-json.ts";
import { AlpacaMsgpackScanner } from "./alpaca-scan-msgpack.ts";
import { asObject } from "./json.ts";
import { readMsgpack } from "./msgpack.ts";
import type { FrameDecoder, FrameDecoderFactory } from "./source.ts";

/** Ids of more digits than a double holds. In quotes the parser keeps them as they stand. */
const LONG_ID = /"(i|oi|ci)"(\s*:\s*)(\d{16,})/g;

function messages(rows: AlpacaRows, list: unknown, recvUs: number): boolean {
  if (!Array.isArray(list)) {
    rows.sink.refuse("frame that is no array");
    return false;
  }
  let any = false;
  for (const item of list as unknown[]) {
    const m = asObject(item);
    if (m === null) rows.sink.refuse("message that is no object");
    else if (alpacaMessage(rows, m, recvUs)) any = true;
  }
  return any;
}

export function parseAlpacaJson(rows: AlpacaRows, bytes: Buffer, recvUs: number): boolean {
  const text = bytes.toString("utf8");
  let list: unknown;
  try {
    list = JSON.parse(text.replace(LONG_ID, '"$1"$2"$3"'));
  } catch {
    rows.sink.refuse("frame that is no JSON");
    return false;
  }
  return messages(rows, list, recvUs);
}

export function parseAlpacaMsgpack(rows: AlpacaRows, bytes: Buffer, recvUs: number): boolean {
  const list = readMsgpack(bytes);
  if (list === undefined) {
    rows.sink.refuse("frame that is no MessagePack");
    return false;
  }
  return messages(rows, list, recvUs);
}

export const alpacaJsonFrames: FrameDecoderFactory = (sink: EventSink, feed: string): FrameDecoder => {
  const rows = new AlpacaRows(sink, feed);
  const scanner = new AlpacaJsonScanner(rows);
  return { frame: (bytes, recvUs) => scanner.frame(bytes, recvUs) || parseAlpacaJson(rows, bytes, recvUs) };
};

export const alpacaMsgpackFrames: FrameDecoderFactory = (sink: EventSink, feed: string): FrameDecoder => {
  const rows = new AlpacaRows(sink, feed);
  const scanner = new AlpacaMsgpackScanner(rows);
  return {
    frame: (bytes, recvUs) => scanner.frame(bytes, recvUs) || parseAlpacaMsgpack(rows, bytes, recvUs),
  };
};
