/** Binance combined streams: `trade` and `bookTicker`. Depth and 24-hour tickers are kept raw only. */
import { Flag, Kind, Quality } from "../../../engines/market/index.ts";
import { cryptoPairId } from "../instruments.ts";
import { asNumber, asObject, asText, parseObject } from "./json.ts";
import type { FrameDecoderFactory } from "./source.ts";

const NONE = Number.NaN;
const msToUs = (v: unknown): number => asNumber(v) * 1000;

export const binanceFrames: FrameDecoderFactory = (sink) => {
  const lane = sink.arrival();
  return {
    frame(bytes, recvUs) {
      const message = parseObject(bytes);
      const data = asObject(message?.data) ?? message;
      const symbol = asText(data?.s);
      const id = cryptoPairId(symbol);
      if (data === null || id === null) return false;
      if (data.e === "trade") {
        const [price, size] = [asNumber(data.p), asNumber(data.q)];
        if (!(price > 0)) return false;
        const slot = sink.slot(id, () => sink.define.spot(id));
        lane.push(
          Kind.trade,
          Quality.singleVenue,
          slot,
          recvUs,
          msToUs(data.T),
          price,
          size,
          NONE,
          NONE,
          NONE,
          -1,
        );
        return true;
      }
      if (data.e === undefined && data.u !== undefined) {
        const [bid, ask] = [asNumber(data.b), asNumber(data.a)];
        const [bidSize, askSize] = [asNumber(data.B), asNumber(data.A)];
        const sides = (bid === bid ? Flag.bidSide : 0) | (ask === ask ? Flag.askSide : 0);
        if (sides === 0) return false;
        const slot = sink.slot(id, () => sink.define.spot(id));
        const flags = Quality.singleVenue | sides;
        lane.push(Kind.quote, flags, slot, recvUs, NONE, bid, bidSize, ask, askSize, NONE, -1);
        return true;
      }
      return false;
    },
  };
};
