/**
 * Alpaca's lists of option contracts as received (`/v2/options/contracts`): the open interest of each, which no other answer tells. Numbers are
 * texts; a contract without one stays unknown. The channel's detail is `contracts <feed>`.
 */
import { Flag, Kind, parseIsoMicros } from "../../../engines/market/index.ts";
import { AlpacaRows } from "./alpaca-rows.ts";
import { asArray, asNumber, asObject, asText, parseObject } from "./json.ts";
import type { FrameDecoderFactory } from "./source.ts";

const NONE = Number.NaN;

export const alpacaContractFrames: FrameDecoderFactory = (sink, detail) => {
  const [, feed = ""] = detail.split(" ");
  const rows = new AlpacaRows(sink, feed);
  const lane = sink.arrival();
  return {
    frame(bytes, recvUs) {
      const list = parseObject(bytes)?.["option_contracts"];
      if (!Array.isArray(list)) {
        sink.refuse("answer without contracts");
        return false;
      }
      let any = false;
      for (const item of asArray(list)) {
        const contract = asObject(item);
        const interest = asNumber(contract?.["open_interest"]);
        const slot = contract === null || !(interest >= 0) ? -1 : rows.slot(asText(contract["symbol"]));
        if (slot < 0) continue;
        const us = parseIsoMicros(`${asText(contract?.["open_interest_date"])}T00:00:00Z`) ?? NONE;
        const flags = rows.quality | Flag.snapshot;
        lane.push(Kind.openInterest, flags, slot, recvUs, us, interest, NONE, NONE, NONE, NONE, -1);
        any = true;
      }
      return any;
    },
  };
};
