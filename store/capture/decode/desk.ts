/** The desk's own events (commands, fills, timers, gaps…): one JSON object per frame, as in the event union. */
import type { ObjectEvent } from "../../../engines/market/index.ts";
import { asText, parseObject } from "./json.ts";
import type { FrameDecoderFactory } from "./source.ts";

export const deskFrames: FrameDecoderFactory = (sink) => {
  const lane = sink.arrival();
  return {
    frame(bytes, recvUs) {
      const event = parseObject(bytes);
      if (event === null || asText(event.kind) === "" || event.kind === "instrument") return false;
      sink.object(lane, recvUs, event as unknown as ObjectEvent);
      return true;
    },
  };
};
