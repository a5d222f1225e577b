import { describe, expect, it } from "vitest";
import { redactLive } from "../../../store/capture/redact.ts";

const kept = (frame: string, channel: string): string =>
  redactLive(Buffer.from(frame), channel)?.toString() ?? "";

describe("what a live desk records", () => {
  it.each([
    ["alpaca:sip", `[{"T":"q","S":"SPY","bp":1,"ap":2}]`],
    [
      "deribit:ws",
      `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"quote.BTC-PERPETUAL","data":{"best_bid_price":1}}}`,
    ],
    ["ibkr.gateway:ws", `{"server_id":"q0","conid":265598,"84":"193.06","topic":"smd+265598"}`],
  ])("has the market data of %s as it came", (channel, frame) => {
    expect(kept(frame, channel)).toBe(frame);
  });

  it.each([
    ["deribit:ws", `{"jsonrpc":"2.0","id":1,"result":{"access_token":"abc","scope":"x"}}`],
    [
      "deribit:ws",
      `{"jsonrpc":"2.0","method":"subscription","params":{"channel":"user.portfolio.btc","data":{"refresh_token":"abc"}}}`,
    ],
    ["ibkr.gateway:ws", `{"session":"abc","topic":"sts"}`],
    ["ibkr.gateway:ws", `{"topic":"smd+1","session":"abc"}`],
  ])("has no secret of %s: %s", (channel, frame) => {
    expect(kept(frame, channel)).not.toContain("abc");
  });

  it.each([
    ["ibkr.gateway:ws", `{"topic":"sor","args":[{"acct":"U1234567"}]}`],
    ["ibkr.gateway:ws", `{"acct":"DU1234567","topic":"act"}`],
    [
      "deribit:ws",
      `{"method":"subscription","params":{"channel":"user.orders","data":{"label":"U1234567"}}}`,
    ],
  ])("has account numbers of %s as hashes only: %s", (channel, frame) => {
    expect(kept(frame, channel)).toMatch(/acct-[0-9a-f]{12}/);
    expect(kept(frame, channel)).not.toContain("U1234567");
  });
});
