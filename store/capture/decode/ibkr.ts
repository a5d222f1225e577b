/**
 * IBKR streaming ticks, one JSON object per frame: `{time, price, size, tickType}` with IB's codes (0 bid size, 1 bid, 2 ask,
 * 3 ask size, 4 last, 5 last size, 8 day volume). IB leaves out a tick that repeats the last one, and sends a print's size twice when
 * it sends its price. So 4 is a print, 5 is one unless it repeats the 4 before it, and what the day's volume grew by beyond the
 * prints seen is one more print at the last price. The channel's detail names the instrument, which the ticks do not.
 */
import { Flag, Kind, Quality } from "../../../engines/market/index.ts";
import { asNumber, asText, parseObject } from "./json.ts";
import type { FrameDecoderFactory } from "./source.ts";

const NONE = Number.NaN;

export const ibkrFrames: FrameDecoderFactory = (sink, detail) => {
  const lane = sink.arrival();
  const slot = sink.slot(detail, () => sink.define.spot(detail));
  let lastPrint = "";
  let lastPrice = NONE;
  let volume = NONE;
  let printed = 0;
  return {
    frame(bytes, recvUs) {
      const tick = parseObject(bytes);
      if (tick === null) return false;
      const eventUs = Date.parse(asText(tick.time)) * 1000;
      const [price, size] = [asNumber(tick.price), asNumber(tick.size)];
      const priced = price > 0 ? price : NONE;
      switch (tick.tickType) {
        case 0:
        case 1:
          if (priced !== priced) return false;
          lane.push(
            Kind.quote,
            Quality.realtime | Flag.bidSide,
            slot,
            recvUs,
            eventUs,
            priced,
            size,
            NONE,
            NONE,
            NONE,
            -1,
          );
          return true;
        case 2:
        case 3:
          if (priced !== priced) return false;
          lane.push(
            Kind.quote,
            Quality.realtime | Flag.askSide,
            slot,
            recvUs,
            eventUs,
            NONE,
            NONE,
            priced,
            size,
            NONE,
            -1,
          );
          return true;
        case 4:
        case 5: {
          const repeats = tick.tickType === 5 && lastPrint === `${asText(tick.time)} ${price} ${size}`;
          if (priced !== priced || repeats) return false;
          lastPrint = `${asText(tick.time)} ${price} ${size}`;
          lastPrice = priced;
          printed += size;
          lane.push(Kind.trade, Quality.realtime, slot, recvUs, eventUs, priced, size, NONE, NONE, NONE, -1);
          return true;
        }
        case 8: {
          const unseen = size - volume - printed;
          volume = size;
          // Prints told before the volume that counts them are set against its next growth.
          printed = unseen < 0 ? -unseen : 0;
          if (!(unseen > 0) || lastPrice !== lastPrice) return false;
          lane.push(
            Kind.trade,
            Quality.realtime,
            slot,
            recvUs,
            eventUs,
            lastPrice,
            unseen,
            NONE,
            NONE,
            NONE,
            -1,
          );
          return true;
        }
        default:
          return false;
      }
    },
  };
};
