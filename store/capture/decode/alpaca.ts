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

/** The digits of an integer in a message as they stand, since a double cannot hold all of them. */
function exactId(text: string, symbol: string, key: string): string {
  const at = text.indexOf(`"${symbol}"`);
  const found = at < 0 ? null : new RegExp(`"${key}"\\s*:\\s*(\\d+)`).exec(text.slice(at > 60 ? at - 60 : 0));
  return found?.[1] ?? "";
}

function messages(
  rows: AlpacaRows,
  list: unknown,
  recvUs: number,
  idOf: (m: unknown, key: string) => string,
): boolean {
  if (!Array.isArray(list)) {
    rows.sink.refuse("frame that is no array");
    return false;
  }
  let any = false;
  for (const item of list as unknown[]) {
    const m = asObject(item);
    if (m === null) rows.sink.refuse("message that is no object");
    else if (alpacaMessage(rows, m, recvUs, (key) => idOf(m, key))) any = true;
  }
  return any;
}

const symbolOf = (m: unknown): string => {
  const symbol = asObject(m)?.["S"];
  return typeof symbol === "string" ? symbol : "";
};

export function parseAlpacaJson(rows: AlpacaRows, bytes: Buffer, recvUs: number): boolean {
  const text = bytes.toString("utf8");
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    rows.sink.refuse("frame that is no JSON");
    return false;
  }
  return messages(rows, list, recvUs, (m, key) => exactId(text, symbolOf(m), key));
}

export function parseAlpacaMsgpack(rows: AlpacaRows, bytes: Buffer, recvUs: number): boolean {
  const list = readMsgpack(bytes);
  if (list === undefined) {
    rows.sink.refuse("frame that is no MessagePack");
    return false;
  }
  return messages(rows, list, recvUs, (m, key) => {
    const id = asObject(m)?.[key];
    return typeof id === "number" || typeof id === "bigint" ? String(id) : "";
  });
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
